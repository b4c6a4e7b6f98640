"""c_source -- what the checks share: which files there are, C tokens, findings."""

import argparse
import json
import os
import re
import subprocess
import sys

SKIP_DIRS = {".git", ".lab", ".cache", "__pycache__", "node_modules", "corpus"}
TOKEN = re.compile(
    r"""(?P<comment>/\*.*?(?:\*/|\Z)|//(?:\\\n|[^\n])*)
    |(?P<include>^[ \t]*\#[ \t]*include[ \t]*(?:"[^"\n]*"|<[^>\n]*>))
    |(?P<string>"(?:\\.|[^"\\\n])*")
    |(?P<char>'(?:\\.|[^'\\\n])*')
    |(?P<name>[A-Za-z_]\w*)
    |(?P<number>\.?\d(?:[\w.]|[eEpP][+-])*)
    |(?P<punct>->|\+\+|--|\#\#|[^\s\w])""",
    re.S | re.M | re.X,
)


class Token:
    """One word of C: kind (a group of TOKEN), text, and its line, counted from 1."""

    __slots__ = ("kind", "text", "line")

    def __init__(self, kind, text, line):
        self.kind, self.text, self.line = kind, text, line


def tokens(text):
    """All tokens of @text, comments included."""
    line, at, found = 1, 0, []
    for match in TOKEN.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        found.append(Token(match.lastgroup, match.group(), line))
    return found


def code(text):
    """The tokens of @text without comments."""
    return [t for t in tokens(text) if t.kind != "comment"]


def files(root, tops, endings):
    """Paths below @root, relative to it, sorted; @tops are folders or files, "." is all."""
    found = []
    for top in tops:
        if os.path.isfile(os.path.join(root, top)):
            found.append(top)
        for folder, dirs, names in os.walk(os.path.join(root, top)):
            dirs[:] = [d for d in dirs if d not in SKIP_DIRS and not re.match(r"build(-|$)", d)]
            for name in names:
                if name.endswith(endings):
                    found.append(os.path.relpath(os.path.join(folder, name), root))
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def layers(root):
    """docs/layers.txt: {room: [rooms below]}, in order, and its exceptions {kind: [words]}."""
    rooms, exceptions = {}, {"size": [], "name": [], "global": [], "word": []}
    for line in read(root, "docs/layers.txt").splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        words = line.split(None, 3)
        if words[0] in exceptions and ":" not in words[:2]:
            exceptions[words[0]].append(words[1:])
        else:
            room, below = line.split(":", 1)
            rooms[room.strip()] = below.split()
    return rooms, exceptions


def objects(root, build):
    """(source path, object path) of each compiled file of src/, from the build's own record."""
    record = os.path.join(root, build, "compile_commands.json")
    if not os.path.exists(record):
        sys.exit("%s is missing: build first (tools/build %s)" % (record, build))
    with open(record, encoding="utf-8") as file:
        commands = json.load(file)
    found = []
    for command in commands:
        source = os.path.relpath(os.path.join(command["directory"], command["file"]), root)
        output = os.path.join(command["directory"], command["output"])
        if source.startswith("src/") and os.path.exists(output):
            found.append((source, output))
    return sorted(found)


def symbols(root, build):
    """(source path, its symbols), each symbol as (name, type letter, section)."""
    found = objects(root, build)
    of_object = {output: [] for _, output in found}
    if found:  # one run for all: starting a program is what takes time
        out = subprocess.run(["nm", "--format=sysv"] + list(of_object), stdout=subprocess.PIPE,
                             check=True)
        for line in out.stdout.decode().splitlines():
            cells = [c.strip() for c in line.split("|")]
            if line.startswith("Symbols from "):
                current = of_object[line[len("Symbols from "):-1]]
            elif len(cells) == 7 and cells[0] != "Name":
                current.append((cells[0], cells[2], cells[6]))
    return [(source, of_object[output]) for source, output in found]


class Check:
    """Arguments, findings, exit code: `check.finding(...)` for each, `check.done()` at the end."""

    def __init__(self, summary):
        parser = argparse.ArgumentParser(description=summary)
        here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        parser.add_argument("--root", default=here, help="the tree to look at")
        parser.add_argument("--build", default="build", help="where it was built, below the root")
        args = parser.parse_args()
        self.root, self.build, self.count = args.root, args.build, 0

    def files(self, *tops, endings=(".c", ".h")):
        return files(self.root, tops, endings)

    def read(self, path):
        return read(self.root, path)

    def finding(self, path, line, text):
        self.count += 1
        print("%s:%d: %s" % (path, line, text))

    def warning(self, path, line, text):
        print("%s:%d: warning: %s" % (path, line, text))

    def done(self):
        sys.exit(1 if self.count else 0)
