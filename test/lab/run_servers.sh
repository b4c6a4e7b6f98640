#!/bin/bash
# run_servers.sh -- `towpath run`: servers, and programs that are more than one call after the other.
#
#   inet ---- [ router ] ---- lan
. "$(dirname "$0")/../../lab/scenario.sh"
. "$(dirname "$0")/../../lab/run_program.sh"
scenario_towpath_only "towpath run"
scenario_start
check_runs "the tutorial's lines" lab_type_basics
listens() { lab_wait 5 lab_in lan bash -c "exec 3<>/dev/tcp/$router/$1"; }

head -c 5000000 /dev/urandom >"$LAB/www/large"
sum=$(md5sum <"$LAB/www/large")

run_spawn http python3 -u -m http.server --directory "$LAB/www" 8000
check_runs "python3 -m http.server listens" listens 8000
check_equal "a kernel host fetches from it" "$sum" "$(lab_fetch lan "http://$router:8000/large" --max-time 10 | md5sum)"
for ((n = 0; n < 20; n++)); do lab_fetch lan "http://$router:8000/file" -o /dev/null --max-time 10 && echo got; done >"$LAB/fetched"
check_equal "twenty times" 20 "$(grep -c got "$LAB/fetched")"
check_match "it knows its clients" "^192.168.88.100 .*GET /large" "$(cat "$LAB/http.log")"
lab_kill http
sleep 0.6 # the next roll call
check_fails "when it is gone, nobody listens" lab_in lan bash -c "exec 3<>/dev/tcp/$router/8000"
run_spawn http2 python3 -u -m http.server --directory "$LAB/www" 8000
check_runs "another one takes the port at once" listens 8000
lab_kill http2 KILL
sleep 0.6
check_fails "killed, it is gone within the time of a roll call" lab_in lan bash -c "exec 3<>/dev/tcp/$router/8000"

if command -v ncat >/dev/null; then
	run_spawn ncat ncat -4 -l 4000 --sh-exec 'read -r word; echo got $word'
	sleep 0.7
	check_equal "ncat -l that starts a program for a connection" "got hello" \
		"$(lab_in lan bash -c "exec 3<>/dev/tcp/$router/4000; echo hello >&3; timeout 3 cat <&3")"
	lab_kill ncat
fi

run_spawn asyncio python3 -u -c '
import asyncio
async def serve(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()
async def main():
    server = await asyncio.start_server(serve, "0.0.0.0", 4001)
    await server.serve_forever()
asyncio.run(main())'
check_runs "an asyncio server listens" listens 4001
check_equal "a hundred asyncio clients of it at once, through the router itself" "100" "$(run_python '
import asyncio
async def one(n):
    reader, writer = await asyncio.open_connection("192.168.88.1", 4001)
    for i in range(5):
        writer.write(b"line %d of %d\n" % (i, n))
        assert await reader.readline() == b"LINE %d OF %d\n" % (i, n)
    writer.close()
    await writer.wait_closed()
    return 1
async def main():
    print(sum(await asyncio.gather(*(one(n) for n in range(100)))))
asyncio.run(main())')"
lab_kill asyncio

check_equal "a server that forks for each connection" "10" "$(
	run_spawn forking python3 -u -c '
import socketserver
class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.readline()[::-1])
class Server(socketserver.ForkingTCPServer):
    allow_reuse_address = True
Server(("", 4002), Handler).serve_forever()'
	listens 4002
	for ((n = 0; n < 10; n++)); do
		lab_in lan bash -c "exec 3<>/dev/tcp/$router/4002; echo abc >&3; timeout 3 cat <&3"
	done | grep -c cba
)"
lab_kill forking

check_equal "fork, exec and dup keep a connection" "ok" "$(run_python '
import subprocess
s = socket.create_connection(("203.0.113.1", 80), 5)
d = os.dup(s.fileno())
s.close()
os.set_inheritable(d, True)
subprocess.run(["sh", "-c", "printf \"GET / HTTP/1.0\\r\\n\\r\\n\" >&%d" % d], pass_fds=[d], check=True)
out = subprocess.run(["cat"], stdin=d, capture_output=True, check=True).stdout
print("ok" if b"you are 203.0.113.2" in out else out)')"

if command -v iperf3 >/dev/null; then
	lab_spawn inet iperf3 iperf3 -s
	sleep 0.3
	check_runs "iperf3 sends" run_program iperf3 -c "$inet" -t 1 -C cubic
	check_runs "and receives" run_program iperf3 -c "$inet" -t 1 -R
	check_runs "by UDP, too" run_program iperf3 -c "$inet" -t 1 -u -b 50M
	lab_kill iperf3
fi

if [ -x /usr/sbin/sshd ] && [ "$(id -u)" = 0 ] && command -v ssh >/dev/null; then
	ssh-keygen -q -t ed25519 -N '' -f "$LAB/host_key"
	ssh-keygen -q -t ed25519 -N '' -f "$LAB/user_key"
	lab_inside mkdir -p /run/sshd
	lab_spawn inet sshd /usr/sbin/sshd -D -e -f /dev/null -p 2222 -h "$LAB/host_key" -o UsePAM=no \
		-o "AuthorizedKeysFile=$LAB/user_key.pub" -o StrictModes=no -o PermitRootLogin=yes -o PidFile=none
	sleep 0.5
	check_match "ssh to a Debian sshd" "from 203.0.113.2 [0-9]+ 203.0.113.1 2222" "$(run_program ssh -F none -i "$LAB/user_key" \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes -p 2222 "root@$inet" 'echo from $SSH_CONNECTION' 2>&1 </dev/null)"
	check_equal "5 MB through it" "$sum" "$(run_program ssh -F none -i "$LAB/user_key" \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes -p 2222 "root@$inet" "cat $LAB/www/large" 2>/dev/null </dev/null | md5sum)"
	lab_kill sshd
fi
check_end
