"""tcp.py -- RFC 5382 with real sockets: NAT behaviour for TCP, by the numbers of its requirements."""
import ctypes
import select
import socket
import struct
import time

from hosts import (SILENCE_S, call, check, check_within, checksum, connection, console, icmp,
                   listener, message, opened, packet, ports, raw, reset, seconds, taken, tcp, told,
                   udp)

LAN, LAN2 = "192.168.88.100", "192.168.88.101"
OUT1, OUT2, NAT = "203.0.113.1", "203.0.113.9", "203.0.113.2"


def deaf(sock):
    """Let nothing in: a socket filter that takes no byte of any packet (bpf(4): ret #0)."""
    code = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
    sock.setsockopt(socket.SOL_SOCKET, 26, struct.pack("HL", 1, ctypes.addressof(code)))


def heard(sock, patience=2.0):
    if not select.select([sock], [], [], patience)[0]:
        return "silence"
    try:
        return sock.recv(4096)
    except OSError as error:
        return type(error).__name__


def pair(inside, number, server, address=OUT1, port=80):
    """A connection from @inside:@number: (inner socket, outer socket, outer port)."""
    a = call(tcp(inside, number), address, port)
    if opened(a) != "open":
        return a, None, None
    b, sender = taken(server)
    return a, b, sender[1] if sender != "silence" else None


def ports_are_shared_by_destination():
    one, two = listener("inet", 80), listener("inet2", 80)
    kept = [pair("lan", 4000, one)]
    check("RFC 5382 REQ-1: the port is kept while it is free", 4000, kept[0][2])
    kept.append(pair("lan2", 4000, two, OUT2))
    check("RFC 7857 section 3: a port serves two hosts towards two ends", 4000, kept[1][2])
    kept.append(pair("lan2", 4001, one))
    kept.append(pair("lan", 4001, one))
    check("RFC 5382 REQ-7: towards one end none is used twice", True, kept[2][2] != kept[3][2])
    for n, (a, b, _) in enumerate(kept):
        a.send(b"%d" % n)
        check("RFC 5382 REQ-7: connection %d reaches its own end" % n, b"%d" % n, heard(b))
        b.send(b"back %d" % n)
        check("RFC 5382 REQ-7: and back", b"back %d" % n, heard(a))
    got = [pair(host, port, one)[2] for port in range(8000, 8030) for host in ("lan", "lan2")]
    check("RFC 5382 REQ-7: 60 connections of two hosts to one end have 60 ports", 60,
          len(set(got) - {None}))


def simultaneous_open():
    """The first SYN from inside is not heard; the other end calls on its own: SYNs cross."""
    quiet = listener("inet", 5000, shared=True)
    deaf(quiet)
    a = call(tcp("lan", 4100), OUT1, 5000)
    check("RFC 5382 REQ-2: a call that nobody answers", "silence", opened(a, SILENCE_S))
    b = call(tcp("inet", 5000, shared=True), NAT, 4100)
    check("RFC 5382 REQ-2: is met by the other end's: both are open", ["open", "open"],
          [opened(a), opened(b)])
    a.send(b"crossed")
    check("RFC 5382 REQ-2: and carry bytes", b"crossed", heard(b))
    check("RFC 5382 REQ-2: it is one established connection", "established",
          connection(LAN + ":4100", OUT1 + ":5000").get("tcp-state"))


def outside_calls_first():
    """RFC 5382, REQ-4: nothing for 6 s; and silence, not RST or ICMP, afterwards."""
    b = call(tcp("inet", 5001), NAT, 4101)
    errors = icmp("inet")
    check("RFC 5382 REQ-4: an unsolicited SYN hears nothing for 6.5 s", "silence",
          opened(b, 6.5))
    check("RFC 5382 REQ-4: nor an ICMP error", None, told(errors, 3, 0.01))
    a = call(tcp("lan", 4101), OUT1, 5001)
    check("RFC 5382 REQ-4: until the inner host calls: both are open", ["open", "open"],
          [opened(a), opened(b)])
    b.send(b"hello")
    check("RFC 5382 REQ-4: and carry bytes", b"hello", heard(a))


def filtering_is_by_address_and_port():
    server = listener("inet", 81)
    a, b, port = pair("lan", 4102, server, port=81)
    for host, name in ("inet", "its host's other port"), ("inet2", "a stranger"):
        check("RFC 5382 REQ-3: %s is not let in, and hears nothing" % name, "silence",
              opened(call(tcp(host), NAT, port), 1.2))
    a.send(b"mine")
    check("RFC 5382 REQ-3: the end called still is", b"mine", heard(b))


def state(number, port=82):
    fields = connection("%s:%d" % (LAN, number), "%s:%d" % (OUT1, port))
    return fields.get("tcp-state"), seconds(fields.get("timeout", ""))


