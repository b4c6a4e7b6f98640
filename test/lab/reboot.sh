#!/bin/bash
# reboot.sh -- /system/reboot and /system/shutdown end the router in order.
#
#   inet 203.0.113.1 ---- 203.0.113.2 [ router ] 192.168.88.1 ---- lan 192.168.88.100
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "/system/reboot"

scenario_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
readies() { grep -c ': ready:' "$LAB/towpathd.log"; }
again() { [ "$(readies)" -ge 2 ]; }
answers() { lab_type /interface/print; }

pid=$(<"$LAB/towpathd.pid")
before=$(scenario_export)
check_match "a script needs no confirmation" '^system will reboot shortly' \
	"$(lab_type '/ip address comment 0 "the last word"' /system/reboot 2>&1)"
check_runs "the router is ready a second time" lab_wait 10 again
check_equal "as the same process" "$pid" "$(<"$LAB/towpathd.pid")"
check_runs "which is alive" lab_alive towpathd
check_runs "the console answers again" lab_wait 5 answers
check_equal "what was acknowledged before is there" "the last word" \
	"$(lab_type ':put [/ip address get 0 comment]')"
lab_type '/ip address comment 0 ""'
check_equal "and so is everything else" "$before" "$(scenario_export)"
check_match "pages pass as before" "^you are $outer:" "$(lab_fetch lan "http://$inet/")"

check_match "shutdown" '^system will shutdown shortly' "$(lab_type /system/shutdown 2>&1)"
check_runs "the router ends" lab_wait 5 lab_dead towpathd
check_equal "and was not started again" 2 "$(readies)"
check_runs "it may be started by hand" lab_router_start
check_match "pages pass again" "^you are $outer:" "$(lab_fetch lan "http://$inet/")"
check_end
