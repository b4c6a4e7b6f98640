#!/bin/bash
# rule_changes.sh -- 1,000 changes of a set of 1,000 rules under load: nothing is lost.
#
#   inet (count) ---- [ router ] ---- lan (two streams of numbered datagrams)
#
# Two rules are a canary pair: what the first sends into a chain of its own is accepted there by the
# second and dropped by nobody else. Each change gives both another port in one transaction; a packet
# that met the one before and the other after it would be dropped.
# build: release
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "transactions"

rate=5000
stream=$lab_build/lab/lab-stream
script() { timeout 120 "$lab_build/towpath" --socket "$LAB/console.sock" >/dev/null; }

rules() {
	local i
	echo "/ip firewall filter"
	echo "add chain=forward protocol=udp dst-port=7000 action=jump jump-target=apart comment=canary"
	for ((i = 0; i < 997; i++)); do
		echo "add chain=$( ((i % 2)) && echo apart || echo forward) protocol=udp dst-port=$((10000 + i)) action=drop"
	done
	echo "add chain=apart protocol=udp dst-port=7000 action=accept comment=canary"
	echo "add chain=apart action=drop comment=half"
}

changes() {
	local i
	for ((i = 0; i < 500; i++)); do
		echo "/ip firewall filter set [find comment=canary] dst-port=8000"
		echo "/ip firewall filter set [find comment=canary] dst-port=7000"
	done
}

dropped() { lab_type ':put [/ip firewall filter get [find comment=half] packets]'; }

scenario_start
lab_type_basics || check_miss "the basics are taken" "no error" "see above"
check_runs "a way back" lab_in inet ip route replace 192.168.88.0/24 via "$outer"
rules >"$LAB/rules.rsc"
changes >"$LAB/changes.rsc"
check_runs "1,000 rules are taken" script <"$LAB/rules.rsc"
for port in 7000 8000; do
	lab_spawn inet "count$port" "$stream" count "$port"
	lab_spawn lan "send$port" "$stream" send "$inet" "$port" "$rate"
done
sleep 1
before=$(date +%s%N)
check_runs "1,000 changes are taken" script <"$LAB/changes.rsc"
took=$((($(date +%s%N) - before) / 1000000))
for port in 7000 8000; do lab_kill "send$port" TERM; done
sleep 0.5
for port in 7000 8000; do lab_kill "count$port" TERM; done
for port in 7000 8000; do
	sent=$(awk '{ print $2 }' "$LAB/send$port.log")
	count=$(<"$LAB/count$port.log")
	check_at_least "to port $port enough was sent" 5000 "$sent"
	check_match "and all of it came: $count" "^received $sent, missing 0," "$count"
done
check_equal "nothing met half a set" 0 "$(dropped)"
echo "   1,000 changes took $took ms"
check_runs "half a change" lab_type \
	'/ip firewall filter set [find comment=canary && action=jump] dst-port=9000'
lab_spawn lan half "$stream" send "$inet" 9000 100
sleep 0.5
lab_kill half TERM
check_at_least "is noticed" 10 "$(dropped)"
check_end
