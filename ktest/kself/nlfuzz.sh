# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Random requests, right and wrong ones, beside traffic: as root, as an ordinary
# user in a network namespace of its own, and as one who may change nothing.
# KTEST_MESSAGES and KTEST_SEED say how many and which; with KTEST_COVERAGE what
# root's reached of the module is in FM_OUT/places.
#
# vm: -c 2 -n 1
#
# shellcheck disable=SC2317,SC2016 # check and other shells

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash
# shellcheck source=ktest/kself/data/flood.bash
source ktest/kself/data/flood.bash

messages=${KTEST_MESSAGES:-3000}
seed=${KTEST_SEED:-20261127}
small=$((messages / 10))
coverage=()
[[ -z ${KTEST_COVERAGE:-} ]] || coverage=(--coverage "$FM_OUT/places")

nobody()
{
	HOME=/ setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# fuzz NAME COMMAND...: which ends well; what it prints is shown anyway
fuzz()
{
	local name=$1 rc=0 begin=$SECONDS

	shift
	"$@" > "$tmp/fuzz" 2>&1 || rc=$?
	fm_comment "$*"
	fm_comment "$(< "$tmp/fuzz")"
	fm_comment "$((SECONDS - begin)) s"
	expect_eq "$name" 0 "$rc"
}

insmod "${FM_KO%/*}/tcp_strict.ko"
insmod "${FM_KO%/*}/proto_filter.ko"
modprobe tun
chmod 666 /dev/net/tun
for name in ref0 fz0 fz1 fz2; do
	ip link add "$name" type dummy
	ip link set "$name" up
done
check "there is a chain that must not change" \
	chain_new reference "$(dev ref0)" "$(steer src 4 0 1)" \
	"$(inst psd local)" "$(inst flow_counter shared)"
now=$(chains_now)

flood_delay=$((1000000 * ${FM_SLOW:-1}))
flood_begin fz0 ref0
fuzz "root's requests do no harm" nlfuzz --seed "$seed" \
	--messages $((messages - 2 * small)) "${coverage[@]}"
expect_eq "the chain has not changed" "$now" "$(chains_now)"

# One more that must stay, and something to look at.
check "there is a chain under traffic" chain_new c00 "$(dev fz0)" \
	"$(steer src 4 0 1)" "$(inst psd local)"
now=$(chains_now)
fuzz "without privilege nothing can be changed" nobody nlfuzz --denied \
	--seed "$seed" --messages "$small"
expect_eq "no chain has changed" "$now" "$(chains_now)"

cat > "$tmp/own" <<'END'
source ktest/kself/data/plan.bash
for name in ref0 fz0 fz1; do
	ip link add "$name" type dummy && ip link set "$name" up || exit
done
nlraw "$(request chain_new reference "$(dev ref0)" "$(steer src 4 0 1)" \
	"$(inst psd local)")" > /dev/null && nlfuzz "$@" && chain_del reference &&
	[[ $(info chains) = 0 && $(info memory) = 0 ]]
END
chmod 755 "$tmp" && chmod 644 "$tmp/own"
if nobody unshare --user --map-root-user --net true; then
	fuzz "nor can the requests of a user in a namespace of its own" \
		nobody unshare --user --map-root-user --net \
		bash "$tmp/own" --seed "$seed" --messages "$small"
	expect_eq "no chain outside has changed" "$now" "$(chains_now)"
else
	skip "a user in a namespace of its own" \
		"this kernel gives no user namespaces to ordinary users"
fi
flood_end
check "a chain goes" chain_del c00
check "and the other" chain_del reference
expect_eq "no chain and no memory is left" "0 0" "$(info chains) $(info memory)"
rmmod tcp_strict proto_filter
finish
