#!/usr/bin/python3 -B
"""store_calls.py -- a fault at every system call of the store's thread, one after another.

usage: store_calls.py kill|fail|short...

For each change (add, set, remove, move, undo, import) the calls that the thread makes for it are
counted once. Then, for each of them, a fresh towpathd gets a copy of the same store, strace is
attached to that one thread, and the change is made:

  kill    the router dies as the call is entered; started again it must have exactly the old or the
          new configuration, and the new one when towpath had said so (exit 0)
  fail    the call fails (EIO, ENOSPC, EROFS, nothing written): towpath says so in words, running
          and stored configuration stay equal, and the next change is made
  short   the kernel takes only part of a write (RLIMIT_FSIZE), at limits all through the file

STORE_CALLS=all leaves nothing out: each error at each call, and every call of the import.
TOWPATH_BUILD names the folder with the programs. Exit 0, or 1 with a line for what was not so;
77 where nobody may trace.
"""

import collections
import concurrent.futures
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("TOWPATH_BUILD", ROOT + "/build")
ALL = os.environ.get("STORE_CALLS") == "all"
THREAD = "tw-store"
FILE_CALLS = ("openat", "pread64", "pwrite64", "ftruncate", "fdatasync", "fsync", "newfstatat",
              "fstat", "renameat", "unlinkat")
ERRORS = ("error=EIO", "error=ENOSPC", "error=EROFS", "retval=0")  # 0 written: a full disk's way
SAMPLE = {"kill": 48, "fail": 24}  # points of the import, unless all are wanted
LINES = 200
WORDS = {"error=EIO": "Input/output error", "error=ENOSPC": "No space left on device",
         "error=EROFS": "Read-only file system", "retval=0": ""}

# What is to be done, in the words of the error.
ADVICE = re.compile("space|writ|disk|file system")

Change = collections.namedtuple("Change", "name line")
CHANGES = [
    Change("add", "/ip/route/add dst-address=10.99.0.0/16 gateway=192.0.2.9 comment=\"two\\nlines\""),
    Change("set", "/ip/firewall/filter/set 0 comment=changed"),
    Change("remove", "/ip/route/remove [find dst-address=10.2.0.0/16]"),
    Change("move", "/ip/firewall/filter/move 4 0"),
    Change("undo", "/undo"),
    Change("import", "/import file-name=many"),
]
BASE = ["/ip/route/add dst-address=10.%d.0.0/16 gateway=192.0.2.1" % i for i in range(1, 6)] + \
       ["/ip/firewall/address-list/add list=here address=198.51.100.7"]


