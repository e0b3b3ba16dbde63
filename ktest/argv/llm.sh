#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# fmctl asks a scripted server that speaks the real protocols and fails in all
# the ways that servers fail.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
# shellcheck source=ktest/lib.sh
. ktest/lib.sh
# shellcheck source=ktest/argv/data/tool.bash
. ktest/argv/data/tool.bash

fmctl=${FMCTL:-build/fmctl}
canary=sk-canary-0123456789abcdef
export FLOWMAGE_FEATURES=$tmp/state XDG_CACHE_HOME=$tmp/cache HOME=$tmp
export TEST_KEY=$canary FLOWMAGE_LLM_CONFIG=$tmp/llm.json
unset OPENAI_API_KEY OPENAI_BASE_URL http_proxy https_proxy
servers=()
number=0

# serve NAME [CERT KEY]: port of a new server, in $port
serve()
{
	mkdir -p "$tmp/$1"
	echo 0 good > "$tmp/$1/script"
	ktest/argv/llm/server.py "$tmp/$1" "${@:2}" > "$tmp/$1/log" 2>&1 &
	servers+=("$!")
	wait_for "[[ -s $tmp/$1/port ]]"
	port=$(< "$tmp/$1/port")
}

# profile API URL [MORE JSON]
profile()
{
	cat > "$tmp/llm.json" <<-EOF
	{"schema_version": 1, "profiles": [{"name": "test", "api": "$1",
	"base_url": "$2", "model": "m", "key_env": "TEST_KEY",
	"attempts": 3, "timeout_ms": 15000, "deadline_ms": 40000,
	"price": {"date": "2024-01-01", "prompt_per_mtok": 10,
	"completion_per_mtok": 30}${3:+, $3}}]}
	EOF
}

# restart WORD...: let the server follow this script from its beginning
restart()
{
	number=$((number + 1))
	echo "$number $*" > "$tmp/main/new"
	rm -f "$tmp/main/requests"
	mv "$tmp/main/new" "$tmp/main/script"
	profile "${api:-chat-completions}" "http://127.0.0.1:$main/v1" "$more"
}

# ask [ARGS]: exit status; what it said is in $tmp/out and $tmp/err
ask()
{
	local rc=0

	"$fmctl" -j track psd --llm only --cache none --force "$@" \
		> "$tmp/out" 2> "$tmp/err" || rc=$?
	cat "$tmp/out" "$tmp/err" >> "$tmp/everything"
	echo "$rc"
}

# of EXPRESSION: of the record r and its first model m
of()
{
	python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))["records"][0]
m = r["sources"]["llm"][0]
print(eval(sys.argv[2]))' "$tmp/out" "$1"
}

requests()
{
	wc -l < "$tmp/main/requests"
}

more='"repetitions": 3, "parallel": 1'
serve main
main=$port

# ---- answers

restart good
expect_eq "a good answer: exit status" 0 "$(ask)"
expect_eq "a good answer: what is kept" \
	"scripted-1 2 0 ['src_ip'] per-packet True" \
	"$(of '" ".join(map(str, (m["model"], m["answers"], m["failures"], m["key"], m["intensity"], m["pointer"])))')"
expect_eq "nobody waits when the majority is decided" 2 "$(requests)"
expect_eq "tokens and cost" "2000 200 0.026" \
	"$(of '" ".join(map(str, (m["prompt_tokens"], m["completion_tokens"], m["cost_usd"])))')"
expect_eq "only evidence that is in the source counts" "4 2" \
	"$(of '"%d %d" % (m["evidence_named"], m["evidence_good"])')"
check "the key goes in its header" \
	grep -q "Bearer $canary" "$tmp/main/requests"
restart fenced
expect_eq "a fenced answer counts" 0 "$(ask)"
restart chunked
expect_eq "a chunked answer counts" 0 "$(ask)"
restart good perflow perflow
expect_eq "the majority counts" "0 per-flow 3" \
	"$(ask) $(of '"%s %d" % (m["intensity"], m["answers"])')"
restart nousage
expect_eq "unknown usage is not 0" "0 False False" \
	"$(ask) $(of '"%s %s" % ("prompt_tokens" in m, "cost_usd" in m)')"

# ---- together with the analysis

restart good
"$fmctl" -j track psd --llm auto --cache none --force > "$tmp/out"
expect_eq "agreement" "agreed" "$(of 'r["agreement"]')"
restart dst
"$fmctl" -j track psd --llm auto --cache none --force > "$tmp/out"
expect_eq "conflict: the coarser key" "conflict ['src_ip']" \
	"$(of '"%s %s" % (r["agreement"], r["key"])')"
restart other
"$fmctl" -j track psd --llm auto --cache none --force > "$tmp/out"
expect_eq "conflict: no key in common is shared" "conflict []" \
	"$(of '"%s %s" % (r["agreement"], r["key"])')"
restart 401
"$fmctl" -j track psd --llm auto --cache none --force > "$tmp/out" 2> "$tmp/err"
expect_eq "auto: without an answer the analysis stands" "0 ['src_ip']" \
	"$? $(of 'r["key"]')"
cat "$tmp/err" >> "$tmp/everything"

