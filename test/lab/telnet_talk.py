#!/usr/bin/env python3
"""A person at telnet: waits for words, types others, prints all that was to be seen.

telnet_talk.py HOW HOST PORT STEP...
  HOW   plain      never negotiates, as netcat would
        polite     agrees to what is offered; the window is SIZE (80x24), the terminal TERM (xterm)
        program    Debian's telnet on a terminal of that size
  STEP  =TEXT      wait until TEXT is seen, in what has come since the last such step
        +TEXT      type TEXT (Python's escapes; the end of a line is \\r)
        .SECONDS   wait
        !          wait for the other end to hang up
        <N         read nothing any more, but type N bytes of noise as far as they are taken
Exits with 1 when something does not come within 10 s (PATIENCE), and says what.
"""
import os
import pty
import select
import socket
import struct
import subprocess
import sys
import termios
import fcntl
import time

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
ECHO, SGA, TTYPE, NAWS, BINARY = 1, 3, 24, 31, 0
WIDTH, HEIGHT = (int(n) for n in os.environ.get("SIZE", "80x24").split("x"))
TERM = os.environ.get("TERM_NAME", "xterm")
PATIENCE = float(os.environ.get("PATIENCE", "10"))


class Wire:
    """What comes without telnet's commands; these are answered if we are polite."""

    def __init__(self, host, port, polite):
        self.socket = socket.create_connection((host, port), timeout=PATIENCE)
        self.socket.setblocking(False)
        self.polite = polite
        self.rest = b""
        self.asked = []

    def fileno(self):
        return self.socket.fileno()

    def close(self):
        self.socket.close()

    def write(self, data):
        self.socket.setblocking(True)
        self.socket.settimeout(PATIENCE)
        self.socket.sendall(data.replace(b"\xff", b"\xff\xff"))
        self.socket.setblocking(False)

    def say(self, *values):
        self.socket.sendall(bytes(values))

    def option(self, command, option):
        self.asked.append((command, option))
        if not self.polite:
            return
        if command == WILL:
            self.say(IAC, DO if option in (ECHO, SGA, BINARY) else DONT, option)
        elif command == DO:
            agreed = option in (SGA, TTYPE, NAWS, BINARY)
            self.say(IAC, WILL if agreed else WONT, option)
            if option == NAWS:
                self.say(IAC, SB, NAWS, *struct.pack("!HH", WIDTH, HEIGHT), IAC, SE)

    def details(self, data):
        if self.polite and data == bytes([TTYPE, 1]):
            self.socket.sendall(bytes([IAC, SB, TTYPE, 0]) + TERM.encode() + bytes([IAC, SE]))

    def read(self):
        """Bytes, b"" for none just now, None at the end."""
        try:
            data = self.socket.recv(65536)
        except BlockingIOError:
            return b""
        except ConnectionResetError:
            return None
        if not data:
            return None
        data = self.rest + data
        seen, at = b"", 0
        while at < len(data):
            if data[at] != IAC:
                end = data.find(b"\xff", at)
                end = len(data) if end < 0 else end
                seen += data[at:end]
                at = end
                continue
            left = data[at:]
            if len(left) < 2 or (left[1] in (WILL, WONT, DO, DONT) and len(left) < 3):
                break
            if left[1] == SB:
                end = left.find(bytes([IAC, SE]))
                if end < 0:
                    break
                self.details(left[2:end])
                at += end + 2
            elif left[1] in (WILL, WONT, DO, DONT):
                self.option(left[1], left[2])
                at += 3
            else:
                seen += b"\xff" if left[1] == IAC else b""
                at += 2
        self.rest = data[at:]
        return seen


class Program:
    """Debian's telnet, as somebody at a terminal has it."""

    def __init__(self, host, port):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            time.sleep(0.2)  # until the window has its size
            os.environ["TERM"] = TERM
            os.execvp("telnet", ["telnet", host, str(port)])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))

    def fileno(self):
        return self.fd

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)

    def write(self, data):
        os.write(self.fd, data)

    def read(self):
        try:
            return os.read(self.fd, 65536) or None
        except OSError:
            return None


def fill(wire, amount):
    noise, sent, quiet = b"\xff\xf6" * 2048, 0, time.monotonic() + 3
    while sent < amount and time.monotonic() < quiet:
        try:
            sent += wire.socket.send(noise)
            quiet = time.monotonic() + 3
        except BlockingIOError:
            time.sleep(0.05)
        except ConnectionError:
            break
    print(f"(typed {sent} bytes)")


def main():
    how, host, port, steps = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
    far = Program(host, port) if how == "program" else Wire(host, port, how == "polite")
    seen, whole, ended = b"", b"", False

    def more(until):
        nonlocal seen, whole, ended
        if ended or not select.select([far], [], [], max(0, until - time.monotonic()))[0]:
            return
        data = far.read()
        if data is None:
            ended = True
        else:
            seen, whole = seen + data, whole + data

    def show():
        sys.stdout.write(whole.decode("utf-8", "replace").replace("\r", ""))
        sys.stdout.flush()

    for step in steps:
        until = time.monotonic() + PATIENCE
        text = step[1:].encode().decode("unicode_escape").encode("latin-1")
        if step[0] == "+":
            far.write(text)
        elif step[0] == ".":
            until = time.monotonic() + float(step[1:])
            while time.monotonic() < until and not ended:
                more(until)
        elif step[0] == "<":
            fill(far, int(step[1:]))
        elif step[0] == "!":
            while not ended and time.monotonic() < until:
                more(until)
            if not ended:
                show()
                sys.exit("\n(still connected)")
        else:
            while text not in seen and not ended and time.monotonic() < until:
                more(until)
            if text not in seen:
                show()
                sys.exit(f"\n({'hung up' if ended else 'nothing more'}; waited for {step[1:]!r})")
            seen = seen[seen.index(text) + len(text):]
    show()
    print("\n(ended)" if ended else "")
    far.close()


main()
