// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/filter.h>
#include <pcap/pcap.h>
#include <string.h>
#include <time.h>

#include "capture.h"
#include "frame.h"

#define SNAP		256	/* bytes: link, tags, IPv6 and its extensions */
#define WAIT_MS		100
#define BUFFER		(8 << 20)
#define BATCH		4096	/* packets between two looks at the clock */

/* A sample in the making. */
struct taking {
	const struct fm_capture *capture;
	pcap_t *pcap;
	int link;
	struct fm_traffic *traffic;
	uint64_t packets;
	int ret;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void take(uint8_t *arg, const struct pcap_pkthdr *head,
		 const uint8_t *data)
{
	struct taking *t = (struct taking *)arg;
	struct fm_traffic_tuple tuple;

	t->packets++;
	if (!fm_frame_parse(t->link, data, head->caplen, &tuple))
		t->traffic->other++;
	else if (fm_traffic_add(t->traffic, &tuple, 1))
		t->ret = -ENOMEM;
}

static int open_file(struct taking *t, struct fm_error *err)
{
	const char *path = t->capture->path;
	char why[PCAP_ERRBUF_SIZE];
	FILE *file = fopen(path, "re");

	if (!file)
		return fm_error_errno(err, errno, "%s", path);
	t->pcap = pcap_fopen_offline(file, why);
	if (t->pcap)
		return 0;
	fclose(file);
	return fm_error_set(err, FM_EXIT_CHECK, 0, "%s: %s", path, why);
}

static int fail(const struct taking *t, int ret, struct fm_error *err)
{
	int code = ret == PCAP_ERROR_NO_SUCH_DEVICE ? FM_EXIT_NOT_FOUND :
		   ret == PCAP_ERROR_PERM_DENIED ? FM_EXIT_PERMISSION :
		   FM_EXIT_ERROR;
	const char *why = pcap_geterr(t->pcap);

	return fm_error_set(err, code, 0, "%s: %s", t->capture->dev,
			    *why ? why : pcap_statustostr(ret));
}

/* One packet in so many, and no byte of it leaves the kernel otherwise. */
static int pick(const struct taking *t)
{
	struct bpf_insn code[] = {
		{ BPF_LD | BPF_W | BPF_ABS, 0, 0, SKF_AD_OFF + SKF_AD_RANDOM },
		{ BPF_ALU | BPF_MOD | BPF_K, 0, 0, t->capture->every },
		{ BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0 },
		{ BPF_RET | BPF_K, 0, 0, SNAP },
		{ BPF_RET | BPF_K, 0, 0, 0 },
	};
	struct bpf_program program = {
		.bf_len = sizeof(code) / sizeof(*code), .bf_insns = code,
	};

	return t->capture->every > 1 ? pcap_setfilter(t->pcap, &program) : 0;
}

static int open_device(struct taking *t, struct fm_error *err)
{
	char why[PCAP_ERRBUF_SIZE];
	int ret;

	t->pcap = pcap_create(t->capture->dev, why);
	if (!t->pcap)
		return fm_error_set(err, FM_EXIT_ERROR, 0, "%s: %s",
				    t->capture->dev, why);
	pcap_set_snaplen(t->pcap, SNAP);
	pcap_set_timeout(t->pcap, WAIT_MS);
	pcap_set_buffer_size(t->pcap, BUFFER);
	ret = pcap_activate(t->pcap);
	if (ret >= 0)
		ret = pcap_setnonblock(t->pcap, 1, why);
	if (ret >= 0)
		ret = pcap_setdirection(t->pcap, PCAP_D_IN);
	if (ret >= 0)
		ret = pick(t);
	return ret < 0 ? fail(t, ret, err) : 0;
}

/* Return: whether the sample is to end here, and why not by itself. */
static bool is_over(struct taking *t, struct fm_error *err)
{
	const struct fm_capture *capture = t->capture;

	if (t->ret)
		t->ret = fm_error_errno(err, ENOMEM, "sample");
	else if (capture->stop && capture->stop())
		t->ret = fm_error_set(err, FM_EXIT_INTERRUPTED, EINTR,
				      "interrupted");
	return t->ret;
}

static int run(struct taking *t, struct fm_error *err)
{
	const struct fm_capture *capture = t->capture;
	double begin = now(), told = begin;
	int n;

	for (;;) {
		n = pcap_dispatch(t->pcap, BATCH, take, (uint8_t *)t);
		if (n < 0)
			return fm_error_set(err, capture->path ? FM_EXIT_CHECK :
					    FM_EXIT_ERROR, 0,
					    "%s: behind packet %llu: %s",
					    capture->path ?: capture->dev,
					    (unsigned long long)t->packets,
					    pcap_geterr(t->pcap));
		if (is_over(t, err))
			return t->ret;
		if (capture->path ? !n : now() - begin >= capture->seconds)
			return 0;
		if (!n)
			nanosleep(&(struct timespec){ 0, 10000000 }, NULL);
		if (!capture->progress || now() - told < 1)
			continue;
		told = now();
		capture->progress(t->packets);
	}
}

/**
 * fm_capture_read - take a sample
 * @capture: of what
 * @traffic: gets the flows; to be cleaned up whatever is returned
 * @err: says what is wrong
 *
 * Nothing of it is stored anywhere.
 *
 * Return: 0 or an exit code: FM_EXIT_CHECK if the file is none, cut off, of an
 * unknown link type or has no IP packet; FM_EXIT_NOT_FOUND, FM_EXIT_PERMISSION
 * and others as for any file and device.
 */
int fm_capture_read(const struct fm_capture *capture,
		    struct fm_traffic *traffic, struct fm_error *err)
{
	struct taking t = { .capture = capture, .traffic = traffic };
	const char *from = capture->path ?: capture->dev;
	int ret;

	*traffic = (struct fm_traffic){ 0 };
	ret = capture->path ? open_file(&t, err) : open_device(&t, err);
	if (!ret) {
		t.link = pcap_datalink(t.pcap);
		if (!fm_frame_known(t.link))
			ret = fm_error_set(err, FM_EXIT_CHECK, 0,
					   "%s: link type %d is not supported: neither Ethernet nor cooked nor plain IP",
					   from, t.link);
	}
	if (!ret)
		ret = run(&t, err);
	if (t.pcap)
		pcap_close(t.pcap);
	if (!ret && !traffic->n)
		ret = fm_error_set(err, FM_EXIT_CHECK, 0,
				   "%s: no IP packet in %llu", from,
				   (unsigned long long)t.packets);
	return ret;
}
