#!/bin/bash
# tutorial.sh -- the tutorial's own lines, typed by lab/run, do what the tutorial promises.
#
#   inet 203.0.113.1 ---- [ router ] ---- switch ---- lan 192.168.88.100
#                                            `------- lan2 192.168.88.101
. "$(dirname "$0")/../../lab/scenario.sh"

shown=$("$lab_repo/lab/run" </dev/null 2>&1)
code=$?
check_equal "lab/run ends well" 0 "$code"
check_match "it names the mode and the holder" '^The lab is up, in namespaces below process [0-9]+ \((root|rootless)\)' "$shown"
check_match "no page before masquerade" 'ok .*no page, for the internet knows no way back' "$shown"
check_match "a page after it, from the outer address" 'ok .*"you are 203\.0\.113\.2:[0-9]+' "$shown"
check_match "MSS 1460 before mangle" 'ok .* MSS of 1460' "$shown"
check_match "MSS 1448 after it" 'ok .* MSS of 1448' "$shown"
check_match "the port mapping from outside" 'ok .*inet fetches' "$shown"
check_match "the port mapping from inside (hairpin)" 'ok .*lan2 fetches' "$shown"
check_match "/31 is refused" 'ok .*/31 is refused' "$shown"
check_none "nothing was wrong" '^ *WRONG' "$shown"
[ "$code" = 0 ] || printf '%s\n' "$shown"

page=$(lab_fetch lan "http://$inet/")
check_match "the router stays up" "^you are $outer:" "$page"
if [ "$ROUTER" = towpath ]; then
	check_match "it says how to attach" '^ .*towpath --socket .*console\.sock' "$shown"
	check_match "the notice tells what an old line means" ';;; .*/ip/firewall/nat/? *add .*masquerade' "$shown"
	check_match "the refusal names the field and the mask" 'dst-address.*32' "$shown"
fi

again=$("$lab_repo/lab/run" </dev/null 2>&1)
check_equal "a second run works, from a fresh store" 0 $?
check_match "and says that it took the first one down" '^A lab was up' "$again"
check_end
