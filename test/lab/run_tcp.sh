#!/bin/bash
# run_tcp.sh -- `towpath run`: TCP of unmodified programs is the router's.
#
#   inet ---- [ router ] ---- lan
. "$(dirname "$0")/../../lab/scenario.sh"
. "$(dirname "$0")/../../lab/run_program.sh"
scenario_towpath_only "towpath run"
scenario_start
check_runs "the tutorial's lines" lab_type_basics
head -c 30000000 /dev/urandom >"$LAB/www/large"
sum=$(md5sum <"$LAB/www/large")

check_match "curl fetches a page, with the router's outer address" "^you are $outer:" "$(run_program curl -sS --max-time 5 "http://$inet/" 2>&1)"
check_match "and from lan, with the inner one" "^you are $router:" "$(run_program curl -sS --max-time 5 "http://192.168.88.100/" 2>&1)"
check_equal "30 MB come whole" "$sum" "$(run_program curl -sS --max-time 20 "http://$inet/large" | md5sum)"
if command -v wget >/dev/null; then
	check_equal "wget, too" "$sum" "$(run_program wget -q -T 10 -O - "http://$inet/large" | md5sum)"
fi
check_match "a port that nobody listens on" "Connection refused|Failed to connect" "$(run_program curl -sS --max-time 5 "http://$inet:81/" 2>&1)"
check_match "-v tells which way each socket took" \
	"towpath: curl\[[0-9]+\] connected tcp 203.0.113.2:[0-9]+ -> 203.0.113.1:80 by ether1" "$(
		lab_in away "$lab_build/towpath" run -v --socket "$LAB/console.sock" -- curl -sS --max-time 5 "http://$inet/" 2>&1
	)"
check_equal "python: names, a thread that reads, half a close" "ok" "$(run_python '
import threading
s = socket.create_connection(("203.0.113.1", 80), 5)
assert s.getpeername() == ("203.0.113.1", 80) and s.getsockname()[0] == "203.0.113.2"
assert s.family == socket.AF_INET and s.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_STREAM
got = []
t = threading.Thread(target=lambda: got.append(b"".join(iter(lambda: s.recv(65536), b""))))
t.start()
s.sendall(b"GET /file HTTP/1.0\r\n\r\n")
t.join()
assert len(got[0]) > 1048576, len(got[0])
print("ok")')"
check_end
