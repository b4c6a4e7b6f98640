#!/bin/bash
# login_shell.sh -- towpath for an account of the machine that is not root's, as sshd would start it
# where it is the login shell: by the name "-towpath", or with -c and the line.
#
# The account is nobody, who is there on every machine.
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "login_shell"
command -v setpriv >/dev/null || check_skip "there is no setpriv to be somebody else"
[ "$(id -u)" = 0 ] || check_skip "only root can be somebody else"
id nobody >/dev/null 2>&1 || check_skip "this machine has no account nobody"

scenario_start
chmod 711 "$(dirname "$LAB")" "$LAB"
cp "$lab_build/towpath" "$LAB/towpath"
as_nobody() { # what comes before -c '...' is the shell's own name
	setpriv --reuid "$(id -u nobody)" --regid "$(id -g nobody)" --clear-groups \
		bash -c 'exec -a "$0" "$@"' -towpath "$LAB/towpath" --socket "$LAB/console.sock" "$@" 2>&1
}

said=$(as_nobody -c '/system/identity/print')
code=$?
check_equal "an account that is no user is turned away" 3 "$code"
check_match "and told what to do" 'there is no user nobody' "$said"
check_match "it can't be somebody else" 'you are nobody on this machine' \
	"$(as_nobody -u admin -c '/system/identity/print')"
check_runs "it becomes a user" lab_type '/user/add name=nobody group=read password=x'
said=$(as_nobody -c '/system/identity/print')
code=$?
check_equal "as a user it comes in" 0 "$code"
check_match "and sees what there is" 'name: Towpath' "$said"
check_match "a script on standard input runs, too" 'name: Towpath' "$(echo /system/identity/print | as_nobody)"
said=$(as_nobody -c '/system/identity/set name=mine')
code=$?
check_equal "what it may not do ends with 1" 1 "$code"
check_match "and says why" 'not enough permissions \(9\)' "$said"
check_match "who comes is logged" 'user nobody logged in via local' "$(cat "$LAB/towpathd.log")"
check_match "and who is refused" 'login failure for user nobody via local' "$(cat "$LAB/towpathd.log")"
check_end
