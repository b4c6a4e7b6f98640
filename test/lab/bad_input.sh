#!/bin/bash
# bad_input.sh -- wrong lines are refused with a word on what is wrong, and change nothing.
#
#   towpath -c 'line' ---- console.sock ---- [ router ]
#
# Each case is a line and what the answer must match. The exit code must not be 0, and the export
# must stay the same to the letter.
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "console"

lab_start || exit 1
check_runs "the router starts" lab_router_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
before=$(scenario_export)

refused() {
	local answer code
	answer=$(lab_type "$1" 2>&1)
	code=$?
	if [ "$code" = 0 ]; then
		check_miss "$1" "an exit code that is not 0" "0: $answer"
	else
		check_match "$1" "$2" "$answer"
	fi
	check_equal "... and nothing has changed" "$before" "$(scenario_export)"
}

refused '/ip address add address 300.1.2.3/24 interface ether1' 'address'
refused '/ip address add address 10.0.0.1/33 interface ether1' 'address'
refused '/ip address add address 10.0.0.1/24 interface ether9' 'ether9'
refused '/ip address add interface ether1' 'address'
refused '/ip route add dst 0.0.0.0/0 gat 1.2.3' 'gateway'
refused '/ip route add dst 0.0.0.0/0 gateway=1.2.3.4 distance=0' 'distance'
refused '/ip route add colour=red' 'expected end of command.*column 15'
refused '/ip firewall dst-nat add action=nat protocol=tcp dst-address=203.0.113.2/31:80 to-dst-address=192.168.88.100' 'dst-address.*32'
refused '/ip firewall mangle add protocol tcp tcp-options syn-only tcp-mss 99999' 'mss'
refused '/ip fireball print' 'fireball'
refused '/ip route remove 77' 'no such item'
refused '/ip route add dst "0.0.0.0/0' '.'
check_match "the router goes on" 'ether1' "$(lab_type '/interface print' 2>&1)"
check_end
