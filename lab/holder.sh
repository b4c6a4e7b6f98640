#!/bin/bash
# holder.sh -- process 1 of a lab: wires the hosts, then holds everything until it is killed.
#
#   holder.sh STATE      called by lab_start in namespaces of its own (user, net, mount, pid)
#
#        internet             the router under test                the LAN
#   inet:eth0 ------------ router:wan   router:lan ---- switch ---- lan:eth0   192.168.88.100
#   203.0.113.1/24           (ether1)     (ether2)         `------- lan2:eth0  192.168.88.101
#
# inet has no route to the LAN: nothing comes back to a LAN host before its source address is
# translated. All that lives here dies with this process, so a lab can't be left half up.
#
# From the environment: LAB_WAN_MTU (1500), LAB_SWITCH (1; 0 joins lan to the router directly, and
# there is no lan2: for benchmarks).
set -eu
state=$1
wan_mtu=${LAB_WAN_MTU:-1500}
hosts="inet router lan"
[ "${LAB_SWITCH:-1}" = 0 ] || hosts="$hosts lan2 switch"

mount -t tmpfs tmpfs /run # ip netns keeps its names there; the machine's own are not touched
mkdir /run/netns

# shellcheck disable=SC2016 # what is in single quotes is for a shell inside
host_add() {
	ip netns add "$1"
	ip -n "$1" link set lo up
	# Only what the test sends may be on the wires: no IPv6 of the kernel's own.
	ip netns exec "$1" bash -c 'for f in all default; do
		p=/proc/sys/net/ipv6/conf/$f/disable_ipv6; [ ! -e $p ] || echo 1 >$p; done'
}

# wire HOST IFACE MAC HOST IFACE MAC: a cable between two hosts
wire() {
	ip -n "$1" link add "$2" address "$3" type veth peer name "$5" address "$6" netns "$4"
	ip -n "$1" link set "$2" up
	ip -n "$4" link set "$5" up
}

lan_host() {
	ip -n "$1" addr add "$2/24" dev eth0
	ip -n "$1" route add default via 192.168.88.1
}

for host in $hosts; do host_add "$host"; done
wire router wan 02:00:00:00:71:02 inet eth0 02:00:00:00:71:01
ip -n router link set wan mtu "$wan_mtu"
ip -n inet link set eth0 mtu "$wan_mtu"
ip -n inet addr add 203.0.113.1/24 dev eth0

case " $hosts " in
*" switch "*)
	ip -n switch link add br0 address 02:00:00:00:88:fe type bridge
	ip -n switch link set br0 up
	wire router lan 02:00:00:00:88:01 switch port1 02:00:00:00:99:01
	wire lan eth0 02:00:00:00:88:64 switch port2 02:00:00:00:99:02
	wire lan2 eth0 02:00:00:00:88:65 switch port3 02:00:00:00:99:03
	for port in port1 port2 port3; do ip -n switch link set "$port" master br0; done
	lan_host lan 192.168.88.100
	lan_host lan2 192.168.88.101
	;;
*)
	wire router lan 02:00:00:00:88:01 lan eth0 02:00:00:00:88:64
	lan_host lan 192.168.88.100
	;;
esac

touch "$state/ready"
# bash as process 1 collects what dies here; the pause is only there to be waited for.
while :; do
	sleep 1000000 &
	wait "$!" || true
done
