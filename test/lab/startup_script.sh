#!/bin/bash
# startup_script.sh -- a script sets routes at every start; one that never ends costs nobody anything.
#
#   inet 203.0.113.1 ---- 203.0.113.2 [ router ] 192.168.88.1 ---- lan 192.168.88.100
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "/system/script"

scenario_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"

routes() { lab_type ':put [/ip/route/find where comment=boot]' | grep -o '\*' | wc -l; }
three() { [ "$(routes)" = 3 ]; }
page() { lab_fetch lan "http://$inet/" 2>&1; }
# How many milliseconds a command takes.
took() {
	local from=${EPOCHREALTIME/./}
	"$@" >/dev/null || return 1
	echo $(((${EPOCHREALTIME/./} - from) / 1000))
}

# --- routes at every start ---------------------------------------------------------------------

lab_type '/system/script/add name=routes source="/ip/route/remove [find where comment=boot]
/ip/route/add dst-address=172.16.0.0/12 gateway=192.168.88.100 comment=boot
/ip/route/add dst-address=10.0.0.0/8 gateway=192.168.88.100 comment=boot
/ip/route/add dst-address=198.51.100.0/24 gateway=203.0.113.1 comment=boot
:put \"routes are set\""' \
	'/system/scheduler/add name=boot start-time=startup on-event=routes' ||
	check_miss "a script and an entry of the scheduler are taken" "no error" "see above"
check_match "a wrong script is told with line and column" 'line 2 column' \
	"$(lab_type '/system/script/add name=wrong source=":put 1
/ip/rout/add x"' 2>&1)"
check_match "and has its flag" 'I ' "$(lab_type '/system/script/print where name=wrong')"
lab_type '/system/script/remove wrong'
check_equal "nothing has run yet" 0 "$(routes)"
check_match "run does, and shows what is printed" '^routes are set' "$(lab_type '/system/script/run routes')"
check_equal "its routes are there" 3 "$(routes)"

for round in 1 2; do
	lab_type '/ip/route/remove [find where comment=boot]'
	[ "$round" = 1 ] && lab_router_stop TERM || lab_kill towpathd KILL
	started=$EPOCHREALTIME
	check_runs "start $round: the router starts" lab_router_start
	check_equal "start $round: without the routes" 0 "$(routes)"
	check_runs "start $round: they come by themselves" lab_wait 8 three
	check_match "start $round: after three seconds" '^[2-6]$' \
		"$((${EPOCHREALTIME%.*} - ${started%.*}))"
	check_equal "start $round: the scheduler has counted it" 1 \
		"$(lab_type ':put [/system/scheduler/get boot run-count]')"
	check_match "start $round: what it printed is in the log" '\(scheduler:boot\) routes are set' \
		"$(lab_type '/log/print detail')"
	check_equal "start $round: and they are in use" 3 \
		"$(lab_type '/ip/route/print where comment=boot' | grep -c ' As ')"
done

# --- a script that never ends ------------------------------------------------------------------

quiet=$(took lab_type ':put 1')
lab_type '/system/script/add name=endless source=":while (true) do={ :local x 1 }"' \
	'/system/scheduler/add name=endless interval=1s on-event=endless'
works() { [ "$(lab_type ':put [:len [/system/script/job/find]]')" = 1 ]; }
check_runs "an endless script is started" lab_wait 4 works
check_match "a page comes as before" "^you are $outer:" "$(page)"
check_match "and every packet passes" '^100 sent, 100 answered' "$(lab_ping lan "$inet" 100 5)"
busy=$(took lab_type ':put 1')
if [ "$busy" -lt 1000 ]; then
	check_hold "a login answers in $busy ms (before: $quiet ms)"
else
	check_miss "a login answers at once" "less than 1000 ms" "$busy"
fi
sleep 2
check_match "it is not started a second time while it runs" 'not started again' "$(lab_type '/log/print detail')"
check_runs "and there is still one of it" works
check_match "the list says whose it is" 'endless.*scheduler' "$(lab_type '/system/script/job/print')"
lab_type '/system/scheduler/disable endless' '/system/script/job/remove [find]'
none() { [ "$(lab_type ':put [:len [/system/script/job/find]]')" = 0 ]; }
check_runs "remove stops it" lab_wait 2 none
check_match "the log says so" '\(scheduler:endless\) stopped' "$(lab_type '/log/print detail')"
check_match "and pages come" "^you are $outer:" "$(page)"
check_end
