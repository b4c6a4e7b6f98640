#!/bin/bash
# path.sh -- the emulated long way (lab/tools/path.c) does what it says, with Linux at both ends.
#
#   lan:eth0 ---- lan [ path ] wan ---- inet:eth0
#   203.0.113.9                         203.0.113.1
export LAB_SWITCH=0
. "$(dirname "$0")/../../lab/scenario.sh"

command -v ethtool >/dev/null || check_skip "ethtool is not installed"

path_start() { # WORD=NUMBER...
	lab_kill path
	lab_spawn router path "$lab_build/lab/lab-path" lan wan "$@"
	lab_wait 3 grep -q '^path: ready' "$LAB/path.log"
}

# Ends it; what it did there and back.
path_end() {
	lab_kill path
	grep -v ready "$LAB/path.log"
}

# From 0 to so many milliseconds: how long a command takes.
took_ms() {
	local begin=${EPOCHREALTIME/./}
	"$@" >/dev/null 2>&1 || return 1
	echo $(((${EPOCHREALTIME/./} - begin) / 1000))
}

between() { # WHAT LOW HIGH GOT
	if [ "${4:-0}" -ge "$2" ] && [ "${4:-0}" -le "$3" ]; then
		check_hold "$1 ($4)"
	else
		check_miss "$1" "$2 to $3" "${4:-nothing}"
	fi
}

check_runs "the lab is up" lab_start
for host in lan inet; do
	lab_in $host ethtool -K eth0 tx off tso off gso off gro off >/dev/null
done
lab_in lan ip addr add 203.0.113.9/24 dev eth0
check_runs "a web server runs on inet" lab_web_start inet
lab_spawn inet take "$lab_build/lab/lab-take" 7001 "$LAB/taken"
want=$(cksum <"$LAB/www/file")

path_start delay=50000
lab_ping lan "$inet" 1 >/dev/null # the neighbours know each other now
between "50 ms there and 50 back: connect takes 100 ms, in us" 100000 106000 \
	"$(lab_fetch lan "http://$inet/" -o /dev/null -w '%{time_connect}' | tr -d . | sed 's/^0*//')"

path_start rate=20000
lab_fetch lan "http://$inet/" >/dev/null
between "a MiB at 20 Mbit/s takes 440 ms" 430 600 \
	"$(LAB_PATIENCE=5 took_ms lab_fetch lan "http://$inet/file" -o "$LAB/got")"
check_match "nothing is lost for want of room" '^back: .* lost 0 full 0 ' "$(path_end)"

path_start rate=20000 queue=20000
LAB_PATIENCE=10 lab_fetch lan "http://$inet/file" -o "$LAB/got"
check_equal "a short queue: all comes in the end" "$want" "$(cksum <"$LAB/got")"
check_none "though it overflows" '^back: .* full 0 ' "$(path_end)"

path_start loss=200 duplicate=200 reorder=200 delay=2000 seed=3
LAB_PATIENCE=20 lab_fetch lan "http://$inet/file" -o "$LAB/got"
check_equal "2 % lost, doubled, late: it comes whole" "$want" "$(cksum <"$LAB/got")"
did=$(path_end)
check_none "there were losses" '^back: .* lost 0 ' "$did"
check_none "and duplicates" '^back: .* doubled 0 ' "$did"
check_none "and late ones" '^back: .* late 0 ' "$did"

# The seed decides about the n-th packet, whatever it is.
lost_of() {
	path_start loss=3000 seed="$1"
	lab_in lan bash -c 'for i in {1..200}; do echo $i >/dev/udp/203.0.113.1/9; done'
	sleep 0.2
	path_end | sed -n 's/^there: .* lost \([0-9]*\) .*/\1/p'
}
lab_in inet nft 'add table ip quiet; add chain ip quiet in { type filter hook input priority 0; }; add rule ip quiet in udp dport 9 drop'
first=$(lost_of 7)
between "of 200 packets about 60 are lost" 40 80 "$first"
check_equal "the same ones each time" "$first" "$(lost_of 7)"
path_start loss=200 there.loss=0 back.rate=1000 no=1
check_match "what it does not know is said" 'no=1: no such word' "$(cat "$LAB/path.log")"
check_end
