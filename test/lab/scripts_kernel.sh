#!/bin/bash
# scripts_kernel.sh -- every behaviour script (test/script/README.md) against the kernel of this
# machine: what they say of a host is true of one that the world relies on.
#
#   script-run: all other stations ---- TAP link0, 192.0.2.1/24 ---- the kernel, in a namespace
#
# Each has a process, a namespace and a TAP of its own. The kernel's clock can't be stopped while the
# machine does something else, so a script may be played three times until it holds.
. "$(dirname "$0")/../../lab/check.sh"
build=${TOWPATH_BUILD:-$(dirname "$0")/../../build-test}
run=$build/test/script/script-run
[ -x "$run" ] || check_skip "$run is not built"
[ -r /dev/net/tun ] && [ -w /dev/net/tun ] || check_skip "/dev/net/tun is not to be had"
for tool in ip nft; do
	PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null || check_skip "$tool is not installed"
done
PATH=$PATH:/usr/sbin:/sbin

mapfile -t scripts < <(find "$(dirname "$0")/../script" -name '*.script' | sort)
check_at_least "there are scripts" 120 "${#scripts[@]}"
out=$("$run" --jobs 24 --again 2 "${scripts[@]}")
code=$?
[ "$code" != 77 ] || check_skip "this machine gives nobody a network namespace with a TAP"
grep -v '^ok ' <<<"$out"
check_none "each script holds" '^(WRONG|skip)' "$out"
check_equal "and nothing else went wrong" 0 "$code"
check_end
