"""icmp.py -- RFC 5508 with real sockets: NAT behaviour for ICMP, by the numbers of its requirements."""
import socket
import time

from hosts import (SILENCE_S, Icmp, check, check_within, come, console, echo, icmp, message,
                   packet, ports, said, seconds, seen, told, udp)

LAN, LAN2 = "192.168.88.100", "192.168.88.101"
OUT1, OUT2, NAT = "203.0.113.1", "203.0.113.9", "203.0.113.2"
BEHIND = "198.51.100.9"  # inet2 by way of inet


def asked(inside, ident, outside, address):
    """An echo request goes out: with which identifier does it arrive, and is it answered?"""
    inside.sendto(echo(ident), (address, 0))
    request, answer = told(outside, 8), told(inside, 0)
    return (request and (request.sender, request.ident),
            answer and (answer.sender, answer.ident))


def queries_have_mappings_of_their_own():
    a, b = icmp("lan"), icmp("lan2")
    one, two = icmp("inet"), icmp("inet2")
    check("RFC 5508 REQ-1: the identifier is kept while it is free", ((NAT, 77), (OUT1, 77)),
          asked(a, 77, one, OUT1))
    request, answer = asked(b, 77, one, OUT1)
    check("RFC 5508 REQ-1: a second host has one of its own", True, request[1] != 77)
    check("RFC 5508 REQ-1: and its answers", (OUT1, 77), answer)
    check("RFC 5508 REQ-1: it is the same whoever is asked", (request, (OUT2, 77)),
          asked(b, 77, two, OUT2))
    strangers_are_not_let_in(icmp("lan2"), one, two)


def strangers_are_not_let_in(inside, known, stranger):
    asked(inside, 79, known, OUT1)
    stranger.sendto(echo(79, kind=0), (NAT, 0))
    check("RFC 5508 REQ-1: an answer of whom nobody asked is not let in", None,
          told(inside, 0, SILENCE_S))
    stranger.sendto(echo(79), (NAT, 0))
    check("RFC 5508 REQ-1: nor is a stranger's question", None, told(inside, 8, SILENCE_S))
    check("RFC 5508 REQ-1: nor does anybody answer it", None, told(stranger, 0, 0.1))


def time_left(ident):
    for line in console("/ip firewall connection print terse").splitlines():
        if "icmp-id=%d " % ident in line + " " and LAN + " " in line:
            return seconds(line.split("timeout=")[1].split()[0])
    return None


def errors_neither_refresh_nor_end():
    a, out = icmp("lan"), icmp("inet")
    asked(a, 78, out, OUT1)
    check_within("RFC 5508 REQ-2: a query is kept for a minute", 57, 60, time_left(78))
    time.sleep(2.5)
    before = time_left(78)
    quote = packet(1, NAT, OUT1, echo(78)[:8])
    out.sendto(message(3, 1, bytes(4), quote), (NAT, 0))
    error = told(a, 3)
    check("RFC 5508 REQ-4: an error about it comes in, with its identifier", (1, LAN, 78),
          error and (error.code, error.src, error.quoted_ident))
    check_within("RFC 5508 REQ-6: it refreshes nothing", before - 2, before, time_left(78))
    out.sendto(echo(78, kind=0), (NAT, 0))
    check("RFC 5508 REQ-6: and ends nothing", True, told(a, 0) is not None)


def a_flow(number, port, second=False):
    """A UDP socket inside that is translated, on another port if @second."""
    out = udp("inet", port)
    other = udp("lan2", number)
    if second:
        other.sendto(b"taken", (OUT1, port))
        out.recvfrom(99)
    a = udp("lan", number)
    a.sendto(b"out", (OUT1, port))
    where = seen(out)
    return a, out, where[1]


