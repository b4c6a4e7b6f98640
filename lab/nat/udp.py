"""udp.py -- RFC 4787 with real sockets: NAT behaviour for UDP, by the numbers of its requirements."""
import os
import socket
import struct
import subprocess
import time

from hosts import (SILENCE_S, check, check_within, come, connection, console, icmp, raw, said,
                   seconds, seen, told, udp)

LAN, LAN2 = "192.168.88.100", "192.168.88.101"
OUT1, OUT2, NAT = "203.0.113.1", "203.0.113.9", "203.0.113.2"
TRACKING = "/ip firewall connection tracking set "


def outer(inside, outside, address):
    """Send from @inside to @outside: from where does it come?"""
    inside.sendto(b"hello", (address, outside.getsockname()[1]))
    return seen(outside)


def outer_port(inside, outside, address):
    where = outer(inside, outside, address)
    return where[1] if isinstance(where, tuple) else where


def mapping_is_endpoint_independent():
    one, two, three = udp("inet", 5301), udp("inet", 5302), udp("inet2", 5301)
    a, b = udp("lan", 4000), udp("lan2", 4000)
    check("RFC 4787 REQ-1: the port is kept while it is free", (NAT, 4000), outer(a, one, OUT1))
    check("RFC 4787 REQ-1: one outer port towards another port", (NAT, 4000), outer(a, two, OUT1))
    check("RFC 4787 REQ-1: and towards another host", (NAT, 4000), outer(a, three, OUT2))
    port = outer_port(b, one, OUT1)
    check("RFC 4787 REQ-3: a second host has a port of its own", True, port != 4000)
    check("RFC 4787 REQ-1: which is one, too", [port] * 2,
          [outer_port(b, two, OUT1), outer_port(b, three, OUT2)])
    check("RFC 4787 REQ-4: and as even as its own", 0, port % 2)
    three.sendto(b"to lan2", (NAT, port))
    one.sendto(b"to lan", (NAT, 4000))
    check("RFC 4787 REQ-1: answers find their way", ["to lan", "to lan2"], [said(a), said(b)])


def ranges_and_parity_are_kept():
    out = udp("inet", 5303)
    low, low2 = udp("lan", 500), udp("lan2", 500)
    check("RFC 4787 REQ-3a: a port below 1024 is kept", 500, outer_port(low, out, OUT1))
    check_within("RFC 4787 REQ-3a: or another one below 1024", 1, 1023,
                 outer_port(low2, out, OUT1))
    for port in range(6000, 6008):
        check("RFC 4787 REQ-4: %d is kept" % port, port,
              outer_port(udp("lan", port), out, OUT1))
        other = outer_port(udp("lan2", port), out, OUT1)
        check("RFC 4787 REQ-4: a second %d gets its parity" % port, port % 2, other % 2)


def addresses_are_paired():
    """The outside has no way back to these addresses, and needs none for this."""
    console("/ip firewall nat add chain=srcnat action=src-nat out-interface=ether1 protocol=udp "
            "to-addresses=203.0.113.64-203.0.113.79 place-before=0")
    out, far = udp("inet", 5304), udp("inet2", 5304)
    for host in "lan", "lan2":
        got = set()
        for _ in range(10):
            a = udp(host)
            got |= {outer(a, out, OUT1)[0], outer(a, far, OUT2)[0]}
        check("RFC 4787 REQ-2: %s has one outer address of 16" % host, 1, len(got))
        check("RFC 4787 REQ-2: of the range", True,
              all(64 <= int(a.rsplit(".", 1)[1]) <= 79 for a in got))
    console("/ip firewall nat remove 0")


def timers_hold():
    out, a = udp("inet", 5305), udp("lan", 4005)
    outer(a, out, OUT1)
    ends = LAN + ":4005", OUT1 + ":5305"
    check_within("RFC 4787 REQ-5: two minutes unanswered", 115, 120,
                 seconds(connection(*ends).get("timeout", "")))
    out.sendto(b"answer", (NAT, 4005))
    check("RFC 4787 REQ-5: (it is answered)", "answer", said(a))
    check_within("RFC 4787 REQ-5: five answered", 295, 300,
                 seconds(connection(*ends).get("timeout", "")))


