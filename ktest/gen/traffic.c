// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "traffic.h"

static const uint16_t services[] = { 22, 25, 53, 80, 123, 443, 5201, 8080 };

static int setup_zipf(struct gen_traffic *traffic)
{
	uint32_t n = traffic->plan->flows;
	double sum = 0;

	traffic->share = calloc(n, sizeof(*traffic->share));
	if (!traffic->share)
		return -1;
	for (uint32_t i = 0; i < n; i++)
		traffic->share[i] = sum += pow(i + 1, -traffic->plan->zipf);
	for (uint32_t i = 0; i < n; i++)
		traffic->share[i] /= sum;
	return 0;
}

int gen_traffic_setup(struct gen_traffic *traffic, const struct gen_plan *plan)
{
	memset(traffic, 0, sizeof(*traffic));
	traffic->plan = plan;
	traffic->random.state = plan->seed;
	traffic->sent = calloc(plan->flows, sizeof(*traffic->sent));
	if (!traffic->sent)
		return -1;
	if (plan->zipf > 0 && setup_zipf(traffic)) {
		free(traffic->sent);
		return -1;
	}
	return 0;
}

void gen_traffic_cleanup(struct gen_traffic *traffic)
{
	free(traffic->sent);
	free(traffic->share);
}

uint32_t gen_traffic_pick(struct gen_traffic *traffic)
{
	uint32_t lo = 0, hi = traffic->plan->flows - 1;
	double at;

	if (!traffic->share)
		return gen_random_below(&traffic->random, hi + 1);
	at = (gen_random_next(&traffic->random) >> 11) * 0x1p-53;
	while (lo < hi) {
		uint32_t middle = lo + (hi - lo) / 2;

		if (traffic->share[middle] <= at)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

void gen_traffic_address(struct gen_packet *packet, uint8_t family,
			 uint16_t src, uint16_t dst)
{
	static const uint8_t prefix4[2][2] = { { 198, 18 }, { 198, 19 } };
	static const uint8_t prefix6[2][8] = { { 0x20, 0x01, 0, 2 },
					       { 0x20, 0x01, 0, 2, 0, 0, 0, 1 } };
	size_t last = family == 4 ? 2 : 14;

	packet->family = family;
	memset(packet->src, 0, sizeof(packet->src));
	memset(packet->dst, 0, sizeof(packet->dst));
	memcpy(packet->src, family == 4 ? prefix4[0] : prefix6[0],
	       family == 4 ? 2 : 8);
	memcpy(packet->dst, family == 4 ? prefix4[1] : prefix6[1],
	       family == 4 ? 2 : 8);
	packet->src[last] = src >> 8;
	packet->src[last + 1] = src;
	packet->dst[last] = dst >> 8;
	packet->dst[last + 1] = dst;
}

static uint8_t flow_protocol(struct gen_random *random, uint8_t family)
{
	uint32_t n = gen_random_below(random, 100);

	if (n < 55)
		return GEN_TCP;
	if (n < 85)
		return GEN_UDP;
	if (n < 92)
		return GEN_SCTP;
	if (n < 98)
		return family == 4 ? GEN_ICMP : GEN_ICMP6;
	return 47;
}

/* A flow's choices come from a seed of its own, so that nothing is stored. */
void gen_traffic_flow(struct gen_traffic *traffic, struct gen_packet *packet,
		      uint32_t flow)
{
	const struct gen_plan *plan = traffic->plan;
	struct gen_random own = { plan->seed + 1 };
	uint8_t family = plan->family;

	own.state += gen_random_next(&own) * (flow + 1);
	memset(packet, 0, sizeof(*packet));
	memcpy(packet->dst_mac, plan->dst_mac, 6);
	memcpy(packet->src_mac, plan->src_mac, 6);
	if (!family)
		family = gen_random_percent(&own, 60) ? 4 : 6;
	/* Sources have four flows on average; 0 and 255.254 are not theirs. */
	gen_traffic_address(packet, family,
			    1 + gen_random_below(&own, plan->flows / 4 % 65000 +
						 1),
			    1 + gen_random_below(&own, 200));
	packet->protocol = flow_protocol(&own, family);
	packet->sport = gen_random_between(&own, 1024, 65535);
	packet->dport = services[gen_random_below(&own, 8)];
	packet->id = gen_random_next(&traffic->random);
	packet->payload = gen_random_below(&traffic->random, 1000);
}