# ---- failures

more='"repetitions": 1'
restart 429 good
begin=$SECONDS
expect_eq "429: tried again" 0 "$(ask)"
check "429: Retry-After is kept" test $((SECONDS - begin)) -ge 1
restart 500 good
expect_eq "500: tried again" 0 "$(ask)"
restart cut good
expect_eq "a broken connection: tried again" 0 "$(ask)"
more='"repetitions": 3, "parallel": 1'
restart notemperature
expect_eq "a refused parameter is left out" 0 "$(ask)"
check "and it is remembered" test "$(grep -c '"temperature"' \
	"$tmp/main/requests")" -eq 1
more='"repetitions": 1, "parallel": 1'
for word in quota 401 404x; do
	restart $word
	expect_eq "$word: exit status" 1 "$(ask)"
	expect_eq "$word: not tried again" 1 "$(requests)"
done
for word in truncated refusal notjson schema badbody error200 long; do
	restart $word
	expect_eq "$word: no answer" 1 "$(ask)"
done
restart refusal
ask > "$tmp/rc"
check "the reason is told" grep -q "refused: I will not do that" "$tmp/err"
more='"repetitions": 1, "timeout_ms": 400, "attempts": 2'
restart slow
expect_eq "a slow server: no answer" 1 "$(ask)"
check "a slow server: why" grep -qi "timeout" "$tmp/err"
profile chat-completions "http://127.0.0.1:1/v1" '"attempts": 1'
expect_eq "nobody listens" 1 "$(ask)"
profile chat-completions "http://192.0.2.1/v1" '"attempts": 1'
expect_eq "the key never goes over plain HTTP" 1 "$(ask)"
check "and the user is told" grep -q "plain HTTP" "$tmp/err"

# ---- other dialects

more='"repetitions": 1'
api=anthropic restart anthropic
expect_eq "Anthropic: exit status" 0 "$(ask)"
expect_eq "Anthropic: request" "/v1/messages $canary 2023-06-01" \
	"$(jq -r '"\(.path) \(.["x-api-key"]) \(.version)"' "$tmp/main/requests")"
api=gemini restart gemini
expect_eq "Gemini: exit status" 0 "$(ask)"
expect_eq "Gemini: request" "/v1/models/m:generateContent $canary" \
	"$(jq -r '"\(.path) \(.["x-goog-api-key"])"' "$tmp/main/requests")"

# ---- money, cache, record and replay

restart good
expect_eq "max-cost 0: nobody is asked" 1 "$(ask --max-cost 0)"
check "max-cost 0: no request" test ! -e "$tmp/main/requests"
expect_eq "max-cost is no number" 2 "$(ask --max-cost 12abc)"
expect_eq "record" 0 "$(ask --record "$tmp/kept")"
profile chat-completions "http://127.0.0.1:$main/v1" "$more"
recorded=$(requests)
expect_eq "replay needs no server" 0 "$(ask --replay "$tmp/kept")"
expect_eq "replay asks nobody" "$recorded" "$(requests)"
expect_eq "replay of what was not recorded" 1 \
	"$(ask --replay "$tmp/nothing")"
restart nf:policer
expect_eq "comparison" policer "$("$fmctl" track compare psd policer --cache none)"
restart nf:ANY
expect_eq "comparison of equals" ANY \
	"$("$fmctl" track compare psd policer --cache none)"
"$fmctl" track --print-prompt psd > "$tmp/out"
check "the prompt has its version" grep -q "^prompt version 1" "$tmp/out"

# ---- killed, and begun again

export FLOWMAGE_FEATURES=$tmp/resumed_state

# seeds: of all questions, in the order that they came
seeds()
{
	jq -r .body.seed "$tmp/main/requests" | paste -sd' '
}

# begin NF...: ask about them until the server lets it hang, then kill it
begin()
{
	"$fmctl" -j track "$@" --llm only --cache "$tmp/resumed" \
		> "$tmp/out" 2> "$tmp/err" &
	victim=$!
	wait_for "[[ \$(wc -l < $tmp/main/requests) -ge $hangs ]]"
	kill -KILL $victim
	wait $victim 2> "$tmp/killed"
}

more='"repetitions": 5, "parallel": 1, "seed": 100'
hangs=3
restart good perflow hang good
: > "$tmp/main/requests"
begin psd
expect_eq "killed while it waits for the third reply" "100 101 102" "$(seeds)"
expect_eq "two replies are kept" 2 \
	"$(find "$tmp/resumed" -name '*.json' | wc -l)"
expect_eq "no record is made of less than a majority" 3 \
	"$(status "$fmctl" nf features psd)"
rc=0
"$fmctl" -j track psd --llm only --cache "$tmp/resumed" > "$tmp/out" \
	2> "$tmp/err" || rc=$?
cat "$tmp/out" "$tmp/err" >> "$tmp/everything"
expect_eq "begun again: only what is missing is asked for" \
	"0 100 101 102 102 103" "$rc $(seeds)"
expect_eq "all answers count" "4 3" \
	"$(of '"%d %d" % (m["answers"], m["votes"]["per_packet"])')"
