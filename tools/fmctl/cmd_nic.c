// SPDX-License-Identifier: GPL-2.0-or-later
/* NICs: how they spread packets, keys for them, and whether they obey. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "fieldset.h"
#include "hex.h"
#include "json.h"
#include "keysynth.h"
#include "nic_json.h"
#include "nictest.h"
#include "nl_attr.h"
#include "nl_json.h"

#define BALANCE_CORES	8
#define BALANCE_FLOWS	65536
#define TEST_PACKETS	64	/* so many equal hashes are no accident */
#define TEST_TIMEOUT	10	/* seconds */

struct show_opts {
	const char *dev;
};

/* What the module says of it, if it is loaded and has a chain there. */
static void add_classes(struct fm_cli *cli, uint32_t ifindex,
			struct json_object *doc)
{
	struct fm_nl_config config = {
		.timeout_ms = cli->global.timeout.value * 1000,
		.stop = fm_cli_interrupted,
	};
	struct fm_nic *nic = calloc(1, sizeof(*nic));
	struct fm_error ignored;
	struct fm_nl *nl = NULL;

	if (nic && !fm_nl_open(&config, &nl, &ignored) &&
	    !fm_nl_nic_get(nl, ifindex, nic, &ignored)) {
		json_object_object_add(doc, "chain_name",
				       fm_json_string(nic->chain));
		json_object_object_add(doc, "classes",
				       fm_nic_class_json(nic, TEST_PACKETS));
	}
	fm_nl_close(nl);
	free(nic);
}

static int show(struct fm_cli *cli, const void *opts)
{
	const struct show_opts *o = opts;
	struct json_object *doc;
	struct fm_device device;
	int ret = fm_device_read(&device, o->dev, &cli->err);

	if (!ret) {
		doc = fm_nic_device_json(&device);
		add_classes(cli, device.state.ifindex, doc);
		if (!fm_output_document(&cli->out, doc)) {
			fm_nic_device_print(cli, doc);
			if (fm_json_get(doc, "classes")) {
				fm_output_title(&cli->out, "\nSelf-test");
				fm_nic_class_print(cli, fm_json_get(doc,
								    "classes"));
			}
		}
		json_object_put(doc);
	}
	fm_device_cleanup(&device);
	return ret;
}

struct key_opts {
	const char *dev;
	const char *fields;
	const char *family;
	bool symmetric;
	bool no_ports;
	struct fm_opt_uint entries;
	struct fm_opt_uint bytes;
	struct fm_opt_uint seed;
};

static const struct fm_column key_columns[] = {
	{ .key = "key", .title = "hash key" },
	{ .key = "entries", .title = "for entries" },
	{ .key = "fields", .title = "IPv4 entry depends on" },
	{ .key = "fields6", .title = "IPv6 entry depends on" },
	{ .key = "symmetric", .title = "IPv4 both ways alike" },
	{ .key = "symmetric6", .title = "IPv6 both ways alike" },
	{ .key = "rank", .title = "bits decided" },
	{ .key = "free_bits", .title = "free key bits" },
	{ .key = "balance", .title = "busiest of 8 cores" },
	{ 0 }
};

static unsigned int log2_of(uint32_t n)
{
	unsigned int m = 0;

	while (n > 1) {
		n >>= 1;
		m++;
	}
	return m;
}

/*
 * Random flows of one family on 8 cores, entry e on core e mod 8: the busiest
 * core's, in means.
 */
static double balance(const uint8_t *key, size_t len, unsigned int m, bool v6,
		      bool ports)
{
	unsigned int flows[BALANCE_CORES] = { 0 }, most = 0, i, j;
	size_t size = (v6 ? 32 : 8) + (ports ? 4 : 0);
	uint64_t seed = 1;
	uint8_t input[36];

	for (i = 0; i < BALANCE_FLOWS; i++) {
		for (j = 0; j < size; j++) {
			seed = seed * 6364136223846793005 + 1442695040888963407;
			input[j] = seed >> 56;
		}
		j = fm_rsskey_hash(key, len, input, size) & ((1U << m) - 1);
		if (++flows[j % BALANCE_CORES] > most)
			most = flows[j % BALANCE_CORES];
	}
	return (double)most * BALANCE_CORES / BALANCE_FLOWS;
}

static void print_key(struct fm_cli *cli, const uint8_t *key, size_t len,
		      unsigned int m, bool ports,
		      const struct fm_keysynth_result *made)
{
	struct json_object *doc = json_object_new_object();
	char text[3 * FM_KEY_MAX];
	uint32_t v4 = fm_rsskey_effective(key, len, m, FM_FAMILY_V4, ports);
	uint32_t v6 = fm_rsskey_effective(key, len, m, FM_FAMILY_V6, ports);

	fm_hex_format(key, len, text, sizeof(text));
	json_object_object_add(doc, "key", fm_json_string(text));
	json_object_object_add(doc, "entries", fm_json_uint(1U << m));
	json_object_object_add(doc, "fields",
			       fm_json_fields(v4));
	json_object_object_add(doc, "fields6",
			       fm_json_fields(v6));
	json_object_object_add(doc, "symmetric", json_object_new_boolean(
		fm_rsskey_symmetric(key, len, m, FM_FAMILY_V4, ports)));
	json_object_object_add(doc, "symmetric6", json_object_new_boolean(
		fm_rsskey_symmetric(key, len, m, FM_FAMILY_V6, ports)));
	json_object_object_add(doc, "balance", fm_json_double(
		balance(key, len, m, !v4, ports), 3));
	if (made) {
		json_object_object_add(doc, "rank", fm_json_uint(made->rank));
		json_object_object_add(doc, "free_bits",
				       fm_json_uint(made->free_bits));
	}
	if (!fm_output_document(&cli->out, doc))
		fm_output_fields(&cli->out, doc, key_columns);
	json_object_put(doc);
}