def outbound_refreshes():
    console(TRACKING + "udp-timeout=2s udp-stream-timeout=2s")
    out, a = udp("inet", 5306), udp("lan", 4006)
    for _ in range(4):
        outer(a, out, OUT1)
        time.sleep(1.2)
    out.sendto(b"later", (NAT, 4006))
    check("RFC 4787 REQ-6: what goes out refreshes", "later", said(a))
    for _ in range(3):
        time.sleep(1.2)
        out.sendto(b"in", (NAT, 4006))
        said(a)
    time.sleep(1.2)
    out.sendto(b"still", (NAT, 4006))
    check("RFC 7857 section 6: what filtering lets in refreshes, too", "still", said(a))
    time.sleep(3.5)
    out.sendto(b"too late", (NAT, 4006))
    check("RFC 4787 REQ-5: the mapping ends with its time", "silence", said(a, SILENCE_S))
    console(TRACKING + "udp-timeout=2m udp-stream-timeout=5m")


def calls(filtering, number, expected):
    """The end called, another port of its host, and a stranger send to one mapping."""
    console(TRACKING + "filtering=" + filtering)
    inside, port = udp("lan", number), number
    asked, beside, stranger = udp("inet", 5307), udp("inet", 5308), udp("inet2", 5307)
    outer(inside, asked, OUT1)
    for sock, name in (asked, "the end called"), (beside, "its other port"), (stranger, "a stranger"):
        sock.connect((NAT, port))
        sock.send(name.encode())
        want = name if name in expected else "silence"
        check("RFC 4787 REQ-8: %s: %s" % (filtering, name), want,
              said(inside, SILENCE_S if want == "silence" else 2))
        if want == "silence":
            check("RFC 4787 REQ-8: %s: and %s hears nothing" % (filtering, name), "silence",
                  said(sock, SILENCE_S))


def filtering_is_a_setting():
    calls("address-and-port-dependent", 4010, ["the end called"])
    calls("endpoint-independent", 4011, ["the end called", "its other port", "a stranger"])
    calls("address-dependent", 4012, ["the end called", "its other port"])
    stranger = udp("inet2", 5309)
    stranger.connect((NAT, 4013))
    stranger.send(b"anybody?")
    check("RFC 4787 REQ-8: where no mapping is, nobody answers", "silence",
          said(stranger, SILENCE_S))


def hairpins_show_the_outer_source():
    out = udp("inet", 5310)
    a, b = udp("lan", 4020), udp("lan2", 4020)
    at_a, at_b = outer_port(a, out, OUT1), outer_port(b, out, OUT1)
    a.sendto(b"over", (NAT, at_b))
    check("RFC 4787 REQ-9: a hairpin shows the outer source", (b"over", (NAT, at_a)), come(b))
    b.sendto(b"back", (NAT, at_a))
    check("RFC 4787 REQ-9: and back", (b"back", (NAT, at_b)), come(a))
    c = udp("lan2", 4021)
    c.sendto(b"stranger", (NAT, at_a))
    check("RFC 4787 REQ-9: also of a host that has sent nowhere else", (b"stranger", (NAT, 4021)),
          come(a))


def collisions_change_nothing():
    one, two = udp("inet", 5311), udp("inet2", 5311)
    a, b = udp("lan", 4030), udp("lan2", 4030)
    first, second = outer_port(a, one, OUT1), outer_port(b, one, OUT1)
    check("RFC 4787 REQ-11: after a collision both keep what they have", [first, second] * 3,
          [outer_port(s, o, w) for o, w in ((one, OUT1), (two, OUT2), (one, OUT1))
           for s in (a, b)])


