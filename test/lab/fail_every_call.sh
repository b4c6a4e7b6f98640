#!/bin/bash
# fail_every_call.sh -- a disk that fails, is full, is read-only or takes half of a write, at every
# file call of the store's thread: an error in words, and what runs is what is stored.
# build: release
exec "$(dirname "$0")/store_calls.py" fail short
