#!/bin/bash
# traceroute.sh -- the router's own tools against the kernel's answers: /tool/traceroute through a host
# that forwards, /ping by ARP, and what /tool/drops keeps of a packet that the kernel has sent.
#
#   far 198.51.100.9 ---- inet (the kernel forwards) ---- ether1 [ router ] ether2 ---- lan
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "such tools"
command -v ping >/dev/null || check_skip "ping (iputils) is not installed"

far=198.51.100.9
far_start() {
	lab_inside ip netns add far &&
		lab_in inet ip link add far0 type veth peer name eth0 netns far &&
		lab_in inet ip addr add 198.51.100.1/24 dev far0 && lab_in inet ip link set far0 up &&
		lab_in far ip addr add $far/24 dev eth0 && lab_in far ip link set eth0 up &&
		lab_in far ip route add default via 198.51.100.1 &&
		lab_in inet bash -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
}

scenario_start
check_runs "a host behind inet" far_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"

for protocol in icmp udp; do
	trace=$(lab_type "/tool traceroute $far count=1 protocol=$protocol")
	check_match "$protocol: inet is the first hop" "  1 $inet  *0%  *1 " "$trace"
	check_match "$protocol: far is the second" "  2 $far  *0%  *1 " "$trace"
	check_match "$protocol: and the way ends there" "2" "$(grep -c '^ *[1-9][0-9]* ' <<<"$trace")"
done
check_match "what the kernel has no way to is said by it" "$inet .*unreachable" \
	"$(lab_type '/tool traceroute 192.0.2.77 count=1')"

check_match "ping of far" "sent=1 received=1 packet-loss=0% min-rtt=" "$(lab_type "/ping $far count=1")"
check_match "a TTL of 1 ends at inet, which says so" "    0 $inet .*TTL exceeded" \
	"$(lab_type "/ping $far count=1 ttl=1")"
lab_in inet bash -c 'echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all'
check_match "now inet answers no echo" "timeout" "$(lab_type "/ping $inet count=1")"
check_match "but ARP, with its card" "    0 [0-9A-F:]{17} .*" \
	"$(lab_type "/ping $inet count=1 arp-ping=yes interface=ether1")"

# A packet of the kernel's whose TTL ends here is kept with its bytes.
check_runs "drops are counted from zero" lab_type '/tool drops reset-counters'
lab_in lan ping -n -c 1 -W 1 -t 1 "$inet" >/dev/null
check_match "the reason and its sentence" "ttl-expired  *1 .*its time to live ran out here" \
	"$(lab_type '/tool drops print')"
last=$(lab_type '/tool drops last print where reason=ttl-expired')
check_match "the last one: from whom" "192.168.88.100 > $inet icmp echo" "$last"
check_match "where it came in" "in-interface=.*ether2" "$last"
check_match "its first bytes" "0800 4500" "$last"
check_end
