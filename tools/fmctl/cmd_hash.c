// SPDX-License-Identifier: GPL-2.0-or-later
/* What a NIC makes of a packet: hash, entry, queue and CPU. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "fieldset.h"
#include "fmctl.h"
#include "hex.h"
#include "json.h"
#include "nl_json.h"
#include "rsskey.h"
#include "traffic.h"

#define ENTRIES		128
#define XFRM_SYM_XOR	1	/* of ETHTOOL_GRXFH: both ends are XORed */

struct hash_opts {
	const char *src;
	const char *dst;
	const char *proto;
	const char *dev;
	const char *key;
	const char *fields;
	struct fm_opt_uint entries;
};

/**
 * struct question - what is asked
 * @tuple: the packet
 * @has_ports: both ends were given with one
 * @key: hash key
 * @key_len: its bytes
 * @fields: FM_F_* that are hashed
 * @sym_xor: the NIC XORs both ends first
 * @entries: of the indirection table
 * @device: the device, or NULL
 */
struct question {
	struct fm_traffic_tuple tuple;
	bool has_ports;
	uint8_t key[FM_KEY_MAX];
	size_t key_len;
	uint32_t fields;
	bool sym_xor;
	unsigned int entries;
	const struct fm_device *device;
};

/* That of the RSS specification, by which implementations are verified. */
static const uint8_t usual_key[FM_KEY_MIN] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
	0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
	0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
	0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

static const struct fm_column columns[] = {
	{ .key = "input", .title = "hashed" },
	{ .key = "hash", .title = "hash" },
	{ .key = "entry", .title = "entry" },
	{ .key = "queue", .title = "queue" },
	{ .key = "cpu", .title = "CPU" },
	{ 0 }
};

static bool parse_port(const char *text, uint8_t port[2])
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (end == text || *end || *text == '-' || value > 65535)
		return false;
	port[0] = value >> 8;
	port[1] = value;
	return true;
}

/* ADDRESS, ADDRESS:PORT, [ADDRESS6] or [ADDRESS6]:PORT */
static bool parse_end(const char *text, struct fm_traffic_tuple *t,
		      unsigned int end, bool *has_port)
{
	char addr[INET6_ADDRSTRLEN + 2], *port = NULL;
	const char *name = addr;

	*has_port = false;
	if (strlen(text) >= sizeof(addr) + 6)
		return false;
	if (inet_pton(AF_INET6, text, t->addr[end]) == 1) {
		t->v6 = true;
		return true;
	}
	snprintf(addr, sizeof(addr), "%.*s", (int)sizeof(addr) - 1, text);
	if (*addr == '[' && strchr(addr, ']')) {
		port = strchr(addr, ']');
		*port++ = '\0';
		name = addr + 1;
	} else {
		port = strchr(addr, ':');
	}
	if (port && *port) {
		if (*port != ':' || !parse_port(text + (port - addr) + 1,
						t->port[end]))
			return false;
		*port = '\0';
		*has_port = true;
	}
	t->v6 = name != addr;
	return inet_pton(t->v6 ? AF_INET6 : AF_INET, name, t->addr[end]) == 1;
}

static int parse_tuple(struct fm_cli *cli, const struct hash_opts *o,
		       struct question *q)
{
	bool ports[2], v6;
	int i;

	for (i = 0; i < 2; i++) {
		const char *text = i ? o->dst : o->src;

		memset(q->tuple.addr[i], 0, sizeof(q->tuple.addr[i]));
		v6 = q->tuple.v6;
		if (!parse_end(text, &q->tuple, i, &ports[i]))
			return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
					    "\"%.64s\" is neither ADDRESS nor ADDRESS:PORT nor [ADDRESS6]:PORT",
					    text);
	}
	if (v6 != q->tuple.v6 || ports[0] != ports[1])
		return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
				    "both ends must be of one family, and have ports or not");
	q->has_ports = ports[0];
	q->tuple.protocol = 6;
	if (o->proto && !strcmp(o->proto, "udp"))
		q->tuple.protocol = 17;
	return 0;
}

static enum fm_ethtool_flow flow_of(const struct fm_traffic_tuple *t)
{
	if (t->v6)
		return t->protocol == 17 ? FM_ETHTOOL_UDP6 : FM_ETHTOOL_TCP6;
	return t->protocol == 17 ? FM_ETHTOOL_UDP4 : FM_ETHTOOL_TCP4;
}

static int ask_device(struct fm_cli *cli, const struct hash_opts *o,
		      struct question *q)
{
	const struct fm_nicstate *state = &q->device->state;
	enum fm_ethtool_flow flow = flow_of(&q->tuple);

	if (!state->rss.key_len || !state->rss.nindir)
		return fm_error_set(&cli->err, FM_EXIT_ERROR, EOPNOTSUPP,
				    "%s (%s) has no hash key and table",
				    o->dev, state->driver);
	q->key_len = state->rss.key_len;
	memcpy(q->key, state->rss.key, q->key_len);
	q->entries = state->rss.nindir;
	q->sym_xor = state->rss.xfrm & XFRM_SYM_XOR;
	if (state->has_fields[flow])
		q->fields = fm_ethtool_fields_parse(state->fields[flow]);
	return 0;
}

static int gather(struct fm_cli *cli, const struct hash_opts *o,
		  struct question *q)
{
	int ret = parse_tuple(cli, o, q);

