/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets to the family: what goes out, and what becomes of it. */
#ifndef NLFUZZ_LINK_H
#define NLFUZZ_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "message.h"
#include "tally.h"

#define LINK_BATCH	32
#define LINK_BYTES	(256U << 10)

/* Called for every message of the family that is no error. */
typedef void (*link_reply_fn)(const struct nlmsghdr *nlh, void *arg);

/* A request that was sent, by its sequence number. */
struct link_sent {
	uint32_t seq;
	uint16_t row;
	bool sound;
};

/**
 * struct link - the family
 * @family: its number
 * @fd: for all requests but awkward dumps
 * @acks: ask for an answer to every request
 * @denied: requests that need privilege must end with EPERM
 * @broken: they did not
 */
struct link {
	uint16_t family;
	uint32_t group[8];
	unsigned int groups;
	int fd;
	bool acks;
	bool denied;
	unsigned long broken;
	uint32_t seq;
	struct tally *tally;
	link_reply_fn on_reply;
	void *arg;
	unsigned int count;
	uint32_t len;
	struct link_sent sent[1024];
	uint8_t *out;
	uint8_t *in;
};

bool link_open(struct link *link, struct tally *tally);
void link_close(struct link *link);

/* A socket of its own; rcvbuf 0 = a large one. */
int link_socket(const struct link *link, int rcvbuf);

/* Give a message its number, count it. */
void link_stamp(struct link *link, struct message *m);

/* Send with others, at the latest with the next link_flush(). */
void link_queue(struct link *link, struct message *m);
void link_flush(struct link *link);

/* Look at the messages that were received. */
void link_account(struct link *link, const void *buf, ssize_t len);

/* Send one request and wait for all of its answer. Returns 0 or an errno. */
int link_ask(struct link *link, struct message *m, link_reply_fn fn, void *arg);

/* Walk over the attributes of a nest or message. */
const struct nlattr *link_attr(const void *data, int len, uint16_t type);

#define link_for_each(attr, data, len)					\
	for (int __rem = (attr = (const void *)(data), (len));		\
	     __rem >= NLA_HDRLEN && attr->nla_len >= NLA_HDRLEN &&	\
	     attr->nla_len <= __rem;					\
	     __rem -= NLA_ALIGN(attr->nla_len),				\
	     attr = (const void *)((const char *)attr +			\
				   NLA_ALIGN(attr->nla_len)))

#define link_data(attr)	((const void *)((const char *)(attr) + NLA_HDRLEN))
#define link_len(attr)	((int)(attr)->nla_len - (int)NLA_HDRLEN)

#endif
