# lab.sh -- hosts, wires and a router in namespaces of their own, for lab/run, tests and benchmarks.
#
# Sourced. lab_start makes the hosts drawn in holder.sh, all under one holder process; lab_stop
# kills that one process and nothing is left. Needs no root where the kernel lets users have
# namespaces of their own.
#
#   TOWPATH_LAB    where the state is (default: .lab in the project's folder)
#   TOWPATH_BUILD  where the programs are (default: build/)
#   ROUTER         towpath, or kernel: Linux itself as the router, to try a test or a benchmark
#                  against (kernel_router.sh knows the console lines it stands in for)
#   LAB_ROOTLESS=1 a user namespace even for root
#   LAB_WEB=own    our own small web server although there is nginx
#
# State: holder ("pid starttime"), mode, ready, console.sock, store/, www/, and per program NAME.pid
# (inside the lab) and NAME.log.
# shellcheck shell=bash
# shellcheck disable=SC2016 # what is in single quotes is for a shell inside

lab_repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
lab_build=$(realpath -m "${TOWPATH_BUILD:-$lab_repo/build}")
LAB=$(realpath -m "${TOWPATH_LAB:-$lab_repo/.lab}")
ROUTER=${ROUTER:-towpath}
PATH=$PATH:/usr/sbin:/sbin # a user's path has no ip, nft or nginx on Debian

lab_error() {
	echo "lab: $*" >&2
	return 1
}

# --- the holder -------------------------------------------------------------------------------

