#!/bin/bash
# setup.sh -- from a router without anything to a page of the internet, by the wizard alone.
#
#   inet 203.0.113.1 ---- 203.0.113.2 [ router ] 192.168.88.1 ---- lan 192.168.88.100
#
# The console is the real one, on a terminal of its own (lab/talk.py).
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "setup"
command -v python3 >/dev/null || check_skip "there is no python3 to hold a terminal"

talk() { python3 -B "$lab_repo/lab/talk.py" "$lab_build/towpath" "$LAB/console.sock" 2>&1; }
scenario_start --no-defaults
check_equal "a router without anything" "" "$(scenario_export | grep -v '^/system\|^/user\|^set \|^add .*topics\|^ ' )"

screen=$(talk <<-'DIALOGUE'
	] > |setup
	 ip address and gateway]: |
	enable interface [ether1]: |
	ip address [none]: |203.0.113.2
	netmask [255.255.255.0]: |
	another ip address [none]: |^C
DIALOGUE
)
check_match "the greeting names the wizard" '^This router has no address yet. Type setup' "$screen"
check_match "it shows the cards" '^ 1  ether2 +02:00:00:00:88:01  up    none' "$screen"
check_match "who gives up has changed nothing" '^Nothing was changed\.' "$screen"
check_equal "it is still a router without anything" "" \
	"$(scenario_export | grep -v '^/system\|^/user\|^set \|^add .*topics\|^ ' )"

screen=$(talk <<-'DIALOGUE'
	] > |set
	 ip address and gateway]: |
	enable interface [ether1]: |
	ip address [none]: |203.0.113.2
	netmask [255.255.255.0]: |255.255.0.255
	netmask [255.255.255.0]: |
	another ip address [none]: |
	enable interface [ether2]: |
	ip address [192.168.88.1/24]: |
	another ip address [none]: |
	enable interface [none]: |
	gateway [203.0.113.1]: |203.0.114.1
	gateway [203.0.113.1]: |
	interface to the internet [ether1]: |
	masquerade what leaves to the internet? [Y/n]: |
	keep strangers out? [Y/n]: |y.
	new password of admin: |canary
	once more: |canary
	your choice [press Enter to see what will be done]: |
	Do it? [Y/n]: |y.
DIALOGUE
)
check_match "a mask with holes is refused" '^it must be ones, then zeroes, such as 255\.255\.255\.0' "$screen"
check_match "so is a gateway beyond the links" '^203\.0\.114\.1 is in none' "$screen"
check_match "it shows what it would do" '^/ip/address/add address=192\.168\.88\.1/24 interface=ether2' "$screen"

check_match "a host of the LAN gets a page" "^you are $outer:" "$(LAB_PATIENCE=3 lab_fetch lan "http://$inet/")"
check_match "and an answer to its ping" '^2 sent, 2 answered' "$(lab_ping lan "$inet" 2 100)"
check_match "the internet gets no answer from the router" '^2 sent, 0 answered' \
	"$(lab_ping inet "$outer" 2 100)"
before=$(scenario_export)
lab_router_stop KILL
check_runs "after kill -9 the router starts" lab_router_start
check_equal "with all of it" "$before" "$(scenario_export)"
check_none "and greets as one that is set up" 'no address yet' "$(talk <<<'] > |/ip address print')"
check_end
