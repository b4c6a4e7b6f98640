#!/bin/bash
# export_import.sh -- an export fed into a router without defaults makes the same configuration.
#
# Fed into a router that has its defaults it is refused at the line that would make the first of
# them again, with nothing changed; so is a script with a word in it that nobody knows.
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "console"

# A router on a new store; arguments are options of towpathd.
router_anew() {
	lab_router_stop
	rm -rf "${LAB:?}/store"
	check_runs "a router starts on a new store${1:+ with $1}" lab_router_start "$@"
}

feed() {
	timeout 20 "$lab_build/towpath" --socket "$LAB/console.sock" <"$1" 2>&1
}

lab_start || exit 1
router_anew
defaults=$(scenario_export)
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"

# Every menu, and values that are hard to write down.
cat >"$LAB/setup.rsc" <<'RSC'
/system identity set name="B\C3\BCro 1"
/interface set ether1 name=wan comment="to the \"provider\""
/interface list add name="my list"
/interface list member add list="my list" interface=ether2 disabled=yes
/ip address add address=10.0.0.1/30 interface=ether2 disabled=yes comment="\$x; {y} [z] # \\ \n end"
/ip arp add address=192.168.88.77 mac-address=02:00:00:00:00:77 interface=ether2
/ip route
add dst-address=10.1.0.0/16 gateway=192.168.88.9 distance=7 comment=far
add dst-address=10.2.0.0/16 blackhole
add dst-address=10.3.0.0/16 gateway=192.168.88.9%ether2 pref-src=192.168.88.1 disabled=yes
/ip firewall filter
add chain=forward action=jump jump-target=own place-before=0
add chain=own protocol=tcp dst-port=22,80,1000-2000 src-address=!10.0.0.0/8 action=reject reject-with=tcp-reset
add chain=own in-interface=!wan protocol=tcp tcp-flags=syn,!ack log=yes log-prefix="own: "
add chain=own protocol=icmp icmp-options=8:0 ttl=1 packet-size=100-200 disabled=yes action=drop
move [find where log] destination=0
/ip firewall nat
add chain=srcnat src-address=10.9.0.1-10.9.0.7 out-interface-list="my list" action=src-nat to-addresses=203.0.113.2
/ip firewall dst-nat add action=nat protocol=tcp dst-address=203.0.113.2/32:80 to-dst-address=192.168.88.100
/ip firewall mangle
add chain=prerouting action=mark-connection new-connection-mark="a b" connection-state=new
add chain=forward protocol=tcp tcp-flags=syn tcp-mss=1400-65535 action=change-mss new-mss=clamp-to-pmtu
RSC
check_runs "a setup with something in every menu is taken" feed "$LAB/setup.rsc"
lab_type /export >"$LAB/full.rsc"
full=$(grep -v '^#' "$LAB/full.rsc")
lab_type '/export terse' >"$LAB/terse.rsc"
lab_type '/export verbose' >"$LAB/verbose.rsc"

for form in full terse verbose; do
	router_anew --no-defaults
	check_runs "its export ($form) is taken" feed "$LAB/$form.rsc"
	check_equal "... and exported again it is the same" "$full" "$(scenario_export)"
done
lab_router_stop
check_runs "the router starts on what it has" lab_router_start --no-defaults
check_equal "... where --no-defaults changes nothing" "$full" "$(scenario_export)"

router_anew --no-defaults
bare=$(scenario_export)
check_equal "without defaults there is nothing to add" "" "$(echo "$bare" | grep '^add')"

router_anew
answer=$(feed "$LAB/full.rsc")
check_match "with its defaults a router refuses the export, and says where" \
	'already have such entry.* \(line [0-9]+ column [0-9]+\)' "$answer"
check_match "... the export says where it belongs" '^# .*--no-defaults' "$(head -n 3 "$LAB/full.rsc")"
check_equal "... and no default is there twice" "" \
	"$(scenario_export | grep '^add' | grep defconf | sort | uniq -d)"

router_anew
printf '/ip address\nadd address=10.0.0.1/24 interface=ether2\nadd colour=red\n' >"$LAB/wrong.rsc"
answer=$(feed "$LAB/wrong.rsc")
check_equal "a script with an unknown word fails" 1 "$(feed "$LAB/wrong.rsc" >/dev/null; echo $?)"
check_match "... and the place is told" '^expected end of command \(line 3 column 5\)' "$answer"
check_match "... and the word" 'no argument "colour".*address' "$answer"
check_equal "... and nothing of it was done" "$defaults" "$(scenario_export)"

printf '/ip address\nadd address=10.0.0.1/24 interface=ether2\nadd address=10.0.0.1/24 interface=ether2\nadd address=10.0.1.1/24 interface=ether2\n' >"$LAB/twice.rsc"
answer=$(feed "$LAB/twice.rsc")
check_match "a script ends at the first line that is refused" 'already have such address.*\(line 3 column' "$answer"
check_equal "... and what was done before it stays" 1 "$(lab_type '/ip address print count-only')"

# The same in the router itself: files, a reset, a backup.
router_anew
feed "$LAB/setup.rsc" >/dev/null 2>&1
lab_type_basics masquerade >/dev/null 2>&1
here=$(scenario_export)
lab_type '/export file=all' >/dev/null
check_match "a backup is saved" '^Configuration backup saved as all.backup$' \
	"$(lab_type '/system/backup/save name=all password="my secret"')"
answer=$(lab_type '/system/reset-configuration no-defaults=yes')
check_match "a reset saves what there was" 'before-reset.backup' "$answer"
check_equal "... and nothing is left" "$bare" "$(scenario_export)"
answer=$(lab_type '/import all dry-run')
check_match "a dry run names the rows" '^/ip/address/add .*interface=ether2' "$answer"
check_equal "... and changes nothing" "$bare" "$(scenario_export)"
check_match "the file is imported" '^Script file loaded and executed successfully$' \
	"$(lab_type '/import all')"
check_equal "... and all is there again" "$here" "$(scenario_export)"
lab_type '/ip/address/remove [find]; /system/identity/set name=other' >/dev/null
before=$(scenario_export)
check_match "a wrong password is refused" 'the password is wrong' \
	"$(lab_type '/system/backup/load all password=guess' 2>&1)"
check_equal "... and nothing is changed" "$before" "$(scenario_export)"
check_match "the right one restores" '^System configuration restored$' \
	"$(lab_type '/system/backup/load all password="my secret"')"
check_equal "... all there was" "$here" "$(scenario_export)"
check_equal "the password is not in the file" 1 \
	"$(grep -q 'my secret' "$LAB/store/all.backup"; echo $?)"
lab_type /undo >/dev/null
check_equal "a restore can be undone" "$before" "$(scenario_export)"
lab_type /redo >/dev/null
lab_router_stop
check_runs "the router starts again" lab_router_start
check_equal "... with what was restored" "$here" "$(scenario_export)"

# Speed: 100,000 lines, all or nothing.
{ echo /ip/firewall/address-list; awk 'BEGIN { for (i = 0; i < 100000; i++)
	printf "add list=big address=10.%d.%d.%d\n", i / 65536, i / 256 % 256, i % 256 }'; } \
	>"$LAB/store/big.rsc"
began=$(date +%s%N)
check_match "100,000 lines are imported" 'successfully' "$(lab_type '/import big')"
echo "import of 100,000 lines: $((($(date +%s%N) - began) / 1000000)) ms"
check_equal "... all of them" 100000 "$(lab_type '/ip/firewall/address-list/print count-only')"
check_end
