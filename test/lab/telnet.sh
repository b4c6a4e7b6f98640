#!/bin/bash
# telnet.sh -- the router's console by telnet, from hosts of its LAN, with Debian's program and without.
#
# The hosts' TCP is the kernel's, the router's is our own. A front end is a process for each
# connection; killing one is felt by nobody else.
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "telnet"
command -v telnet >/dev/null || check_skip "there is no telnet (inetutils-telnet)"
lab_spawn_talk=$lab_repo/test/lab/telnet_talk.py

# talk HOST HOW ADDRESS STEP...
talk() {
	local host=$1 how=$2 address=$3
	shift 3
	lab_in "$host" env SIZE="${SIZE:-80x24}" TERM_NAME="${TERM_NAME:-xterm}" PATIENCE="${PATIENCE:-10}" \
		python3 "$lab_spawn_talk" "$how" "$address" "${PORT:-23}" "$@" 2>&1
}

# login HOST HOW ADDRESS STEP...: as alice, then the steps
login() {
	local host=$1 how=$2 address=$3
	shift 3
	talk "$host" "$how" "$address" '=Login: ' "+${WHO:-alice}\\r" '=Password: ' '+s3cret\r' \
		'=] > ' "$@"
}

fronts() { lab_inside pgrep -c tw-telnet; }
at_console() { lab_type '/user active print' | grep -q "$1"; }
front_count() { [ "$(fronts)" = "$1" ]; }

scenario_start
check_runs "the router is configured" lab_type_basics
check_runs "somebody has a password" lab_type '/user/add name=alice group=full password=s3cret'

# --- who comes in ---

said=$(login lan polite "$router" '+/ip address print\r' '=192.168.88.1/24' '=] > ' '+/user active print\r' \
	'=telnet' '=] > ' '+/quit\r' '!')
check_equal "a host of the LAN has the console" 0 $?
check_match "... and sees the router's addresses" '203\.0\.113\.2/24' "$said"
check_match "/user/active tells the door and where they are" 'alice +192\.168\.88\.100 +telnet' "$said"
check_match "... and the connection ends with /quit" '^\(ended\)' "$said"
check_none "the password is not to be seen" s3cret "$said"
check_match "who comes is logged" 'user alice logged in from 192.168.88.100 via telnet' \
	"$(cat "$LAB/towpathd.log")"
check_runs "who negotiates nothing has it, too" login lan plain "$router" '+/system identity print\r' \
	'=Towpath' '=] > ' '+/quit\r' '!'
check_runs "from another host, at the outer address" login lan2 polite "$outer" \
	'+/system identity print\r' '=Towpath' '+/quit\r' '!'
said=$(login lan program "$router" '+/ip address print\r' '=192.168.88.1/24' '=] > ' '+/quit\r' '!')
check_match "Debian's telnet has it" 'Connection closed by foreign host' "$said"

# --- the terminal ---

said=$(SIZE=60x10 login lan polite "$router" '+/ip service print detail\r' '=] > ' \
	'+/console/inspect\r' '=] > ' '+/export\r' '=-- ' '+q' '=] > ' '+/quit\r' '!')
check_equal "the pager knows that the window has 10 rows" 0 $?
said=$(SIZE=100x40 WHO=alice+ct60w8h login lan polite "$router" '+/export\r' '=-- ' '+q' '=] > ' '+/quit\r' '!')
check_equal "options behind the name count more: 8 rows" 0 $?
check_none "... and no colours" $'\033\\[[0-9;]*3[0-9]m' "$said"

# --- who does not ---

log_refused='login failure for user alice from 192.168.88.100 via telnet'
check_match "a wrong password is told as such" 'Login failed, incorrect username or password' \
	"$(talk lan polite "$router" '=Login: ' '+alice\r' '=Password: ' '+guess\r' '=Login: ' '+\x04' '!')"
