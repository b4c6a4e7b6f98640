#!/bin/bash
# re_evaluate.sh -- a new rule acts on a connection that is under way, unless it is told not to.
#
#   inet (echo) ---- [ router ] ---- lan (talk: a byte every 20 ms over one TCP connection)
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "re-evaluate"

answers() { wc -c <"$LAB/talk.log"; }
talks() { lab_wait "$1" eval "[ \$(answers) -gt $(($(answers) + 10)) ]"; }
# Within a second nothing comes back any more, and nothing comes in the second after it.
stands_still() {
	local before
	sleep 1
	before=$(answers)
	sleep 1
	[ "$(answers)" = "$before" ]
}
drop='/ip firewall filter add chain=forward protocol=tcp action=drop place-before=0 comment=canary'
tracking='/ip firewall connection tracking set'

scenario_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
lab_spawn inet echo "$lab_build/lab/lab-stream" echo 7
lab_spawn lan talk "$lab_build/lab/lab-stream" talk "$inet" 7
check_runs "they talk" talks 5
check_match "a page comes" "^you are $outer:" "$(lab_fetch lan "http://$inet/" 2>&1)"
check_runs "a rule that drops it is taken" lab_type "$drop"
check_runs "within a second it stands still" stands_still
check_runs "the rule is removed" lab_type '/ip firewall filter remove [find comment=canary]'
check_runs "they talk again, over the same connection" talks 10

check_runs "re-evaluate=no" lab_type "$tracking re-evaluate=no"
check_runs "the rule comes again" lab_type "$drop"
check_runs "and they talk on" talks 5
check_fails "a new connection is dropped" lab_fetch lan "http://$inet/"
check_runs "re-evaluate=yes" lab_type "$tracking re-evaluate=yes"
check_runs "within a second it stands still" stands_still
check_runs "an address list as well" lab_type '/ip firewall filter remove [find comment=canary]' \
	'/ip firewall filter add chain=forward src-address-list=bad action=drop place-before=0'
check_runs "lets it go on while it is empty" talks 10
check_runs "an entry for 3 seconds" lab_type \
	'/ip firewall address-list add list=bad address=192.168.88.0/24 timeout=3s'
check_runs "within a second it stands still" stands_still
check_runs "and goes on when the entry has ended" talks 15
check_end
