#!/bin/bash
# vlan.sh -- VLANs on one cable between two routers; what is on the wire is read and written raw.
#
#   inet ---- ether1 [ router ] ether3 ==== trunk [ far ] ether2 ---- lan3 10.0.30.7
#                 VLAN 10 10.0.10.1           10.0.10.2
#                 VLAN 20 10.0.20.1, of 802.1ad   10.0.20.2
#
# The kernels on the way have no VLANs; the second router is another towpathd.
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "VLANs"

command -v python3 >/dev/null || check_skip "there is no python3 to read tags with"

cable() {
	lab_in "$1" ip link add "$2" address "$3" type veth peer name "$5" address "$6" netns "$4" &&
		lab_in "$1" ip link set "$2" up && lab_in "$4" ip link set "$5" up
}

far_type() {
	local line lines=()
	for line; do lines+=(-c "$line"); done
	timeout 20 "$lab_build/towpath" --socket "$LAB/far.sock" "${lines[@]}"
}

drops() { lab_type '/system resource drop print' 2>&1; }

# Prints type and number of each tag that comes to the trunk, until it is killed.
tags='
import socket, struct, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
s.bind(("trunk", 0))
s.setsockopt(263, 8, 1)
print("watching", flush=True)
while True:
    data, aux, flags, where = s.recvmsg(65536, 256)
    for level, kind, body in aux:
        status, length, snap, mac, net, tci, tpid = struct.unpack("IIIHHHH", body[:20])
        if status & 16 and where[2] != 4:
            print("in  %04x %d prio %d bytes %d" % (tpid, tci & 0xfff, tci >> 13, length), flush=True)
'
# An ARP question for 10.0.10.1 under tag argv[1] of type argv[2].
question='
import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("trunk", 0))
me = bytes.fromhex("020000007777")
arp = bytes.fromhex("0001080006040001") + me + bytes([10, 0, 10, 9]) + bytes(6) + bytes([10, 0, 10, 1])
tag = bytes.fromhex(sys.argv[2]) + int(sys.argv[1]).to_bytes(2, "big")
s.send(b"\xff" * 6 + me + tag + b"\x08\x06" + arp + bytes(18))
'

lab_start || exit 1
for host in far lan3; do lab_inside ip netns add "$host" && lab_in "$host" ip link set lo up; done
check_runs "the trunk is wired" cable router lan3 02:00:00:00:88:03 far trunk 02:00:00:00:77:01
check_runs "lan3 is wired" cable far lan 02:00:00:00:77:02 lan3 eth0 02:00:00:00:77:66
lab_in lan3 ip addr add 10.0.30.7/24 dev eth0
lab_in lan3 ip route add default via 10.0.30.1
check_runs "a web server runs on inet" lab_web_start inet
check_runs "the router starts" lab_router_start --port ether3=lan3
check_runs "and has VLANs" lab_type '/interface vlan add name=v10 vlan-id=10 interface=ether3' \
	'/interface vlan add name=v20 vlan-id=20 interface=ether3 use-service-tag=yes' \
	'/interface list member add list=LAN interface=v10' \
	'/interface list member add list=LAN interface=v20' \
	'/ip address add address=203.0.113.2/24 interface=ether1' \
	'/ip address add address=10.0.10.1/24 interface=v10' \
	'/ip address add address=10.0.20.1/24 interface=v20' \
	'/ip route add dst-address=10.0.30.0/24 gateway=10.0.10.2' \
	'/ip route add gateway=203.0.113.1' '/ip firewall src-nat add action masquerade'
lab_spawn far towpathd-far "$lab_build/towpathd" --no-defaults --port ether1=trunk --port ether2=lan \
	--store "$LAB/far-store" --socket "$LAB/far.sock"
check_runs "the far router starts" lab_wait 5 far_type '/interface print'
check_runs "and has them, too" far_type '/interface vlan add name=v10 vlan-id=10 interface=ether1' \
	'/interface vlan add name=v20 vlan-id=20 interface=ether1 use-service-tag=yes' \
	'/ip address add address=10.0.10.2/24 interface=v10' \
	'/ip address add address=10.0.20.2/24 interface=v20' \
	'/ip address add address=10.0.30.1/24 interface=ether2' '/ip route add gateway=10.0.10.1'
check_match "VLANs run" '^ *[0-9]* +R +v10 ' "$(lab_type '/interface vlan print')"

lab_spawn far tags python3 -c "$tags"
lab_wait 3 grep -q watching "$LAB/tags.log"
check_match "the far router answers in VLAN 10" 'sent=3 received=3' \
	"$(lab_type '/ping 10.0.10.2 count=3 interval=200ms' 2>&1)"
check_match "and in VLAN 20" 'sent=3 received=3' "$(lab_type '/ping 10.0.20.2 count=3 interval=200ms' 2>&1)"
seen=$(lab_watched tags)
check_match "frames of VLAN 10 bear its tag, with priority 0" '^in  8100 10 prio 0 ' "$seen"
check_match "those of VLAN 20 a service tag" '^in  88a8 20 prio 0 ' "$seen"

lab_spawn far tags python3 -c "$tags"
lab_wait 3 grep -q watching "$LAB/tags.log"
check_match "a page comes through VLAN 10, and out by masquerade" "^you are $outer:" \
	"$(lab_fetch lan3 "http://$inet/" 2>&1)"
lab_fetch lan3 "http://$inet/file" -o "$LAB/got"
check_equal "1 MiB comes whole" "$(cksum <"$LAB/www/file")" "$(cksum <"$LAB/got")"
check_match "as large segments with a tag, uncut" '^in  8100 10 prio 0 bytes [0-9]{5}' "$(lab_watched tags)"
check_match "1500 bytes fit beside the tag" '^3 sent, 3 answered' "$(lab_ping lan3 "$inet" 3 10 1472)"

lab_in far python3 -c "$question" 11 8100
lab_in far python3 -c "$question" 10 88a8
sleep 0.2
check_match "tags that nobody has are dropped under their name" '^ *[0-9]* +vlan +2 ' "$(drops)"
check_match "the far router still answers" 'sent=1 received=1' "$(lab_type '/ping 10.0.10.2 count=1' 2>&1)"

check_runs "VLAN 10 is disabled" lab_type '/interface vlan disable v10'
check_match "nothing passes" 'sent=1 received=0' "$(lab_type '/ping 10.0.10.2 count=1' 2>&1)"
check_runs "and enabled" lab_type '/interface vlan enable v10'
check_match "it passes again" 'sent=2 received=[12]' "$(lab_type '/ping 10.0.10.2 count=2 interval=200ms' 2>&1)"
check_fails "what addresses name is not removed" lab_type '/interface vlan remove v10'

# What is stored makes them again.
check_runs "the router stops" lab_router_stop
check_runs "and starts again" lab_router_start --port ether3=lan3
check_match "VLAN 20 is there" 'sent=2 received=[12]' "$(lab_type '/ping 10.0.20.2 count=2 interval=200ms' 2>&1)"
lab_kill towpathd-far
check_end
