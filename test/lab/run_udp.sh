#!/bin/bash
# run_udp.sh -- `towpath run`: datagrams of unmodified programs are the router's.
#
#   inet ---- [ router ] ---- lan
#
# The programs run on a host of their own that has no network at all: what reaches the others can
# only have gone through the router.
. "$(dirname "$0")/../../lab/scenario.sh"
. "$(dirname "$0")/../../lab/run_program.sh"
scenario_towpath_only "towpath run"
scenario_start
check_runs "the tutorial's lines" lab_type_basics

# echo_udp HOST PORT: sends back what comes, with who it came from
echo_udp() {
	lab_spawn "$1" "echo-$2" python3 -u -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", int(sys.argv[1])))
while True:
    data, peer = s.recvfrom(65536)
    s.sendto(b"%s:%d %d %s" % (peer[0].encode(), peer[1], len(data), data[:20]), peer)' "$2"
}

echo_udp inet 5000
echo_udp lan 5000
sleep 0.3

check_equal "a datagram to inet has the router's outer address" "$outer" "$(run_python '
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(2)
s.sendto(b"hello", ("203.0.113.1", 5000))
data, peer = s.recvfrom(2000)
assert peer == ("203.0.113.1", 5000), peer
print(data.decode().split(":")[0])')"
check_equal "one to lan the inner one" "$router" "$(run_python '
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(2)
s.sendto(b"hello", ("192.168.88.100", 5000))
print(s.recv(2000).decode().split(":")[0])')"
check_equal "connected: names, send, recv, read, write, and one socket after the other" "ok" "$(run_python '
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(2)
s.connect(("203.0.113.1", 5000))
assert s.getpeername() == ("203.0.113.1", 5000)
me = s.getsockname()
assert me[0] == "203.0.113.2" and me[1] > 0, me
for i in range(100):
    s.send(b"%d" % i)
    assert s.recv(2000).split()[2] == b"%d" % i
s.setblocking(True)
os.write(s.fileno(), b"written")
assert os.read(s.fileno(), 100).endswith(b" 7 written")
os.writev(s.fileno(), [b"two ", b"parts"])
assert os.read(s.fileno(), 100).endswith(b" 9 two parts")
s.sendmsg([b"a", b"bc"])
data, control, flags, peer = s.recvmsg(5)
assert len(data) == 5 and flags & socket.MSG_TRUNC and peer == ("203.0.113.1", 5000), (data, flags, peer)
print("ok")')"
check_equal "the largest datagram goes and comes in fragments, one more byte is refused" "ok" "$(run_python '
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(3)
s.sendto(b"x" * 65507, ("203.0.113.1", 5000))
assert s.recv(2000).split()[1] == b"65507"
try:
    s.sendto(b"x" * 65508, ("203.0.113.1", 5000))
except OSError as e:
    print("ok" if e.errno == errno.EMSGSIZE else e)')"
check_equal "poll, FIONREAD, MSG_PEEK, dup and fork" "ok" "$(run_python '
import select, fcntl, termios, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setblocking(False)
p = select.poll()
p.register(s, select.POLLIN | select.POLLOUT)
assert p.poll(0) == [(s.fileno(), select.POLLOUT)], p.poll(0)
s.connect(("203.0.113.1", 5000))
s.send(b"x")
p.modify(s, select.POLLIN)
assert p.poll(2000) == [(s.fileno(), select.POLLIN)]
waiting = struct.unpack("i", fcntl.ioctl(s, termios.FIONREAD, b"0000"))[0]
assert waiting == len(s.recv(2000, socket.MSG_PEEK)) == len(s.recv(2000)), waiting
d = s.dup()
s.close()
pid = os.fork()
d.setblocking(True)
if pid == 0:
    d.send(b"child")
    os._exit(0 if d.recv(2000).endswith(b"child") else 1)
assert os.waitpid(pid, 0)[1] == 0
d.send(b"parent")
assert d.recv(2000).endswith(b"parent")
print("ok")')"
check_equal "errors are those of the kernel" "ok" "$(run_python '
def fails(expected, call, *args):
    try:
        call(*args)
    except OSError as e:
        assert e.errno == expected, (e, errno.errorcode[expected])
    else:
        raise AssertionError(call)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fails(errno.EDESTADDRREQ, s.send, b"x")
fails(errno.ENOTCONN, s.getpeername)
fails(errno.EACCES, s.sendto, b"x", ("255.255.255.255", 9))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fails(errno.EADDRNOTAVAIL, s.bind, ("192.0.2.1", 0))
s.bind(("", 7000))
fails(errno.EADDRINUSE, socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind, ("", 7000))
s.close()
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 7000))
fails(errno.EAFNOSUPPORT, socket.socket, socket.AF_INET6, socket.SOCK_DGRAM)
s.settimeout(3)
s.connect(("203.0.113.1", 5999))
s.send(b"x")
fails(errno.ECONNREFUSED, s.recv, 100)
print("ok")')"
check_equal "127.0.0.0/8 stays with the machine" "ok" "$(run_python '
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(("127.0.0.1", 0))
b.sendto(b"x", a.getsockname())
a.settimeout(1)
assert a.recvfrom(9)[1][0] == "127.0.0.1"
print("ok")')"
check_equal "a server of datagrams: the same ports of several programs' clients" "3" "$(
	run_spawn server python3 -u -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 6000))
while True:
    data, peer = s.recvfrom(2000)
    s.sendto(data.upper(), peer)'
	sleep 0.5
	for i in 1 2 3; do lab_in lan python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(2)
s.connect(("192.168.88.1", 6000))
s.send(b"abc")
print(s.recv(99).decode())'; done | grep -c ABC
)"
lab_kill server
check_end
