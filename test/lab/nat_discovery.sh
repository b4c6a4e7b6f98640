#!/bin/bash
# nat_discovery.sh -- what a STUN server and its client say of the translation (RFC 5780).
#
#   lan 192.168.88.100 (turnutils_natdiscovery) --- [ router ] --- inet 203.0.113.1 and .9 (turnserver)
. "$(dirname "$0")/../../lab/scenario.sh"

scenario_towpath_only "endpoint-independent mapping"
command -v turnutils_natdiscovery >/dev/null || check_skip "there is no turnutils_natdiscovery (package coturn)"
second=203.0.113.9

discover() { lab_in lan timeout 40 turnutils_natdiscovery "$@" "$inet" 2>&1; }

scenario_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
check_runs "inet has a second address" lab_in inet ip addr add "$second/24" dev eth0
check_runs "a STUN server runs on both" lab_spawn inet turnserver turnserver -n -S --no-tls --no-dtls --no-cli \
	--listening-ip="$inet" --listening-ip="$second" --listening-port=3478 --alt-listening-port=3479 \
	--log-file=stdout --pidfile=/dev/null --userdb=/dev/null --db=/dev/null
check_runs "and listens" lab_wait 10 lab_in inet bash -c 'ss -Hlnu "sport = :3479" | grep -q .'

said=$(discover -m)
check_match "mapping is endpoint-independent" 'NAT with Endpoint Independent Mapping' "$said"
said=$(discover -f)
check_match "filtering is address-dependent" 'NAT with Address Dependent Filtering' "$said"
check_runs "filtering is a setting" lab_type \
	"/ip firewall connection tracking set filtering=endpoint-independent"
said=$(discover -f)
check_match "and can be endpoint-independent" 'NAT with Endpoint Independent Filtering' "$said"
check_runs "strict is a setting of a rule" lab_type "/ip firewall nat set [find action=masquerade] strict=yes"
said=$(discover -m)
check_match "which maps as Linux does" 'NAT with Address and Port Dependent Mapping' "$said"
check_end
