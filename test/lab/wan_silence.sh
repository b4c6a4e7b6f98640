#!/bin/bash
# wan_silence.sh -- a router fresh from the box answers nothing from outside but ARP: not while it
# starts, not while it is set up, not afterwards. Inside it answers.
#
#   inet 203.0.113.1 (nmap, nping, echo requests; frames) ---- [ router ] ---- lan (echo requests)
#
# inet knows the router's hardware address before the router has any address, so that the first
# probes reach it while it is still nobody.
. "$(dirname "$0")/../../lab/scenario.sh"

command -v nmap >/dev/null && command -v nping >/dev/null || check_skip "nmap is not installed"
scan() { lab_in inet nmap --privileged -n -Pn --send-ip --disable-arp-ping --max-retries 0 -T5 "$@" "$outer" 2>&1; }

lab_start || exit 1
lab_in inet ip neigh replace "$outer" lladdr 02:00:00:00:71:02 dev eth0 nud permanent
lab_watch inet eth0 outside
lab_spawn inet echoes "$lab_build/lab/lab-ping" "$outer" 100000 2
lab_spawn inet syns bash -c "while :; do nping --send-ip --tcp --rate 400 -c 100 \
	-p 22,23,53,80,443,8080,8291,8728,8729 $outer; done"
lab_wait 5 grep -q '^out tcp' "$LAB/outside.log"

check_runs "the router starts under fire" lab_router_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
sleep 0.5
lab_kill echoes KILL
lab_kill syns KILL

tcp=$(scan -sS -p- --min-rate 15000)
check_match "nmap: not one TCP port answers" '65535 filtered tcp ports \(no-response\)' "$tcp"
udp=$(scan -sU --top-ports 200 --min-rate 2000)
check_match "nmap: not one UDP port answers" '200 open\|filtered udp ports \(no-response\)' "$udp"
check_fails "no echo request is answered" lab_ping inet "$outer" 10 10

# Without the static entry the address is asked for: that much a neighbour must say.
lab_in inet ip neigh del "$outer" dev eth0
lab_ping inet "$outer" 1 >/dev/null
check_match "inside, the router answers" '^5 sent, 5 answered' "$(lab_ping lan "$router" 5 20)"

frames=$(lab_watched outside)
probes=$(grep -c '^out' <<<"$frames")
check_at_least "probes were sent" 60000 "$probes"
check_match "ARP is answered" "^in  arp $outer is-at" "$frames"
check_none "nothing but ARP ever came from the router" '^in  [^a]|^in  a[^r]' "$frames"
check_end
