#!/bin/bash
# many_logins.sh -- 32 logins edit at once: what is exported is what the history makes of a new router.
#
#   inet ---- [ router ] ---- lan
#
# 30 of them have scripts that add, set, move and remove, also what others have made
# and taken away meanwhile: errors are caught. Two follow the lists. The redo lines of the
# history, typed on a new router one after another, must lead to the same bytes.
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "logins that edit at once"

logins=30 rounds=${ROUNDS:-8}
towpath=$lab_build/towpath

# edits LOGIN: different ones for each, the same in each run
edits() {
	local n i
	for ((n = 0; n < rounds; n++)); do
		i=$((($1 * 7 + n * 13) % 40))
		cat <<-RSC
			:do {/ip firewall address-list add list=all address=10.8.$1.$n comment=c$i} on-error={}
			:do {/ip firewall filter add chain=forward src-address=10.8.$1.$n action=passthrough comment=c$i} on-error={}
			:do {/ip route add dst-address=10.$((n + 1)).$1.0/24 blackhole=yes comment=c$i} on-error={}
			:do {/ip firewall filter set [find comment=c$(((i + 3) % 40))] src-address=10.9.$1.$n} on-error={}
			:do {/ip route set [find comment=c$(((i + 1) % 40))] distance=$((n + 2))} on-error={}
			:do {/ip firewall filter move [find comment=c$i] destination=0} on-error={}
			:do {/ip firewall address-list remove [find comment=c$(((i + 5) % 40))]} on-error={}
			:put [/ip route print count-only]
		RSC
	done
}

# follow MENU NAME: in the background, until it is killed
follow() {
	"$towpath" --socket "$LAB/console.sock" -c "$1 print follow-only terse proplist=$2" \
		>"$LAB/follow-$2.log" 2>&1 &
	followers+=($!)
}

# The redo lines behind the first revision, the oldest first. Their ids need not be said: a new router
# gives out the same ones.
history() {
	lab_type '/system history print detail proplist=redo' | sed -n 's/.* redo="\(.*\)"$/\1/p' |
		tac | tail -n +2 | sed 's/\\n/\n/g; s/\\"/"/g; s/ \.id=\*[0-9A-F]*//g'
}

# What a follower of the address lists has been told, added up.
followed() {
	awk '$1 == "+" { n++ } $1 == "-" { n-- } END { print n + 0 }' "$LAB/follow-$1.log"
}

scenario_start
for ((n = 0; n < logins; n++)); do edits "$n" >"$LAB/edits$n.rsc"; done
for ((n = 0; n < logins; n++)); do echo "/user/add name=user$n group=full"; done >"$LAB/users.rsc"
check_runs "each has a user" "$towpath" --socket "$LAB/console.sock" <"$LAB/users.rsc"
followers=()
follow '/ip firewall address-list' address
follow '/ip firewall filter' src-address
had=$(lab_type ':put [/ip firewall filter print count-only]')
sleep 0.3
began=$(date +%s%N)
clients=()
for ((n = 0; n < logins; n++)); do
	timeout 120 "$towpath" --socket "$LAB/console.sock" -u "user$n" <"$LAB/edits$n.rsc" \
		>"$LAB/answers$n.log" 2>&1 &
	clients+=($!)
done
failed=0
for pid in "${clients[@]}"; do wait "$pid" || failed=$((failed + 1)); done
took=$((($(date +%s%N) - began) / 1000000))
check_equal "$logins logins have come to their end" 0 "$failed"
sleep 1
kill "${followers[@]}" 2>/dev/null
wait "${followers[@]}" 2>/dev/null
check_equal "who followed the lists knows how many there are" \
	"$(lab_type ':put [/ip firewall address-list print count-only]')" "$(followed address)"
check_equal "and who followed the rules" \
	"$(($(lab_type ':put [/ip firewall filter print count-only]') - had))" "$(followed src-address)"
full=$(scenario_export)
history >"$LAB/history.rsc"
revisions=$(lab_type ':put [:len [/system history find]]')
check_at_least "they have made revisions" $((logins * rounds * 2)) "$revisions"
echo "   $revisions revisions in $took ms"

lab_router_stop
check_runs "the router starts again" lab_router_start
check_equal "... with what it had" "$full" "$(scenario_export)"
lab_router_stop
rm -rf "${LAB:?}/store"
check_runs "a new router starts" lab_router_start
check_runs "it takes the history's lines" timeout 120 "$towpath" --socket "$LAB/console.sock" \
	<"$LAB/history.rsc"
check_equal "... and has become the same" "$full" "$(scenario_export)"
check_end
