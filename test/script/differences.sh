#!/bin/bash
# differences.sh -- the table of differences in docs/connect.md is the one that the scripts make.
#
# usage: differences.sh SCRIPT-RUN        in the project's folder
set -u
run=${1:?usage: differences.sh SCRIPT-RUN}
cd "$(dirname "$0")/../.." || exit 1
# One per line and sorted by bytes, so that the table's order is the same everywhere.
mapfile -t scripts < <(find test/script -name '*.script' | LC_ALL=C sort)
diff <(grep '^| \[.*\.script)' docs/connect.md) <("$run" --differences "${scripts[@]}") &&
	echo "${#scripts[@]} scripts, the differences as docs/connect.md has them"