	q->fields = FM_F_HASHABLE;
	q->entries = o->entries.set ? o->entries.value : ENTRIES;
	q->key_len = sizeof(usual_key);
	memcpy(q->key, usual_key, sizeof(usual_key));
	if (ret)
		return ret;
	if (o->dev && (o->key || o->entries.set))
		return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
				    "a device has a key and entries of its own");
	if (o->dev)
		ret = ask_device(cli, o, q);
	if (!ret && o->key && fm_hex_parse(o->key, q->key, sizeof(q->key),
					   &q->key_len))
		ret = fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
				   "a key is up to %u bytes in hexadecimal digits",
				   FM_KEY_MAX);
	if (!ret && o->fields && (fm_fieldset_parse(o->fields, &q->fields) ||
				  q->fields & FM_F_PROTOCOL))
		ret = fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
				   "fields are src_ip, dst_ip, src_port and dst_port, joined by commas, not \"%.64s\"",
				   o->fields);
	if (!q->has_ports)
		q->fields &= ~FM_F_PORTS;
	return ret;
}

/* What is not selected is zero in its place, as in the module's own hash. */
static size_t fill_input(const struct question *q, uint8_t *input)
{
	struct fm_traffic_tuple t = q->tuple;
	size_t len = t.v6 ? 16 : 4, i;

	fm_traffic_pick(&t, q->fields, FM_L4_ALL);
	if (q->sym_xor) {
		for (i = 0; i < len; i++)
			t.addr[0][i] = t.addr[1][i] ^= t.addr[0][i];
		for (i = 0; i < 2; i++)
			t.port[0][i] = t.port[1][i] ^= t.port[0][i];
	}
	memcpy(input, t.addr[0], len);
	memcpy(input + len, t.addr[1], len);
	memcpy(input + 2 * len, t.port, sizeof(t.port));
	return 2 * len + sizeof(t.port);
}

static struct json_object *answer(const struct question *q)
{
	struct json_object *doc = json_object_new_object();
	uint8_t input[2 * 16 + 4];
	size_t len = fill_input(q, input);
	uint32_t hash = fm_rsskey_hash(q->key, q->key_len, input, len), queue;
	char text[16];

	snprintf(text, sizeof(text), "%08x", hash);
	json_object_object_add(doc, "input", fm_json_fields(q->fields));
	json_object_object_add(doc, "hash", fm_json_string(text));
	json_object_object_add(doc, "entry", fm_json_uint(hash % q->entries));
	if (!q->device)
		return doc;
	queue = q->device->state.rss.indir[hash % q->entries];
	json_object_object_add(doc, "queue", fm_json_uint(queue));
	if (queue < q->device->nqueues)
		json_object_object_add(doc, "cpu",
				fm_json_uint(q->device->queues[queue].cpu));
	return doc;
}

static int hash(struct fm_cli *cli, const void *opts)
{
	const struct hash_opts *o = opts;
	struct question q = { .fields = 0 };
	struct fm_device device = { 0 };
	struct json_object *doc;
	int ret = o->dev ? fm_device_read(&device, o->dev, &cli->err) : 0;

	q.device = o->dev ? &device : NULL;
	if (!ret)
		ret = gather(cli, o, &q);
	if (!ret) {
		doc = answer(&q);
		if (!fm_output_document(&cli->out, doc))
			fm_output_fields(&cli->out, doc, columns);
		json_object_put(doc);
	}
	if (o->dev)
		fm_device_cleanup(&device);
	return ret;
}

static const struct fm_option options[] = {
	{ "SRC", FM_OPT_STRING, offsetof(struct hash_opts, src),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED,
	  .help = "where the packet is from: ADDRESS, ADDRESS:PORT, [ADDRESS6]:PORT" },
	{ "DST", FM_OPT_STRING, offsetof(struct hash_opts, dst),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED,
	  .help = "where it goes to" },
	{ "proto", FM_OPT_CHOICE, offsetof(struct hash_opts, proto),
	  .choices = "tcp|udp",
	  .help = "default tcp; of others leave the ports out" },
	{ "dev", FM_OPT_STRING, offsetof(struct hash_opts, dev),
	  .value = "DEV", .complete = "dev",
	  .help = "by the key, table and selected fields of this device" },
	{ "key", FM_OPT_STRING, offsetof(struct hash_opts, key),
	  .value = "HEX", .help = "by this key, default that of the RSS specification" },
	{ "fields", FM_OPT_STRING, offsetof(struct hash_opts, fields),
	  .value = "FIELDS", .help = "only these are hashed" },
	{ "entries", FM_OPT_UINT, offsetof(struct hash_opts, entries),
	  .min = 2, .max = 65536, .value = "N",
	  .help = "size of the indirection table, default 128" },
	{ 0 }
};

const struct fm_command cmd_hash_rows[] = {
	{
		.object = "nic", .verb = "hash", .func = hash,
		.options = options, .opts_size = sizeof(struct hash_opts),
		.help = "Compute hash, entry, queue and CPU of a packet as a NIC does",
		.details = "The Toeplitz hash over addresses and ports. Fields "
			   "that are not selected are zero in their places; NICs "
			   "that close the gap get other hashes. A device that "
			   "XORs both ends first is followed.",
		.examples =
			"fmctl nic hash 66.9.149.187:2794 161.142.100.80:1766\n"
			"fmctl nic hash [2001:db8::1]:53 [2001:db8::2]:53 proto udp dev eth0",
	},
	{ 0 }
};