class Router:
    """One towpathd on a store of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.socket = os.path.join(folder, "sock")
        self.child = None

    def start(self):
        self.child = subprocess.Popen(
            [BUILD + "/towpathd", "--store", self.folder + "/store", "--socket", self.socket],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = b""
        for line in self.child.stderr:
            said += line
            if b": ready:" in line:
                threading.Thread(target=self.child.stderr.read, daemon=True).start()
                return self
        raise Wrong("the router does not start: " + said.decode())

    def run(self, line):
        done = subprocess.run([BUILD + "/towpath", "--socket", self.socket, "-c", line],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def export(self):
        code, out, err = self.run("/export show-sensitive")
        if code != 0:
            raise Wrong("no export: " + err)
        return "".join(line for line in out.splitlines(True) if not line.startswith("#"))

    def thread(self):
        tasks = "/proc/%d/task" % self.child.pid
        for task in os.listdir(tasks):
            with open("%s/%s/comm" % (tasks, task), encoding="ascii") as file:
                if file.read().strip() == THREAD:
                    return task
        raise Wrong("no thread is called " + THREAD)

    def kill(self):
        if self.child is not None:
            self.child.kill()
            self.child.wait()
            self.child = None


class Wrong(Exception):
    """What was not as it must be."""


class Trace:
    """strace on the store's thread alone."""

    def __init__(self, router, arguments):
        self.log = os.path.join(router.folder, "calls")
        self.child = subprocess.Popen(
            ["strace", "-o", self.log, "-p", router.thread()] + arguments,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        line = self.child.stderr.readline().decode()
        if "attached" not in line:
            raise Untraceable(line.strip())

    def stop(self):
        if self.child.poll() is None:
            self.child.terminate()
        self.child.communicate()
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()


class Untraceable(Exception):
    """This machine lets nobody trace."""


def fresh(base, folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    shutil.copytree(base, folder + "/store")
    return Router(folder)


def base_make(folder):
    """The store that every point starts from; what undo takes back is its last change."""
    router = Router(folder)
    os.makedirs(folder)
    router.start()
    for line in BASE:
        code, _, err = router.run(line)
        if code != 0:
            raise Wrong("%s: %s" % (line, err))
    has_undo = "bad command" not in router.run("/undo")[2]
    if has_undo:
        router.run("/redo")
    before = router.export()
    router.child.terminate()
    router.child.wait()
    with open(folder + "/store/many.rsc", "w", encoding="ascii") as file:
        for i in range(LINES):
            file.write("/ip/firewall/address-list/add list=many address=10.200.%d.%d\n"
                       % (i // 100, i % 100 + 1))
    return folder + "/store", before, has_undo


def revisions(store):
    """The revision of a store that nobody has open, and how many rows each one added."""
    found = sqlite3.connect("file:%s/config.db?mode=ro" % store, uri=True)
    try:
        return [(revision, redo.count("list=many"))
                for revision, redo in found.execute("SELECT revision, redo FROM log ORDER BY 1")]
    finally:
        found.close()


class Dry:
    """A change as it goes without any fault: its calls, and every state it may leave."""

    def __init__(self, base, before, folder, change):
        router = fresh(base, folder).start()
        trace = Trace(router, [])
        code, _, err = router.run(change.line)
        if code != 0:
            raise Wrong("%s: %s" % (change.line, err))
        self.calls = re.findall(r"^(\w+)\(", trace.stop(), re.M)
        self.new = router.export()
        router.child.terminate()
        router.child.wait()
        self.states = {before, self.new}
        if change.name == "import":
            self.boundaries(router.folder + "/store", before)

    def boundaries(self, store, before):
        """Lines of an import share transactions: it may end at the end of each."""
        rows = [line for line in self.new.splitlines(True) if "list=many" in line]
        done = 0
        for _, added in revisions(store):
            done += added
            gone = set(rows[done:])
            self.states.add("".join(line for line in self.new.splitlines(True)
                                    if line not in gone))
        if before in self.states and done != LINES:
            raise Wrong("the import added %d of %d rows" % (done, LINES))


def kill_at(base, before, dry, folder, change, call, nth):
    """False: the change was over before that call came."""
    router = fresh(base, folder).start()
    try:
        trace = Trace(router, ["-e", "trace=" + call,
                               "-e", "inject=%s:signal=KILL:when=%d" % (call, nth)])
        code, _, _ = router.run(change.line)
        time.sleep(0.02)  # what kills after the answer is on its way
        killed = router.child.poll() is not None
        router.kill()
        trace.stop()
        found = router.start().export()
        if found not in dry.states:
            raise Wrong("torn:\n" + found)
        if code == 0 and found != dry.new:
            raise Wrong("acknowledged, and lost:\n" + found)
        return killed, found == before, code == 0
    finally:
        router.kill()


def fail_at(base, before, dry, folder, change, call, nth, error):
    router = fresh(base, folder).start()
    try:
        trace = Trace(router, ["-e", "trace=" + call,
                               "-e", "inject=%s:%s:when=%d" % (call, error, nth)])
        code, _, err = router.run(change.line)
        running = router.export()
        failed_check(before, dry, code, err, running, WORDS[error], change)
        acknowledged = code == 0
        trace.stop()
        router.kill()
        found = router.start().export()
        if found != running:
            raise Wrong("running and stored differ; running:\n%s\nstored:\n%s" % (running, found))
        code, _, err = router.run("/ip/route/add dst-address=10.98.0.0/16 gateway=192.0.2.8")
        if code != 0:
            raise Wrong("the router does not go on: " + err)
        with open(trace.log, encoding="utf-8", errors="replace") as file:
            return "INJECTED" in file.read(), running == before, acknowledged
    finally:
        router.kill()


def failed_check(before, dry, code, err, running, words, change):
    if code == 0 and running != dry.new:
        raise Wrong("acknowledged, and not so:\n" + running)
    if code != 0 and running not in dry.states or \
            code != 0 and change.name != "import" and running != before:
        raise Wrong("refused, and changed:\n" + running)
    if code != 0 and (words not in err or not ADVICE.search(err)):
        raise Wrong("said: " + err)


def short_writes(base, before, folder):
    """The same router all along: each fault ends, and it goes on."""
    change = CHANGES[0]
    dry = Dry(base, before, folder + "-dry", change)
    router = fresh(base, folder).start()
    points = refused = 0
    try:
        # Up to where no write of a change is touched any more, whatever the tables need.
        top = os.path.getsize(os.path.join(base, "config.db")) + 32 * 1024
        for limit in range(0, top, max(256, top // 96 // 256 * 256)):
            resource.prlimit(router.child.pid, resource.RLIMIT_FSIZE, (limit, -1))
            code, _, err = router.run(change.line)
            running = router.export()
            failed_check(before, dry, code, err, running, "", change)
            resource.prlimit(router.child.pid, resource.RLIMIT_FSIZE, (-1, -1))
            points += 1
            refused += code != 0
            router.kill()
            if router.start().export() != running:
                raise Wrong("limit %d: running and stored differ" % limit)
            if code == 0 and router.run("/ip/route/remove [find dst-address=10.99.0.0/16]")[0] != 0:
                raise Wrong("limit %d: the router does not go on" % limit)
    finally:
        router.kill()
    print("short: %d limits, %d changes refused" % (points, refused))
    if refused < 10 or refused == points:
        raise Wrong("the limit did not reach the writes")


def points_of(dry, change, mode):
    """Which call, and how often it has come by then (strace counts each call by itself)."""
    seen, points = collections.Counter(), []
    for call in dry.calls:
        seen[call] += 1
        if mode == "kill" or call in FILE_CALLS:
            points.append((call, seen[call]))
    if mode == "kill" and change.name != "import":
        points += [(call, n + 1) for call, n in seen.items()]  # one more: nothing is left out
    if change.name == "import" and not ALL:
        points = points[::max(1, len(points) // SAMPLE[mode])]
    return points


def change_all(mode, base, before, folder, change):
    dry = Dry(base, before, folder + "/dry", change)
    points = points_of(dry, change, mode)
    jobs, results, bad = [], [], 0

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for i, (call, nth) in enumerate(points):
            at = "%s/%d" % (folder, i)
            if mode == "kill":
                jobs.append((call, nth, "", pool.submit(kill_at, base, before, dry, at, change,
                                                        call, nth)))
                continue
            for error in ERRORS if ALL else (ERRORS[i % len(ERRORS)],):
                if error != "retval=0" or call == "pwrite64":
                    jobs.append((call, nth, error,
                                 pool.submit(fail_at, base, before, dry, at + error, change,
                                             call, nth, error)))
        for call, nth, error, job in jobs:
            try:
                results.append(job.result())
            except Wrong as wrong:
                bad += 1
                print("WRONG %s, %s %d %s: %s" % (change.name, call, nth, error, wrong))
    hit = [result for result in results if result[0]]
    print("%s %s: %d calls of the thread, %d faults, %d old, %d new, %d acknowledged, %d wrong"
          % (mode, change.name, len(dry.calls), len(hit), sum(r[1] for r in hit),
             sum(not r[1] for r in hit), sum(r[2] for r in hit), bad), flush=True)
    if bad == 0 and len(hit) < min(8, len(points) // 2):
        print("WRONG %s: the faults did not come" % change.name)
        bad = 1
    return bad


def run(mode, folder):
    base, before, has_undo = base_make(folder + "/base")
    if mode == "short":
        short_writes(base, before, folder + "/short")
        return 0
    return sum(change_all(mode, base, before, folder + "/" + change.name, change)
               for change in CHANGES if change.name != "undo" or has_undo)


def main():
    if shutil.which("strace") is None:
        print("skip: strace is missing (make test installs it)")
        return 77
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        for mode in sys.argv[1:]:
            with tempfile.TemporaryDirectory(prefix="towpath-") as folder:
                if run(mode, folder) != 0:
                    return 1
        return 0
    except Untraceable as why:
        print("skip: strace may not attach here: %s" % why)
        return 77
    except Wrong as wrong:
        print("WRONG " + str(wrong))
        return 1


sys.exit(main())
