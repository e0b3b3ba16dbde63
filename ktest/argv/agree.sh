#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Help, schema, completion, man page, netlink spec and ABI header tell the same.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
. ktest/lib.sh

fmctl=${FMCTL:-build/fmctl}

check "schema is JSON" "$fmctl" schema
"$fmctl" schema > "$tmp/schema"

# commands: "object verb" per line; options of a command: names per line
commands()
{
	python3 -c 'import json, sys
for c in json.load(open(sys.argv[1]))["commands"]:
    print(c["object"], c.get("verb", ""))' "$tmp/schema"
}

options()
{
	python3 -c 'import json, sys
for c in json.load(open(sys.argv[1]))["commands"]:
    if (c["object"], c.get("verb", "")) == (sys.argv[2], sys.argv[3]):
        for o in c["options"]:
            print(o["name"])' "$tmp/schema" "$1" "$2"
}

"$fmctl" completion bash > "$tmp/completion"
check "completion is bash" bash -n "$tmp/completion"
"$fmctl" help > "$tmp/help"
tr -d '\134' < Documentation/fmctl.8 > "$tmp/man"

# complete WORD...: what is offered for the last word
complete_words()
{
	bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
		_fmctl; printf "%s\n" "${COMPREPLY[@]}"' bash \
		"$tmp/completion" fmctl "$@" | sort -u
}

while read -r object verb; do
	name=$object${verb:+ $verb}
	check "$name: in help" grep -q "^  $name  " "$tmp/help"
	check "$name: in the man page" grep -qx ".SS $name" "$tmp/man"
	if [[ -n $verb ]]; then
		check "$name: completed" grep -qx -- "$verb" \
			<(complete_words "$object" "")
		"$fmctl" "$object" "$verb" help > "$tmp/command_help"
	else
		check "$name: completed" grep -qx -- "$object" \
			<(complete_words "")
		"$fmctl" "$object" help > "$tmp/command_help"
	fi
	sed -n "/^.SS $name\$/,/^.SS /p" "$tmp/man" > "$tmp/section"
	while read -r option; do
		check "$name $option: in its help" \
			grep -q -- "^  \(--\)\?$option\b" "$tmp/command_help"
		check "$name $option: in the man page" \
			grep -q -- "^.B \(--\)\?$option\b" "$tmp/section"
	done < <(options "$object" "$verb")
done < <(commands)

while read -r option; do
	check "--$option: in help" grep -q -- "^  --$option\b" "$tmp/help"
	check "--$option: in the man page" grep -q -- "^.B --$option\b" "$tmp/man"
	check "--$option: completed" grep -qx -- "--$option" \
		<(complete_words nf list --)
done < <(python3 -c 'import json, sys
for o in json.load(open(sys.argv[1]))["global"]:
    print(o["name"])' "$tmp/schema")

# The middle of the man page is generated, by Documentation/fmctl.8.update.
sed -n '/^\.\\" BEGIN/,/^\.\\" END/p' Documentation/fmctl.8 |
	sed '1d;$d' > "$tmp/generated"
"$fmctl" help man > "$tmp/wanted"
check "the man page is that of this fmctl" diff "$tmp/generated" "$tmp/wanted"
if command -v groff > "$tmp/which"; then
	expect_output "the man page has no roff errors" "" \
		groff -man -ww -z -Tutf8 Documentation/fmctl.8
else
	skip "the man page has no roff errors" "there is no groff"
fi

# ---- the ABI

check "every number of the header is in the spec" ktest/spec_check names
ktest/spec_check header > "$tmp/spec.c"
read -ra flags < <(pkg-config --cflags --libs libnl-3.0)
# shellcheck disable=SC2016 # the other shell's
check "every number and name of the spec is the header's and fmctl's" \
	bash -c 'cc -std=gnu11 -Wall -Wextra -Werror -Ikmod/uapi -Itools/lib \
	-o "$0/spec" "$0/spec.c" tools/lib/nl_attr.c "$@" && "$0/spec"' \
	"$tmp" "${flags[@]}"

finish
