#!/bin/bash
# kill_every_call.sh -- SIGKILL at every system call of the store's thread: old or new, never torn,
# and nothing lost that was acknowledged (store_calls.py says how).
# build: release
exec "$(dirname "$0")/store_calls.py" kill
