// SPDX-License-Identifier: GPL-2.0-or-later
#include <vlib/vlib.h>
#include <vnet/vnet.h>

typedef struct {
	u32 backend;
	u64 packets;
} spread_session_t;

typedef struct {
	clib_bihash_16_8_t sessions;
	spread_session_t *pool;
} spread_main_t;

VLIB_NODE_FN (spread_node) (vlib_main_t *vm, vlib_node_runtime_t *node,
			    vlib_frame_t *frame)
{
	ip4_header_t *ip = vlib_buffer_get_current(b0);
	udp_header_t *udp = (udp_header_t *)(ip + 1);
	clib_bihash_kv_16_8_t kv, value;
	spread_session_t *s;

	kv.key[0] = ((u64)ip->src_address.as_u32 << 32) | ip->dst_address.as_u32;
	kv.key[1] = ((u64)udp->src_port << 32) | (udp->dst_port << 16) |
		    ip->protocol;
	if (clib_bihash_search_16_8(&spread_main.sessions, &kv, &value)) {
		pool_get(spread_main.pool, s);
		s->backend = choose(kv.key[0]);
		kv.value = s - spread_main.pool;
		clib_bihash_add_del_16_8(&spread_main.sessions, &kv, 1);
	} else {
		s = pool_elt_at_index(spread_main.pool, value.value);
	}
	forward(b0, s->backend);
	return frame->n_vectors;
}
