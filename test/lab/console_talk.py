#!/usr/bin/env python3
"""A person at the router's console, on a terminal of SIZE (80x24): sees words, types keys.

console_talk.py TOWPATH SOCKET STEP...
  STEP  =TEXT  wait until TEXT is seen, in what has come since the last such step
        +KEYS  type KEYS (Python's escapes; Enter is \\r)
Prints all that was on the screen. Exits with 1 when something does not come within 10 s, and says what.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time


def wait_for(terminal, seen, words):
    """Reads on until the words are there: what came, and what came behind them."""
    end = time.monotonic() + 10
    while words not in seen:
        left = end - time.monotonic()
        if left <= 0 or not select.select([terminal], [], [], left)[0]:
            sys.exit(f"{seen}\n--- did not come: {words}")
        try:
            seen += os.read(terminal, 65536).decode(errors="replace").replace("\r", "")
        except OSError:
            sys.exit(f"{seen}\n--- the console has gone; did not come: {words}")
    before, _, rest = seen.partition(words)
    return before + words, rest


def main(towpath, socket, *steps):
    """Take the steps."""
    width, height = (int(n) for n in os.environ.get("SIZE", "80x24").split("x"))
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        os.execv(towpath, [towpath, "--socket", socket])
    rest = ""
    try:
        for step in steps:
            if step[0] == "=":
                shown, rest = wait_for(terminal, rest, step[1:])
                print(shown, end="")
            else:
                os.write(terminal, step[1:].encode().decode("unicode_escape").encode("latin-1"))
    finally:
        os.kill(pid, signal.SIGHUP)
        os.waitpid(pid, 0)


main(*sys.argv[1:])
