#!/bin/bash
# portmap.sh -- a server in the LAN is reached by the router's outer address, from both sides.
#
#   inet 203.0.113.1 --->  203.0.113.2:80 [ router ] ----> lan 192.168.88.100:80 (web)
#                                             ^  `---------------'
#                                             `---- lan2 192.168.88.101 (by the outer address)
. "$(dirname "$0")/../../lab/scenario.sh"

map() { lab_type "/ip firewall dst-nat add action=nat protocol=tcp dst-address=$1 to-dst-address=192.168.88.100" 2>&1; }

scenario_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
check_fails "nothing answers before the mapping" lab_fetch inet "http://$outer/"

# What is refused leaves nothing behind.
for mask in 31 24 0; do
	before=$([ "$ROUTER" != towpath ] || scenario_export)
	refusal=$(map "$outer/$mask:80")
	check_equal "/$mask is refused" 1 $?
	check_match "and says which mask is right" '/?32' "$refusal"
	[ "$ROUTER" != towpath ] || check_equal "nothing of it is stored" "$before" "$(scenario_export)"
done
check_fails "still nothing answers" lab_fetch inet "http://$outer/"

check_runs "/32 is taken" map "$outer/32:80"
check_match "the server is reached from outside" '^you are ' "$(lab_fetch inet "http://$outer/" 2>&1)"
lab_fetch inet "http://$outer/file" -o "$LAB/got"
check_equal "1 MiB comes whole from inside to outside" "$(cksum <"$LAB/www/file")" "$(cksum <"$LAB/got")"
lab_watch lan eth0 hairpin
check_match "the server is reached from the LAN by the outer address" '^you are ' \
	"$(lab_fetch lan2 "http://$outer/" 2>&1)"
frames=$(lab_watched hairpin)
# Else the server would answer lan2 directly, which has asked somebody else (RFC 4787, REQ-9).
check_match "through the router, whose address the server sees" \
	"^in  tcp ($router|$outer):[0-9]+ > 192.168.88.100:80 syn" "$frames"
lab_fetch lan2 "http://$outer/file" -o "$LAB/got"
check_equal "1 MiB comes whole on that way, too" "$(cksum <"$LAB/www/file")" "$(cksum <"$LAB/got")"
check_fails "another port is not mapped" lab_fetch inet "http://$outer:81/"
check_match "masquerade works on beside it" "^you are $outer:" "$(lab_fetch lan "http://$inet/" 2>&1)"

if [ "$ROUTER" = towpath ]; then
	check_runs "no mask counts as 32" map "$outer:8080"
	check_runs "/255.255.255.255 does, too" map "$outer/255.255.255.255:8081"
fi
check_end