expect_eq "only the new ones cost" "2000 200 0.026" \
	"$(of '" ".join(map(str, (m["prompt_tokens"], m["completion_tokens"], m["cost_usd"])))')"
"$fmctl" -j track psd --llm only --cache "$tmp/resumed" --force --max-cost 0 \
	> "$tmp/out" 2> "$tmp/err"
expect_eq "what is kept needs no budget" "4 0" \
	"$(of '"%d %d" % (m["answers"], m["cost_usd"])')"
expect_eq "nor a question" "100 101 102 102 103" "$(seeds)"
more='"repetitions": 1, "parallel": 1'
hangs=2
restart good hang good
: > "$tmp/main/requests"
begin policer source_counter
expect_eq "NFs that were finished have their record" 0 \
	"$(status "$fmctl" nf features policer)"
restart good
: > "$tmp/main/requests"
"$fmctl" -j track policer source_counter --llm only --cache none \
	> "$tmp/out" 2> "$tmp/err"
expect_eq "and are not asked about again" "0 1" "$? $(requests)"

# ---- at the same time

# models NF: whose answers the record has
models()
{
	"$fmctl" -j nf features "$1" |
		jq -r '[.records[0].sources.llm[].profile] | sort | join(" ")'
}

cat > "$tmp/llm.json" <<-EOF
{"schema_version": 1, "profiles": [$(for i in a b c d; do
	[[ $i == a ]] || echo ,
	echo "{\"name\": \"$i\", \"api\": \"chat-completions\",
	\"base_url\": \"http://127.0.0.1:$main/v1\", \"model\": \"m\",
	\"repetitions\": 1, \"key_env\": \"TEST_KEY\"}"
done)]}
EOF
pids=()
for i in a b c; do
	"$fmctl" -j track flow_counter --llm auto --profile $i --cache none \
		> "$tmp/at_$i" 2>&1 &
	pids+=("$!")
done
wait "${pids[@]}"
expect_eq "runs at the same time lose no answer" "a b c" "$(models flow_counter)"
number=$((number + 1))
echo "$number late" > "$tmp/main/new"
mv "$tmp/main/new" "$tmp/main/script"
: > "$tmp/main/requests"
"$fmctl" -j track flow_counter --llm auto --profile d --cache none > "$tmp/out" 2>&1 &
pid=$!
wait_for "[[ -s $tmp/main/requests ]]"
check "a decision while a model is asked" "$fmctl" nf confirm flow_counter key=src_ip \
	--why "meanwhile"
wait $pid
expect_eq "stands when it has answered" "meanwhile src_ip a b c d" \
	"$("$fmctl" -j nf features flow_counter | jq -r '.records[0] |
	"\(.confirmed.why) \(.key | join(","))"') $(models flow_counter)"
expect_eq "a new answer stands for the old one" "a b c d" "$("$fmctl" -q track flow_counter \
	--llm auto --profile a --cache none --force > "$tmp/out"; models flow_counter)"

# ---- more source than a model takes

{
	echo "/* control.c: what a user sets */"
	for ((i = 0; i < 100; i++)); do
		echo "static int set_$i(int v) { return v + $i; }"
	done
} > "$tmp/control.c"
profile chat-completions "http://127.0.0.1:$main/v1" '"context_tokens": 3000'
"$fmctl" track --framework linux --nf limit --print-prompt --llm only \
	"$tmp/control.c" ktest/argv/data/track/limit.c > "$tmp/out" \
	2> "$tmp/err"
check "state is shown" grep -q ": struct limit_entry {" "$tmp/out"
check "the path of packets is shown" grep -q "e->tokens -=" "$tmp/out"
check "what is left out is told" \
	grep -q "control.c: [0-9]* of [0-9]* bytes were not shown" "$tmp/err"

# ---- TLS and a proxy

if command -v openssl > "$tmp/which"; then
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost -keyout "$tmp/key.pem" \
		-out "$tmp/cert.pem" > "$tmp/openssl" 2>&1
	serve tls "$tmp/cert.pem" "$tmp/key.pem"
	profile chat-completions "https://localhost:$port/v1" '"repetitions": 1'
	expect_eq "an unknown CA is not trusted" 1 "$(ask)"
	profile chat-completions "https://localhost:$port/v1" \
		"\"repetitions\": 1, \"ca_file\": \"$tmp/cert.pem\""
	expect_eq "an own CA is" 0 "$(ask)"
else
	skip "TLS with an own CA" "there is no openssl"
fi
restart good
profile chat-completions "http://127.0.0.1:9/v1" \
	"\"repetitions\": 1, \"proxy\": \"http://127.0.0.1:$main\""
expect_eq "a proxy is used" 0 "$(ask)"
check "for the server's name" grep -q "http://127.0.0.1:9/v1" \
	"$tmp/main/requests"

# ---- the key is nowhere

expect_eq "the key is in no output, record, cache or recording" "" \
	"$(grep -rl "$canary" "$tmp/everything" "$tmp/state" "$tmp/cache" \
		"$tmp/resumed" "$tmp/resumed_state" \
		"$tmp/kept" 2>&1 | grep -v 'No such file')"

kill "${servers[@]}"
finish
