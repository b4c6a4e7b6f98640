#!/bin/bash
# fetch.sh -- /tool/fetch over the router's own stack, from nginx on the internet host.
#
# A process for each request speaks HTTP; packets are not held up by it, and it is confined.
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "fetch"
command -v nginx >/dev/null || check_skip "there is no nginx"

# A second server with what a real one does besides files; https when there is openssl.
web_start() {
	local tls=
	if command -v openssl >/dev/null && openssl req -x509 -newkey rsa:2048 -nodes -days 2 \
		-subj /CN=server.example -keyout "$LAB/key.pem" -out "$LAB/cert.pem" 2>/dev/null; then
		tls="listen 8443 ssl; ssl_certificate $LAB/cert.pem; ssl_certificate_key $LAB/key.pem;"
	fi
	cat >"$LAB/web2.conf" <<-CONF
		daemon off; master_process off; user root;
		pid $LAB/nginx2.pid; error_log $LAB/web2.log;
		events { worker_connections 64; }
		http {
		  access_log $LAB/web2-access.log; default_type text/plain; limit_rate_after 64k;
		  client_body_temp_path $LAB/tmp2; proxy_temp_path $LAB/tmp2; fastcgi_temp_path $LAB/tmp2;
		  uwsgi_temp_path $LAB/tmp2; scgi_temp_path $LAB/tmp2;
		  server {
		    listen 8080; $tls root $LAB/www; set \$bell "a$(printf '\033')[31mb";
		    location = /moved { return 302 http://203.0.113.1/file; }
		    location = /round { return 302 /round; }
		    location = /away { return 301 http://nowhere.example/; }
		    location = /odd { return 302 ftp://203.0.113.1/; }
		    location = /head { return 200 "\$request_method \$http_x_one \$http_x_two \$host \$http_authorization\n"; }
		    location = /slow { limit_rate 100k; limit_rate_after 1k; alias $LAB/www/file; }
		    location = /bell { return 200 "\$bell\n"; }
		  }
		}
	CONF
	lab_spawn inet web2 "$(command -v nginx)" -c "$LAB/web2.conf" -e "$LAB/web2.log" -p "$LAB"
	lab_wait 3 lab_in inet curl -s -o /dev/null http://127.0.0.1:8080/
}

fetch() { lab_type "/tool fetch $*" 2>&1; }

scenario_start
check_runs "the router is configured" lab_type_basics
check_runs "another web server runs on inet" web_start

said=$(fetch "url=http://$inet/file")
check_equal "a file of 1 MiB comes" 0 $?
check_match "... and what is told is RouterOS's" '^ +status: finished' "$said"
check_match "... its size" '^ +downloaded: 1024KiB' "$said"
check_equal "... byte for byte" "$(sha256sum <"$LAB/www/file")" "$(sha256sum <"$LAB/store/file")"
check_match "it is among the files" 'file .* 1048576' "$(lab_type '/file print')"
check_runs "by another name" lab_type "/tool fetch url=http://$inet/file dst-path=copy.bin"
check_runs "... it is the same" cmp "$LAB/www/file" "$LAB/store/copy.bin"
check_match "the answer is shown" 'you are 203\.0\.113\.2:' "$(fetch "url=http://$inet/ output=user")"
check_match "with its head" '^HTTP/1\.1 200 OK' "$(fetch "url=http://$inet/ output=user-with-headers")"
check_match "what it says does nothing to the terminal" 'a\\1B\[31mb' \
	"$(fetch "url=http://$inet:8080/bell output=user")"
check_match "lines of the head, data, method, user" '^POST 1 2,3 203.0.113.1 Basic YWxpY2U6czNjcmV0' \
	"$(fetch "url=http://$inet:8080/head output=user http-data=x user=alice password=s3cret http-header-field=\"X-One: 1,X-Two: 2,3\"")"
check_match "a name needs an address" 'names are not looked up here' "$(fetch url=http://server.example/ output=user)"
check_match "... and has one" '^GET   server.example' \
	"$(fetch "url=http://server.example:8080/head address=$inet output=user")"
check_match "a host may be called otherwise" '^GET   other.example' \
	"$(fetch "url=http://$inet:8080/head host=other.example output=user")"

check_match "where the server points to is followed" 'status: finished' \
	"$(fetch "url=http://$inet:8080/moved dst-path=moved.bin")"
check_runs "... and it is that" cmp "$LAB/www/file" "$LAB/store/moved.bin"
check_match "... but not round and round" 'points elsewhere too often' "$(fetch "url=http://$inet:8080/round output=none")"
check_match "... nor to a name" 'nowhere.example: names are not looked up' "$(fetch "url=http://$inet:8080/away output=none")"
check_match "... nor to another protocol" 'only http:// and https:// are supported' \
	"$(fetch "url=http://$inet:8080/odd output=none")"

said=$(fetch "url=http://$inet/none output=none")
check_equal "what is not there fails" 1 $?
check_match "... with the server's words" 'failure: closing connection: <404 Not Found> 203.0.113.1:80' "$said"
check_match "... and status failed" 'status: failed' "$said"
check_match "a closed port refuses" 'cannot connect: Connection refused' "$(fetch "url=http://$inet:81/ output=none")"
check_match "no route" 'no route to it' \
	"$(lab_type '/ip route remove [find dst-address=0.0.0.0/0]'; fetch url=http://198.51.100.1/ output=none)"
lab_type '/ip route add dst-address=0.0.0.0/0 gateway=203.0.113.1'
check_match "a policy is kept to" 'not allowed by /ip/socket/policy' \
	"$(lab_type '/ip socket policy add action=deny service=fetch'; fetch "url=http://$inet/ output=none")"
lab_type '/ip socket policy remove [find]'
check_match "bad URLs are told" 'only http:// and https:// are supported' "$(fetch url=ftp://$inet/x output=none)"
check_match "an address that is not ours" 'not one of the router' "$(fetch "url=http://$inet/ src-address=10.9.9.9 output=none")"
check_match "one that is" 'you are 203\.0\.113\.2:' "$(fetch "url=http://$inet/ src-address=203.0.113.2 output=user")"
check_match "a directory as URL needs a name" 'the URL names no file' "$(fetch "url=http://$inet/")"

if [ -e "$LAB/cert.pem" ]; then
	check_match "who can't prove who they are is not believed" 'certificate' \
		"$(fetch "url=https://server.example:8443/head address=$inet output=user")"
	check_match "unless asked to" '^GET   server.example' \
		"$(fetch "url=https://server.example:8443/head address=$inet output=user check-certificate=no")"
fi

# While it lasts: a process that can do nothing else, and packets go on.
fetch "url=http://$inet:8080/slow output=none" >"$LAB/slow.log" 2>&1 &
slow=$!
check_runs "a slow one is under way" lab_wait 5 lab_inside pgrep tw-fetch
pid=$(lab_inside pgrep -o tw-fetch)
check_runs "it is confined" lab_wait 3 lab_inside grep -q 'Seccomp:	2' "/proc/$pid/status"
check_match "it is to be seen" 'tcp +established .*203\.0\.113\.1:8080 .*fetch' "$(lab_type '/ip socket print')"
check_match "with how well it goes" '203\.0\.113\.1:8080' "$(lab_type '/ip socket print stats')"
check_runs "pings go through meanwhile" lab_ping lan "$router"
sleep 1.2
lab_inside kill -9 "$pid"
wait "$slow"
check_match "a process that is killed is told as such" 'the process that speaks HTTP has ended' "$(cat "$LAB/slow.log")"
check_match "progress was told" 'status: downloading' "$(cat "$LAB/slow.log")"
check_runs "the next one works" lab_type "/tool fetch url=http://$inet/file output=none"
check_match "time can be limited" 'its time is over' "$(fetch "url=http://$inet:8080/slow output=none duration=1s")"
check_runs "nothing is left" lab_wait 5 bash -c "! nsenter -t $lab_pid -p -m pgrep tw-fetch"
check_end
