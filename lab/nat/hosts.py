"""hosts.py -- real sockets on several hosts of a lab, held by one program.

A socket stays on the host (network namespace) on which it was opened, so one program can have some
on each of them and say what happens in which order. Runs inside the lab (lab_inside python3 ...).

LAB       folder of the lab's state, where the console's socket is
TOWPATH   the console program
"""
import contextlib
import ctypes
import errno
import os
import re
import select
import socket
import struct
import subprocess
import time

CLONE_NEWNET = 0x40000000
PATIENCE_S = 2.0  # for what must come
SILENCE_S = 0.5   # for what must not
LIBC = ctypes.CDLL(None, use_errno=True)


def enter(host):
    """From here on, what this program opens is on @host."""
    fd = os.open("/run/netns/" + host, os.O_RDONLY)
    try:
        if LIBC.setns(fd, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns " + host)
    finally:
        os.close(fd)


def open_on(host, kind, proto=0, port=None, address=""):
    enter(host)
    sock = socket.socket(socket.AF_INET, kind, proto)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if port is not None:
        sock.bind((address, port))
    return sock


def udp(host, port=0, address=""):
    return open_on(host, socket.SOCK_DGRAM, 0, port, address)


def icmp(host):
    """All ICMP messages that come to @host; what is sent is a message from its type on."""
    return open_on(host, socket.SOCK_RAW, socket.IPPROTO_ICMP)


def raw(host):
    """Sends whole packets from their IP header on."""
    return open_on(host, socket.SOCK_RAW, socket.IPPROTO_RAW)


def word(error):
    return errno.errorcode.get(error.errno, str(error))


def come(sock, patience=PATIENCE_S):
    """(bytes, (address, port)) of the next datagram; else the error's name, or "silence"."""
    if not select.select([sock], [], [], patience)[0]:
        return "silence", None
    try:
        return sock.recvfrom(65535)
    except OSError as error:
        return word(error), None


def said(sock, patience=PATIENCE_S):
    """What came, without whom from."""
    data = come(sock, patience)[0]
    return data.decode(errors="replace") if isinstance(data, bytes) else data


def seen(sock, patience=PATIENCE_S):
    """Whom the next datagram is from, as (address, port)."""
    data, sender = come(sock, patience)
    return sender if sender is not None else data


# --- TCP ------------------------------------------------------------------------------------------

def tcp(host, port=0, shared=False):
    sock = open_on(host, socket.SOCK_STREAM)
    if shared:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind(("", port))
    sock.setblocking(False)
    return sock


def listener(host, port, shared=False):
    sock = tcp(host, port, shared)
    sock.listen(64)
    return sock


def call(sock, address, port):
    """Begin to connect: the answer is opened()'s to wait for."""
    with contextlib.suppress(BlockingIOError):
        sock.connect((address, port))
    return sock


def opened(sock, patience=PATIENCE_S):
    """"open", the error's name, or "silence" while nobody has answered."""
    if not select.select([], [sock], [], patience)[1]:
        return "silence"
    error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return "open" if error == 0 else errno.errorcode[error]


def taken(sock, patience=PATIENCE_S):
    """The next connection of a listener and whom it is from; (None, "silence")."""
    if not select.select([sock], [], [], patience)[0]:
        return None, "silence"
    return sock.accept()


def reset(sock):
    """Close with RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


# --- ICMP -----------------------------------------------------------------------------------------

def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def message(kind, code, rest, body, damaged=False):
    """An ICMP message; @rest are the four bytes behind its checksum (RFC 792)."""
    blank = struct.pack("!BBH", kind, code, 0) + rest + body
    return blank[:2] + struct.pack("!H", checksum(blank) ^ (1 if damaged else 0)) + blank[4:]


def echo(ident, kind=8):
    return message(kind, 0, struct.pack("!HH", ident, 1), b"towpath")


def packet(proto, src, dst, first_8_bytes):
    """An IPv4 header and what an ICMP error quotes behind it."""
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28, 1, 0, 60, proto, 0,
                         socket.inet_aton(src), socket.inet_aton(dst))
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + first_8_bytes


def ports(source, target):
    """The beginning of UDP, and near enough that of TCP."""
    return struct.pack("!HHHH", source, target, 8, 0)


class Icmp:
    """A received ICMP message: whom from, what, and about what."""

    src = dst = sport = dport = quoted_ident = None

    def __init__(self, data):
        body = data[4 * (data[0] & 15):]
        self.sender = socket.inet_ntoa(data[12:16])
        self.kind, self.code = body[0], body[1]
        self.ident, self.mtu = struct.unpack("!HH", body[4:8])
        quote = body[8:]
        if self.kind in (3, 11) and len(quote) >= 28:
            self.src, self.dst = socket.inet_ntoa(quote[12:16]), socket.inet_ntoa(quote[16:20])
            self.sport, self.dport, self.quoted_ident = struct.unpack("!HHH", quote[20:26])


def told(sock, kind, patience=PATIENCE_S):
    """The next message of @kind, or None."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        data, sender = come(sock, end - time.monotonic())
        if sender is not None and Icmp(data).kind == kind:
            return Icmp(data)
    return None


# --- the router -----------------------------------------------------------------------------------

def console(*lines):
    """What the router says to @lines; what it refuses ends the program."""
    words = [os.environ["TOWPATH"], "--socket", os.environ["LAB"] + "/console.sock"]
    for line in lines:
        words += ["-c", line]
    answer = subprocess.run(words, capture_output=True, text=True, timeout=20, check=False)
    if answer.returncode != 0:
        raise SystemExit("the router refuses %s: %s" % (lines, answer.stdout + answer.stderr))
    return answer.stdout


def seconds(text):
    """Of a time as the console prints it: 1d3h, 4m, 59s, 00:03:59."""
    clock = re.fullmatch(r"(?:(\d+)d)?(\d+):(\d+):(\d+)", text)
    if clock:
        days, hours, minutes, rest = (int(part or 0) for part in clock.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + rest
    unit = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
    return sum(int(n) * unit[u] for n, u in re.findall(r"(\d+)([wdhms])(?!s)", text))


def connection(src, dst):
    """The fields of the connection between two ends ("address:port") in the router's table."""
    for line in console("/ip firewall connection print terse").splitlines():
        fields = dict(re.findall(r"(\S+?)=(\S*)", line))
        if (fields.get("src-address"), fields.get("dst-address")) == (src, dst):
            return fields
    return {}


# --- checks ---------------------------------------------------------------------------------------

def show(value):
    return str(value).replace("\n", " ").replace("\t", " ")


def check(what, expected, got):
    """One line for nat_behaviour.sh, which counts them."""
    mark = "ok" if expected == got else "WRONG"
    print(mark, what, show(expected), show(got), sep="\t", flush=True)


def check_within(what, low, high, got):
    good = isinstance(got, int) and low <= got <= high
    print("ok" if good else "WRONG", what, "%s to %s" % (low, high), show(got), sep="\t",
          flush=True)
