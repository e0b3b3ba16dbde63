# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Each NF against the independent reference, to the packet: what the chain
# remembers and counts must follow from what was captured at the sender's end.
# Local and shared, IPv4 and IPv6, tags, fragments, packets that are not IP or
# broken, and real programs.
#
# One queue, so that the packets of a source keep their order on the way to the
# guest; four CPUs run the chain.
#
# debug: no, its programs take long
# vm: -c 4 -n 1 -q 1 -o
#
# shellcheck disable=SC2317 # check and run call them

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash
# shellcheck source=ktest/kself/data/ref.bash
source ktest/kself/data/ref.bash

# So that the NIC passes what its driver has not asked for.
ip link set eth0 promisc on
# What the stack does with these packets is not our concern.
modprobe nf_tables
nft -f - <<-'END'
	table inet quiet {
		chain in {
			type filter hook prerouting priority raw
			ip saddr 198.18.0.0/15 drop
			ip6 saddr 2001:2::/48 drop
		}
	}
END

# What real programs do, at both ends.
talk()
{
	local url i

	for url in http://10.77.0.1 'http://[fd77:0::1]'; do
		for i in 1 2 3 4 5; do
			peer 0 curl -gsf -o /dev/null "$url/page$i" || return
		done
	done
	peer 0 iperf3 -c 10.77.0.1 -n 1M > "$tmp/iperf" || return
	peer 0 iperf3 -6 -c fd77:0::1 -u -b 2M -n 300K > "$tmp/iperf" || return
	peer 0 ping -q -c 10 -i 0.02 -s 2000 10.77.0.1 || return
	peer 0 ping -q -c 10 -i 0.02 fd77:0::1 || return
	peer 0 nmap -n -Pn -sT -p 1-100 10.77.0.1 > "$tmp/nmap"
}

serve()
{
	local i

	mkdir "$tmp/www"
	for i in 1 2 3 4 5; do
		head -c $((i * 20000)) /dev/zero > "$tmp/www/page$i"
	done
	chmod -R a+rX "$tmp"
	cat > "$tmp/nginx.conf" <<-END
		daemon off;
		pid $tmp/nginx.pid;
		error_log $tmp/nginx.log;
		events { }
		http {
			access_log off;
			client_body_temp_path $tmp;
			proxy_temp_path $tmp;
			fastcgi_temp_path $tmp;
			uwsgi_temp_path $tmp;
			scgi_temp_path $tmp;
			server {
				listen 10.77.0.1:80;
				listen [fd77:0::1]:80;
				root $tmp/www;
			}
		}
	END
	nginx -c "$tmp/nginx.conf" -e "$tmp/nginx.log" &
	iperf3 --forceflush -s > "$tmp/iperf3.log" &
	wait_for "curl -sf -o $tmp/page http://10.77.0.1/page1" &&
		wait_for "grep -q listening $tmp/iperf3.log"
}

scan="psd local threshold=10 window_ms=60000 block_ms=60000"
police="policer local rate=20000 burst=200000"
src=$(steer src 64 3 2 1 0)
dst=$(steer dst 64 3 2 1 0)
all=$(steer all 64 2 1 3 0)

run "sources, local" "$src" drop accept "source_counter local" \
	"flow_counter local" -- send sources 2500 4000
run "sources, shared" "$src" drop accept "source_counter shared" \
	"flow_counter shared" -- send sources 2500 4000 --seed 2
run "scan, local" "$src" drop accept "$scan" "source_counter local" \
	"flow_counter local" -- send scan 2000 3000
run "scan, shared, IPv6" "$src" drop accept "${scan/local/shared}" \
	"flow_counter shared" -- send scan 2000 3000 --family 6
run "police, local" "$dst" drop accept "$police" "flow_counter local" -- \
	send police 1500 2000
run "police, shared" "$src" drop accept "${police/local/shared}" \
	"flow_counter shared" -- send police 1500 2000 --seed 2
run "flows, local by all fields" "$all" drop accept "flow_counter local" \
	"source_counter shared" -- send flows 2500 4000
run "mixed, local, fragments dropped" "$src" drop accept "$scan" \
	"source_counter local" "flow_counter local" -- send mixed 3000 4000
run "mixed, local, fragments accepted, IP only" "$src" accept drop \
	"source_counter local" "flow_counter local" "${police/local/shared}" -- \
	send mixed 3000 4000 --seed 2
run "mixed, shared, fragments accepted" "$all" accept accept \
	"${scan/local/shared}" "source_counter shared" "flow_counter shared" -- \
	send mixed 3000 4000 --seed 3
serve
expect_eq "nginx and iperf3 serve" 0 $?
run "programs, local" "$src" accept accept "$scan action=mark" \
	"policer shared rate=100000000 burst=100000000" \
	"source_counter local" "flow_counter local" -- talk
kill %1 %2
wait

finish
