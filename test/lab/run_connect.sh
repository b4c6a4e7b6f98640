#!/bin/bash
# run_connect.sh -- connect() and its neighbours: a program sees the same on the kernel and under towpath run.
#
#   [ router ] ---- switch ---- lan  (the kernel's turn)
#                      `------- lan2 (whom both connect to: 80 open, 81 refuses, 9 drops)
. "$(dirname "$0")/../../lab/scenario.sh"
. "$(dirname "$0")/../../lab/run_program.sh"
scenario_towpath_only "towpath run"
command -v nft >/dev/null || check_skip "there is no nft"
scenario_start
check_runs "the tutorial's lines" lab_type_basics
check_runs "a web server runs on lan2" lab_web_start lan2
check_runs "its port 9 is silent" lab_in lan2 nft 'add table ip t; add chain ip t c { type filter hook input priority 0; }; add rule ip t c tcp dport 9 drop'

lab_in lan "$lab_build/lab/lab-connect_rows" 192.168.88.101 >"$LAB/rows.kernel" 2>&1
RUN_PATIENCE=60 run_program "$lab_build/lab/lab-connect_rows" 192.168.88.101 >"$LAB/rows.towpath" 2>&1
check_at_least "the kernel's rows" 80 "$(wc -l <"$LAB/rows.kernel")"
# A descriptor that is fresh again can't show POLLERR beside OUT and HUP: it is AF_UNIX's own poll().
sed -i -E '/^(disconnected|no listener any more|SYN-SENT: poll then)/s/OUT ERR HUP/OUT HUP/' "$LAB/rows.kernel"
check_equal "Towpath's are the same" "" "$(diff "$LAB/rows.kernel" "$LAB/rows.towpath")"
check_end
