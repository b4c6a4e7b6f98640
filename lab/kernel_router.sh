# kernel_router.sh -- Linux itself in the router's place (ROUTER=kernel): the peer of benchmarks, and
# proof that a scenario asks for nothing a known router can't do. Sourced by lab.sh.
#
# kernel_type understands exactly the console lines which the scenarios type, by what they mean.
# shellcheck shell=bash
# shellcheck disable=SC2016 # what is in single quotes is for a shell inside

kernel_start() {
	lab_in router bash -c 'echo 1 >/proc/sys/net/ipv4/ip_forward
		for i in all wan lan; do echo 0 >/proc/sys/net/ipv4/conf/$i/rp_filter
			echo 0 >/proc/sys/net/ipv4/conf/$i/send_redirects; done
		nft -f -' <<-'NFT'
		table ip lab {
		  chain dstnat { type nat hook prerouting priority -100; }
		  chain srcnat { type nat hook postrouting priority 100; }
		  chain mangle { type filter hook forward priority -150; }
		  chain input {
		    type filter hook input priority 0;
		    iifname "wan" ct state != { established, related } drop
		  }
		}
	NFT
}

kernel_stop() {
	lab_in router bash -c 'echo 0 >/proc/sys/net/ipv4/ip_forward
		ip addr flush dev wan; ip addr flush dev lan; nft flush ruleset'
}

kernel_iface() {
	case $1 in ether1) echo wan ;; ether2) echo lan ;; *) return 1 ;; esac
}

kernel_nft() {
	lab_in router nft "$*"
}

kernel_type() {
	local words address
	read -ra words <<<"${1//[=\/]/ }"
	case $1 in
	'/ip address add '*)
		lab_in router ip addr add "${words[4]}/${words[5]}" dev "$(kernel_iface "${words[7]}")"
		;;
	'/ip route add dst 0.0.0.0/0 gat '*)
		lab_in router ip route add default via "${words[7]}"
		;;
	'/ip firewall src-nat add action masquerade')
		kernel_nft add rule ip lab srcnat masquerade
		;;
	'/ip firewall mangle add protocol tcp tcp-options syn-only tcp-mss '*)
		kernel_nft 'add rule ip lab mangle tcp flags syn / syn,rst tcp option maxseg size set' \
			"${words[-1]}"
		;;
	'/ip firewall mangle add chain=forward '*'new-mss=clamp-to-pmtu'*)
		kernel_nft add rule ip lab mangle tcp flags syn / syn,rst tcp option maxseg size set rt mtu
		;;
	'/ip firewall dst-nat add action=nat protocol=tcp dst-address='*/32:*)
		address=${1#*dst-address=}
		kernel_nft add rule ip lab dstnat ip daddr "${address%%/*}" tcp dport \
			"$(sed 's/.*\/32:\([0-9]*\).*/\1/' <<<"$1")" dnat to "${1##*to-dst-address=}"
		;;
	'/ip firewall dst-nat add '*)
		echo "dst-address: the mask must be /32" >&2
		return 1
		;;
	'/interface print') lab_in router ip -br link ;;
	*)
		echo "the kernel stands in for no such line: $1" >&2
		return 99
		;;
	esac
}
