#!/bin/bash
# run_names.sh -- `towpath run`: names of hosts are looked up through the router.
#
#   inet (dnsmasq) ---- [ router ] ---- lan
. "$(dirname "$0")/../../lab/scenario.sh"
. "$(dirname "$0")/../../lab/run_program.sh"
scenario_towpath_only "towpath run"
command -v dnsmasq >/dev/null || check_skip "there is no dnsmasq"
scenario_start
check_runs "the tutorial's lines" lab_type_basics

# Only the lab's own view of these files is changed.
echo "nameserver $inet
search example.org
options timeout:1 attempts:2" >"$LAB/resolv.conf"
echo "127.0.0.1 localhost
192.0.2.77 in-the-file another-name" >"$LAB/hosts"
lab_inside mount --bind "$LAB/resolv.conf" /etc/resolv.conf
lab_inside mount --bind "$LAB/hosts" /etc/hosts

many=()
for ((n = 1; n <= 40; n++)); do many+=("--host-record=many.example.org,198.51.100.$n"); done
lab_spawn inet dnsmasq dnsmasq --keep-in-foreground --no-daemon --conf-file=/dev/null --no-resolv --no-hosts \
	--user=root --pid-file="$LAB/dnsmasq-own.pid" --log-queries --log-facility=- --listen-address="$inet" --bind-interfaces \
	--host-record=www.example.org,198.51.100.7,2001:db8::7 \
	--host-record=short.example.org,198.51.100.8 --cname=alias.example.org,www.example.org \
	--local=/example.org/ "${many[@]}"
lab_wait 3 grep -q started "$LAB/dnsmasq.log"

look_up() {
	run_python "print(' '.join(sorted({a[4][0] for a in socket.getaddrinfo($1)})))"
}

check_equal "a name: its IPv4 address and no other" "198.51.100.7" "$(look_up '"www.example.org", 80')"
check_match "the question came from the router" "query\[A\] www.example.org from $outer" "$(cat "$LAB/dnsmasq.log")"
check_equal "a name by the search list" "198.51.100.8" "$(look_up '"short", "http"')"
check_equal "another name for it" "198.51.100.7" "$(look_up '"alias.example.org", 80')"
check_equal "with its canonical name" "www.example.org" \
	"$(run_python 'print(socket.getaddrinfo("alias.example.org", 80, flags=socket.AI_CANONNAME)[0][3])')"
check_equal "/etc/hosts" "192.0.2.77" "$(look_up '"another-name", 80')"
check_equal "localhost" "127.0.0.1" "$(look_up '"localhost", 80')"
check_equal "an address is itself" "192.0.2.1" "$(look_up '"192.0.2.1", 80')"
check_equal "for a server: all addresses" "0.0.0.0" "$(look_up 'None, 80, 0, 0, 0, socket.AI_PASSIVE')"
check_match "a name that nobody has" "Name or service not known" "$(look_up '"none.example.org", 80')"
check_match "a service that is none" "Servname not supported" "$(look_up '"www.example.org", "no-such-service"')"
check_match "IPv6 addresses alone are none" "Name or service not known" "$(look_up '"www.example.org", 80, socket.AF_INET6')"
check_equal "kinds of sockets and the port" "[(1, 6, 80), (2, 17, 80), (3, 0, 80)]" "$(run_python \
	'print(sorted((int(a[1]), a[2], a[4][1]) for a in socket.getaddrinfo("www.example.org", "80")))')"
check_equal "gethostbyname" "198.51.100.7" "$(run_python 'print(socket.gethostbyname("www.example.org"))')"
check_equal "with its other parts" "('www.example.org', [], ['198.51.100.7'])" \
	"$(run_python 'print(socket.gethostbyname_ex("alias.example.org"))')"
check_equal "the name of an address" "www.example.org" \
	"$(run_python 'print(socket.getnameinfo(("198.51.100.7", 80), 0)[0])')"
check_equal "an address without a name" "198.51.100.99 http" \
	"$(run_python 'print(*socket.getnameinfo(("198.51.100.99", 80), 0))')"
check_equal "eight threads at once" "8" "$(run_python '
import threading
found = []
def look(n):
    found.append(socket.getaddrinfo(("www", "short")[n % 2] + ".example.org", 80)[0][4][0])
threads = [threading.Thread(target=look, args=(n,)) for n in range(8)]
for t in threads: t.start()
for t in threads: t.join()
print(found.count("198.51.100.7") + found.count("198.51.100.8"))')"
check_equal "getent, which is not Python" "198.51.100.7" \
	"$(run_program getent ahostsv4 www.example.org 2>&1 | awk '{ print $1; exit }')"
lab_kill dnsmasq
check_match "no nameserver answers: try again, within its time" "Temporary failure" "$(look_up '"www.example.org", 80')"
check_end
