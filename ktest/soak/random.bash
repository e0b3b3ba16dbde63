# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034 # used by those who source it
#
# Choices that depend on a seed alone; the answer is in $picked, for a subshell
# would lose the state.

random_state=1

# random_seed SEED WORD: another sequence for each word
random_seed()
{
	local i

	random_state=$1
	for ((i = 0; i < ${#2}; i++)); do
		random_state=$((random_state * 31 + $(printf %d "'${2:i:1}")))
	done
	pick 2
	pick 2
}

# pick N: one of 0 .. N - 1
pick()
{
	random_state=$((random_state * 6364136223846793005 +
			1442695040888963407))
	picked=$(((random_state >> 33 & 0x7fffffff) % $1))
}

# choose WORD...: one of them
choose()
{
	pick $#
	picked=${*:picked + 1:1}
}

# choose_some WORD...: any of them, maybe none, in $picks
choose_some()
{
	local word

	picks=()
	for word; do
		pick 2
		[[ $picked -eq 0 ]] || picks+=("$word")
	done
}
