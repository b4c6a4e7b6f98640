"""talk.py -- a person at the router's console: a terminal of its own, questions and answers.

    talk.py TOWPATH SOCKET < DIALOGUE

Each line of the dialogue is PROMPT|ANSWER: wait until the screen ends with PROMPT, type ANSWER and
press Enter ("^C" is that key; "y." types y without Enter). At its end waits for the last prompt,
leaves, and prints all that was on the screen. Fails with the screen when a prompt does not come
within 10 seconds.
"""

import os
import pty
import select
import sys
import time


def screen_until(terminal, screen, prompt):
    """Read on until the screen ends with the prompt."""
    end = time.monotonic() + 10
    while not screen.endswith(prompt):
        left = end - time.monotonic()
        if left <= 0 or not select.select([terminal], [], [], left)[0]:
            sys.exit(f"{screen}\n--- waited for: {prompt}")
        try:
            screen += os.read(terminal, 4096).decode(errors="replace").replace("\r", "")
        except OSError:
            sys.exit(f"{screen}\n--- the console has gone; waited for: {prompt}")
    return screen


def keys(answer):
    """What is typed for an answer."""
    if answer == "^C":
        return "\003"
    if answer.endswith("."):
        return answer[:-1]
    return answer + "\r"


def main(towpath, socket):
    """Hold the dialogue."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(towpath, [towpath, "--socket", socket])
    screen = screen_until(terminal, "", "] > ")
    for line in sys.stdin.read().splitlines():
        prompt, _, answer = line.partition("|")
        screen = screen_until(terminal, screen, prompt)
        os.write(terminal, keys(answer).encode())
        screen += "\x00"  # the same prompt again is another one
    screen = screen_until(terminal, screen, "] > ")
    os.write(terminal, b"\004")
    os.waitpid(pid, 0)
    print(screen.replace("\x00", ""))


main(*sys.argv[1:])
