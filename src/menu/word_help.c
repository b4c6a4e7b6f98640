#include "menu/word_help.h"

#include <string.h>

#include "conf/menu.h"
#include "lib/must.h"

#define FLAG "" /* the word is a flag of items */

/* A field's own words first; those without a field mean the same everywhere. */
static const struct {
	const char *field, *word, *help;
} helps[] = {
	{ FLAG, "active", "In use" },
	{ FLAG, "address-conflict", "Another host uses the same address" },
	{ FLAG, "assured", "Both ends have sent: it is not ended early" },
	{ FLAG, "builtin", "Comes with the router" },
	{ FLAG, "complete", "The hardware address is known" },
	{ FLAG, "confirmed", "Its first packet has left" },
	{ FLAG, "connect", "Made by an address of the router" },
	{ FLAG, "default", "Comes with the router" },
	{ FLAG, "dstnat", "Its destination is translated" },
	{ FLAG, "expired", "Must set a new password before anything else" },
	{ FLAG, "floating-undo", "Of a safe mode that is not over" },
	{ FLAG, "inactive", "Not in use" },
	{ FLAG, "invalid", "Can't work as it is" },
	{ FLAG, "local", "An address of the bridge itself" },
	{ FLAG, "published", "The router answers for it" },
	{ FLAG, "redoable", "Undone; /redo does it again" },
	{ FLAG, "running", "The link is there" },
	{ FLAG, "seen-reply", "Packets have gone both ways" },
	{ FLAG, "slave", "A port of a bridge" },
	{ FLAG, "srcnat", "Its source is translated" },
	{ FLAG, "static", "Made by configuration" },
	{ FLAG, "undoable", "/undo takes it back" },

	{ "policy", "api", "Log in by the API" },
	{ "policy", "ftp", "Exchange files" },
	{ "policy", "local", "Log in at the router's own console" },
	{ "policy", "password", "Change one's own password" },
	{ "policy", "policy", "Make users and say what they may do" },
	{ "policy", "read", "See the configuration" },
	{ "policy", "reboot", "Restart the router or stop it" },
	{ "policy", "rest-api", "Log in by REST" },
	{ "policy", "romon", "Nothing here; known from elsewhere" },
	{ "policy", "sensitive", "See passwords and other secrets" },
	{ "policy", "sniff", "Look at packets: sniffer and torch" },
	{ "policy", "ssh", "Log in by SSH" },
	{ "policy", "telnet", "Log in by telnet" },
	{ "policy", "test", "Ping, traceroute and other tests" },
	{ "policy", "web", "Log in by the browser" },
	{ "policy", "winbox", "Log in by the window tool" },
	{ "policy", "write", "Change the configuration" },

	{ "type", "command", "Run by somebody at a console" },
	{ "type", "execute", "Begun by :execute" },
	{ "type", "scheduler", "Begun by /system/scheduler" },
	{ "type", "script", "Begun by /system/script/run" },

	{ "action", "accept", "Let it pass; no more rules are asked" },
	{ "action", "drop", "Let it vanish without an answer" },
	{ "action", "reject", "Refuse it with an answer (reject-with)" },
	{ "action", "jump", "Go on in another chain (jump-target)" },
	{ "action", "return", "Go back to where the jump was" },
	{ "action", "log", "Write it to the log and go on" },
	{ "action", "passthrough", "Count it and go on" },
	{ "action", "masquerade", "The source becomes the address of the way out" },
	{ "action", "src-nat", "The source becomes to-addresses, to-ports" },
	{ "action", "dst-nat", "The destination becomes to-addresses, to-ports" },
	{ "action", "nat", "The address becomes another one" },
	{ "action", "redirect", "The destination becomes the router itself" },
	{ "action", "mark-connection", "Put a mark on the connection" },
	{ "action", "mark-packet", "Put a mark on the packet" },
	{ "action", "mark-routing", "Route it by another table" },
	{ "action", "change-mss", "Write another MSS into the TCP header" },
	{ "action", "add-src-to-address-list", "Put the source into an address list" },
	{ "action", "add-dst-to-address-list", "Put the destination into an address list" },
	{ "action", "change-ttl", "Write another time to live" },
	{ "action", "change-dscp", "Write another DSCP" },
	{ "action", "clear-df", "Let routers fragment it" },
	{ "action", "strip-ipv4-options", "Take its IPv4 options away" },
	{ "action", "tarpit", "Take TCP connections and hold them" },
	{ "action", "fasttrack-connection", "Ask no more rules for its packets" },
	{ "action", "netmap", "One network becomes another, host by host" },
	{ "action", "same", "Each client keeps one of several addresses" },
	{ "action", "notrack", "Don't track it as a connection" },

	{ "arp", "disabled", "Neither asks nor answers" },
	{ "arp", "enabled", "Asks, and answers for its own addresses" },
	{ "arp", "local-proxy-arp", "Answers for hosts of the same interface, too" },
	{ "arp", "proxy-arp", "Answers for hosts that it can route to, too" },
	{ "arp", "reply-only", "Answers; knows only hosts of /ip/arp" },

	{ "chain", "dstnat", "Before routing: where it goes to" },
	{ "chain", "forward", "Through the router" },
	{ "chain", "input", "To the router itself" },
	{ "chain", "output", "From the router itself" },
	{ "chain", "postrouting", "All that leaves" },
	{ "chain", "prerouting", "All that comes in" },
	{ "chain", "srcnat", "Behind routing: where it comes from" },

	{ "connection-nat-state", "dstnat", "The destination is translated" },
	{ "connection-nat-state", "srcnat", "The source is translated" },
	{ "connection-state", "established", "Of a connection that has been answered" },
	{ "connection-state", "invalid", "Of no connection, and begins none" },
	{ "connection-state", "new", "Begins a connection, or has not been answered" },
	{ "connection-state", "related", "Belongs to another connection (an ICMP error)" },
	{ "connection-state", "untracked", "Not tracked (notrack)" },

	{ "enabled", "auto", "As soon as there are rules" },
	{ "enabled", "yes", "Always" },
	{ "enabled", "no", "Never" },
	{ "learn", "auto", "Yes, unless the port is a router's" },
	{ "learn", "yes", "Note which stations are there" },
	{ "learn", "no", "Flood what is for them" },
	{ "loop-protect", "default", "As the bridge has it" },
	{ "loop-protect", "off", "No frames look for loops" },
	{ "loop-protect", "on", "Look for loops, and close the port that is in one" },
	{ "rp-filter", "loose", "The source must be reachable by some way" },
	{ "rp-filter", "no", "Any source" },
	{ "rp-filter", "strict", "The way back must be the way it came" },
	{ "filtering", "address-and-port-dependent", "Only from where was sent to" },
	{ "filtering", "address-dependent", "From any port of hosts that were sent to" },
	{ "filtering", "endpoint-independent", "From anybody" },

	{ "ipv4-options", "any", "Some option" },
	{ "ipv4-options", "none", "No options" },
	{ "target", "disk", "Files, kept over a restart" },
	{ "target", "echo", "The consoles" },
	{ "target", "memory", "The newest lines, until a restart" },

	/* Directions and what joins the filters of a capture. */
	{ NULL, "any", "Both" },
	{ NULL, "rx", "Received" },
	{ NULL, "tx", "Sent" },
	{ NULL, "and", "All must be true" },
	{ NULL, "or", "One is enough" },

	/* Kinds of addresses. */
	{ NULL, "unicast", "One host" },
	{ NULL, "local", "The router itself" },
	{ NULL, "broadcast", "All hosts of a network" },
	{ NULL, "multicast", "A group of hosts" },
	{ NULL, "blackhole", "A route drops it" },

	{ NULL, "in,ipsec", "Comes out of a tunnel" },
	{ NULL, "in,none", "Comes out of no tunnel" },
	{ NULL, "out,ipsec", "Goes into a tunnel" },
	{ NULL, "out,none", "Goes into no tunnel" },

	{ NULL, "loose-source-routing", "Names routers on its way" },
	{ NULL, "strict-source-routing", "Names each router on its way" },
	{ NULL, "record-route", "Notes the routers on its way" },
	{ NULL, "router-alert", "Each router shall look into it" },
	{ NULL, "timestamp", "Notes the time at each router" },
	{ NULL, "no-record-route", "Without that option" },
	{ NULL, "no-router-alert", "Without that option" },
	{ NULL, "no-source-routing", "Without those options" },
	{ NULL, "no-timestamp", "Without that option" },

	{ NULL, "icmp-admin-prohibited", "ICMP: forbidden by administration" },
	{ NULL, "icmp-host-prohibited", "ICMP: the host is forbidden" },
	{ NULL, "icmp-host-unreachable", "ICMP: the host can't be reached" },
	{ NULL, "icmp-net-prohibited", "ICMP: the network is forbidden" },
	{ NULL, "icmp-network-unreachable", "ICMP: the network can't be reached" },
	{ NULL, "icmp-port-unreachable", "ICMP: nobody listens at the port" },
	{ NULL, "icmp-protocol-unreachable", "ICMP: the protocol is not known" },
	{ NULL, "tcp-reset", "A reset, for TCP" },

	{ NULL, "fin", "It ends its direction" },
	{ NULL, "syn", "It begins a connection" },
	{ NULL, "rst", "It breaks the connection off" },
	{ NULL, "psh", "The data is for the program at once" },
	{ NULL, "ack", "It says what has arrived" },
	{ NULL, "urg", "Some of the data is urgent" },
	{ NULL, "ece", "Congestion was noticed (ECN)" },
	{ NULL, "cwr", "The sender has slowed down (ECN)" },

	{ NULL, "equal:", "Exactly" },
	{ NULL, "not-equal:", "Anything but" },
	{ NULL, "less-than:", "Below" },
	{ NULL, "greater-than:", "Above" },

	/* Protocols of IPv4. */
	{ NULL, "icmp", "Internet Control Message Protocol (1)" },
	{ NULL, "igmp", "Internet Group Management Protocol (2)" },
	{ NULL, "ipencap", "IPv4 in IPv4 (4)" },
	{ NULL, "tcp", "Transmission Control Protocol (6)" },
	{ NULL, "egp", "Exterior Gateway Protocol (8)" },
	{ NULL, "udp", "User Datagram Protocol (17)" },
	{ NULL, "dccp", "Datagram Congestion Control Protocol (33)" },
	{ NULL, "ipv6-encap", "IPv6 in IPv4 (41)" },
	{ NULL, "rsvp", "Resource Reservation Protocol (46)" },
	{ NULL, "gre", "Generic Routing Encapsulation (47)" },
	{ NULL, "ipsec-esp", "Encapsulating Security Payload (50)" },
	{ NULL, "ipsec-ah", "Authentication Header (51)" },
	{ NULL, "ospf", "Open Shortest Path First (89)" },
	{ NULL, "pim", "Protocol Independent Multicast (103)" },
	{ NULL, "vrrp", "Virtual Router Redundancy Protocol (112)" },
	{ NULL, "l2tp", "Layer Two Tunneling Protocol (115)" },
	{ NULL, "sctp", "Stream Control Transmission Protocol (132)" },
	{ NULL, "udp-lite", "Lightweight UDP (136)" },

	/* EtherTypes. */
	{ NULL, "ip", "IPv4 (0x0800)" },
	{ NULL, "arp", "Address Resolution Protocol (0x0806)" },
	{ NULL, "rarp", "Reverse ARP (0x8035)" },
	{ NULL, "ipv6", "IPv6 (0x86dd)" },
	{ "policy", "ftp", "Read and write the router's files" },
	{ "policy", "reboot", "Restart and stop the router" },
	{ "policy", "read", "See the configuration" },
	{ "policy", "write", "Change the configuration" },
	{ "policy", "policy", "Change users and what they may do" },
	{ "policy", "test", "Ping, traceroute, torch and their like" },
	{ "policy", "password", "Change its own password" },
	{ "policy", "sniff", "See packets" },
	{ "policy", "sensitive", "See passwords" },
	{ "policy", "romon", "Means nothing here; taken for the sake of RouterOS's lines" },

	{ "type", "execute", "Commands that :execute has started" },
	{ "type", "scheduler", "Its time in /system/scheduler has come" },
	{ "type", "script", "A script of /system/script" },

	{ NULL, "vlan", "A VLAN's tag (0x8100)" },
	{ NULL, "mpls-unicast", "MPLS (0x8847)" },
	{ NULL, "pppoe-discovery", "PPPoE, finding a server (0x8863)" },
	{ NULL, "pppoe", "PPPoE, a session (0x8864)" },
	{ NULL, "service-vlan", "A provider's VLAN tag (0x88a8)" },
	{ NULL, "lldp", "Link Layer Discovery Protocol (0x88cc)" },
};

const char *word_help(const struct field *field, const char *word)
{
	const char *name = field != NULL ? field->name : FLAG;

	for (size_t i = 0; i < ARRAY_LEN(helps); i++)
		if (strcmp(helps[i].word, word) == 0 &&
		    (helps[i].field == NULL ? field != NULL : strcmp(helps[i].field, name) == 0))
			return helps[i].help;
	return NULL;
}
