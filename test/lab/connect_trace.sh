#!/bin/bash
# connect_trace.sh -- /tool/connect-trace against the kernel as the other end: each step of connect() is
# told, the segments, and what a program would read in errno; with what-if nothing is sent.
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "such tools"

# How many segments the kernel of host $1 has seen.
segments() {
	lab_in "$1" awk '/^Tcp:/ { if (n++) print $(at); else for (i = 1; i <= NF; i++) if ($i == "InSegs") at = i }' \
		/proc/net/snmp
}

scenario_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"

trace=$(lab_type "/tool connect-trace address=$inet port=80")
for step in "policy  *none is set" "state  *it is unconnected" "address  *$inet" \
	"route  *203.0.113.0/24 is connected on ether1" "source  *203.0.113.2, by the route" \
	"peer  *" "port  *[0-9]*, " "route  *again, with port" "sequence  *initial sequence number" \
	"syn  *sent"; do
	check_match "a step: ${step%% *}" "  $step.*" "$trace"
done
check_match "the SYN" " ms  send  *SYN  seq [0-9]+ ack 0" "$trace"
check_match "its answer" " ms  receive  *SYN ACK seq" "$trace"
check_match "the new state" "state  *syn-sent -> established" "$trace"
check_match "the outcome" "connect\(\) succeeds: established, and closed again" "$trace"

check_match "a port that nobody listens on" "connect\(\) fails with ECONNREFUSED: nobody listens" \
	"$(lab_type "/tool connect-trace address=$inet port=81")"
check_match "a group of hosts" "connect\(\) fails with ENETUNREACH" \
	"$(lab_type '/tool connect-trace address=224.0.0.1 port=80')"
check_match "a broadcast address" "destination  *it is many hosts'" \
	"$(lab_type '/tool connect-trace address=203.0.113.255 port=80')"
silent=$(lab_type '/tool connect-trace address=203.0.113.9 port=80')
check_match "nobody there: the SYN is sent again" "no answer to the SYN: sent again \(1\)" "$silent"
check_match "and ARP's silence ends it" "connect\(\) fails with EHOSTUNREACH" "$silent"
check_match "a shorter wait" "connect\(\) fails with E(TIMEDOUT|HOSTUNREACH)" \
	"$(lab_type '/tool connect-trace address=203.0.113.9 port=80 timeout=1s')"

before=$(segments inet)
check_match "what-if tells the same" "syn  *would be sent" \
	"$(lab_type "/tool connect-trace address=$inet port=80 what-if=yes")"
check_match "and sends nothing" "$before" "$(segments inet)"

refused=$(lab_type "/tool connect-trace address=$inet port=80 src-address=203.0.113.77" 2>&1)
check_match "a source that is not the router's" "it is not one of the router's addresses.*" "$refused"
check_match "a bound port is told" "port  *4711, as bound" \
	"$(lab_type "/tool connect-trace address=$inet port=81 src-port=4711")"
check_end
