#!/bin/bash
# tap.sh -- the machine that the router runs on is a host of its LAN, through a TAP device.
#
#   inet:eth0 ---- veth ---- wan [ router ] tap0 ==== the kernel of the router's machine
#   203.0.113.1                 203.0.113.2 192.168.99.1      192.168.99.100 (web server)
#
# Bulk both ways, uncut (GSO) and cut, with sums finished and not: what comes out is right.
. "$(dirname "$0")/../../lab/scenario.sh"

scenario_towpath_only "TAP device of its own"
command -v ethtool >/dev/null || check_skip "ethtool is not installed"
{ true <>/dev/net/tun; } 2>/dev/null || check_skip "/dev/net/tun can't be opened here"

offload() { # HOST DEVICE on|off
	lab_in "$1" ethtool -K "$2" tx "$3" tso "$3" gso "$3" gro off >/dev/null
}

# The device is made by the router, so the kernel's side is set up after it.
kernel_side() {
	lab_in router bash -c 'echo 1 >/proc/sys/net/ipv6/conf/tap0/disable_ipv6' 2>/dev/null
	lab_in router ip addr add 192.168.99.100/24 dev tap0 &&
		lab_in router ip route replace default via 192.168.99.1
}

scenario_start --port ether3=tap0,driver=tap
lab_type_basics || check_miss "the basics are taken" "no error" "see above"
check_runs "the kernel has an address at the other end" kernel_side
check_runs "the router has one at this end" lab_type \
	'/ip address add address=192.168.99.1/24 interface=ether3' \
	'/ip firewall nat add chain=srcnat out-interface=ether1 action=masquerade' \
	'/ip firewall nat add chain=dstnat dst-address=203.0.113.2 protocol=tcp dst-port=80 action=dst-nat to-addresses=192.168.99.100'
check_runs "a web server runs on the router's machine" lab_web_start router
check_runs "the kernel reaches inet" lab_wait 5 lab_ping router "$inet" 1
lab_spawn inet udp "$lab_build/lab/lab-udp" serve 7000
want=$(cksum <"$LAB/www/file")

for inet_has in on off; do
	for tap_has in on off; do
		case="inet $inet_has, tap0 $tap_has"
		offload inet eth0 "$inet_has"
		offload router tap0 "$tap_has"
		LAB_PATIENCE=10 lab_fetch router "http://$inet/file" -o "$LAB/got"
		check_equal "$case: 1 MiB comes whole to the kernel" "$want" "$(cksum <"$LAB/got")"
		LAB_PATIENCE=10 lab_fetch inet "http://$outer/file" -o "$LAB/got"
		check_equal "$case: 1 MiB comes whole to inet" "$want" "$(cksum <"$LAB/got")"
		check_match "$case: a datagram is answered" ' 1400 bytes' \
			"$(lab_in router "$lab_build/lab/lab-udp" ask "$inet" 7000 0 1400 2>&1)"
	done
done
offload inet eth0 on
offload router tap0 on
lab_watch inet eth0 outside
LAB_PATIENCE=10 lab_fetch inet "http://$outer/file" -o "$LAB/got"
check_match "what the kernel leaves uncut passes whole" '^in  tcp .* bytes [0-9]{5}$' "$(lab_watched outside)"

for host in router inet; do
	check_equal "$host has met no wrong TCP checksum" 0 "$(lab_counter $host Tcp InCsumErrors)"
	check_equal "nor a wrong UDP checksum" 0 "$(lab_counter $host Udp InCsumErrors)"
done

# A zero proves something only if wrong sums would be counted.
offload inet eth0 off
check_runs "inet spoils its sums" lab_in inet nft \
	'add table ip spoil; add chain ip spoil out { type filter hook output priority 0; }; add rule ip spoil out tcp checksum set 0x0bad'
check_fails "spoilt, no page comes" lab_fetch router "http://$inet/"
check_at_least "the kernel has met wrong TCP checksums" 1 "$(lab_counter router Tcp InCsumErrors)"
lab_in inet nft delete table ip spoil

tap_has() { lab_type '/interface print detail' | grep -q "$1"; }
check_runs "the MTU is followed" lab_in router ip link set tap0 mtu 1400
check_runs "the router knows it" lab_wait 3 tap_has actual-mtu=1400
check_runs "the device is taken away" lab_in router ip link del tap0
check_runs "the router makes it again" lab_wait 3 lab_in router ip link show tap0
check_runs "and the kernel is set up again" kernel_side
check_runs "it is reached as before" lab_wait 5 lab_ping router "$inet" 1
lab_router_stop
check_fails "the device goes with the router" lab_in router ip link show tap0
check_end
