#!/bin/bash
# embed.sh -- examples/http_get: a program with the stack inside fetches from the kernel's nginx.
#
#   http_get ==== tap9 [ the kernel of host router ] nginx
#   192.168.99.1       192.168.99.100
. "$(dirname "$0")/../../lab/scenario.sh"

{ true <>/dev/net/tun; } 2>/dev/null || check_skip "/dev/net/tun can't be opened here"
get() { # PATH [SERVER]
	lab_in router timeout 20 "$lab_build/examples/http_get" tap9 192.168.99.1/24 \
		"${2:-192.168.99.100}" "$1"
}

check_runs "the lab is up" lab_start
tap_make() {
	lab_in router ip tuntap add tap9 mode tap && lab_in router ip addr add 192.168.99.100/24 dev tap9 &&
		lab_in router ip link set tap9 up
}
check_runs "the kernel has a TAP device" tap_make
check_runs "and a web server" lab_web_start router
got=$(get /)
check_match "the page names the program's own address" '^you are 192\.168\.99\.1:' "$got"
check_match "its head says that it is whole" '^HTTP/1.1 200 OK' "$got"
check_equal "a MiB comes whole" "$(cksum <"$LAB/www/file")" \
	"$(get /file | python3 -c 'import sys; sys.stdout.buffer.write(sys.stdin.buffer.read().split(b"\r\n\r\n", 1)[1])' | cksum)"
lab_kill web-router
check_match "where nobody listens it is refused" 'connect: Connection refused' "$(get / 2>&1)"
check_match "where nobody is, nobody is found" 'connect: No route to host' "$(get / 192.168.99.77 2>&1)"
check_end