check_match "... and logged" "$log_refused" "$(cat "$LAB/towpathd.log")"
said=$(talk lan polite "$router" '=Login: ' '+admin\r' '=Password: ' '+\r' '=Login: ' '+\x04' '!')
check_match "without a password nobody comes in" 'Login failed.*' "$said"
check_match "... and is told where they do" 'at the router itself only' "$said"
guess=(); for ((i = 0; i < 8; i++)); do guess+=('+bob\r' '=Password: ' "+guess$i\\r" '=Login: '); done
said=$(PATIENCE=60 talk lan2 polite "$router" '=Login: ' "${guess[@]}" '!')
check_match "who guesses on is told to wait, or hung up on" \
	'try again in [0-9]+ s|too many wrong passwords' "$said"
check_match "someone else is let in meanwhile" Towpath \
	"$(login lan polite "$router" '+/system identity print\r' '=Towpath' '+/quit\r' '!')"

# --- from the outer side there is no such port ---

check_match "from the internet nobody answers" 'timed out' \
	"$(PATIENCE=2 talk inet plain "$outer" '=Login: ')"
check_runs "without the firewall" lab_type '/ip firewall filter disable [find]'
check_match "... it is as at any closed port" refused "$(talk inet plain "$outer" '=Login: ')"
lab_in inet ip route add 192.168.88.0/24 via "$outer"
check_match "... also at the inner address" refused "$(talk inet plain "$router" '=Login: ')"
lab_in inet ip route del 192.168.88.0/24
check_runs "unless asked to" lab_type '/ip service set telnet address=203.0.113.0/24'
check_runs "... that network comes in" login inet polite "$outer" '+/quit\r' '!'
check_fails "... and no other" talk lan plain "$router" '=Login: '
check_runs "another port" lab_type '/ip service set telnet address="" port=2323'
PORT=2323 check_runs "... answers" login lan polite "$router" '+/quit\r' '!'
check_fails "... and the old one does not" talk lan plain "$router" '=Login: '
check_runs "it can be switched off" lab_type '/ip service disable telnet' '/ip service set telnet port=23'
check_fails "... and is" talk lan plain "$router" '=Login: '
check_runs "and on" lab_type '/ip service enable telnet'
check_runs "... and is" login lan polite "$router" '+/quit\r' '!'

# --- front ends are processes ---

check_runs "all front ends have gone" lab_wait 5 front_count 0
login lan polite "$router" '.4' '+/system identity print\r' '=Towpath' '+/quit\r' '!' >"$LAB/first.log" &
first=$!
lab_wait 5 front_count 1
oldest=$(lab_inside pgrep -o tw-telnet)
login lan2 polite "$router" '!' >"$LAB/second.log" &
second=$!
lab_wait 5 at_console 192.168.88.101
check_equal "each connection has one" 2 "$(fronts)"
newest=$(lab_inside pgrep -n tw-telnet)
check_match "it is confined" 'Seccomp:	2' "$(lab_inside cat "/proc/$oldest/status")"
check_match "... without rights" 'CapEff:	0000000000000000' "$(lab_inside cat "/proc/$oldest/status")"
lab_inside kill -9 "$newest"
wait "$second"
check_equal "whose front end is killed is hung up on" 0 $?
check_runs "the next one comes in at once" login lan2 polite "$router" '+/quit\r' '!'
wait "$first"
check_equal "and the others have felt nothing" 0 $?
check_runs "no process is left" lab_wait 5 front_count 0

# --- those who mean ill ---

said=$(PATIENCE=4 talk lan plain "$router" '=Login: ' '<20000000' 2>&1)
typed=$(sed -n 's/^(typed \([0-9]*\) bytes)/\1/p' <<<"$said")
check_runs "who asks and never reads is held up" test "${typed:-20000000}" -lt 8000000
check_runs "... and nobody else" login lan2 polite "$router" '+/quit\r' '!'
lab_type '/ip service set telnet max-sessions=2' >/dev/null
login lan polite "$router" '.3' '+/quit\r' '!' >"$LAB/one.log" &
one=$!
login lan2 polite "$router" '.3' '+/quit\r' '!' >"$LAB/two.log" &
two=$!
lab_wait 5 front_count 2
PATIENCE=1 check_fails "a third one has to wait" talk lan plain "$router" '=Login: '
wait "$one" "$two"
check_runs "... until there is room" login lan polite "$router" '+/quit\r' '!'
check_end
