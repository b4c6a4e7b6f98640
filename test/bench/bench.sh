# bench.sh -- labs side by side, one for each router that is measured; for run and rules.
#
# Sourced, with the names of the routers in $routers: kernel or towpath, and -masq behind it for one
# that translates. Each has a lab of its own; on() chooses among them.
#
#   lan 192.168.88.100 ---- [ router ] ---- inet 203.0.113.1
#
# shellcheck shell=bash
bench_dir=$(mktemp -d "${TMPDIR:-/tmp}/towpath-bench.XXXXXX") || exit 1
export TOWPATH_LAB=$bench_dir/none LAB_SWITCH=0
. "$(dirname "${BASH_SOURCE[0]}")/../../lab/lab.sh"

inet=203.0.113.1 outer=203.0.113.2 host=192.168.88.100 router_mac=02:00:00:00:88:01
tools=$lab_build/test/bench/bench

# on ROUTER COMMAND...: in that router's lab
on() {
	local LAB=$bench_dir/$1 ROUTER=${1%-masq} lab_pid=
	shift
	"$@"
}

leave() {
	local code=$? router
	trap - EXIT
	for router in $routers; do on "$router" lab_stop; done
	rm -rf "$bench_dir"
	exit "$code"
}
trap leave EXIT
trap 'exit 1' INT TERM HUP

# bench_start ROUTER: in its lab (on)
bench_start() {
	lab_start && lab_router_start || return 1
	case $1 in
	*-masq) lab_type_basics masquerade || return 1 ;;
	*)
		lab_type_basics || return 1
		lab_in inet ip route add 192.168.88.0/24 via "$outer"
		;;
	esac
	# Nothing may answer the flood, and no question for an address may disturb it.
	lab_in inet nft -f - <<-NFT || return 1
		table netdev sink {
		  chain in { type filter hook ingress device "eth0" priority 0; udp dport { 9, 1024-65535 } drop; }
		}
	NFT
	lab_in lan ip neigh replace 192.168.88.1 lladdr "$router_mac" dev eth0 nud permanent
	lab_in lan bash -c 'echo 1024 65535 >/proc/sys/net/ipv4/ip_local_port_range'
	lab_spawn inet bulk "$tools-bulk" serve 5001
	lab_spawn inet connects "$tools-connects" serve 5002
	lab_wait 5 lab_ping lan "$inet" 1
}

# measure_sent FLOWS SECONDS WAIT FOR: thousands of packets a second that reach inet while lan sends
# all it can. The offered rate goes to the log.
measure_sent() {
	local rate
	lab_in router ethtool -K lan gro on # NAPI, so that the cable takes the generator's frames
	lab_in lan "$tools-flood" eth0 "$router_mac" "$host" "$inet" "$1" "$2" >"$LAB/offered" 2>&1 &
	rate=$(lab_in inet "$tools-count" eth0 "$3" "$4")
	wait $!
	lab_in router ethtool -K lan gro off
	awk -v rate="$rate" 'BEGIN { printf "%.2f\n", rate / 1000 }'
}

measure_flood() {
	measure_sent "$1" 1.2 0.4 0.6
}

# Each packet begins a flow. Shortly: the kernel's table holds a quarter of a million.
measure_new_flows() {
	measure_sent 0 0.5 0.15 0.3
}

# record ROUND ROUTER METRIC COMMAND...
record() {
	local round=$1 router=$2 metric=$3 value
	shift 3
	if value=$(on "$router" "$@" 2>>"$bench_dir/$router/failures") && [ -n "$value" ]; then
		echo "$metric $router $round $value" >>"$bench_dir/figures"
	else
		echo "$metric: no figure in round $round" >>"$bench_dir/$router/failures"
	fi
}

show_failures() {
	local router
	for router in $routers; do
		[ ! -s "$bench_dir/$router/failures" ] || sort "$bench_dir/$router/failures" | uniq -c |
			sed "s/^/$router: /"
	done
}
