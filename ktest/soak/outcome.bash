# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What an operation may end with while others change the world: success or an
# answer that the worker lists.  Anything else is unexpected and fails the soak.

declare -A outcomes=()
unexpected=0

readonly outcome_table='
unloaded	module is not loaded
unloaded	not currently loaded
unloaded	Unknown symbol
busy	in use
busy	Device or resource busy
exists	File exists
exists	already exists
nodev	Cannot find device
nodev	does not exist
nodev	No such device
noent	No such file or directory
noent	there is no chain
noent	is not bound
again	Resource temporarily unavailable
invalid	Invalid argument
down	Network is down
down	Network is unreachable
nons	Invalid "netns" value
nons	Cannot open network namespace'

# The word for the output $1 of a command that failed with status $2.
outcome()
{
	local text

	if [[ $1 =~ \"errno\":\"(E[A-Z]+)\" ]]; then
		word=${BASH_REMATCH[1]}
		return
	fi
	while IFS=$'\t' read -r word text; do
		[[ -z $text || $1 != *"$text"* ]] || return 0
	done <<< "$outcome_table"
	word=status$2
}

# attempt ALLOWED OPERATION...: run it; ALLOWED is a pattern of words
attempt()
{
	local allowed=$1 text rc=0 word=ok

	shift
	text=$("$@" 2>&1) || rc=$?
	[[ $rc -eq 0 ]] || outcome "$text" "$rc"
	outcomes[$word]=$((${outcomes[$word]:-0} + 1))
	[[ ${#text} -lt 200 ]] || text=${text: -200}
	if [[ $word = ok || $word =~ ^($allowed)$ ]]; then
		printf '%s %s: %.300s\n' "$EPOCHREALTIME" "$word" "$*"
		return 0
	fi
	unexpected=$((unexpected + 1))
	printf '%s UNEXPECTED %s: %s\n  %s\n' "$EPOCHREALTIME" "$word" "$*" \
		"${text//$'\n'/ }"
}

outcomes_print()
{
	local word line=''

	for word in "${!outcomes[@]}"; do
		line+=" $word=${outcomes[$word]}"
	done
	echo "unexpected=$unexpected$line"
}
