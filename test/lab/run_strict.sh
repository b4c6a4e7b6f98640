#!/bin/bash
# run_strict.sh -- `towpath run`: what it refuses, what it tells, and that nothing gets past it.
#
#   inet ---- [ router ] ---- lan
. "$(dirname "$0")/../../lab/scenario.sh"
. "$(dirname "$0")/../../lab/run_program.sh"
scenario_towpath_only "towpath run"
scenario_start
check_runs "the tutorial's lines" lab_type_basics

run() { lab_in inet timeout 20 "$lab_build/towpath" run "$@" 2>&1; }
on=(--socket "$LAB/console.sock")

# On inet: its own web server is one that it could reach without the router.
check_match "not strict: 127.0.0.1 is the machine's" "^you are 127.0.0.1:" "$(run "${on[@]}" -- curl -sS "http://127.0.0.1/")"
check_match "strict: there is nothing at its 127.0.0.1" "refused|Failed to connect" "$(run "${on[@]}" --strict -- curl -sS "http://127.0.0.1/")"
check_match "strict: the router's sockets are there" "^you are $outer:" "$(run "${on[@]}" --strict -- curl -sS --max-time 5 "http://$inet/")"
check_match "strict: it has one interface, which leads nowhere" "^1$" "$(run "${on[@]}" --strict -- sh -c 'ls /sys/class/net >/dev/null; grep -c : /proc/net/dev')"
check_match "strict: a socket that is not taken over reaches nobody" "unreachable" "$(run "${on[@]}" --strict -- \
	env -u LD_PRELOAD python3 -c 'import socket; socket.create_connection(("'"$inet"'", 80), 2)')"
if [ "$(id -u)" = 0 ] && unshare -Ur true 2>/dev/null; then
	check_match "who is not root is refused, and told why" "serves only programs of root and of the user" \
		"$(chmod 755 "$LAB" "$scenario_dir" 2>/dev/null; lab_in inet setpriv --reuid=65534 --clear-groups "$lab_build/towpath" run "${on[@]}" -- curl -sS "http://$inet/" 2>&1)"
fi

shown=$(run "${on[@]}" -v -- curl -sS --max-time 5 -o /dev/null "http://$inet/")
check_match "-v: connected" "^towpath: curl\[[0-9]+\] connected tcp $outer:[0-9]+ -> $inet:80 by ether1$" "$shown"
check_match "-v: closed" "^towpath: curl\[[0-9]+\] closed tcp $outer:[0-9]+ -> $inet:80" "$shown"

check_match "a program that is nowhere" 'there is no program "nonesuch" in \$PATH' "$(run "${on[@]}" -- nonesuch)"
check_match "no program at all" "which program\?" "$(run "${on[@]}")"
check_match "an option that is none" '"--frob" is not an option' "$(run --frob -- true)"
check_match "no router" "no router answers at $LAB/nobody: is towpathd running\?" "$(run --socket "$LAB/nobody" -- true)"
static=$(command -v ldconfig)
if [ -n "$static" ] && ! grep -q interp <(LC_ALL=C readelf -lW "$static" 2>/dev/null || echo interp); then
	check_match "a static program" "is statically linked: its calls can't be taken over" "$(run "${on[@]}" -- "$static")"
fi
check_equal "the program's own exit code" 42 "$(run "${on[@]}" -- sh -c 'exit 42'; echo $?)"

# The rules of the router are the program's, too.
check_runs "a rule against it" lab_type '/ip firewall filter add chain=output dst-port=80 protocol=tcp action=reject reject-with=tcp-reset'
check_match "refuses its connections" "refused|Failed to connect" "$(run "${on[@]}" -- curl -sS --max-time 5 "http://$inet/")"
check_end
