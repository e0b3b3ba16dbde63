// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Servers of services as text: PROTOCOL SERVICE SERVER and what else is to be
 * said, such as tcp 192.0.2.10:80 10.0.0.1:8080 weight 3 drain
 */
#include <arpa/inet.h>
#include <netinet/ether.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "elements.h"
#include "nl_attr.h"

#define WORD	79	/* bytes of a word */

/**
 * struct words - a text that is read word by word
 * @text: the text
 * @at: bytes of it that were read
 * @from: bytes of it before the last word
 * @n: words that were read
 * @word: the last word
 */
struct words {
	const char *text;
	size_t at;
	size_t from;
	unsigned int n;
	char word[WORD + 1];
};

/* Returns false at the end. Of a word that is too long the end is left out. */
static bool next(struct words *w)
{
	size_t n;

	w->at += strspn(w->text + w->at, " \t");
	w->from = w->at;
	n = strcspn(w->text + w->at, " \t");
	w->at += n;
	w->n++;
	if (n > WORD)
		n = WORD;
	memcpy(w->word, w->text + w->from, n);
	w->word[n] = '\0';
	return n;
}

static bool get_number(const char *text, unsigned int most, unsigned int *n)
{
	const char *p;

	*n = 0;
	for (p = text; *p >= '0' && *p <= '9' && *n <= most; p++)
		*n = *n * 10 + *p - '0';
	return p > text && !*p && *n <= most;
}

static bool get_port(const char *text, __be16 *port)
{
	unsigned int n;

	if (!get_number(text, UINT16_MAX, &n) || !n)
		return false;
	*port = htons(n);
	return true;
}

/* ADDRESS:PORT or [ADDRESS]:PORT; of which family, or 0. */
static uint8_t get_end(const char *text, uint8_t *addr, __be16 *port)
{
	char buf[INET6_ADDRSTRLEN];
	bool is6 = *text == '[';
	const char *end = strchr(text, is6 ? ']' : ':');
	size_t n;

	text += is6;
	n = end ? (size_t)(end - text) : 0;
	if (!n || n >= sizeof(buf) || (is6 && *++end != ':') ||
	    !get_port(end + 1, port))
		return 0;
	memcpy(buf, text, n);
	buf[n] = '\0';
	if (inet_pton(is6 ? AF_INET6 : AF_INET, buf, addr) != 1)
		return 0;
	return is6 ? 6 : 4;
}

static bool parse_mac(const char *text, uint8_t *mac)
{
	struct ether_addr addr;

	if (strlen(text) != 17 || !ether_aton_r(text, &addr) ||
	    addr.ether_addr_octet[0] & 1 ||
	    !memcmp(&addr, "\0\0\0\0\0", sizeof(addr)))
		return false;
	memcpy(mac, &addr, sizeof(addr));
	return true;
}

/* NULL, or what is wrong with the last word. */
static const char *parse_ends(struct words *w, struct fm_backend *backend)
{
	uint8_t family;

	next(w);
	if (strcmp(w->word, "tcp") && strcmp(w->word, "udp"))
		return "must be a protocol, tcp or udp";
	backend->l4proto = *w->word == 't' ? IPPROTO_TCP : IPPROTO_UDP;
	next(w);
	backend->family = get_end(w->word, backend->vip, &backend->vip_port);
	if (!backend->family)
		return "must be the service, ADDRESS:PORT or [ADDRESS]:PORT";
	next(w);
	family = get_end(w->word, backend->addr, &backend->port);
	if (!family)
		return "must be the server, ADDRESS:PORT or [ADDRESS]:PORT";
	return family == backend->family ? NULL :
	       "must be of the family of the service";
}

static const char *parse_more(struct words *w, struct fm_backend *backend)
{
	unsigned int weight;
	uint8_t i;

	for (i = 0; i < __FM_BACKEND_MAX; i++) {
		if (strcmp(w->word, fm_nl_backend_state_names[i]))
			continue;
		backend->state = i;
		return NULL;
	}
	if (!strcmp(w->word, "weight")) {
		next(w);
		if (!get_number(w->word, UINT16_MAX, &weight))
			return "must be a weight, 0 to 65535";
		backend->weight = weight;
		return NULL;
	}
	if (strcmp(w->word, "mac"))
		return "must be weight, mac, up, drain or down";
	next(w);
	return parse_mac(w->word, backend->mac) ? NULL :
	       "must be an Ethernet address as 02:00:5e:10:00:01";
}

static bool parse(const char *text, void *element, struct fm_fault *fault)
{
	struct fm_backend *backend = element;
	struct words w = { .text = text };
	const char *wrong;

	memset(backend, 0, sizeof(*backend));
	backend->weight = 1;
	wrong = parse_ends(&w, backend);
	while (!wrong && next(&w))
		wrong = parse_more(&w, backend);
	if (!wrong)
		return true;
	if (!*w.word)
		return fm_fault_set(fault, w.from, "ends before word %u, which "
				    "%s", w.n, wrong);
	return fm_fault_set(fault, w.from, "in word %u: \"%s\" %s", w.n,
			    w.word, wrong);
}

static void format_end(uint8_t family, const uint8_t *addr, __be16 port,
		       char *text, size_t size)
{
	char buf[INET6_ADDRSTRLEN] = "";

	inet_ntop(family == 6 ? AF_INET6 : AF_INET, addr, buf, sizeof(buf));
	snprintf(text, size, family == 6 ? "[%s]:%u" : "%s:%u", buf,
		 ntohs(port));
}

static void format(const void *element, char *text)
{
	const struct fm_backend *b = element;
	char vip[64], addr[64], mac[32] = "";

	format_end(b->family, b->vip, b->vip_port, vip, sizeof(vip));
	format_end(b->family, b->addr, b->port, addr, sizeof(addr));
	if (memcmp(b->mac, "\0\0\0\0\0", sizeof(b->mac)))
		snprintf(mac, sizeof(mac), " mac %02x:%02x:%02x:%02x:%02x:%02x",
			 b->mac[0], b->mac[1], b->mac[2], b->mac[3], b->mac[4],
			 b->mac[5]);
	snprintf(text, FM_ELEMENT_TEXT, "%s %s %s weight %u%s%s%s",
		 b->l4proto == IPPROTO_TCP ? "tcp" : "udp", vip, addr,
		 b->weight, mac, b->state ? " " : "",
		 b->state ? fm_nl_backend_state_names[b->state] : "");
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, offsetof(struct fm_backend, weight));
}

const struct fm_element_kind fm_backend_kind = {
	.type = FM_PARAM_BACKENDS,
	.name = "backends",
	.size = sizeof(struct fm_backend),
	.parse = parse,
	.format = format,
	.compare = compare,
};
