#!/usr/bin/env python3
"""A server for one person after the other.

telnet_far.py PORT HOW
  HOW  telnet  negotiates, tells what it has learned, says back each byte: as it is, or as <hex>. F floods,
               Q hangs up, R breaks off
       lines   speaks no telnet: says back whole lines
"""
import socket
import struct
import sys

IAC, DO, WILL, SB, SE = 255, 253, 251, 250, 240
ECHO, SGA, TTYPE, NAWS, TLS = 1, 3, 24, 31, 46


class Wire:
    """One byte at a time."""

    def __init__(self, conn):
        self.conn = conn

    def byte(self):
        """The next one."""
        data = self.conn.recv(1)
        if not data:
            raise EOFError
        return data[0]

    def inside(self):
        """The rest of a subnegotiation."""
        got = b""
        while True:
            byte = self.byte()
            if byte == IAC:
                byte = self.byte()
                if byte == SE:
                    return got
            got += bytes([byte])

    def command(self):
        """What stands behind an IAC: the text to be shown for it."""
        verb = self.byte()
        if verb != SB:
            self.byte()
            return b""
        got = self.inside()
        if got[0] == NAWS:
            return b"window %dx%d\r\n" % struct.unpack("!HH", got[1:])
        return b"terminal " + got[2:] + b"\r\nfar> "


def speak_telnet(conn):
    """Until they have gone."""
    wire = Wire(conn)
    conn.sendall(bytes([IAC, DO, TLS, IAC, WILL, ECHO, IAC, WILL, SGA, IAC, DO, NAWS, IAC, DO, TTYPE,
                        IAC, SB, TTYPE, 1, IAC, SE]))
    while True:
        byte = wire.byte()
        if byte == IAC:
            conn.sendall(wire.command())
        elif byte == ord("F"):
            conn.sendall(b"0123456789abcde\r\n" * 20000 + b"the end")
        elif byte == ord("Q"):
            return
        elif byte == ord("R"):
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        else:
            conn.sendall(bytes([byte]) if 32 < byte < 127 else b"<%02x>" % byte)


def speak_lines(conn):
    """Until they have gone."""
    conn.sendall(b"220 lines\r\n")
    got = b""
    while True:
        data = conn.recv(1024)
        if not data:
            return
        got += data
        while b"\r\n" in got:
            line, got = got.split(b"\r\n", 1)
            conn.sendall(b"heard: " + line + b"\r\n")


def main(port, how):
    """Serve for ever."""
    server = socket.create_server(("", int(port)))
    while True:
        conn, _ = server.accept()
        with conn:
            try:
                speak_telnet(conn) if how == "telnet" else speak_lines(conn)
            except (EOFError, OSError):
                pass


main(*sys.argv[1:])
