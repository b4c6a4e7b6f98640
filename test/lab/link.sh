#!/bin/bash
# link.sh -- a pulled cable takes its routes away, plugged in again it gives them back.
#
#   inet ----X---- ether1 [ router ] ether2 ---- switch ---- lan
. "$(dirname "$0")/../../lab/scenario.sh"

fetch() { lab_fetch lan "http://$inet/" 2>&1; }
fetches() { lab_fetch lan "http://$inet/"; }
routes() { lab_type '/ip route print' 2>&1; }

scenario_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
check_match "a page comes" "^you are $outer:" "$(fetch)"
[ "$ROUTER" != towpath ] || check_match "the default route is active" '^ *[0-9]* +[^ ]*A[^ ]* .*0\.0\.0\.0/0' "$(routes)"

for round in 1 2 3; do
	lab_in inet ip link set eth0 down
	check_fails "round $round: cable pulled, no page" fetches
	if [ "$ROUTER" = towpath ]; then
		check_none "round $round: no active default route" '^ *[0-9]* +[^ ]*A[^ ]* .*0\.0\.0\.0/0' "$(routes)"
		check_match "round $round: but it is still there" '0\.0\.0\.0/0' "$(routes)"
		check_match "round $round: the LAN side goes on" '^3 sent, 3 answered' "$(lab_ping lan "$router" 3 10)"
	fi
	lab_in inet ip link set eth0 up
	# Linux drops its static route for good when the link's interface goes down; here it stays.
	check_runs "round $round: plugged in, the page comes again" lab_wait 5 fetches
	[ "$ROUTER" != towpath ] ||
		check_match "round $round: the default route is active again" '^ *[0-9]* +[^ ]*A[^ ]* .*0\.0\.0\.0/0' "$(routes)"
done
check_end
