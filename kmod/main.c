// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/rcupdate.h>
#include "bind.h"
#include "home.h"
#include "move.h"
#include "net.h"
#include "netlink.h"
#include "nf.h"
#include "offload.h"
#include "shard.h"

static int __init flowmage_init(void)
{
	int err;

	err = fm_nf_init();
	if (err)
		return err;
	err = fm_shard_init();
	if (err)
		goto exit_nf;
	err = fm_move_init();
	if (err)
		goto exit_shard;
	err = fm_home_init();
	if (err)
		goto exit_move;
	err = fm_offload_init();
	if (err)
		goto exit_home;
	err = fm_net_init();
	if (err)
		goto exit_offload;
	err = fm_bind_init();
	if (err)
		goto exit_net;
	err = fm_nl_list_init();
	if (err)
		goto exit_bind;
	err = fm_netlink_init();
	if (err)
		goto exit_list;
	return 0;

exit_list:
	fm_nl_list_exit();
exit_bind:
	fm_bind_exit();
exit_net:
	fm_net_exit();
exit_offload:
	fm_offload_exit();
exit_home:
	fm_home_exit();
exit_move:
	fm_move_exit();
exit_shard:
	fm_shard_exit();
exit_nf:
	fm_nf_exit();
	rcu_barrier();
	return err;
}

static void __exit flowmage_exit(void)
{
	fm_netlink_exit();
	fm_nl_list_exit();
	fm_bind_exit();
	fm_net_exit();
	fm_offload_exit();
	fm_home_exit();
	fm_move_exit();
	fm_shard_exit();
	fm_nf_exit();
	rcu_barrier();
}

module_init(flowmage_init);
module_exit(flowmage_exit);
MODULE_DESCRIPTION("Chains of network functions, arranged for all cores");
MODULE_AUTHOR("The FlowMage for Linux developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(FM_VERSION);
