#!/bin/bash
# rootless.sh -- everything works for a user without any right: "root" is only the lab's own.
# The web servers are our own, as on a machine without nginx.
#
#   (user namespace)  inet ---- [ router ] ---- lan
export LAB_ROOTLESS=1 LAB_WEB=own
. "$(dirname "$0")/../../lab/scenario.sh"

unshare -Urn true 2>/dev/null || check_skip "this machine allows no user namespaces"
scenario_start
check_equal "the lab is rootless" rootless "$(<"$LAB/mode")"
check_fails "root in the lab is nobody outside" lab_inside chown 12345 "$LAB/ready"
if [ "$(readlink "/proc/$lab_pid/ns/user")" != "$(readlink /proc/self/ns/user)" ]; then
	check_hold "the router's user namespace is its own"
else
	check_miss "the router's user namespace is its own" "another one than ours" "the same"
fi
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
check_match "a page comes" "^you are $outer:" "$(lab_fetch lan "http://$inet/" 2>&1)"
lab_fetch lan "http://$inet/file" -o "$LAB/got"
check_equal "1 MiB comes whole" "$(cksum <"$LAB/www/file")" "$(cksum <"$LAB/got")"
check_end
