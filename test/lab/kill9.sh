#!/bin/bash
# kill9.sh -- what the console has acknowledged outlives the router's sudden death.
#
#   inet (web) ---- [ router: killed with SIGKILL, started again on its store ] ---- lan
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "store"

# How the kernel has the router's cards: flags, and whether IPv6 is off.
cards() { lab_in router sh -c 'ip -o link show | grep -o "^[^>]*>"; nft list tables; cat /proc/sys/net/ipv6/conf/*an/disable_ipv6'; }

lab_start || exit 1
found=$(cards)
scenario_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
check_match "a page comes" "^you are $outer:" "$(lab_fetch lan "http://$inet/" 2>&1)"

for round in 1 2 3 4 5; do
	lab_type "/ip route add dst 10.$round.0.0/16 gat $inet" || check_miss "a route is taken" "no error" "above"
	lab_kill towpathd KILL # at once after the answer
	check_runs "round $round: the router starts on the same store" lab_router_start
	check_match "round $round: what was acknowledged is there" "10\.$round\.0\.0/16" "$(scenario_export)"
	page=$(LAB_PATIENCE=3 lab_fetch lan "http://$inet/" 2>&1)
	check_match "round $round: a page comes without a word typed" "^you are $outer:" "$page"
done

before=$(scenario_export)
check_match "the export tells of masquerade" 'masquerade' "$before"
lab_kill towpathd KILL
lab_router_start
check_equal "the export is the same, to the letter" "$before" "$(scenario_export)"
lab_kill towpathd TERM
check_equal "an orderly end leaves no socket behind" gone "$([ -e "$LAB/console.sock" ] && echo there || echo gone)"
check_equal "and the cards as the first run found them" "$found" "$(cards)"
lab_router_start
check_equal "and the same export" "$before" "$(scenario_export)"
check_end
