#!/bin/bash
# arp.sh -- ARP, options and time to live between the router and the kernel's hosts: announcements,
# conflicts, proxy ARP for a host without a route, static and published entries, ping -R, each hop.
#
#   inet ---- ether1 [ router ] ether2 ---- switch ---- lan, lan2
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "such settings"
command -v ping >/dev/null || check_skip "ping (iputils) is not installed"

fetches() { lab_fetch lan "http://$inet/"; }
hears() { lab_in "$1" ip neigh show "$2" | grep -qi -- "$3"; }
sees() { lab_type "$1" | grep -qi -- "$2"; }
once() { lab_in "$1" ping -n -c 1 -W 1 "${@:2}"; }

scenario_start
lab_watch inet eth0 outside
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
check_runs "a page comes" fetches

# RFC 5227, 2.3: another card, and whoever knows the address hears of it without asking.
check_runs "inet knows the router's card" hears inet "$outer" 02:00:00:00:71:02
lab_in router ip link set wan address 02:00:00:00:71:99
check_runs "another card is announced" lab_wait 3 hears inet "$outer" 02:00:00:00:71:99
check_match "an address is announced" "who-has $outer tell $outer" "$(lab_watched outside)"

# RFC 5227, 2.4: lan2 takes the router's address. It is told, and so is whoever looks.
lab_in lan2 ip addr add "$router/32" dev eth0
once lan2 -I "$router" 192.168.88.100 >/dev/null
check_runs "the conflict is seen" lab_wait 3 sees '/ip address print detail' 02:00:00:00:88:65
check_match "and flagged" 'A - ' "$(lab_type '/ip address print')"
check_match "the log says who" "$router on ether2 is also used by 02:00:00:00:88:65" "$(cat "$LAB/towpathd.log")"
lab_in lan2 ip addr del "$router/32" dev eth0
lab_in lan ip neigh flush dev eth0
check_runs "and the router has its address still" lab_wait 3 fetches

# RFC 1027: a host that takes all for its own link.
lab_in lan ip route replace "$inet/32" dev eth0
check_fails "without proxy ARP it finds nobody" fetches
check_runs "proxy ARP is set" lab_type '/interface ethernet set ether2 arp=proxy-arp'
lab_in lan ip neigh flush dev eth0
check_runs "with it the page comes" lab_wait 5 fetches
check_runs "and the router's card answered for inet" hears lan "$inet" 02:00:00:00:88:01
check_fails "but not for a host of the link" hears lan 192.168.88.101 02:00:00:00:88:01
lab_in lan ip route del "$inet/32" dev eth0

check_runs "an address is published" \
	lab_type '/ip arp add address=192.168.88.200 published=yes interface=ether2'
once lan 192.168.88.200 >/dev/null
check_runs "and answered for" lab_wait 3 hears lan 192.168.88.200 02:00:00:00:88:01

check_runs "only static entries are used" lab_type '/interface ethernet set ether2 arp=reply-only'
check_fails "an unknown host gets no answer" fetches
check_runs "lan becomes known" \
	lab_type '/ip arp add address=192.168.88.100 mac-address=02:00:00:00:88:64 interface=ether2'
check_runs "and has its page" lab_wait 3 fetches
check_runs "ARP is as before" lab_type '/interface ethernet set ether2 arp=enabled'

# Options and hops, as the kernel's ping sees them.
recorded=$(once lan -R "$inet")
check_match "ping -R shows the router's outer address" "$outer" "$recorded"
check_match "and its inner one on the way back" "$router" "$recorded"
check_match "ping -R of the router itself" "$router" "$(once lan -R "$router")"
check_match "ping -T shows the router's time" "$router" "$(once lan -T tsandaddr "$router")"
check_match "the first hop is the router" "From $router.*Time to live exceeded" "$(once lan -t 1 "$inet")"
check_match "the second is inet" "1 received" "$(once lan -t 2 "$inet")"
check_end
