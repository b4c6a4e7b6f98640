#!/bin/bash
# restart_stop.sh -- run, stop, run, and every sudden death between: nothing is left on the machine.
#
#   before ---- run, stop ---- run, kill -9 of this and that, run, stop ---- after: the same

# In namespaces of its own: what others do on the machine meanwhile must not count.
if [ "${1:-}" != apart ]; then
	user=
	[ "$(id -u)" = 0 ] || user=-r
	unshare $user -n true 2>/dev/null &&
		exec unshare $user -nmpf --mount-proc --kill-child "$0" apart
fi
. "$(dirname "$0")/../../lab/scenario.sh"

# What the machine shows: interfaces, mounts, names of namespaces, and processes that bear our path.
machine() {
	ip -br link | awk '{ print "link", $1 }' | sort
	awk '{ print "mount", $2, $3 }' /proc/mounts | sort
	ip netns list 2>/dev/null | sed 's/^/netns /'
	pgrep -af "$LAB" | grep -v pgrep | sed 's/^/process /'
	[ ! -e "$LAB" ] || echo "file $LAB"
}
run() { "$lab_repo/lab/run" </dev/null >"$LAB.log" 2>&1 || { grep -v "   ok" "$LAB.log"; return 1; }; }
stop() { "$lab_repo/lab/stop" >/dev/null; }
# scenario_leave looks at the exit code: rm may not put its own in its place.
trap '(code=$?; rm -f "$LAB.log"; exit $code); scenario_leave' EXIT

before=$(machine)
check_runs "run" run
check_match "a lab is up" 'process ' "$(machine)"
check_runs "stop" stop
check_equal "nothing is left" "$before" "$(machine)"
check_runs "stop when nothing runs" stop

check_runs "run again" run
check_runs "run while it is up" run
lab_find
kill -9 "$lab_pid"
lab_wait 3 lab_ended "$lab_pid"
check_runs "run after kill -9 of the holder" run
lab_find
kill -9 "$(cat "/proc/$lab_pid/task/$lab_pid/children")"
check_runs "run after kill -9 of process 1 in there" run
lab_find
lab_kill web-inet KILL
[ "$ROUTER" != towpath ] || lab_kill towpathd KILL
check_runs "run after kill -9 of the router and the web server" run
lab_find
holder=$lab_pid
kill -9 "$holder"
lab_wait 3 lab_ended "$holder"
echo "$$ 1" >"$LAB/holder" # the holder's pid went to somebody else meanwhile: to this script
check_runs "stop with a stale pid hits nobody else" stop
check_equal "nothing is left, either" "$before" "$(machine)"
check_end
