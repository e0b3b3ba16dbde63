# SPDX-License-Identifier: GPL-2.0-or-later
#
# gnuplot -e "data='DIR'; ratio='R'" report.gp > report.svg

set terminal svg size 960,380 font "sans-serif,13" background "white"
set style fill solid 0.9 noborder
set border 3 lc rgb "#666666"
set tics nomirror out
set grid y lt 1 lc rgb "#dddddd"
set yrange [0:*]
unset key

set multiplot layout 1,3 title "psd > policer > source\\_counter > flow\\_counter" font ",15"
set boxwidth 0.6
set offsets 0.5, 0.5, 0, 0

set title "packets per RX queue, under the plan"
set xlabel "queue"
plot data."/plot-queues" using 0:2:xtic(1) with boxes lc rgb "#3b6ea5", \
	"" using 0:2:2 with labels offset 0,0.7

set title "packets run per CPU, under the plan"
set xlabel "CPU"
plot data."/plot-cpus" using 0:2:xtic(1) with boxes lc rgb "#3b6ea5", \
	"" using 0:2:2 with labels offset 0,0.7

set title sprintf("thousand packets/s: plan = %s x default", ratio)
set xlabel "same traffic, four CPUs, emulated"
plot data."/plot-measure" using 0:2:($0 == 0 ? 0xaaaaaa : $0 == 1 ? 0xc9702b : 0x2e8b57):xtic(1) \
	with boxes lc rgb variable, \
	"" using 0:2:(sprintf("%.0f", $2)) with labels offset 0,0.7
unset multiplot
