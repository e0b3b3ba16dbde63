# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A NIC's settings, as ethtool and not as fmctl tells them.

flow_types=(tcp4 udp4 tcp6 udp6)

# nic_read DEV: {fields: {tcp4: [...]...}, key, indirection}
nic_read()
{
	local type

	for type in "${flow_types[@]}"; do
		ethtool -n "$1" rx-flow-hash "$type" |
			sed -n "s/^\(IP [SD]A\|L4 bytes.*\)$/$type \1/p"
	done > "$data/fields"
	ethtool -x "$1" > "$data/rss"
	jq -n --rawfile fields "$data/fields" --rawfile rss "$data/rss" '
		{"IP SA": "src_ip", "IP DA": "dst_ip",
		 "L4 bytes 0 & 1 [TCP/UDP src port]": "src_port",
		 "L4 bytes 2 & 3 [TCP/UDP dst port]": "dst_port"} as $names |
		{
			fields: (reduce ($fields | rtrimstr("\n") |
					split("\n")[]) as $l ({};
				.[$l[:4]] += [$names[$l[5:]]])),
			key: [$rss | scan("(?:[0-9a-f]{2}:){39,51}[0-9a-f]{2}")
				][0],
			indirection: [$rss | scan("(?m)^ +[0-9]+:(.*)$")[0] |
				scan("[0-9]+") | tonumber]
		}'
}

# nic_print BEFORE AFTER: two files of nic_read, one above the other.
nic_print()
{
	jq -nr --slurpfile before "$1" --slurpfile after "$2" '
	def fields: .fields | to_entries | group_by(.value) | map(
		"\(map(.key) | join(" ")): \(.[0].value | join(" "))") |
		join("; ");
	def key: .key | gsub(":"; "") | [scan(".{1,64}")] |
		join("\n            ");
	def period($t): first(range(1; ($t | length) + 1) |
		select(. as $p | all(range($p; $t | length);
			$t[.] == $t[. - $p])));
	def table: .indirection | length as $n | period(.) as $p |
		if $p == $n then map(tostring) | [_nwise(32) | join(" ")] |
			join("\n            ")
		else "\(.[:$p] | map(tostring) | join(" ")), " +
			"repeated to \($n) entries" end;
	def row($name; f): ($before[0] | f) as $b | ($after[0] | f) as $a |
		"  \($name)",
		"    before  \($b)",
		"    after   \(if $a == $b then "the same" else $a end)";
	row("fields hashed"; fields), row("hash key"; key),
	row("queue of each table entry"; table)'
	echo
}

# nic_queues DEV: "QUEUE PACKETS" lines
nic_queues()
{
	ethtool -S "$1" |
		sed -n 's/^ *rx_queue_\([0-9]*\)_packets: \(.*\)/\1 \2/p'
}