static int make_key(struct fm_cli *cli, const struct key_opts *o,
		    uint32_t entries, uint32_t bytes)
{
	struct fm_keysynth_request request = {
		.symmetric = o->symmetric,
		.v4 = !cli->global.ipv6 || cli->global.ipv4,
		.v6 = !cli->global.ipv4 || cli->global.ipv6,
		.ports = !o->no_ports,
		.m = log2_of(entries),
		.key_len = bytes,
		.seed = o->seed.value,
	};
	struct fm_keysynth_result result;
	enum fm_keysynth_status status;

	if (o->family) {
		request.v4 = strcmp(o->family, "v6");
		request.v6 = strcmp(o->family, "v4");
	}
	if (fm_fieldset_parse(o->fields, &request.fields))
		return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
				    "fields are src_ip, dst_ip, src_port and dst_port, joined by commas, not \"%.64s\"",
				    o->fields);
	status = fm_keysynth_run(&request, &result);
	if (status != FM_KEYSYNTH_OK)
		return fm_error_set(&cli->err, status == FM_KEYSYNTH_INVALID ?
				    FM_EXIT_USAGE : FM_EXIT_CHECK, 0, "%s",
				    result.reason);
	print_key(cli, result.key, bytes, request.m, request.ports, &result);
	return 0;
}

static int show_key(struct fm_cli *cli, const struct key_opts *o,
		    const struct fm_nicstate *state)
{
	unsigned int m = log2_of(state->rss.nindir);

	if (state->rss.key_len < FM_KEY_MIN || m < FM_RSSKEY_M_MIN ||
	    m > FM_RSSKEY_M_MAX)
		return fm_error_set(&cli->err, FM_EXIT_ERROR, EOPNOTSUPP,
				    "%s (%s) has no hash key and table",
				    o->dev, state->driver);
	print_key(cli, state->rss.key, state->rss.key_len, m, !o->no_ports,
		  NULL);
	return 0;
}

static int run_key(struct fm_cli *cli, const struct key_opts *o,
		   struct fm_nicstate *state)
{
	uint32_t entries = o->entries.set ? o->entries.value : 128;
	uint32_t bytes = o->bytes.set ? o->bytes.value : FM_KEY_MIN;
	int ret;

	if (!o->dev && !o->fields)
		return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
				    "a device or fields must be given");
	ret = o->dev ? fm_nicstate_capture(o->dev, state, &cli->err) : 0;
	if (ret)
		return ret;
	if (!o->fields)
		return show_key(cli, o, state);
	if (state->rss.nindir && !o->entries.set)
		entries = state->rss.nindir;
	if (state->rss.key_len && !o->bytes.set)
		bytes = state->rss.key_len;
	if (entries & (entries - 1))
		return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
				    "entries must be a power of two, not %u",
				    entries);
	return make_key(cli, o, entries, bytes);
}

static int key(struct fm_cli *cli, const void *opts)
{
	struct fm_nicstate *state = calloc(1, sizeof(*state));
	int ret;

	ret = state ? run_key(cli, opts, state) :
		      fm_error_errno(&cli->err, ENOMEM, "nic key");
	free(state);
	return ret;
}

struct test_opts {
	const char *dev;
	struct fm_opt_uint packets;
};

static void print_test(struct fm_cli *cli, const struct test_opts *o,
		       const struct fm_nic *nic, uint64_t packets, bool passed)
{
	struct json_object *doc = json_object_new_object();

	json_object_object_add(doc, "dev", fm_json_string(o->dev));
	json_object_object_add(doc, "chain_name", fm_json_string(nic->chain));
	json_object_object_add(doc, "passed", json_object_new_boolean(passed));
	json_object_object_add(doc, "classes", fm_nic_class_json(nic, packets));
	if (!fm_output_document(&cli->out, doc))
		fm_nic_class_print(cli, fm_json_get(doc, "classes"));
	json_object_put(doc);
}

static int run_test(struct fm_cli *cli, const struct test_opts *o,
		    struct fm_nic *nic, struct fm_nictest *test)
{
	struct fm_nic_change change = { .ifindex = test->ifindex };
	bool passed;
	int ret = fm_nl_nic_get(test->nl, test->ifindex, nic, &cli->err);

