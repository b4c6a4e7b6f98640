#!/bin/bash
# nat_behaviour.sh -- the requirements of RFC 4787, 5382, 5508 and 7857 with real hosts: their
# kernels' sockets on both sides. Each check is named by its requirement; docs/nat.md says what of them
# is done how.
#
#   inet  203.0.113.1 --- bridge --- 203.0.113.2 [ router ] 192.168.88.1 --- switch --- lan  192.168.88.100
#   inet2 203.0.113.9 -----'                                                   `------- lan2 192.168.88.101
#
# The hosts are programs of lab/nat/: each holds sockets on all four and prints a line for each check.
. "$(dirname "$0")/../../lab/scenario.sh"

scenario_towpath_only "endpoint-independent mapping"
command -v python3 >/dev/null || check_skip "there is no python3"

# A second host outside, on one wire with the first. 198.51.100.0/24 is behind inet: 198.51.100.9 is
# inet2 again, one hop further away, and nobody else is there.
# shellcheck disable=SC2016 # what is in single quotes is for a shell inside
second_host() {
	lab_inside ip netns add inet2 &&
		lab_inside ip -n inet2 link set lo up &&
		lab_inside ip -n inet link add near type veth peer name eth0 netns inet2 &&
		lab_inside ip -n inet link add br0 address 02:00:00:00:71:01 type bridge &&
		lab_inside ip -n inet addr flush dev eth0 &&
		lab_inside ip -n inet link set eth0 master br0 &&
		lab_inside ip -n inet link set near master br0 &&
		lab_inside ip -n inet link set near up &&
		lab_inside ip -n inet link set br0 up &&
		lab_inside ip -n inet addr add "$inet/24" dev br0 &&
		lab_inside ip -n inet2 link set eth0 up &&
		lab_inside ip -n inet2 addr add 203.0.113.9/24 dev eth0 &&
		lab_in inet bash -c 'echo 1 >/proc/sys/net/ipv4/ip_forward' &&
		lab_inside ip -n inet route add unreachable 198.51.100.0/24 &&
		lab_inside ip -n inet2 addr add 198.51.100.9/32 dev lo &&
		lab_in inet bash -c 'for f in all br0; do echo 0 >/proc/sys/net/ipv4/conf/$f/send_redirects; done' &&
		lab_inside ip -n inet route add 198.51.100.9/32 via 203.0.113.9
}

# Their errors are to come as fast as the tests cause them, not one a second (icmp(7)).
# shellcheck disable=SC2016 # what is in single quotes is for a shell inside
no_icmp_limits() {
	local host
	for host in inet inet2 lan lan2; do
		lab_in "$host" bash -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit
			echo 10000 >/proc/sys/net/ipv4/icmp_msgs_per_sec; true' 2>/dev/null
	done
}

# run PROGRAM: its checks become ours; one that breaks off is a failure, too.
run() {
	local mark what expected got over=no
	while IFS=$'\t' read -r mark what expected got; do
		case $mark in
		ok) check_hold "$what" ;;
		WRONG) check_miss "$what" "$expected" "$got" ;;
		end) over=yes ;;
		*) echo "$mark $what $expected $got" ;;
		esac
	done < <(LAB=$LAB TOWPATH=$lab_build/towpath \
		lab_inside python3 -B "$lab_repo/lab/nat/$1.py" 2>&1)
	check_equal "$1 went through to its end" yes "$over"
}

lab_start || exit 1
check_runs "there is a second host outside" second_host
no_icmp_limits
check_runs "the router starts" lab_router_start
lab_type_basics || check_miss "the basics are taken" "no error" "see above"
check_runs "it masquerades" lab_type '/ip firewall nat add chain=srcnat action=masquerade out-interface=ether1'
for part in udp tcp icmp; do run "$part"; done
check_end
