// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include "flowmage.h"
#include "message.h"

void message_begin(struct message *m, uint16_t family, uint8_t cmd,
		   uint16_t flags)
{
	memset(m->data, 0, MESSAGE_HEAD);
	m->len = MESSAGE_HEAD;
	m->precious = false;
	m->sound = true;
	*message_header(m) = (struct nlmsghdr){
		.nlmsg_len = m->len,
		.nlmsg_type = family,
		.nlmsg_flags = NLM_F_REQUEST | flags,
	};
	*message_genl(m) = (struct genlmsghdr){
		.cmd = cmd,
		.version = FM_GENL_VERSION,
	};
}

void message_copy(struct message *to, const struct message *from)
{
	memcpy(to, from, offsetof(struct message, data) + from->len);
}

void message_put(struct message *m, uint16_t type, const void *data, size_t len)
{
	struct nlattr *attr = (struct nlattr *)(m->data + m->len);
	size_t whole = NLA_ALIGN(NLA_HDRLEN + len);

	if (m->len + whole > MESSAGE_MAX)
		return;
	memset(attr, 0, whole);
	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy((uint8_t *)attr + NLA_HDRLEN, data, len);
	m->len += whole;
	message_header(m)->nlmsg_len = m->len;
}

void message_put_u32(struct message *m, uint16_t type, uint32_t value)
{
	message_put(m, type, &value, sizeof(value));
}

void message_put_u64(struct message *m, uint16_t type, uint64_t value)
{
	message_put(m, type, &value, sizeof(value));
}

void message_put_string(struct message *m, uint16_t type, const char *text)
{
	message_put(m, type, text, strlen(text) + 1);
}

size_t message_nest(struct message *m, uint16_t type)
{
	size_t nest = m->len;

	message_put(m, type | NLA_F_NESTED, NULL, 0);
	return nest;
}

void message_close(struct message *m, size_t nest)
{
	if (nest < m->len)
		((struct nlattr *)(m->data + nest))->nla_len = m->len - nest;
}

bool message_splice(struct message *m, size_t offset, size_t old,
		    const void *data, size_t len)
{
	if (offset + old > m->len || m->len - old + len > MESSAGE_MAX)
		return false;
	memmove(m->data + offset + len, m->data + offset + old,
		m->len - offset - old);
	if (data)
		memcpy(m->data + offset, data, len);
	else
		memset(m->data + offset, 0, len);
	m->len += len - old;
	return true;
}
