#!/bin/bash
# safe_mode.sh -- what a login does in safe mode is taken back when it is lost, and nothing else.
#
#   inet ---- [ router ] ---- lan; clients and router killed with SIGKILL in the midst of it
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "safe mode"

# A script of 500 changes in safe mode, each a transaction of its own, which then stays.
long_script() {
	echo "/safe-mode take"
	for n in $(seq 500); do
		echo "/ip firewall address-list add list=mine address=10.0.$((n / 250)).$((n % 250)) comment=$n"
		echo "/ip route set [find comment=old] comment=old distance=$((n % 200 + 2))"
	done
	echo "/ping 203.0.113.1 count=600 interval=1s"
}
mine() { lab_type ':put [/ip firewall address-list print count-only where list=mine]'; }
begun() { [ "$(mine)" -ge "$1" ]; }
back() { [ "$(scenario_export)" = "$before" ]; }

# Begin the script in the background.
client_start() {
	"$lab_build/towpath" --socket "$LAB/console.sock" <"$LAB/long.rsc" >"$LAB/client.log" 2>&1 &
	client=$!
}
client_kill() {
	kill -KILL "$client"
	wait "$client" 2>/dev/null
}

scenario_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
lab_type "/ip route add dst-address=10.9.0.0/16 gateway=$inet comment=old distance=5"
long_script >"$LAB/long.rsc"
before=$(scenario_export)

for upto in 1 40 200; do
	client_start
	check_runs "the script is at change $upto" lab_wait 20 begun "$upto"
	client_kill
	check_runs "killed there: everything is back within 10 s" lab_wait 10 back
done
check_match "the log says it" 'safe mode of .* ended without release' "$(cat "$LAB/towpathd.log")"

client_start
check_runs "the script is at change 60" lab_wait 20 begun 60
lab_kill towpathd KILL
wait "$client" 2>/dev/null
check_runs "the router starts again" lab_router_start
check_equal "killed itself, it comes up as it was before" "$before" "$(scenario_export)"

client_start
check_runs "the script is at change 30" lab_wait 20 begun 30
lab_type '/ip firewall address-list set [find comment=7] comment=others' \
	'/ip firewall address-list add list=others address=10.1.1.1'
client_kill
mine_is_one() { [ "$(mine)" = 1 ]; }
check_runs "two logins: what others have changed stays" lab_wait 10 mine_is_one
check_match "as they left it" 'comment=others' "$(scenario_export)"
check_match "and so does what is theirs" 'address=10.1.1.1 list=others' "$(scenario_export)"
check_match "the log names it" 'not taken back: /ip/firewall/address-list ' "$(cat "$LAB/towpathd.log")"
lab_type '/ip firewall address-list remove [find]'

check_match "released, it stays" 'Safe Mode released' \
	"$(lab_type '/safe-mode take' '/ip route set [find comment=old] distance=99' '/safe-mode release')"
check_match "after the login, too" 'distance=99' "$(scenario_export)"
check_match "unless it is undone" 'undone' "$(lab_type /undo)"
check_runs "as if it had not been" back

lab_type '/commit-confirm 60s' '/ip route set [find comment=old] distance=77' >/dev/null
lab_kill towpathd KILL
lab_router_start
check_match "commit-confirm goes on over a restart" 'distance=77' "$(scenario_export)"
check_match "until it is confirmed" 'confirmed: what was changed stays' "$(lab_type /confirm)"
lab_type /undo >/dev/null
lab_type '/commit-confirm 2s' '/ip route set [find comment=old] distance=78' >/dev/null
check_match "in force meanwhile" 'distance=78' "$(scenario_export)"
check_runs "without a word it is taken back" lab_wait 10 back
check_end
