#!/bin/bash
# replug.sh -- cards that change while the router runs: another MTU, another hardware address, pulled
# out and put back as another card, a cable that flaps; with traffic on them all the time.
#
#   inet (pings, pages) ---- ether1 [ router: its card changes ] ether2 ---- switch ---- lan
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "ports"

fetches() { lab_fetch lan "http://$inet/"; }
card() { lab_in router ip link "$@"; }

# Takes the router's card away, and puts another in: hardware address $1.
replug() {
	card del wan &&
		card add wan address "$1" type veth peer name eth0 netns inet &&
		lab_in inet ip addr add "$inet/24" dev eth0 &&
		lab_in inet ip link set eth0 up
}

port_has() { lab_type '/interface print detail' | grep -qi -- "$1"; }

scenario_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
lab_spawn lan pings "$lab_build/lab/lab-ping" "$inet" 1000000 2
check_runs "a page comes" fetches

card set wan mtu 1400
check_runs "the router knows the new MTU" lab_wait 2 port_has actual-mtu=1400
check_runs "and a page comes" lab_wait 5 fetches
card set wan mtu 1500

card set wan address 02:00:00:00:71:99
check_runs "the router knows the new hardware address" lab_wait 2 port_has mac-address=02:00:00:00:71:99
lab_in inet ip neigh flush dev eth0
check_runs "and answers to it: a page comes" lab_wait 5 fetches

for round in 1 2 3; do
	check_runs "round $round: another card in its place" replug "02:00:00:00:72:0$round"
	check_runs "round $round: it is the port now" lab_wait 5 port_has "mac-address=02:00:00:00:72:0$round"
	check_runs "round $round: a page comes" lab_wait 5 fetches
done

for flap in {1..50}; do
	lab_in inet ip link set eth0 down
	[ $((flap % 3)) != 0 ] || sleep 0.02
	lab_in inet ip link set eth0 up
done
check_runs "after 50 flaps a page comes" lab_wait 5 fetches

lab_kill pings KILL
sleep 4 # what waits for a neighbour is given up after three questions
buffers=$(lab_type '/system resource print')
check_equal "no packet buffer is lost" "$(sed -n 's/^ *packet-buffers: //p' <<<"$buffers")" \
	"$(sed -n 's/^ *free-packet-buffers: //p' <<<"$buffers")"
lab_router_stop
check_none "the last card is as it was found" 'UP|NOARP' "$(card show wan)"
check_end
