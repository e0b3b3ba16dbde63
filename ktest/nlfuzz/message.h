/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request as bytes. */
#ifndef NLFUZZ_MESSAGE_H
#define NLFUZZ_MESSAGE_H

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MESSAGE_MAX	(96U << 10)
#define MESSAGE_HEAD	(NLMSG_HDRLEN + GENL_HDRLEN)

/**
 * struct message - a request
 * @len: bytes of @data; the header may tell another length
 * @precious: it names what must not change, so it must not be mutated
 * @sound: its headers are right, so that the kernel looks at its rights
 */
struct message {
	uint32_t len;
	bool precious;
	bool sound;
	_Alignas(NLMSG_ALIGNTO) uint8_t data[MESSAGE_MAX];
};

static inline struct nlmsghdr *message_header(struct message *m)
{
	return (struct nlmsghdr *)m->data;
}

static inline struct genlmsghdr *message_genl(struct message *m)
{
	return (struct genlmsghdr *)(m->data + NLMSG_HDRLEN);
}

void message_begin(struct message *m, uint16_t family, uint8_t cmd,
		   uint16_t flags);
void message_copy(struct message *to, const struct message *from);

/* What does not fit is left out. */
void message_put(struct message *m, uint16_t type, const void *data,
		 size_t len);
void message_put_u32(struct message *m, uint16_t type, uint32_t value);
void message_put_u64(struct message *m, uint16_t type, uint64_t value);
void message_put_string(struct message *m, uint16_t type, const char *text);

/* Begin a nest; the result is for message_close(). */
size_t message_nest(struct message *m, uint16_t type);
void message_close(struct message *m, size_t nest);

/* Put @len bytes for @old bytes at @offset, as far as there is room. */
bool message_splice(struct message *m, size_t offset, size_t old,
		    const void *data, size_t len);

#endif
