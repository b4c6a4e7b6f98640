#!/bin/bash
# pmtu1400.sh -- no black holes where a link beyond carries 1400 bytes and packets bear DF.
#
#   lan ---- 1500 ---- [ router ] ---- 1500 ---- inet ---- 1400 ---- narrow ---- 1500 ---- far
#   192.168.88.100   .1    203.0.113.2   203.0.113.1   (both pass on)       198.51.100.9
#
# Neither end can know of the 1400 bytes. Who sends too much is told by the router before the narrow
# link (RFC 1191): lan by inet, through the translation, which has to make it a message about lan's
# own packet; far by narrow. Nothing here is clamped, until ICMP is lost.
. "$(dirname "$0")/../../lab/scenario.sh"

command -v ethtool >/dev/null || check_skip "ethtool is not installed"
far=198.51.100.9 tools=$lab_build/lab
forward() { lab_in "$1" bash -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'; }

further_hosts() {
	local host
	for host in narrow far; do
		lab_inside ip netns add $host && lab_in $host ip link set lo up || return 1
	done
	lab_in inet ip link add thin type veth peer name thin netns narrow
	lab_in narrow ip link add wide type veth peer name eth0 netns far
	lab_in inet ip addr add 198.18.0.1/30 dev thin
	lab_in narrow ip addr add 198.18.0.2/30 dev thin
	lab_in narrow ip addr add 198.51.100.1/24 dev wide
	lab_in far ip addr add $far/24 dev eth0
	lab_in inet ip link set thin up mtu 1400
	lab_in narrow ip link set thin up mtu 1400
	lab_in narrow ip link set wide up
	lab_in far ip link set eth0 up
	forward inet && forward narrow
	lab_in inet ip route add 198.51.100.0/24 via 198.18.0.2 &&
		lab_in narrow ip route add default via 198.18.0.1 &&
		lab_in far ip route add default via 198.51.100.1 &&
		lab_web_start far && lab_spawn far take "$tools/lab-take" 5000 "$LAB/taken" &&
		lab_spawn far udp "$tools/lab-udp" serve 7000 &&
		lab_spawn far mirror "$tools/lab-udp" mirror 7001 &&
		lab_spawn far pieces "$tools/lab-udp" mirror 7002 pieces
}

gso() { lab_in "$1" ethtool -K eth0 tx "$2" tso "$2" gso "$2" >/dev/null; }

# Every host begins without knowing what a path carries.
forget() {
	local host
	for host in lan far; do lab_in $host ip route flush cache; done
	rm -f "$LAB/taken"
}

upload() { lab_in lan "$tools/lab-take" send "$1" 5000 "$LAB/www/file" "${2:-10}"; }
knows() { lab_in "$1" ip route get "$2" | grep -q 'mtu 1400'; }

scenario_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
check_runs "a port mapping is taken" lab_type \
	'/ip firewall dst-nat add action=nat protocol=tcp dst-address=203.0.113.2/32:80 to-dst-address=192.168.88.100'
check_runs "further hosts, a narrow link between them" further_hosts
check_runs "far is reached" lab_wait 5 lab_ping lan $far 1
want=$(cksum <"$LAB/www/file") bytes=$(stat -c %s "$LAB/www/file")

for cut in on off; do
	gso lan $cut && gso far $cut
	case="segments ${cut/on/uncut}" case=${case/off/cut by the sender}
	forget
	lab_watch lan eth0 inside
	check_equal "$case: 1 MiB goes up" "$bytes" "$(upload $far)"
	check_equal "$case: and is the same" "$want" "$(cksum <"$LAB/taken")"
	told=$(lab_watched inside)
	check_match "$case: lan was told by the router before the narrow link" \
		'^in  icmp 203\.0\.113\.1 > 192\.168\.88\.100 type 3 code 4' "$told"
	check_runs "$case: lan has understood: its path has 1400 bytes" knows lan $far
	forget
	LAB_PATIENCE=10 lab_fetch lan "http://$far/file" -o "$LAB/got"
	check_equal "$case: 1 MiB comes down" "$want" "$(cksum <"$LAB/got")"
	check_runs "$case: far knows, too" knows far "$outer"
	forget
	LAB_PATIENCE=10 lab_fetch far "http://$outer/file" -o "$LAB/got"
	check_equal "$case: 1 MiB comes from a mapped server" "$want" "$(cksum <"$LAB/got")"
	# Masquerading without a condition shows far to lan as the router: both ends are translated.
	check_runs "$case: which was told by an error that quotes what it had sent" knows lan "$router"
done

forget
ask() { lab_in lan "$tools/lab-udp" ask $far 7000 0 1450; }
check_fails "a datagram of 1478 bytes with DF does not pass" ask
check_match "the next one is cut by its sender, and arrives" ' 1450 bytes' "$(ask 2>&1)"

compare() { lab_in lan "$tools/lab-udp" compare $far "$@" 2>&1; }
for size in 1473 8192 60000; do
	check_equal "$size bytes in fragments go and come back" "same $size bytes" "$(compare 7001 $size)"
	check_equal "$size bytes, the last fragment first, go" "same $size bytes" "$(compare 7001 $size pieces)"
	check_equal "$size bytes, the last fragment first, come back" "same $size bytes" "$(compare 7002 $size)"
done

# The error is lost. Without a clamp that is a black hole, whoever routes; with one it is none.
check_runs "inet tells nobody any more" lab_in inet nft \
	'add table ip hush; add chain ip hush out { type filter hook output priority 0; }; add rule ip hush out icmp type destination-unreachable drop'
forget
gso lan on
check_fails "now a large upload ends in nothing" upload $far 3
check_runs "a clamping rule is taken" lab_type \
	'/ip firewall mangle add protocol tcp tcp-options syn-only tcp-mss 1360'
for cut in on off; do
	gso lan $cut
	forget
	check_equal "clamped, segmentation $cut: 1 MiB goes up" "$bytes" "$(upload $far)"
	check_equal "and is the same" "$want" "$(cksum <"$LAB/taken")"
done
check_end
