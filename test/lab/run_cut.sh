#!/bin/bash
# run_cut.sh -- `towpath run`: what is cut reads as an error, and never as the end of the file.
#
#   inet ---- [ router ]
#
# A server on inet sends a part of what it has promised; then the peer resets, or the router is killed.
. "$(dirname "$0")/../../lab/scenario.sh"
. "$(dirname "$0")/../../lab/run_program.sh"
scenario_towpath_only "towpath run"
scenario_start
check_runs "the tutorial's lines" lab_type_basics

# The first byte that a client sends says how it ends: R reset, F in order, anything else: never.
lab_spawn inet cutter python3 -u -c '
import socket, struct, threading, time
l = socket.socket()
l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
l.bind(("", 5001))
l.listen(50)
def serve(s):
    how = s.recv(1)
    s.sendall(b"x" * 100000)
    time.sleep(0.5)
    if how == b"R":
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if how in (b"R", b"F"):
        s.close()
    else:
        time.sleep(100)
while True:
    threading.Thread(target=serve, args=(l.accept()[0],), daemon=True).start()'
lab_wait 3 lab_in inet bash -c 'ss -ltn | grep -q :5001'

# A client that reads to the end: how much, how it ended, and how long after the last byte.
client='
s = socket.create_connection(("203.0.113.1", 5001), 5)
s.settimeout(None)
s.send(sys.argv[1].encode())
n, last = 0, time.time()
def receive():
    how = sys.argv[2]
    if how == "read":
        return os.read(s.fileno(), 4096)
    if how == "readv":
        buffer = bytearray(4096)
        return buffer[:os.readv(s.fileno(), [buffer])]
    if how == "recvmsg":
        return s.recvmsg(4096)[0]
    return s.recv(4096)
try:
    while True:
        got = receive()
        if not got:
            print(n, "end"); break
        n += len(got)
        if n == 100000: print("all", flush=True)
        last = time.time()
except OSError as e:
    print(n, errno.errorcode[e.errno])
print("late" if time.time() - last > 1.5 else "in time")'
cut_client() {
	run_away
	lab_in away timeout 20 "$lab_build/towpath" run --socket "$LAB/console.sock" -- \
		python3 -u -c "import os, socket, sys, errno, time
$client" "$@" 2>&1 | tr '\n' ' '
	[ "${PIPESTATUS[0]}" = 0 ] || echo "exit code ${PIPESTATUS[*]}"
}

for how in recv read readv recvmsg; do
	check_equal "an orderly end, by $how" "all 100000 end in time " "$(cut_client F $how)"
	check_equal "a reset, by $how" "all 100000 ECONNRESET in time " "$(cut_client R $how)"
done

# The router is killed in the middle of it.
killed_at() {
	local how=$1
	(cut_client K "$how" >"$LAB/cut-$how.log") &
	lab_wait 5 grep -q all "$LAB/cut-$how.log" || sleep 1
}
for how in recv read; do
	killed_at "$how"
done
began=$(date +%s%N)
lab_router_stop KILL
wait
took=$((($(date +%s%N) - began) / 1000000))
for how in recv read; do
	check_match "the router's death, by $how" "^all 100000 ECONNRESET" "$(cat "$LAB/cut-$how.log")"
done
check_at_least "within a second of it (ms left of 1500)" 1 $((1500 - took))
check_match "then there is no router" "no router answers at" "$(run_program curl "http://$inet/" 2>&1)"
check_runs "it starts again" lab_router_start
check_match "and serves programs" "^you are" "$(run_program curl -sS --max-time 5 "http://$inet/" 2>&1)"
check_equal "nothing is left beside its socket" "console.sock console.sock.run" "$(cd "$LAB" && echo console.sock*)"
check_end
