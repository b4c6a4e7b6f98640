# check.sh -- how a script says what it expects. Sourced; needs nothing else.
#
# A check that holds prints "ok", one that does not prints what was expected and what came, and the
# script goes on: check_end gives the exit code. 77 is "skipped" to the test runner.
# shellcheck shell=bash
check_failed=0
check_passed=0

check_hold() {
	check_passed=$((check_passed + 1))
	printf '   ok    %s\n' "$1"
}

# check_miss WHAT EXPECTED GOT
check_miss() {
	check_failed=$((check_failed + 1))
	printf '   WRONG %s\n         expected: %s\n         got:      %s\n' "$1" "$2" \
		"${3//$'\n'/$'\n'                   }"
}

# check_equal WHAT EXPECTED GOT
check_equal() {
	if [ "$2" = "$3" ]; then check_hold "$1"; else check_miss "$1" "$2" "$3"; fi
}

# check_match WHAT REGEX GOT: some line of GOT matches the extended regular expression
check_match() {
	if grep -Eq -- "$2" <<<"$3"; then check_hold "$1"; else check_miss "$1" "a line like $2" "$3"; fi
}

# check_none WHAT REGEX GOT: no line of GOT matches
check_none() {
	local found
	if found=$(grep -E -m 5 -- "$2" <<<"$3"); then
		check_miss "$1" "no line like $2" "$found"
	else
		check_hold "$1"
	fi
}

# check_at_least WHAT NUMBER GOT
check_at_least() {
	if [ "$3" -ge "$2" ]; then check_hold "$1 ($3)"; else check_miss "$1" "at least $2" "$3"; fi
}

# check_runs WHAT COMMAND...: exits with 0; its output is shown only when it does not
check_runs() {
	local what=$1 out
	shift
	if out=$("$@" 2>&1); then check_hold "$what"; else check_miss "$what" "success of: $*" "$out"; fi
}

# check_fails WHAT COMMAND...: exits with something else than 0
check_fails() {
	local what=$1 out
	shift
	if out=$("$@" 2>&1); then check_miss "$what" "failure of: $*" "$out"; else check_hold "$what"; fi
}

check_skip() {
	printf 'skip: %s\n' "$1"
	exit 77
}

check_end() {
	printf '%s: %d held, %d did not\n' "$(basename "$0")" "$check_passed" "$check_failed"
	[ "$check_failed" = 0 ]
}
