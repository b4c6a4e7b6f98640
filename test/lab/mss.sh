#!/bin/bash
# mss.sh -- the MSS option of SYNs is lowered as the mangle rule says, and never raised.
#
#   inet:eth0 (frames) ---- MTU 1500, then 1400 ---- [ router ] ---- MTU 1500 ---- lan
#   inet advertises 1460 in the second part, too, although its cable carries 1400.
. "$(dirname "$0")/../../lab/scenario.sh"

syn() { lab_in "$1" "$lab_build/lab/lab-syn" "${@:2}" 2>&1; }

# syn_mss WATCHED-HOST FRAMES-REGEX SYN-ARGUMENTS...: the MSS of the matching SYN as it arrives
syn_mss() {
	local host=$1 pattern=$2
	shift 2
	lab_watch "$host" eth0 syns
	syn "$@" >/dev/null
	lab_watched syns | sed -En "s/^in  tcp $pattern mss ([0-9]+) .*/\1/p" | sort -u | paste -sd ' '
}
out_syn="$outer:[0-9]+ > $inet:80 syn"
back_syn="$inet:80 > 192.168.88.100:[0-9]+ syn\+ack"

scenario_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
check_equal "without a rule 1460 stays 1460" 1460 "$(syn_mss inet "$out_syn" lan "$inet" 80)"
check_runs "the tutorial's rule is taken" lab_type \
	'/ip firewall mangle add protocol tcp tcp-options syn-only tcp-mss 1448'
check_equal "1460 becomes 1448" 1448 "$(syn_mss inet "$out_syn" lan "$inet" 80)"
check_equal "1000 stays 1000" 1000 "$(syn_mss inet "$out_syn" lan "$inet" 80 1000)"
check_equal "1448 stays 1448" 1448 "$(syn_mss inet "$out_syn" lan "$inet" 80 1448)"
check_equal "1449 becomes 1448" 1448 "$(syn_mss inet "$out_syn" lan "$inet" 80 1449)"
check_equal "the answer's 1460 becomes 1448, too" 1448 "$(syn_mss lan "$back_syn" lan "$inet" 80)"
check_match "and lan sends by it" '^connected mss 1448' "$(syn lan "$inet" 80)"
lab_fetch lan "http://$inet/file" -o "$LAB/got"
check_equal "1 MiB comes whole" "$(cksum <"$LAB/www/file")" "$(cksum <"$LAB/got")"

lab_stop
export LAB_WAN_MTU=1400
scenario_start
lab_in inet ip route replace 203.0.113.0/24 dev eth0 src "$inet" advmss 1460
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
check_equal "MTU 1400, no rule: 1460 stays 1460" 1460 "$(syn_mss inet "$out_syn" lan "$inet" 80)"
check_runs "a clamping rule is taken" lab_type \
	'/ip firewall mangle add chain=forward protocol=tcp tcp-flags=syn action=change-mss new-mss=clamp-to-pmtu'
check_equal "1460 becomes 1360 on the way out" 1360 "$(syn_mss inet "$out_syn" lan "$inet" 80)"
check_equal "1300 stays 1300" 1300 "$(syn_mss inet "$out_syn" lan "$inet" 80 1300)"
if [ "$ROUTER" = towpath ]; then # nftables looks at the way out alone
	check_equal "1460 becomes 1360 on the way back" 1360 "$(syn_mss lan "$back_syn" lan "$inet" 80)"
fi
lab_fetch lan "http://$inet/file" -o "$LAB/got"
check_equal "1 MiB comes whole" "$(cksum <"$LAB/www/file")" "$(cksum <"$LAB/got")"
check_end
