#!/bin/bash
# bridge.sh -- three cards of the router are one network: hosts meet, move and age; a loop is cut.
#
#   inet ---- ether1 [ router ] ether2 ---- switch ---- lan, lan2
#                               ether3 ---- lan3          |
#                               ether4 -------------------'  (a loop, once port4 is up)
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "bridges"

# cable HOST IFACE MAC HOST IFACE MAC
cable() {
	lab_in "$1" ip link add "$2" address "$3" type veth peer name "$5" address "$6" netns "$4" &&
		lab_in "$1" ip link set "$2" up && lab_in "$4" ip link set "$5" up
}

lan3_is() {
	lab_in lan3 ip addr add 192.168.88.102/24 dev "$1" &&
		lab_in lan3 ip route add default via 192.168.88.1
}

hosts() { lab_type '/interface bridge host print' 2>&1; }
lan3_behind() { hosts | grep -Eq "02:00:00:00:88:66 +$1 "; }
port_is() { lab_type ":put [/interface bridge port get [find interface=$1] loop-protect-status]" | grep -qx "$2"; }
tx() { lab_type ':put [/interface get ether4 tx-packet]'; }

lab_start || exit 1
lab_inside ip netns add lan3 && lab_in lan3 ip link set lo up
check_runs "lan3 is wired" cable router lan3 02:00:00:00:88:03 lan3 eth0 02:00:00:00:88:66
check_runs "and the cable that will be a loop" cable router lan4 02:00:00:00:88:04 switch port4 02:00:00:00:99:04
lab_in switch ip link set port4 down
lan3_is eth0
check_runs "a web server runs on inet" lab_web_start inet
check_runs "a web server runs on lan" lab_web_start lan
check_runs "the router starts" lab_router_start --port ether3=lan3 --port ether4=lan4
check_runs "three cards become a bridge" lab_type '/interface bridge add name=bridge1' \
	'/interface bridge port add bridge=bridge1 interface=ether2' \
	'/interface bridge port add bridge=bridge1 interface=ether3' \
	'/interface bridge port add bridge=bridge1 interface=ether4 loop-protect-disable-time=5s' \
	'/interface list member add list=LAN interface=bridge1' \
	'/ip address add address 203.0.113.2/24 interface ether1' \
	'/ip address add address 192.168.88.1/24 interface bridge1' \
	'/ip route add dst 0.0.0.0/0 gat 203.0.113.1' '/ip firewall src-nat add action masquerade'
check_match "the ports are slaves, the bridge runs" '^ *[0-9]* +RS +ether2 ' "$(lab_type '/interface print')"

check_match "hosts behind two cards meet" '^10 sent, 10 answered' "$(lab_ping lan3 192.168.88.100 10 10)"
check_match "by their own hardware addresses" '192.168.88.100 .*lladdr 02:00:00:00:88:64' \
	"$(lab_in lan3 ip neigh)"
check_match "the router is one of them" '^3 sent, 3 answered' "$(lab_ping lan3 "$router" 3 10)"
for host in lan lan2 lan3; do
	check_match "$host reaches the internet" "^you are $outer:" "$(lab_fetch "$host" "http://$inet/" 2>&1)"
done
lab_watch lan3 eth0 bulk
lab_fetch lan3 http://192.168.88.100/file -o "$LAB/got"
check_equal "1 MiB comes whole through the bridge" "$(cksum <"$LAB/www/file")" "$(cksum <"$LAB/got")"
check_match "as large segments, uncut" '^in  tcp .* bytes [0-9]{5}' "$(lab_watched bulk)"
check_runs "the bridge knows where lan3 is" lan3_behind ether3

# lan3 moves behind the switch, with a connection under way.
lab_spawn lan3 pings "$lab_build/lab/lab-ping" "$inet" 400 10
sleep 0.5
lab_in lan3 ip link del eth0
check_runs "lan3 is plugged in elsewhere" cable lan3 eth1 02:00:00:00:88:66 switch port5 02:00:00:00:99:05
lab_in switch ip link set port5 master br0
lan3_is eth1
check_match "and is reached there" '^5 sent, [1-5] answered' "$(lab_ping lan3 "$inet" 5 50)"
check_runs "the bridge has seen it move" lab_wait 3 lan3_behind ether2
check_match "a page comes" "^you are $outer:" "$(lab_fetch lan3 "http://$inet/" 2>&1)"

# A loop: ether2 and ether4 are both on the switch now. Broadcasts go round until a port is cut off.
before=$(tx)
lab_in switch ip link set port4 master br0
lab_in switch ip link set port4 up
lab_spawn lan broadcasts "$lab_build/lab/lab-ping" 192.168.88.199 300 20
check_runs "the loop is noticed" lab_wait 8 port_is ether4 disabled
after=$(tx)
sleep 1
check_equal "and nothing goes round any more" "$after" "$(tx)"
check_runs "the log says which port, and why" grep -q 'ether4 is cut off' "$LAB/towpathd.log"
check_match "the other ports go on" '^10 sent, 10 answered' "$(lab_ping lan2 "$router" 10 10)"
sleep 6
check_runs "the loop is still there: the port stays cut off" port_is ether4 disabled
echo "frames that went round before it was cut: $((after - before))"
lab_in switch ip link set port4 down
check_runs "the cable is pulled: the port is opened again" lab_wait 12 port_is ether4 on
lab_kill broadcasts KILL
lab_kill pings KILL

check_runs "hosts are forgotten sooner" lab_type '/interface bridge set bridge1 ageing-time=10s'
check_runs "lan3 is known" lan3_behind ether2
lab_in lan3 ip link set eth1 down # behind the switch: the router sees no link go
sleep 12
check_fails "and forgotten when nothing was heard of it" lan3_behind ether2
check_runs "the router stops" lab_router_stop
check_end