def errors_from_outside():
    a, _, port = a_flow(4200, 5400, second=True)
    errors, out = icmp("lan"), icmp("inet2")
    quote = packet(17, NAT, OUT1, ports(port, 5400))
    out.sendto(message(3, 1, bytes(4), quote, damaged=True), (NAT, 0))
    check("RFC 5508 REQ-3: a damaged error is not passed on", None, told(errors, 3, SILENCE_S))
    out.sendto(message(3, 1, bytes(4), quote), (NAT, 0))
    error = told(errors, 3)
    check("RFC 5508 REQ-4: a good one is, about the packet as the host sent it",
          (OUT2, LAN, 4200, OUT1, 5400),
          error and (error.sender, error.src, error.sport, error.dst, error.dport))
    unknown = packet(17, NAT, OUT1, ports(port ^ 2, 5400))
    out.sendto(message(3, 1, bytes(4), unknown), (NAT, 0))
    check("RFC 5508 REQ-4: one about nothing that is known is not", None,
          told(errors, 3, SILENCE_S))
    check("RFC 5508 REQ-4: and is met with silence", None, told(out, 3, 0.1))
    a.close()


def refused(host, number, address, port):
    sock = udp(host, number)
    sock.connect((address, port))
    sock.send(b"anybody?")
    return said(sock)


def traceroute():
    errors = icmp("lan")
    got = []
    for ttl in 1, 2, 3:
        sock = udp("lan", 4210 + ttl)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
        sock.sendto(b"probe", (BEHIND, 33433 + ttl))
        error = told(errors, 11 if ttl < 3 else 3)
        got.append(error and (error.sender, error.src, error.sport - 4210))
    check("RFC 5508 REQ-4: traceroute sees each hop",
          [("192.168.88.1", LAN, 1), (OUT1, LAN, 2), (BEHIND, LAN, 3)], got)
    check("RFC 5508 REQ-4: a closed port outside is refused inside", "ECONNREFUSED",
          refused("lan", 4220, OUT1, 5999))


def errors_from_inside():
    a, out, port = a_flow(4230, 5410, second=True)
    a.close()
    errors = icmp("inet")
    out.connect((NAT, port))
    out.send(b"are you still there?")
    check("RFC 5508 REQ-5: a closed port inside is refused outside", "ECONNREFUSED", said(out))
    error = told(errors, 3)
    check("RFC 5508 REQ-5: by the outer address, about its own packet",
          (NAT, OUT1, NAT, port),
          error and (error.sender, error.src, error.dst, error.dport))


def errors_of_a_hairpin():
    b, _, port = a_flow(4240, 5420, second=True)
    b.sendto(b"let in who is behind it", (NAT, 4240))
    b.close()
    check("RFC 5508 REQ-7: a hairpin's closed port is refused", "ECONNREFUSED",
          refused("lan2", 4241, NAT, port))


def exhaustion_is_told():
    console("/ip firewall nat add chain=srcnat action=src-nat out-interface=ether1 protocol=udp "
            "to-addresses=203.0.113.2 to-ports=5000 dst-port=5430 place-before=0")
    out, errors = udp("inet", 5430), icmp("lan2")
    udp("lan", 4250).sendto(b"first", (OUT1, 5430))
    check("RFC 5508 REQ-8: (the only port is taken)", (NAT, 5000), seen(out))
    udp("lan2", 4250).sendto(b"second", (OUT1, 5430))
    error = told(errors, 3)
    check("RFC 5508 REQ-8: who gets no port is told: prohibited", (13, LAN2, 4250),
          error and (error.code, error.src, error.sport))
    check("RFC 5508 REQ-8: and nothing leaves", "silence", said(out, SILENCE_S))
    console("/ip firewall nat remove 0")


def neither_query_nor_error():
    a, out = icmp("lan"), icmp("inet")
    a.sendto(message(9, 0, bytes(4), bytes(8)), (OUT1, 0))
    got = come(out, SILENCE_S)[0]
    check("RFC 5508 REQ-11: what is neither query nor error does not pass", "silence",
          Icmp(got).kind if isinstance(got, bytes) else got)


queries_have_mappings_of_their_own()
errors_neither_refresh_nor_end()
errors_from_outside()
traceroute()
errors_from_inside()
errors_of_a_hairpin()
exhaustion_is_told()
neither_query_nor_error()
print("end")
