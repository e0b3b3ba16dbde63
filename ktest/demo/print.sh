# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What a person reads. Lines that begin with @ are for demo.sh, which takes them
# out: "@step NAME WORDS" and "@fail REASON".

step()
{
	echo "@step $*"
}

fail()
{
	echo "@fail $*"
	exit 1
}

# heading NUMBER TITLE
heading()
{
	local line="$1. $2"

	printf '\n%s\n%s\n\n' "$line" "${line//?/=}"
}

say()
{
	fmt -w 76 <<< "$*"
	echo
}

# command_line CMD...: what a person would type; report.json lists it
command_line()
{
	printf '  $ %s\n' "$*"
	echo "$*" >> "$data/commands"
}

# show CMD...: a command and what it prints, in 78 columns.
show()
{
	command_line "$@"
	"$@" | fold_lines
	echo
}

# Long lines go on below where their second column begins.
fold_lines()
{
	awk '{
		line = "  " $0; indent = 4
		if (match($0, /^[^ ]+( [^ ]+)*  +/))
			indent = RLENGTH + 2
		while (length(line) > 78) {
			cut = 78
			while (cut > indent + 20 && substr(line, cut + 1, 1) != " ")
				cut--
			if (cut <= indent + 20)
				cut = 78
			print substr(line, 1, cut)
			line = substr(line, cut + 1)
			sub(/^ +/, "", line)
			line = sprintf("%*s%s", indent, "", line)
		}
		sub(/ +$/, "", line)
		print line
	}'
}

# table < tab-separated rows, the first with the titles; numbers to the right
table()
{
	awk -F '\t' '
	{
		for (i = 1; i <= NF; i++) {
			cell[NR, i] = $i
			if (length($i) > width[i])
				width[i] = length($i)
			if (NR > 1 && $i !~ /^[0-9.+-]*%?$/)
				text[i] = 1
		}
		columns = NF > columns ? NF : columns
	}
	END {
		for (r = 1; r <= NR; r++) {
			line = ""
			for (i = 1; i <= columns; i++)
				line = line sprintf(text[i] ? "  %-*s" : "  %*s",
					width[i], cell[r, i])
			sub(/ +$/, "", line)
			print line
		}
	}'
	echo
}

# bars WHAT < "label number" lines: with share and bar
bars()
{
	awk -v what="$1" '
	{ label[NR] = $1; n[NR] = $2; sum += $2; if ($2 > max) max = $2 }
	END {
		printf "  %-8s %9s %8s\n", what, "packets", "share"
		for (i = 1; i <= NR; i++) {
			bar = sprintf("%*s", max ? n[i] / max * 40 + 0.5 : 0, "")
			gsub(/ /, "#", bar)
			printf "  %-8s %9d %7.1f%%  %s\n", label[i], n[i],
				sum ? 100 * n[i] / sum : 0, bar
		}
	}'
	echo
}

# save FILE CMD...: output for the report
save()
{
	local file=$data/$1

	shift
	"$@" > "$file"
}
