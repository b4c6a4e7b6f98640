#!/bin/bash
# tool_telnet.sh -- /tool/telnet: from the router's console to hosts, over the router's own TCP.
#
# A person sits at the console on a terminal (console_talk.py); the far ends are programs of the LAN's
# host, one that speaks telnet and one that does not, and the router's own door for telnet.
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "telnet client"
command -v python3 >/dev/null || check_skip "there is no python3 to hold a terminal"
lan=192.168.88.100

# sit STEP...: at the console, see console_talk.py
sit() {
	SIZE="${SIZE:-80x24}" python3 -B "$lab_repo/test/lab/console_talk.py" \
		"$lab_build/towpath" "$LAB/console.sock" '=] > ' "$@" 2>&1
}

scenario_start
check_runs "the router is configured" lab_type_basics
check_runs "somebody has a password" lab_type '/user/add name=alice group=full password=s3cret'
lab_spawn lan telnetd python3 -B "$lab_repo/test/lab/telnet_far.py" 23 telnet
lab_spawn lan lines python3 -B "$lab_repo/test/lab/telnet_far.py" 2525 lines
listens() { lab_in lan ss -Hltn "sport = :$1" | grep -q .; }
check_runs "a telnet server runs on lan" lab_wait 5 listens 23
check_runs "and one that only speaks lines" lab_wait 5 listens 2525

# --- a telnet server ---

said=$(SIZE=93x31 sit "+/tool telnet $lan\r" '=Connected to 192.168.88.100; Ctrl-] ends it' '=far> ' '+hello' \
	'=hello' '+\x03' '=<03>' '+\r' '=<0d><00>' '+\x1d' '=Connection closed.' '=] > ' '+:put "back $(1+1)"\r' \
	'=back 2')
check_equal "keys and words go both ways, Ctrl-] returns to the prompt" 0 $?
check_match "first it says how to give up" 'Trying 192\.168\.88\.100 port 23\.\.\. Ctrl-\] gives up' "$said"
check_match "the window's size is told" 'window 93x31' "$said"
check_match "the terminal's name, too" 'terminal xterm' "$said"
check_runs "/system telnet is the same" sit "+/system telnet $lan\r" '=far> ' '+\x1d' '=] > '
check_runs "what comes in a flood comes whole" sit "+/tool telnet $lan\r" '=far> ' '+F' '=the end' '+\x1d' \
	'=] > '
check_runs "who hangs up is told" sit "+/tool telnet $lan\r" '=far> ' '+Q' \
	'=Connection closed by the other side.' '=] > '
check_runs "who breaks off, too" sit "+/tool telnet $lan\r" '=far> ' '+R' \
	'=failure: the connection has broken: 192.168.88.100 port 23: the other side reset it' '=] > '

# --- one that only speaks lines ---

check_runs "without telnet, lines are typed and sent" sit "+/tool telnet address=$lan port=2525\r" '=220 lines' \
	'+helo x\x7fy\r' '=heard: helo y' '+\x1d' '=] > '

# --- the router itself, at both ends: it is no host of its inner side ---

check_runs "its own door is shut" sit "+/tool telnet $router\r" '=nobody listens on that port' '=] > '
check_runs "... opens to addresses that may come in" lab_type '/ip service set telnet address=192.168.88.0/24'
said=$(sit "+/tool telnet $router\r" '=Login: ' '+alice\r' '=Password: ' '+s3cret\r' '=] > ' \
	'+/user active print\r' '=telnet' '=] > ' '+/quit\r' '=Connection closed by the other side.' '=] > ')
check_equal "... and lets us in and out" 0 $?
check_none "... and the password is not shown" s3cret "$said"

# --- who is not there ---

check_runs "a closed port refuses" sit "+/tool telnet $lan 81\r" \
	"=failure: can't connect to 192.168.88.100 port 81: nobody listens on that port" '=] > '
check_runs "nobody answers: Ctrl-C gives up" sit '+/tool telnet 192.168.88.77\r' '=gives up' '+\x03' \
	'=failure: given up: 192.168.88.77 port 23: no answer yet' '=] > '
check_runs "... and so does Ctrl-]" sit '+/tool telnet 192.168.88.77\r' '=gives up' '+\x1d' '=Given up.' '=] > '
check_runs "no address: it is asked for, or named" sit '+/tool telnet src-address=1.2.3.4 address=\r' '=address' '+\x03' '=] > '
check_runs "a wrong source is refused" sit "+/tool telnet $lan src-address=192.0.2.1\r" '=src-address' '=] > '
lab_type '/ip route remove [find dst-address=0.0.0.0/0]' >/dev/null
check_runs "no route is told" sit '+/tool telnet 198.51.100.9\r' '=no route leads there' '=] > '

said=$(lab_type "/tool telnet $lan" 2>&1)
check_equal "a line of -c is refused" 1 $?
check_match "... and told why" 'failure: telnet needs somebody at a terminal' "$said"
check_match "nothing is left open" '^0' "$(lab_type ':put [:len [/ip socket find service=telnet-client]]')"
check_end
