# SPDX-License-Identifier: GPL-2.0-or-later
#
# gnuplot -e "data='DIR'; ratio='R'" report.gp > report.svg

set terminal svg size 1080,400 font "sans-serif,13" background "white"
set style fill solid 0.9 noborder
set border 3 lc rgb "#666666"
set tics nomirror out
set grid y lt 1 lc rgb "#dddddd"
set yrange [0:*]
set offsets 0.5, 0.5, 0, 0
set boxwidth 0.6
unset key
colour(n) = n == 0 ? 0xaaaaaa : n == 1 ? 0xc9702b : 0x2e8b57

set multiplot title "psd > policer > source\\_counter > flow\\_counter on four CPUs" \
	font ",16" offset 0,-0.3
set tmargin at screen 0.80
set bmargin at screen 0.20

set lmargin at screen 0.065
set rmargin at screen 0.335
set title "packets per RX queue"
set xlabel "queue"
plot data."/plot-queues" using 0:2:xtic(1) with boxes lc rgb "#3b6ea5", \
	"" using 0:2:2 with labels offset 0,0.7

set lmargin at screen 0.39
set rmargin at screen 0.66
set title "packets per CPU"
set xlabel "CPU"
plot data."/plot-cpus" using 0:2:xtic(1) with boxes lc rgb "#3b6ea5", \
	"" using 0:2:2 with labels offset 0,0.7

set lmargin at screen 0.71
set rmargin at screen 0.985
set title "thousand packets per second"
set xlabel "plan = ".ratio." x default (emulated CPUs)"
plot data."/plot-measure" using 0:2:(colour($0)):xtic(1) \
	with boxes lc rgb variable, \
	"" using 0:2:(sprintf("%.0f", $2)) with labels offset 0,0.7
unset multiplot
