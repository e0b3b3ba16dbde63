// SPDX-License-Identifier: GPL-2.0-or-later
#include "meter.h"

class Meter final : public Module {
 public:
	void ProcessBatch(Context *ctx, bess::PacketBatch *batch) override;

 private:
	struct Use {
		uint64_t bytes;
		uint64_t packets;
	};
	std::unordered_map<uint32_t, Use> uses_;
};

void Meter::ProcessBatch(Context *ctx, bess::PacketBatch *batch)
{
	for (int i = 0; i < batch->cnt(); i++) {
		Ipv4 *ip = get_ip(batch->pkts()[i]);
		auto it = uses_.find(ip->dst.value());

		if (it == uses_.end()) {
			uses_.emplace(ip->dst.value(), Use());
			continue;
		}
		it->second.packets++;
	}
}
