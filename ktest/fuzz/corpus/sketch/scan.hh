// SPDX-License-Identifier: GPL-2.0-or-later
#include <click/batchelement.hh>
#include "iflowmanager.hh"

class ScanState : public IState {
public:
	uint32_t ports;
	std::unordered_map<uint16_t, uint32_t> seen;
};

class Scan : public IFlowManager<ScanState> {
public:
	const char *class_name() const override { return "Scan"; }
	inline uint32_t calculate_hash(Packet *p) override
	{
		const click_ip *ip = p->ip_header();

		return mix(ip->ip_src.s_addr);
	}
	inline void process(ScanState *state, Packet *p) override
	{
		state->ports++;
	}
};
