#!/bin/bash
# masquerade.sh -- TCP, UDP and ICMP of the LAN go out with the router's outer address.
#
#   inet 203.0.113.1 ---- 203.0.113.2 [ router ] 192.168.88.1 ---- lan 192.168.88.100
#   web, udp                                                  `--- lan2 192.168.88.101
. "$(dirname "$0")/../../lab/scenario.sh"

scenario_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
lab_spawn inet udp "$lab_build/lab/lab-udp" serve 7000
udp() { lab_in "$1" "$lab_build/lab/lab-udp" ask "$inet" "${@:2}" 2>&1; }
sum() { cksum <"$1" 2>&1; }

# TCP
lab_watch inet eth0 bulk
lab_fetch lan "http://$inet/file" -o "$LAB/got"
check_equal "a page of 1 MiB comes whole" "$(sum "$LAB/www/file")" "$(sum "$LAB/got")"
frames=$(lab_watched bulk)
check_match "and left the server as large segments (GSO)" '^out tcp .* bytes [0-9]{5}' "$frames"
check_none "no address of the LAN is seen outside" '192\.168\.' "$frames"

LAB_PATIENCE=20 lab_fetch lan "http://$inet/file?[1-60]" --parallel --parallel-immediate \
	--parallel-max 60 --no-progress-meter -o "$LAB/many.#1"
whole=0
for got in "$LAB"/many.*; do
	[ "$(sum "$got")" != "$(sum "$LAB/www/file")" ] || whole=$((whole + 1))
done
check_equal "60 pages of 1 MiB at once all come whole" 60 "$whole"

pages=$(LAB_PATIENCE=20 lab_fetch lan "http://$inet/?[1-300]" --no-progress-meter -H 'Connection: close')
check_equal "300 connections one after another all come from the outer address" 300 \
	"$(grep -c "^you are $outer:" <<<"$pages")"

# UDP
check_match "an UDP question is answered" "^you are $outer:[0-9]+, 4 bytes" "$(udp lan 7000)"
first=$(udp lan 7000 5555) second=$(udp lan2 7000 5555)
check_match "one from port 5555 of lan" "^you are $outer:" "$first"
check_match "one from port 5555 of lan2 at the same time" "^you are $outer:" "$second"
if [ "$first" != "$second" ]; then
	check_hold "they have outer ports of their own"
else
	check_miss "they have outer ports of their own" "two ports" "$first twice"
fi
check_match "an empty datagram passes" ' 0 bytes' "$(udp lan 7000 0 0)"
check_match "4000 bytes pass in fragments" ' 4000 bytes' "$(udp lan 7000 0 4000)"
check_match "a closed port's ICMP error finds its way back" 'Connection refused' "$(udp lan 7001)"

# ICMP
lab_watch inet eth0 echo
check_match "echo requests are answered" '^10 sent, 10 answered' "$(lab_ping lan "$inet" 10 10)"
check_match "with 1472 bytes, too" '^2 sent, 2 answered' "$(lab_ping lan "$inet" 2 10 1472)"
both=$(lab_ping lan "$inet" 20 10 & lab_ping lan2 "$inet" 20 10; wait)
check_equal "two hosts at once" 2 "$(grep -c '^20 sent, 20 answered' <<<"$both")"
frames=$(lab_watched echo)
check_match "from the outer address" "^in  icmp $outer > $inet type 8" "$frames"
check_none "and from no other" '192\.168\.' "$frames"
check_match "the router's own ping, which the rule takes too, is answered" 'sent=2 received=2' \
	"$(lab_type "/ping $inet count=2 interval=200ms" 2>&1)"
check_end