def errors_end_nothing():
    out, a = udp("inet", 5312), udp("lan", 4040)
    outer(a, out, OUT1)
    outer(a, udp("inet2", 5312), OUT2)
    out.close()
    a.connect((OUT1, 5312))
    a.send(b"nobody there")
    check("RFC 4787 REQ-12: an ICMP error reaches the host", "ECONNREFUSED", said(a))
    again, far = udp("inet", 5312), udp("inet2", 5313)
    check("RFC 4787 REQ-12: and the mapping lives on", (NAT, 4040), outer_of_connected(a, again))
    again.sendto(b"in", (NAT, 4040))
    check("RFC 4787 REQ-12: in both directions", "in", said(a))
    far.close()


def outer_of_connected(inside, outside):
    inside.send(b"again")
    return seen(outside)


def mtu(value):
    subprocess.run(["ip", "-n", "router", "link", "set", "wan", "mtu", str(value)], check=True)
    time.sleep(0.3)


def too_big_is_told():
    discover, do, mtu_now = 10, 2, 14  # IP_MTU_DISCOVER, IP_PMTUDISC_DO, IP_MTU (ip(7))
    out, a, errors = udp("inet", 5314), udp("lan", 4050), icmp("lan")
    mtu(1300)
    a.setsockopt(socket.IPPROTO_IP, discover, do)
    a.connect((OUT1, 5314))
    a.send(bytes(1400))
    error = told(errors, 3)
    check("RFC 4787 REQ-13: what is too big with DF is told, with the MTU", (4, 1300, LAN, 4050),
          (error.code, error.mtu, error.src, error.sport) if error else "silence")
    check("RFC 4787 REQ-13: the socket knows", "EMSGSIZE", said(a))
    check("RFC 4787 REQ-13: and how much fits", 1300, a.getsockopt(socket.IPPROTO_IP, mtu_now))
    check("RFC 4787 REQ-13: nothing arrived", "silence", said(out, SILENCE_S))
    a.send(bytes(1272))
    check("RFC 4787 REQ-13: what fits does", (NAT, 4050), seen(out))
    mtu(1500)


def send_backwards(sock, a_port, target, body):
    """A datagram in two fragments, the last of them first."""
    whole = struct.pack("!HHHH", a_port, target[1], 8 + len(body), 0) + body
    cut = 1024
    for at, data, more in ((cut, whole[cut:], 0), (0, whole[:cut], 0x2000)):
        header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, os.getpid() & 0xffff or 1,
                             at // 8 | more, 64, 17, 0, bytes(4), socket.inet_aton(target[0]))
        sock.sendto(header + data, (target[0], 0))


def fragments_pass():
    out, a = udp("inet", 5315), udp("lan", 4060)
    body = os.urandom(4000)
    a.sendto(body, (OUT1, 5315))
    check("RFC 4787 REQ-14: fragments go out", (body, (NAT, 4060)), come(out))
    out.sendto(body, (NAT, 4060))
    check("RFC 4787 REQ-14: and come in", (body, (OUT1, 5315)), come(a))
    send_backwards(raw("lan"), 4060, (OUT1, 5315), body[:1800])
    check("RFC 4787 REQ-14: out of order, too", (body[:1800], (NAT, 4060)), come(out))
    send_backwards(raw("inet"), 5315, (NAT, 4060), body[:1800])
    check("RFC 4787 REQ-14: from outside as well", (body[:1800], (OUT1, 5315)), come(a))


def ports_can_be_random():
    console("/ip firewall nat set 0 randomise-ports=yes")
    out = udp("inet", 5316)
    own = list(range(7000, 7020))
    got = [outer_port(udp("lan", port), out, OUT1) for port in own]
    check("RFC 7857 section 9: randomise-ports=yes keeps no port", True,
          sum(x == y for x, y in zip(own, got)) <= 1)
    check("RFC 7857 section 9: and none is given twice", len(own), len(set(got)))
    console("/ip firewall nat set 0 randomise-ports=no")


mapping_is_endpoint_independent()
ranges_and_parity_are_kept()
addresses_are_paired()
timers_hold()
outbound_refreshes()
filtering_is_a_setting()
hairpins_show_the_outer_source()
collisions_change_nothing()
errors_end_nothing()
too_big_is_told()
fragments_pass()
ports_can_be_random()
print("end")