	if (ret)
		return ret;
	if (!nic->hw)
		return fm_error_set(&cli->err, FM_EXIT_CHECK, 0,
				    "chain %s steers in software: there is nothing of %s to test",
				    nic->chain, o->dev);
	change.test = true;
	ret = fm_nl_nic_set(test->nl, &change, &cli->err);
	if (!ret)
		ret = fm_nictest_wait(test, nic, &cli->err);
	if (ret && ret != FM_EXIT_TIMEOUT)
		return ret;
	passed = !ret && !fm_nictest_failed(nic, test->packets);
	print_test(cli, o, nic, test->packets, passed);
	if (!ret && !passed)
		ret = fm_error_set(&cli->err, FM_EXIT_CHECK, 0,
				   "%s does not spread as the plan says",
				   o->dev);
	return ret;
}

static int test(struct fm_cli *cli, const void *opts)
{
	const struct test_opts *o = opts;
	struct fm_nictest test = {
		.stop = fm_cli_interrupted,
		.ifindex = if_nametoindex(o->dev),
		.packets = o->packets.set ? o->packets.value : TEST_PACKETS,
		.timeout_ms = 1000 * (cli->global.timeout.set ?
				      cli->global.timeout.value : TEST_TIMEOUT),
	};
	struct fm_nic *nic;
	int ret;

	if (!test.ifindex)
		return fm_error_errno(&cli->err, ENODEV, "device %.32s",
				      o->dev);
	test.nl = fm_cli_nl(cli);
	if (!test.nl)
		return cli->err.code;
	nic = calloc(1, sizeof(*nic));
	ret = nic ? run_test(cli, o, nic, &test) :
		    fm_error_errno(&cli->err, ENOMEM, "nic test");
	free(nic);
	return ret;
}

static const struct fm_option show_options[] = {
	{ "DEV", FM_OPT_STRING, offsetof(struct show_opts, dev),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "dev",
	  .help = "the device" },
	{ 0 }
};

static const struct fm_option key_options[] = {
	{ "DEV", FM_OPT_STRING, offsetof(struct key_opts, dev),
	  FM_OPT_POSITIONAL, .complete = "dev",
	  .help = "a device: its key, or the sizes for a new one" },
	{ "fields", FM_OPT_STRING, offsetof(struct key_opts, fields),
	  .value = "FIELDS",
	  .help = "make a key for these, joined by commas" },
	{ "family", FM_OPT_CHOICE, offsetof(struct key_opts, family),
	  .choices = "v4|v6|both", .help = "for whom it has to do, default both" },
	{ "symmetric", FM_OPT_FLAG, offsetof(struct key_opts, symmetric),
	  .help = "both directions get one entry" },
	{ "no-ports", FM_OPT_FLAG, offsetof(struct key_opts, no_ports),
	  .help = "of packets whose ports are not hashed" },
	{ "entries", FM_OPT_UINT, offsetof(struct key_opts, entries),
	  .min = 16, .max = 2048, .value = "N",
	  .help = "size of the indirection table, default 128" },
	{ "bytes", FM_OPT_UINT, offsetof(struct key_opts, bytes),
	  .min = FM_KEY_MIN, .max = FM_KEY_MAX, .value = "N",
	  .help = "length of the key, default 40" },
	{ "seed", FM_OPT_UINT, offsetof(struct key_opts, seed),
	  .value = "N", .help = "another seed gives another key" },
	{ 0 }
};

static const struct fm_option test_options[] = {
	{ "DEV", FM_OPT_STRING, offsetof(struct test_opts, dev),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "dev",
	  .help = "the device" },
	{ "packets", FM_OPT_UINT, offsetof(struct test_opts, packets),
	  .min = 1, .max = 1000000000, .value = "N",
	  .help = "packets of a class that are enough, default 64" },
	{ 0 }
};

const struct fm_command cmd_nic_rows[] = {
	{
		.object = "nic", .verb = "show", .func = show,
		.options = show_options,
		.opts_size = sizeof(struct show_opts),
		.help = "Show how a device spreads its packets",
		.details = "Driver, hash key, fields of every flow type, table, "
			   "the CPU of every queue, and what is known of the "
			   "driver. With a chain also the module's self-test.",
		.examples = "fmctl nic show eth0",
	},
	{
		.object = "nic", .verb = "key", .func = key,
		.options = key_options, .opts_size = sizeof(struct key_opts),
		.help = "Show a device's hash key, or make one for some fields",
		.details = "Says which fields the entry really depends on, how "
			   "many bits of it are decided, and how 65536 random "
			   "flows would spread. -4 and -6 are short for family.",
		.examples = "fmctl nic key eth0\n"
			    "fmctl nic key --fields src_ip\n"
			    "fmctl nic key eth0 --fields src_ip,dst_ip --symmetric",
	},
	{
		.object = "nic", .verb = "test", .func = test,
		.options = test_options, .opts_size = sizeof(struct test_opts),
		.help = "Test again whether a NIC spreads as the plan says",
		.details = "The module compares hash and queue of the packets "
			   "that arrive; this command sends none. Exits with 8 "
			   "if something differs and with 7 if too few packets "
			   "came within --timeout, by default 10 seconds.",
		.examples = "fmctl nic test eth0 packets 1000 --timeout 30",
	},
	{ 0 }
};
