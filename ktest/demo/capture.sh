# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The independent count: everything that leaves the clients for the guest,
# captured where it leaves.

capture=$FM_OUT/clients.pcap
capture_log=$FM_OUT/tcpdump.log

capture_start()
{
	# Its last words come when the connection to it is gone.
	peer 0 sh -c 'exec tcpdump -Z root -i tap0 -Q out -n -U -B 65536 \
		-w "$1" 2> "$2"' sh "$capture" "$capture_log" &
	capture_job=$!
	wait_for 'grep -qs "listening on" "$capture_log"' ||
		fail "tcpdump does not start: $(< "$capture_log")"
}

# Nothing but the file's header
capture_is_empty()
{
	[[ $(stat -c %s "$capture") -le 24 ]]
}

# Sets captured; lost: what tcpdump says that it missed; and unsent: what it took
# that never reached the NIC.
capture_stop()
{
	kill "$capture_job"
	wait_for 'grep -q "dropped by kernel" "$capture_log"' ||
		fail "tcpdump does not say what it dropped: $(< "$capture_log")"
	captured=$(awk '/packets? captured/ { print $1 }' "$capture_log")
	lost=$(awk '/dropped by/ { n += $1 } END { print n }' "$capture_log")
	unsent=$(peer 0 ip -j -s link show tap0 | jq '.[0].stats64.tx.dropped')
	jq -n --argjson captured "$captured" --argjson lost "$lost" \
		--argjson unsent "$unsent" '$ARGS.named' > "$data/capture.json"
}
