#!/bin/bash
# bad_input.sh -- wrong lines are refused with a word on what is wrong, and change nothing.
#
# Each line is typed as it stands and its answer must match: the field, what is wrong with it, and
# what would be right. The exit code must not be 0, and the export must stay the same to the letter.
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "console"

lab_start || exit 1
check_runs "the router starts" lab_router_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
before=$(scenario_export)

# refused LINE REGEX...: each matches a line of the answer
refused() {
	local line=$1 answer code
	shift
	answer=$(lab_type "$line" 2>&1)
	code=$?
	if [ "$code" != 1 ]; then
		check_miss "$line" "the exit code 1" "$code: $answer"
	elif [ "$before" != "$(scenario_export)" ]; then
		check_miss "$line" "nothing to change" "$(scenario_export)"
	else
		# RouterOS's words stand on a line of their own; what is wrong may be on the next.
		answer+=$'\n'${answer//$'\n'/: }
		while [ $# -gt 1 ] && grep -Eq -- "$1" <<<"$answer"; do shift; done
		check_match "$line" "$1" "$answer"
	fi
}

# Words that mean nothing where they stand (ROUTEROS.md, 1.4)
refused 'foo' '^bad command name foo \(line 1 column 1\)$' 'no "foo" here; there are .*interface, ip'
refused '/ip fireball print' '^bad command name fireball \(line 1 column 5\)$' 'in /ip; did you mean firewall\?'
refused '/ip route prnt' '^bad command name prnt \(line 1 column 11\)$' 'did you mean print\?'
refused '/ip route e' '^bad command name e \(line 1 column 11\)$' '"e" could be edit, enable, export or explain'
refused '/interface add name=x' '^bad command name add' 'no "add" in /interface; there are .*set'
refused '/system identity remove 0' '^bad command name remove' 'in /system/identity; there are'
refused ':put [/ip route]' '^expected command name \(line 1 column 16\)$'
refused '/ip route add colour=red' '^expected end of command \(line 1 column 15\)$' \
	'no argument "colour" here; there are dst-address, gateway'
refused '/ip firewall nat add dst=1.2.3.4' '"dst" could be dst-address, dst-address-list, dst-port or '
refused '/ip route print all' '^expected end of command \(line 1 column 17\)$' 'there are file, interval, where'
refused '/ip route print detail=yes' '^bad parameter detail \(line 1 column 17\)$' 'takes no value'
refused '/ip route print where colour=red' '^syntax error' 'no property "colour" here; there are'
refused '/ip route print where active detail' 'detail is no property .* before where'
refused '/ip route add gateway = 1.2.3.4' 'expected end of command' 'name=value, without a blank'
refused '/ip route add gateway' '^missing value\(s\) of argument\(s\) gateway' 'gateway=value; it is: next hop'
refused '/ip route add comment= gateway=1.2.3.4' 'comment="" for an empty value'
refused '/ip route add gateway=1.2.3.4 gateway=1.2.3.5' 'gateway was given already'
refused '/ip route add !gateway' 'only set clears'
refused '/ip route add dst "0.0.0.0/0' '^syntax error' 'quote is never closed'
refused '/ip { route print' 'closing bracket } is missing'
refused '/ip route print }' 'no bracket is open here'
refused ':put "\q"' '^syntax error' 'known are'
# shellcheck disable=SC2016 # the dollar sign is for the router
refused ':put $x' '^syntax error' 'is not known here'
refused "/ip route add $(printf 'x%.0s' $(seq 9000))=1" 'expected end of command' 'xxx\.\.\." here; there are'
refused "$(printf '[%.0s' $(seq 40))" '.'

# Items
refused '/ip route remove 77' '^no such item$' '/ip/route has none with the number 77; print'
refused '/ip route remove *77' '^no such item$' 'none with the id \*77; print show-ids'
refused '/interface set ether9 mtu=1400' '^no such item$' 'none called "ether9"'
refused '/ip route remove foo' '^expected item id \(line 1 column 18\)$' 'have no names: give a number'
refused '/ip route remove' '^missing value\(s\) of argument\(s\) numbers' 'say which items'
refused '/ip firewall filter move 0 99' '^no such item' 'number 99'
refused '/interface list remove all' 'can not remove builtin: all'
refused '/interface list remove LAN' 'LAN is in use: .*/interface/list/member.*/ip/firewall/filter'
refused '/interface set ether1 name=ether2' '^failure: already have interface with such name$' ether2
refused '/interface list add name=WAN' '^failure: already have such entry$' WAN

# Values
refused '/ip address add address 300.1.2.3/24 interface ether1' 'argument address: 300.1.2.3/24 is not an address'
refused '/ip address add address 10.0.0.1/33 interface ether1' 'argument address: .*0 to 32'
refused '/ip address add address 10.0.0.64/26 interface ether1' 'network address.*first host is 10.0.0.65'
refused '/ip address add address 224.0.0.1/24 interface ether1' "224.0.0.1 is no host's address"
refused '/ip address add address 10.0.0.1 netmask 255.0.255.0 interface ether1' 'netmask: .*255.255.255.0'
refused '/ip address add address 10.0.0.1/24 interface ether9' 'value of interface: .*no ether9; there are ether1, ether2'
refused '/ip address add address 10.0.0.1/24 interface ether' '^ambiguous value of interface' 'could be ether1, ether2'
refused '/ip address add address 192.168.88.1/24 interface ether2' '^failure: already have such address'
refused '/ip address add interface ether1' '^missing value\(s\) of argument\(s\) address$' 'address: .*192.168.88.1/24'
refused '/ip address add' 'missing value\(s\) of argument\(s\) address, interface'
refused '/ip route add dst 0.0.0.0/0 gat 1.2.3' 'argument gateway: 1.2.3 is neither'
refused '/ip route add dst 0.0.0.0/0 gat ""' 'argument gateway: nothing is'
refused '/ip route add dst 0.0.0.0/0 gateway=1.2.3.4 distance=0' '^value of distance out of range \(1\.\.255\)'
refused '/ip route add gateway=1.2.3.4 distance=1x' '^value of distance contains invalid trailing characters'
refused '/ip route add gateway=1.2.3.4 distance=many' 'argument distance: many is not a number \(1\.\.255\)'
refused '/ip route add gateway=1.2.3.4 disabled=perhaps' 'argument disabled: perhaps is neither yes nor no'
refused '/interface set ether1 mtu=20' '^value of mtu out of range \(68\.\.65535\)'
refused '/ip arp add address=192.168.88.9 mac-address=xx interface=ether2' 'of mac-address, mac address required: xx .*02:00:'
refused '/system identity set name=""' 'argument name: .*1 to 63 characters and has 0'
refused '/ping 1.2.3.4 interval=soon' 'argument interval: soon is not a length of time such as'
refused '/ping nobody.example' 'argument address: nobody.example is not an address'
refused '/ping' 'missing value\(s\) of argument\(s\) address' 'address: '

# Rules
refused '/ip firewall filter add chain=input protocol=tcpp' 'value of protocol: tcpp is neither .*tcp, udp'
refused '/ip firewall filter add chain=input dst-port=80' 'dst-port: only TCP and UDP have ports; add protocol=tcp'
refused '/ip firewall filter add chain=input protocol=tcp dst-port=99999' 'argument dst-port: 99999 is not .*such as 80'
refused '/ip firewall filter add chain=input src-address=10.0.0.9-10.0.0.1' 'src-address expects range of ip addresses.*low end first'
refused '/ip firewall filter add chain=input connection-state=old' 'value of connection-state: .*"old"; there are new, established'
refused '/ip firewall filter add chain=input action=masquerade' 'value of action: .*masquerade; there are accept, drop'
refused '/ip firewall filter add chain=input in-interface-list=DMZ' 'no DMZ; there are .*WAN, LAN'
refused '/ip firewall filter add action=drop' 'missing value\(s\) of argument\(s\) chain' 'chain: input'
refused '/ip firewall filter add chain=input action=jump jump-target=forward' "jump-target: forward .*can't be jumped to"
refused '/ip firewall nat add chain=srcnat action=src-nat' 'to-addresses: .*give to-addresses, to-ports or both'
refused '/ip firewall nat add chain=dstnat action=masquerade' 'action'

# The older spelling
refused '/ip firewall dst-nat add action=nat protocol=tcp dst-address=203.0.113.2/31:80 to-dst-address=192.168.88.100' 'dst-address: /31 .*32'
refused '/ip firewall dst-nat add action=nat protocol=tcp to-dst-address=192.168.88.300' 'to-addresses .*192.168.88.300 is not an address'
refused '/ip firewall mangle add protocol tcp tcp-options syn-only tcp-mss 99999' 'mss.*99999'
refused '/ip firewall mangle add protocol tcp tcp-options syn-only' 'tcp-mss: say what .*tcp-mss=1448'
refused '/ip firewall src-nat add action fly' 'value of action: there is no fly here; there are masquerade'

# Taken, and pointed out
answer=$(lab_type '/ip firewall filter add chain=foward action=drop' 2>&1)
check_match "a chain that nobody jumps to is pointed out" ';;; .*jumps to its chain foward; .*input, forward, output' "$answer"
answer=$(lab_type '/ip firewall filter add chain=forward action=jump jump-target=nowhere' 2>&1)
check_match "so is a jump to a chain without rules" ';;; .*chain=nowhere.*leads nowhere' "$answer"
check_match "the router goes on" 'ether1' "$(lab_type '/interface print' 2>&1)"
check_end
