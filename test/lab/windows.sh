#!/bin/bash
# windows.sh -- the windows of TCP are followed as kernels move them: nothing of a long transfer is
# invalid, whatever is lost or comes in another order, and no reset but the exact one ends a
# connection.
#
#   inet (web, take, echo) ---- [ router: invalid is dropped and counted ] ---- lan (reset), lan2
. "$(dirname "$0")/../../lab/scenario.sh"

invalid() { lab_type ':put [/ip firewall filter get [find comment=invalid] packets]' 2>&1; }
tcp_state() { lab_type '/ip firewall connection print value-list proplist=tcp-state where dst-port=7001' 2>&1; }

declare -A disorder # so far

# Segments that the host's kernel got before those in front of them.
in_disorder() {
	lab_in "$1" awk '$1 == "TcpExt:" {
		if (!at) { for (i = 2; i <= NF; i++) if ($i == "TCPOFOQueue") at = i } else print $at - '"${disorder[$1]:-0}"'
	}' /proc/net/netstat
}

# both_ways NAME: 24 MiB each way at once; both must come whole
both_ways() {
	rm -f "$LAB/down" "$LAB/up"
	LAB_PATIENCE=60 lab_fetch lan "http://$inet/long" -o "$LAB/down" &
	lab_in lan2 "$lab_build/lab/lab-take" send "$inet" 7000 "$LAB/www/long" 60 >"$LAB/taken" 2>&1
	wait $!
	check_equal "$1: 24 MiB come whole from inet" "$whole" "$(cksum <"$LAB/down")"
	check_equal "$1: 24 MiB come whole to inet" "$whole" "$(cksum <"$LAB/up")"
	check_equal "$1: not one segment was invalid" 0 "$(invalid)"
}

scenario_towpath_only "counter of the console's filter"
scenario_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
head -c 25165824 /dev/urandom >"$LAB/www/long"
whole=$(cksum <"$LAB/www/long")
lab_spawn inet take "$lab_build/lab/lab-take" 7000 "$LAB/up"
lab_spawn inet echo "$lab_build/lab/lab-stream" echo 7001
check_runs "a rule drops what is invalid" lab_type \
	'/ip firewall filter add chain=forward connection-state=invalid action=drop comment=invalid place-before=0'

both_ways "a clean line"

# One buffer of 64 KiB in fifty is lost behind the router, both ways.
if command -v nft >/dev/null && lab_in inet nft add table ip lossy 2>/dev/null; then
	for host in inet lan lan2; do
		lab_in "$host" nft -f - <<-'NFT'
			table ip lossy {
				chain input {
					type filter hook input priority 0;
					meta l4proto tcp numgen random mod 100 < 2 drop
				}
			}
		NFT
	done
	lost=$(lab_counter inet Tcp RetransSegs)
	both_ways "a lossy line"
	check_at_least "a lossy line: inet has sent segments again" $((lost + 10)) \
		"$(lab_counter inet Tcp RetransSegs)"
	for host in inet lan lan2; do lab_in "$host" nft delete table ip lossy; done
fi

# In front of the router one buffer in twenty takes a slow lane, where the others overtake it.
slow_lane() {
	lab_in "$1" tc qdisc add dev eth0 root handle 1: htb default 1 &&
		lab_in "$1" tc class add dev eth0 parent 1: classid 1:1 htb rate 10gbit quantum 65536 &&
		lab_in "$1" tc class add dev eth0 parent 1: classid 1:2 htb rate 300mbit quantum 65536 &&
		lab_in "$1" nft -f - <<-'NFT'
			table ip lanes {
				chain out {
					type filter hook postrouting priority 0;
					meta l4proto tcp numgen random mod 100 < 5 meta priority set 1:2
				}
			}
		NFT
}
disorder[inet]=$(in_disorder inet) disorder[lan]=$(in_disorder lan)
if command -v tc nft >/dev/null && slow_lane inet 2>/dev/null; then
	slow_lane lan && slow_lane lan2
	both_ways "a line that reorders"
	check_at_least "a line that reorders: what inet got was in disorder" 10 "$(in_disorder inet)"
	check_at_least "a line that reorders: what lan got, too" 10 "$(in_disorder lan)"
	for host in inet lan lan2; do
		lab_in "$host" tc qdisc del dev eth0 root
		lab_in "$host" nft delete table ip lanes
	done
fi

lab_watch inet eth0 resets
# 64240 bytes and more are open to the sender; a number before the window is as far off as one behind.
told=$(lab_in lan "$lab_build/lab/lab-reset" "$inet" 7001 1000000000 3000000000 1000 2>&1)
check_equal "resets out of and in the window end nothing" \
	"1000000000 alive 3000000000 alive 1000 alive" "$(tr '\n' ' ' <<<"$told" | sed 's/ $//')"
frames=$(lab_watched resets)
check_equal "those out of it are dropped as invalid" 2 "$(invalid)"
check_equal "the one in it goes on: the other end asks back" 1 \
	"$(grep -cE '^in  tcp [^ ]+ > [^ ]+:7001 rst' <<<"$frames")"
told=$(lab_in lan "$lab_build/lab/lab-reset" "$inet" 7001 1000 0 2>&1)
check_equal "the exact one ends it" "1000 alive 0 dead" "$(tr '\n' ' ' <<<"$told" | sed 's/ $//')"
check_match "as the router has seen, too" 'close' "$(tcp_state)"
check_end
