# scenario.sh -- the frame of a scenario: a lab of its own, gone again however the script ends.
#
# Sourced first by test/lab/*.sh. The lab's state is in a folder of its own (TOWPATH_LAB, else a new
# one), so scenarios disturb neither each other nor a lab that somebody works in. What the router
# wrote is shown when a check did not hold. One may be run by hand: TOWPATH_BUILD names the build
# folder, ROUTER=kernel puts Linux in the router's place.
# shellcheck shell=bash
# shellcheck disable=SC2034 # LAB_PATIENCE is for lab.sh

scenario_dir=
if [ -z "${TOWPATH_LAB:-}" ]; then
	scenario_dir=$(mktemp -d "${TMPDIR:-/tmp}/towpath-lab.XXXXXX") || exit 1
	export TOWPATH_LAB=$scenario_dir/lab
fi
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"

inet=203.0.113.1 outer=203.0.113.2 router=192.168.88.1 # as the tutorial has them

scenario_leave() {
	local code=$? log
	trap - EXIT
	if [ "$code" != 0 ] && [ "$code" != 77 ]; then
		for log in towpathd holder; do
			[ ! -s "$LAB/$log.log" ] || { echo "--- $log:" && tail -n 30 "$LAB/$log.log"; }
		done
	fi
	lab_stop || code=1
	[ -z "$scenario_dir" ] || rm -rf "$scenario_dir"
	exit "$code"
}
trap scenario_leave EXIT
trap 'exit 1' INT TERM HUP

# A machine that gives nobody a namespace can't run a lab.
unshare -n true 2>/dev/null || unshare -Urn true 2>/dev/null ||
	check_skip "this machine allows no network namespaces"

# For what only Towpath does.
scenario_towpath_only() {
	[ "$ROUTER" = towpath ] || check_skip "Linux as the router has no $1"
}

scenario_start() {
	lab_start || exit 1
	check_runs "a web server runs on inet" lab_web_start inet
	check_runs "a web server runs on lan" lab_web_start lan
	check_runs "the router starts" lab_router_start "$@"
}

# The configuration as text, without comments (the first line tells the time).
scenario_export() {
	lab_type /export | grep -v '^#'
}
