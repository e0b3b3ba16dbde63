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

# count_outcome ALLOWED TEXT STATUS OPERATION: ALLOWED is a pattern of words
count_outcome()
{
	local word=ok

	[[ $3 -eq 0 ]] || outcome "$2" "$3"
	outcomes[$word]=$((${outcomes[$word]:-0} + 1))
	if [[ $word = ok || $word =~ ^($1)$ ]]; then
		printf '%s %s: %.300s\n' "$EPOCHREALTIME" "$word" "$4"
		return
	fi
	unexpected=$((unexpected + 1))
	printf '%s UNEXPECTED %s: %s\n  %s\n' "$EPOCHREALTIME" "$word" "$4" \
		"${2//$'\n'/ }"
}

# attempt ALLOWED OPERATION...: run it
attempt()
{
	local text rc=0

	text=$("${@:2}" 2>&1) || rc=$?
	[[ ${#text} -lt 300 ]] || text=${text: -300}
	count_outcome "$1" "$text" "$rc" "${*:2}"
}

# attempt_requests ALLOWED NLRAW [OPTION]... REQUEST...: each by its answer
attempt_requests()
{
	local line

	echo "$EPOCHREALTIME begin: ${*:2}"
	while IFS= read -r line; do
		if [[ $line = *replies* ]]; then
			count_outcome "$1" '' 0 request
		else
			count_outcome "$1" "$line" 1 request
		fi
	done < <("${@:2}" 2>&1 | grep -oE \
		'"replies":|"errno":"[^"]*","message":"[^"]*"|^[^{].*')
}

# attempt_batch ALLOWED IP [OPTION]...: the lines of the array batch, each by
# what ip says of it
# shellcheck disable=SC2154 # the caller's
attempt_batch()
{
	local line n=0

	echo "$EPOCHREALTIME begin: ${*:2}: ${batch[*]/%/;}"
	while IFS= read -r line; do
		if [[ $line != 'Command failed'* && -n $line ]]; then
			count_outcome "$1" "$line" 1 line
			n=$((n + 1))
		fi
	done < <(printf '%s\n' "${batch[@]}" | "${@:2}" -force -batch - 2>&1)
	outcomes[ok]=$((${outcomes[ok]:-0} + ${#batch[@]} - n))
}

outcomes_print()
{
	local word line=''

	for word in "${!outcomes[@]}"; do
		line+=" $word=${outcomes[$word]}"
	done
	echo "unexpected=$unexpected$line"
}
