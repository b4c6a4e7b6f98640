#!/bin/bash
# offloads.sh -- whole and unfinished checksums, cut and uncut segments: what comes out is right.
#
#   inet:eth0 (offloads on or off) ---- [ router ] ---- lan:eth0 (offloads on or off)
#
# With offloads on, a host hands over up to 64 KiB a packet with only the pseudo-header's sum in the
# checksum field; with them off all is cut and summed before it leaves. The hosts' kernels check every
# sum that is said to be whole, and throw away what is wrong.
. "$(dirname "$0")/../../lab/scenario.sh"

offload() {
	lab_in "$1" ethtool -K eth0 tx "$2" tso "$2" gso "$2" gro "$3" >/dev/null
}

command -v ethtool >/dev/null || check_skip "ethtool is not installed"
scenario_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
check_runs "a port mapping is taken" lab_type \
	'/ip firewall dst-nat add action=nat protocol=tcp dst-address=203.0.113.2/32:80 to-dst-address=192.168.88.100'
lab_spawn inet udp "$lab_build/lab/lab-udp" serve 7000
want=$(cksum <"$LAB/www/file")

for inet_has in on off; do
	for lan_has in on off; do
		case="inet $inet_has, lan $lan_has"
		offload inet "$inet_has" off
		offload lan "$lan_has" off
		LAB_PATIENCE=10 lab_fetch lan "http://$inet/file" -o "$LAB/got"
		check_equal "$case: 1 MiB comes whole to lan" "$want" "$(cksum <"$LAB/got")"
		LAB_PATIENCE=10 lab_fetch inet "http://$outer/file" -o "$LAB/got"
		check_equal "$case: 1 MiB comes whole to inet" "$want" "$(cksum <"$LAB/got")"
		check_match "$case: a datagram is answered" ' 1400 bytes' \
			"$(lab_in lan "$lab_build/lab/lab-udp" ask "$inet" 7000 0 1400 2>&1)"
	done
done

check_equal "lan has met no wrong TCP checksum" 0 "$(lab_counter lan Tcp InCsumErrors)"
check_equal "nor a wrong UDP checksum" 0 "$(lab_counter lan Udp InCsumErrors)"
check_equal "inet has met no wrong TCP checksum" 0 "$(lab_counter inet Tcp InCsumErrors)"
check_equal "nor a wrong UDP checksum" 0 "$(lab_counter inet Udp InCsumErrors)"

# Zeroes prove nothing if the meter can't show anything else. inet sums itself, and a rule spoils
# what it sends: the router mends no sum that came wrong (it changes it by what it changes).
offload inet off off
check_runs "inet spoils its sums" lab_in inet nft -f - <<-RULES
	table ip spoil {
	  chain out {
	    type filter hook output priority 0;
	    meta l4proto tcp tcp checksum set 0x0bad
	    meta l4proto udp udp checksum set 0x0bad
	  }
	}
RULES
check_fails "spoilt, no page comes" lab_fetch lan "http://$inet/"
check_none "spoilt, no datagram is answered" ' 1400 bytes' \
	"$(lab_in lan "$lab_build/lab/lab-udp" ask "$inet" 7000 0 1400 2>&1)"
check_at_least "lan has met wrong TCP checksums" 1 "$(lab_counter lan Tcp InCsumErrors)"
check_at_least "and wrong UDP checksums" 1 "$(lab_counter lan Udp InCsumErrors)"
check_end