def timers_follow_the_states():
    server = listener("inet", 82)
    quiet = listener("inet", 5002)
    deaf(quiet)
    call(tcp("lan", 4110), OUT1, 5002)
    time.sleep(0.2)
    fields = connection(LAN + ":4110", OUT1 + ":5002")
    check("RFC 5382 REQ-5: while it opens it is syn-sent", "syn-sent", fields.get("tcp-state"))
    check_within("RFC 5382 REQ-5: for four minutes", 235, 240, seconds(fields.get("timeout", "")))

    a, b, _ = pair("lan", 4111, server, port=82)
    word, left = state(4111)
    check("RFC 5382 REQ-5: open", "established", word)
    check_within("RFC 5382 REQ-5: it is kept for 2 h 4 min at least: a day", 86390, 86400, left)
    a.shutdown(socket.SHUT_WR)
    heard(b)
    word, left = state(4111)
    check("RFC 7857 section 2: one FIN: closing", True, word in ("fin-wait", "close-wait"))
    check_within("RFC 7857 section 2: four minutes", 235, 240, left)
    b.send(b"after the FIN")
    check("RFC 7857 section 2: the other half is still open", b"after the FIN", heard(a))
    b.close()
    check("RFC 7857 section 2: until its FIN", b"", heard(a))
    time.sleep(0.2)
    word, left = state(4111)
    check("RFC 7857 section 2: both FINs: time-wait", "time-wait", word)
    check_within("RFC 7857 section 2: four minutes, too", 235, 240, left)


def resets_end_what_they_belong_to():
    server = listener("inet", 82)
    a, b, _ = pair("lan", 4112, server, port=82)
    reset(b)
    check("RFC 7857 section 2: a RST reaches the host", "ConnectionResetError", heard(a))
    word, left = state(4112)
    check("RFC 7857 section 2: and closes the connection", "close", word)
    check_within("RFC 7857 section 2: for four minutes", 235, 240, left)
    a, b, port = pair("lan", 4113, server, port=82)
    # From nowhere near the window: neither host nor router may believe it (RFC 5961, 3.2).
    blind_reset(port)
    time.sleep(0.2)
    check("RFC 7857 section 2: a RST outside the window changes nothing", "established",
          state(4113)[0])
    b.send(b"alive")
    check("RFC 7857 section 2: and is not passed on", b"alive", heard(a))


def blind_reset(port):
    header = struct.pack("!HHIIBBHHH", 82, port, 12345, 0, 5 << 4, 4, 0, 0, 0)
    addresses = socket.inet_aton(OUT1) + socket.inet_aton(NAT)
    total = checksum(addresses + struct.pack("!BBH", 0, 6, len(header)) + header)
    segment = header[:16] + struct.pack("!H", total) + header[18:]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 0, 0, 0, 64, 6, 0) + addresses
    raw("inet").sendto(ip + segment, (NAT, 0))


def hairpins_show_the_outer_source():
    console("/ip firewall nat add chain=dstnat action=dst-nat protocol=tcp dst-address=203.0.113.2 "
            "dst-port=8080 to-addresses=192.168.88.101 to-ports=80")
    server = listener("lan2", 80)
    a = call(tcp("lan", 4120), NAT, 8080)
    check("RFC 5382 REQ-8: a mapped server is reached from inside", "open", opened(a))
    b, sender = taken(server)
    check("RFC 5382 REQ-8: and sees the outer address", NAT, sender[0])
    check("RFC 5382 REQ-8: with the port it would have outside", 4120, sender[1])
    a.send(b"round")
    check("RFC 5382 REQ-8: bytes go round", b"round", heard(b))
    c = call(tcp("inet"), NAT, 8080)
    check("RFC 5382 REQ-8: from outside it is reached, too", "open", opened(c))
    check("RFC 5382 REQ-8: and sees who that is", OUT1, taken(server)[1][0])


def errors_are_translated_and_end_nothing():
    a = call(tcp("lan", 4130), "198.51.100.7", 80)
    check("RFC 5382 REQ-9: a host that can't be reached is told to who calls it", "EHOSTUNREACH",
          opened(a, 4))
    server = listener("inet", 83)
    taken_already = pair("lan2", 4131, server, port=83)
    a, b, port = pair("lan", 4131, server, port=83)
    check("RFC 5382 REQ-9: (another port outside)", True, port not in (4131, None))
    errors, outside = icmp("lan"), icmp("inet")
    for code in 0, 1, 3, 13:
        quote = packet(6, NAT, OUT1, ports(port, 83))
        outside.sendto(message(3, code, bytes(4), quote), (NAT, 0))
        error = told(errors, 3)
        check("RFC 5382 REQ-9: error %d comes with the packet as the host sent it" % code,
              (code, LAN, 4131, OUT1, 83),
              error and (error.code, error.src, error.sport, error.dst, error.dport))
    check("RFC 5382 REQ-10: errors end nothing", "established", state(4131, 83)[0])
    b.send(b"alive")
    check("RFC 5382 REQ-10: it goes on", b"alive", heard(a))
    taken_already[0].close()


def protocols_have_mappings_of_their_own():
    server, out = listener("inet", 84), udp("inet", 84)
    a, _, port = pair("lan", 4140, server, port=84)
    b = udp("lan2", 4140)
    b.sendto(b"udp", (OUT1, 84))
    check("RFC 7857 section 5: TCP 4140 of one host and UDP 4140 of another are both kept",
          (4140, (NAT, 4140)), (port, out.recvfrom(99)[1]))
    a.close()


ports_are_shared_by_destination()
simultaneous_open()
outside_calls_first()
filtering_is_by_address_and_port()
timers_follow_the_states()
resets_end_what_they_belong_to()
hairpins_show_the_outer_source()
errors_are_translated_and_end_nothing()
protocols_have_mappings_of_their_own()
print("end")
