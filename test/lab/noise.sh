#!/bin/bash
# noise.sh -- nonsense from both sides: the router goes on, and nothing of it gets through.
#
#   inet (nping) ---- [ router ] ---- lan2 (nping), lan
. "$(dirname "$0")/../../lab/scenario.sh"

command -v nping >/dev/null || check_skip "nping (nmap) is not installed"
noise() { lab_in "$1" nping --send-ip --rate 500 -c 200 -H -q "${@:2}" >/dev/null 2>&1 & }

scenario_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
check_match "a page comes before it" "^you are $outer:" "$(lab_fetch lan "http://$inet/" 2>&1)"
pid=$(cat "$LAB/towpathd.pid" 2>/dev/null)

for far in "inet $outer" "lan2 $router" "lan2 $inet"; do
	read -r from to <<<"$far"
	noise "$from" --tcp --badsum -p 80 "$to"
	noise "$from" --tcp --badsum-ip -p 80 "$to"
	noise "$from" --tcp --flags all -p 80 "$to"
	noise "$from" --tcp --flags none -p 80 "$to"
	noise "$from" --udp --badsum -p 53 "$to"
	noise "$from" --udp --mtu 16 --data-length 600 -p 53 "$to"
	noise "$from" --icmp --icmp-type 5 --icmp-code 1 --icmp-redirect-addr 10.9.9.9 "$to"
	noise "$from" --icmp --icmp-type 3 --icmp-code 4 --data-length 28 "$to"
	noise "$from" --icmp --ip-options 'R' "$to"
	noise "$from" --icmp --ip-options 'L 10.1.1.1' "$to"
	noise "$from" --tcp --ttl 1 -p 80 "$to"
	noise "$from" --tcp -S 127.0.0.1 -p 80 "$to"
	noise "$from" --tcp -S 255.255.255.255 -p 80 "$to"
	noise "$from" --udp -S "$to" -p 53 "$to"
	wait
done

check_match "a page comes after it" "^you are $outer:" "$(lab_fetch lan "http://$inet/" 2>&1)"
check_match "the router answers inside" '^3 sent, 3 answered' "$(lab_ping lan "$router" 3 10)"
if [ "$ROUTER" = towpath ]; then
	check_runs "it is still running" lab_alive towpathd
	check_equal "and the same process" "$pid" "$(cat "$LAB/towpathd.pid")"
fi

# With the right sums again the way is as good as before.
lab_fetch lan "http://$inet/file" -o "$LAB/got"
check_equal "1 MiB comes whole" "$(cksum <"$LAB/www/file")" "$(cksum <"$LAB/got")"
check_end
