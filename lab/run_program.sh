# run_program.sh -- programs under `towpath run`, for scenarios. Sourced.
#
# They run on a host "away" that is made for them and has no network: what reaches others can only
# have gone through the router.
# shellcheck shell=bash

# A library with sanitizers in a program without them would not start.
[ -e "$lab_build/libtowpath-shim.so" ] || check_skip "$lab_build has no libtowpath-shim.so"

run_away() {
	[ -e "$LAB/away" ] && return
	lab_inside ip netns add away && lab_inside ip -n away link set lo up && touch "$LAB/away"
}

# run_program PROGRAM...: under towpath run, on the host without a network
run_program() {
	run_away
	lab_in away timeout "${RUN_PATIENCE:-20}" "$lab_build/towpath" run --socket "$LAB/console.sock" -- "$@"
}

# run_spawn NAME PROGRAM...: in the background, until lab_kill NAME
run_spawn() {
	local name=$1
	shift
	run_away
	lab_spawn away "$name" "$lab_build/towpath" run --socket "$LAB/console.sock" -- "$@"
}

# run_python LINES: its output and its complaints
run_python() {
	run_program python3 -u -c "import os, socket, sys, errno, time
$1" 2>&1
}
