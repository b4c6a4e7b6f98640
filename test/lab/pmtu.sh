#!/bin/bash
# pmtu.sh -- a way out that is narrower than the way in: path MTU discovery works through NAT.
#
#   inet 203.0.113.1 ---- MTU 1400 ---- [ router ] ---- MTU 1500 ---- lan 192.168.88.100 (web)
#
# inet advertises an MSS of 1460 all the same, so lan sends what does not fit, with DF. The router has
# to say so (RFC 1191), for cut segments and for uncut ones (GSO) alike.
export LAB_WAN_MTU=1400
. "$(dirname "$0")/../../lab/scenario.sh"

scenario_start
lab_in inet ip route replace 203.0.113.0/24 dev eth0 src "$inet" advmss 1460
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
check_runs "a port mapping is taken" lab_type \
	'/ip firewall dst-nat add action=nat protocol=tcp dst-address=203.0.113.2/32:80 to-dst-address=192.168.88.100'
lab_spawn inet udp "$lab_build/lab/lab-udp" serve 7000

lab_watch lan eth0 inside
LAB_PATIENCE=5 lab_fetch inet "http://$outer/file" -o "$LAB/got"
check_equal "1 MiB comes whole by the narrow way" "$(cksum <"$LAB/www/file")" "$(cksum <"$LAB/got")"
check_match "lan was told that a packet did not fit" "^in  icmp .* > 192.168.88.100 type 3 code 4" "$(lab_watched inside)"
lab_in lan ethtool -K eth0 tx off tso off gso off >/dev/null
lab_in inet ethtool -K eth0 gro off >/dev/null
[ "$ROUTER" != towpath ] || lab_type '/interface set ether1 merge-segments=no'
lab_watch inet eth0 outside
lab_fetch inet "http://$outer/file" -o "$LAB/got"
frames=$(lab_watched outside)
check_match "segments are as large as fits" '^in  tcp .* bytes 1400$' "$frames"
check_none "and no larger" '^in  tcp .* bytes (14[0-9][1-9]|14[1-9]0|1[5-9][0-9]{2}|[0-9]{5})$' "$frames"

lab_in lan ip route flush cache
ask() { lab_in lan "$lab_build/lab/lab-udp" ask "$inet" 7000 0 1450; }
check_fails "a datagram of 1478 bytes with DF does not fit" ask
check_match "the next one is cut by its sender, and arrives" ' 1450 bytes' "$(ask 2>&1)"
lab_in lan bash -c 'echo 1 >/proc/sys/net/ipv4/ip_no_pmtu_disc'
lab_in lan ip route flush cache
check_match "one without DF is cut by the router, and arrives" ' 1450 bytes' "$(ask 2>&1)"

# The same from lan, whose segments bear no DF now: who ignores errors must get through, too.
lab_spawn inet take "$lab_build/lab/lab-take" 5000 "$LAB/taken"
want=$(cksum <"$LAB/www/file")
for pmtu in 1 0; do
	for cut in off on; do
		case="DF ${pmtu/1/off}" case="${case/0/on}, segmentation $cut"
		lab_in lan bash -c "echo $pmtu >/proc/sys/net/ipv4/ip_no_pmtu_disc"
		lab_in lan ethtool -K eth0 tx $cut tso $cut gso $cut >/dev/null
		lab_in lan ip route flush cache
		check_equal "$case: 1 MiB goes up" 1048576 \
			"$(lab_in lan "$lab_build/lab/lab-take" send "$inet" 5000 "$LAB/www/file" 5)"
		check_equal "$case: and is the same" "$want" "$(cksum <"$LAB/taken")"
	done
done
check_end