# When process $1 was started, in clock ticks since boot: pids come again, the pair does not.
lab_start_time() {
	local stat
	{ stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
	stat=${stat##*) } # the name before it may contain anything
	# shellcheck disable=SC2086 # it is split on purpose
	set -- $stat
	echo "${20}"
}

# Sets lab_pid to the holder's pid when it is alive and ours.
lab_find() {
	local started
	lab_pid=
	{ read -r lab_pid started <"$LAB/holder"; } 2>/dev/null || return 1
	[ -n "$lab_pid" ] && [ "$(lab_start_time "$lab_pid")" = "$started" ] && return 0
	lab_pid=
	return 1
}

lab_need() {
	local tool
	for tool in unshare nsenter ip curl; do
		command -v "$tool" >/dev/null || lab_error "$tool is missing (make run installs it)" || return 1
	done
	[ -x "$lab_build/lab/lab-frames" ] || lab_error "$lab_build has no lab tools: run make first" ||
		return 1
	[ "$ROUTER" != towpath ] || [ -x "$lab_build/towpathd" ] ||
		lab_error "$lab_build has no towpathd: run make first"
}

lab_start() {
	local flags=-nmpf pid
	lab_need || return 1
	lab_stop
	case $LAB in /run/*) lab_error "the state can't be in /run: TOWPATH_LAB names another place" || return 1 ;; esac
	[ ${#LAB} -lt 90 ] || lab_error "the path $LAB is too long for a socket's name" || return 1
	if [ -n "$(ls -A "$LAB" 2>/dev/null)" ]; then
		lab_error "$LAB has other things in it: TOWPATH_LAB names another place" || return 1
	fi
	mkdir -p "$LAB/www" || return 1
	touch "$LAB/.towpath-lab" # what lab_stop may remove bears this mark
	if [ "$(id -u)" != 0 ] || [ "${LAB_ROOTLESS:-0}" = 1 ]; then
		flags=-Urnmpf
		echo rootless >"$LAB/mode"
	else
		echo root >"$LAB/mode"
	fi
	setsid unshare "$flags" --mount-proc --kill-child "$lab_repo/lab/holder.sh" "$LAB" \
		</dev/null >"$LAB/holder.log" 2>&1 &
	pid=$!
	disown "$pid"
	echo "$pid $(lab_start_time "$pid")" >"$LAB/holder"
	lab_wait 5 test -e "$LAB/ready" && lab_find && return 0
	lab_error "the hosts did not come up: $(cat "$LAB/holder.log")"
}

# Takes the lab down, whatever state it is in, and removes what it left.
lab_stop() {
	local family
	if lab_find; then
		# Its child is process 1 of the lab, and ends only after all others in there.
		family="$lab_pid $(cat "/proc/$lab_pid/task/$lab_pid/children" 2>/dev/null)"
		# shellcheck disable=SC2086 # several pids
		kill -9 $family 2>/dev/null
		# shellcheck disable=SC2086
		lab_wait 5 lab_ended $family || lab_error "processes do not end: $family" || return 1
		lab_pid=
	fi
	[ ! -e "$LAB/.towpath-lab" ] || rm -rf "$LAB"
}

# lab_ended PID...: none of them runs any more (a zombie does not)
lab_ended() {
	local pid
	for pid; do
		! grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$pid/status" || return 1
	done
}

# lab_wait SECONDS COMMAND...: until it succeeds; fails when the time is over
lab_wait() {
	local tries=$(($1 * 50))
	shift
	while ! "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.02
	done
}

# --- inside -----------------------------------------------------------------------------------

# lab_inside COMMAND...: in the lab's mount and pid namespaces, but on no host
lab_inside() {
	local user=()
	[ -n "${lab_pid:-}" ] || lab_find || lab_error "the lab is not up" || return 1
	[ "$(<"$LAB/mode")" = root ] || user=(-U --preserve-credentials)
	nsenter -t "$lab_pid" "${user[@]}" -n -m --pid="/proc/$lab_pid/ns/pid_for_children" -- "$@"
}

# lab_in HOST COMMAND...
lab_in() {
	local host=$1
	shift
	lab_inside ip netns exec "$host" "$@"
}

# lab_spawn HOST NAME COMMAND...: in the background, until lab_kill NAME; output in NAME.log
lab_spawn() {
	local host=$1 name=$2
	shift 2
	lab_in "$host" bash -c 'exec </dev/null >"$0.log" 2>&1; setsid "$@" & echo $! >"$0.pid"' \
		"$LAB/$name" "$@"
}

# The pid is one inside the lab, so nothing outside can be hit.
lab_kill() {
	local name=$1 signal=${2:-TERM} pid
	{ pid=$(<"$LAB/$name.pid"); } 2>/dev/null || return 0
	lab_inside kill "-$signal" "$pid" 2>/dev/null
	lab_wait 3 lab_dead "$name"
}

lab_alive() {
	local pid
	{ pid=$(<"$LAB/$1.pid"); } 2>/dev/null && lab_inside kill -0 "$pid" 2>/dev/null
}

lab_dead() {
	! lab_alive "$1"
}

# --- what hosts do ------------------------------------------------------------------------------

# A web server on port 80 of HOST: / tells the client its address, /file is 1 MiB of noise.
lab_web_start() {
	local host=$1 conf=$LAB/web-$1.conf nginx
	[ -e "$LAB/www/file" ] || head -c 1048576 /dev/urandom >"$LAB/www/file"
	nginx=$(command -v nginx) && [ "${LAB_WEB:-nginx}" = nginx ] || {
		lab_spawn "$host" "web-$host" "$lab_build/lab/lab-web" 80 "$LAB/www/file"
		lab_wait 3 lab_in "$host" curl -s -o /dev/null http://127.0.0.1/
		return
	}
	# One process, no change of user: a user namespace has only one.
	cat >"$conf" <<-CONF
		daemon off; master_process off; user root;
		pid $LAB/nginx-$host.pid; error_log $LAB/web-$host.log;
		events { worker_connections 4096; }
		http {
		  access_log off; default_type text/plain; sendfile on;
		  client_body_temp_path $LAB/tmp-$host; proxy_temp_path $LAB/tmp-$host;
		  fastcgi_temp_path $LAB/tmp-$host; uwsgi_temp_path $LAB/tmp-$host; scgi_temp_path $LAB/tmp-$host;
		  server {
		    listen 80 backlog=1024; root $LAB/www;
		    location = / { return 200 "you are \$remote_addr:\$remote_port\n"; }
		  }
		}
	CONF
	lab_spawn "$host" "web-$host" "$nginx" -c "$conf" -e "$LAB/web-$host.log" -p "$LAB"
	lab_wait 3 lab_in "$host" curl -s -o /dev/null http://127.0.0.1/
}

# lab_fetch HOST URL [CURL-OPTION...]: the page, or failure after a second without one
lab_fetch() {
	local host=$1 url=$2
	shift 2
	lab_in "$host" curl -sS --noproxy '*' --max-time "${LAB_PATIENCE:-1}" "$@" "$url"
}

lab_ping() {
	local host=$1
	shift
	lab_in "$host" "$lab_build/lab/lab-ping" "$@"
}

# lab_counter HOST PROTOCOL NAME: one of its kernel's counters, as in: lab_counter lan Tcp InCsumErrors
lab_counter() {
	lab_in "$1" awk -v name="$3" '$1 == "'"$2"':" {
		if (!at) { for (i = 2; i <= NF; i++) if ($i == name) at = i } else print $at
	}' /proc/net/snmp
}

# lab_watch HOST IFACE NAME: each frame of the interface as a line of $LAB/NAME.log (frames.c)
lab_watch() {
	lab_spawn "$1" "$3" "$lab_build/lab/lab-frames" "$2"
	lab_wait 3 grep -q ^watching "$LAB/$3.log"
}

# Ends the watching and prints what was seen.
lab_watched() {
	sleep 0.05 # the last frames are on their way to the log
	lab_kill "$1" KILL
	cat "$LAB/$1.log"
}

# --- the router ---------------------------------------------------------------------------------

# Starts the router on what is in its store, and waits until its console answers.
lab_router_start() {
	[ "$ROUTER" = towpath ] || { kernel_start && return; }
	lab_router_spawn "$@" || return 1
	lab_wait 5 lab_type '/interface print' && return 0
	lab_error "the router did not start: $(tail -n 20 "$LAB/towpathd.log")"
}

# The same without waiting for it. Arguments are further options of towpathd.
lab_router_spawn() {
	[ "$ROUTER" = towpath ] || { kernel_start && return; }
	lab_spawn router towpathd "$lab_build/towpathd" --port ether1=wan --port ether2=lan \
		--store "$LAB/store" --socket "$LAB/console.sock" "$@"
}

lab_router_stop() {
	[ "$ROUTER" = towpath ] || { kernel_stop && return; }
	lab_kill towpathd "${1:-TERM}"
}

# lab_type LINE...: typed at the router's console, one after another. A router that does not answer
# within LAB_ANSWER seconds (20) fails the line instead of holding everything up.
lab_type() {
	local line code lines=()
	if [ "$ROUTER" != towpath ]; then
		for line; do kernel_type "$line" || return 1; done
		return 0
	fi
	for line; do lines+=(-c "$line"); done
	timeout "${LAB_ANSWER:-20}" "$lab_build/towpath" --socket "$LAB/console.sock" "${lines[@]}"
	code=$?
	[ "$code" != 124 ] || lab_error "the router does not answer: $*"
	return "$code"
}

# The tutorial's addresses and its default route, and with "masquerade" its first NAT rule.
lab_type_basics() {
	lab_type '/ip address add address 203.0.113.2/24 interface ether1' \
		'/ip address add address 192.168.88.1/24 interface ether2' \
		'/ip route add dst 0.0.0.0/0 gat 203.0.113.1' || return 1
	[ "${1:-}" != masquerade ] || lab_type '/ip firewall src-nat add action masquerade'
}

. "$lab_repo/lab/check.sh"
. "$lab_repo/lab/kernel_router.sh"
