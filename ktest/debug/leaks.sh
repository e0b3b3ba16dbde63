# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Sourced by the guest's pid 1: memory nothing points to any more.  The kernel
# reports an object that is five seconds old and was found unreferenced by a scan
# and unchanged since the one before.  A scan takes seconds.

leak_file=/sys/kernel/debug/kmemleak
leak_symbols=/run/leak_symbols
leak_start=0

# What was allocated until now is boot's business.
leaks_start()
{
	local line

	[[ -w $leak_file ]] || return 0
	line=$(grep -m 1 '^jiffies: ' /proc/timer_list) &&
		leak_start=${line#* }
}

# Before the module goes.  Traces name no functions of modules that are gone:
# remember where they were.
leaks_scan()
{
	local end=$((SECONDS + 6))

	[[ -w $leak_file ]] || return 0
	grep '\]$' /proc/kallsyms | sort > "$leak_symbols"
	while :; do
		echo scan > "$leak_file" || return
		[[ $SECONDS -lt $end ]] || break
	done
}

# The name and offset of hexadecimal address $1, if a module had it.
leaks_symbol()
{
	local address start name module last='' last_start=0

	while read -r start _ name module; do
		[[ $start < $1 || $start = "$1" ]] || break
		last="$name $module" last_start=$start
	done < "$leak_symbols"
	address=$((16#$1 - 16#$last_start))
	[[ -n $last && $address -ge 0 && $address -lt 65536 ]] || return 0
	printf '%s+0x%x %s\n' "${last% *}" "$address" "${last#* }"
}

# A report that is the base kernel's own: it keeps the name of a slab cache that
# it cannot show in sysfs for lack of memory.
leaks_excused()
{
	[[ $1 = *kobject_init_and_add+*sysfs_slab_add+* ]]
}

# Print a report, with names for what was the module's.
leaks_tell()
{
	local line

	while IFS= read -r line; do
		if [[ $line =~ \ 0x(ffffffff[0-9a-f]{8}) ]]; then
			line+=" $(leaks_symbol "${BASH_REMATCH[1]}")"
		fi
		printf '%s\n' "$line"
	done <<< "$1"
}

# Print the reports of $1 about objects younger than the start; fails if there
# are any.
leaks_print()
{
	local line report='' young=no rc=0

	while IFS= read -r line || [[ -n $report ]]; do
		if [[ $line = unreferenced* || -z $line ]]; then
			if [[ $young = yes ]] && ! leaks_excused "$report"; then
				leaks_tell "$report"
				rc=1
			fi
			report=$line young=no
			continue
		elif [[ $line =~ ,\ jiffies\ ([0-9]+) ]]; then
			[[ ${BASH_REMATCH[1]} -lt $leak_start ]] || young=yes
		fi
		report+=$'\n'$line
	done < "$1"
	return "$rc"
}

# After it went, with all that it should have freed: is anything left?
leaks_check()
{
	[[ -w $leak_file ]] || return 0
	echo scan > "$leak_file" && echo scan > "$leak_file" &&
		leaks_print "$leak_file"
}

# Slab caches of the module that are still there: some object was never freed.
# They go a little after the module.
caches_check()
{
	local end=$((SECONDS + 20)) left

	while :; do
		left=$(find /sys/kernel/slab -maxdepth 1 -name 'flowmage_*')
		[[ -n $left ]] || return 0
		[[ $SECONDS -lt $end ]] || break
		read -r -t 0.05 <> <(:) || :
	done
	echo "slab caches that are left: $left"
	return 1
}
