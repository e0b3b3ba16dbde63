// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * taps FD NETNS:IFNAME:QUEUES... -- CMD...
 *
 * Run CMD with the queues of new tap devices open on the descriptors FD, FD+1,
 * ...; each device lives in the network namespace its path NETNS names, CMD in
 * the one it was started in.
 *
 * A tap sends a flow on the queue that its last answer came from, and so lets a
 * segment overtake others when that changes. What is tested behind these must
 * be the only one that may do so: a program takes the queue from addresses and
 * ports. QEMU, which may set one of its own for RSS and does not, takes ours
 * away; so that one request of CMD does nothing. Loading a program needs more
 * than a user namespace gives: FM_OUT/taps says whether it is there, "static"
 * or "learning".
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Instructions, as in the kernel's Documentation/bpf/instruction-set.rst. */
#define INSN(c, d, s, o, i) \
	{ .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) }
#define MOV(d, s)	INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define SET(d, i)	INSN(BPF_ALU | BPF_MOV | BPF_K, d, 0, 0, i)
#define XOR(d, s)	INSN(BPF_ALU | BPF_XOR | BPF_X, d, s, 0, 0)
#define MUL(d, i)	INSN(BPF_ALU | BPF_MUL | BPF_K, d, 0, 0, i)
#define SHR(d, i)	INSN(BPF_ALU | BPF_RSH | BPF_K, d, 0, 0, i)
#define AND(d, i)	INSN(BPF_ALU | BPF_AND | BPF_K, d, 0, 0, i)
#define JEQ(d, i, o)	INSN(BPF_JMP | BPF_JEQ | BPF_K, d, 0, o, i)
#define JNE(d, i, o)	INSN(BPF_JMP | BPF_JNE | BPF_K, d, 0, o, i)
#define JUMP(o)		INSN(BPF_JMP | BPF_JA, 0, 0, o, 0)
#define PACKET(size, i)	INSN(BPF_LD | BPF_ABS | (size), 0, 0, 0, i)
#define EXIT()		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

/* What is not IP, or ends too early, has queue 0. */
static const struct bpf_insn steering[] = {
	/*  0 */ MOV(6, 1),		/* where PACKET() expects it */
	/*  1 */ SET(7, 0),
	/*  2 */ PACKET(BPF_H, 12),	/* EtherType */
	/*  3 */ JEQ(0, 0x86dd, 13),	/* to 17 */
	/*  4 */ JNE(0, 0x0800, 21),	/* to 26 */

	/*  5 */ PACKET(BPF_W, 26),	/* IPv4: source */
	/*  6 */ XOR(7, 0),
	/*  7 */ PACKET(BPF_W, 30),	/* destination */
	/*  8 */ XOR(7, 0),
	/*  9 */ PACKET(BPF_H, 20),
	/* 10 */ AND(0, 0x3fff),
	/* 11 */ JNE(0, 0, 14),		/* a fragment: to 26 */
	/* 12 */ PACKET(BPF_B, 23),
	/* 13 */ JEQ(0, IPPROTO_TCP, 1),
	/* 14 */ JNE(0, IPPROTO_UDP, 11),	/* to 26 */
	/* 15 */ PACKET(BPF_W, 34),	/* ports */
	/* 16 */ JUMP(8),		/* to 25 */

	/* 17 */ PACKET(BPF_W, 34),	/* IPv6: end of the source */
	/* 18 */ XOR(7, 0),
	/* 19 */ PACKET(BPF_W, 50),	/* end of the destination */
	/* 20 */ XOR(7, 0),
	/* 21 */ PACKET(BPF_B, 20),
	/* 22 */ JEQ(0, IPPROTO_TCP, 1),
	/* 23 */ JNE(0, IPPROTO_UDP, 2),	/* to 26 */
	/* 24 */ PACKET(BPF_W, 54),	/* ports */
	/* 25 */ XOR(7, 0),

	/* 26 */ MUL(7, 0x9e3779b1),
	/* 27 */ SHR(7, 16),		/* the kernel takes it modulo the queues */
	/* 28 */ MOV(0, 7),
	/* 29 */ EXIT(),
};

/* The program, or -1 if we may not. */
static int steering_load(void)
{
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (uintptr_t)steering,
		.insn_cnt = sizeof(steering) / sizeof(*steering),
		.license = (uintptr_t)"GPL",
		.prog_name = "taps",
	};
	int fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));

	if (fd < 0 && errno != EPERM && errno != ENOSYS)
		err(1, "loading the taps' program");
	return fd;
}

/* From here on nobody changes it: such a request succeeds without effect. */
static void steering_keep(void)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[1])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TUNSETSTEERINGEBPF, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {
		.len = sizeof(insns) / sizeof(*insns),
		.filter = insns,
	};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
		err(1, "keeping the taps' program");
}

/* Tells whoever asks in FM_OUT. */
static void steering_tell(bool is_static)
{
	const char *out = getenv("FM_OUT");
	char path[4096];
	FILE *file;

	if (!out)
		return;
	snprintf(path, sizeof(path), "%s/taps", out);
	file = fopen(path, "w");
	if (!file || fprintf(file, "%s\n", is_static ? "static" :
			     "learning") < 0 || fclose(file))
		err(1, "%s", path);
}

static int tap_open(const char *name)
{
	struct ifreq ifr = {
		.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR |
			     IFF_MULTI_QUEUE,
	};
	int fd;

	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		err(1, "/dev/net/tun");
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (ioctl(fd, TUNSETIFF, &ifr) < 0)
		err(1, "%s: TUNSETIFF", name);
	return fd;
}

static void netns_enter(const char *path)
{
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		err(1, "%s", path);
	close(fd);
}

/* Opens the device of one argument, returns the first descriptor not used. */
static int taps_open(char *arg, int first, int program)
{
	char *name, *queues;
	int fd, end;

	name = strchr(arg, ':');
	queues = name ? strchr(name + 1, ':') : NULL;
	if (!queues)
		errx(1, "%s: not NETNS:IFNAME:QUEUES", arg);
	*name++ = '\0';
	*queues++ = '\0';

	netns_enter(arg);
	for (end = first + atoi(queues); first < end; first++) {
		fd = tap_open(name);
		if (program >= 0 && ioctl(fd, TUNSETSTEERINGEBPF, &program))
			err(1, "%s: TUNSETSTEERINGEBPF", name);
		if (dup2(fd, first) < 0)
			err(1, "dup2 %d", first);
		close(fd);
	}
	return end;
}

int main(int argc, char **argv)
{
	int home, program, fd, i;

	if (argc < 4)
		errx(1, "usage: taps FD NETNS:IFNAME:QUEUES... -- CMD...");

	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (home < 0)
		err(1, "/proc/self/ns/net");

	program = steering_load();
	steering_tell(program >= 0);
	fd = atoi(argv[1]);
	for (i = 2; i < argc && strcmp(argv[i], "--"); i++)
		fd = taps_open(argv[i], fd, program);
	if (program >= 0) {
		close(program);
		steering_keep();
	}

	if (setns(home, CLONE_NEWNET) < 0)
		err(1, "setns");
	if (i + 1 >= argc)
		errx(1, "no command after --");
	execvp(argv[i + 1], argv + i + 1);
	err(1, "%s", argv[i + 1]);
}
