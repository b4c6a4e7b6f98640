/* UDP and ICMP echo on sockets: what leaves, what comes in, and to whom; errors; budgets. */
#include "host/datagram.h"

#include <time.h>

#include <linux/errqueue.h>

#include "host/inbox.h"
#include "sock_world.h"

static const char *payload(const struct pkt *p, char buffer[64])
{
	uint32_t n = p->len - p->payload_at;

	assert_true(n < 64);
	memcpy(buffer, p->bytes + p->payload_at, n);
	buffer[n] = 0;
	return buffer;
}

static void a_question_leaves_and_its_answer_comes(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = sock_made(w, SOCK_DGRAM, 0);
	struct sockaddr_in from;
	char text[64];
	int len = sizeof from;
	struct pkt *p;

	assert_int_equal(sock_bits(s), POLLOUT);
	assert_int_equal(sock_receive(s, text, sizeof text, 0, NULL, NULL), -EAGAIN);
	assert_int_equal(sock_sent_to(s, "who?", 4, FAR, 53), 4);
	p = sock_said(w);
	assert_int_equal(p->arrived.src.v, A(WAN).v); /* by the route */
	assert_int_equal(p->arrived.dst.v, A(FAR).v);
	assert_int_equal(p->arrived.dport, 53);
	assert_in_range(p->arrived.sport, 32768, 60999);
	assert_true(p->dont_fragment);
	assert_int_equal(p->ttl, 64);
	assert_string_equal(payload(p, text), "who?");
	assert_int_equal(sock_bits(s), POLLOUT);
	sock_hears(w, 1, FAR, 53, WAN, p->arrived.sport, "me");
	assert_int_equal(sock_bits(s), POLLIN | POLLOUT);
	assert_int_equal(sock_unread(s), 2);
	assert_int_equal(sock_receive(s, text, sizeof text, 0, &from, &len), 2);
	assert_memory_equal(text, "me", 2);
	assert_int_equal(len, sizeof from);
	assert_int_equal(ntohl(from.sin_addr.s_addr), A(FAR).v);
	assert_int_equal(ntohs(from.sin_port), 53);
	assert_int_equal(sock_bits(s), POLLOUT);
	pkt_done(w.f->net, p);
	sock_close(s);
	sock_world_free(w);
}

static void peek_cut_and_whole_length(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = sock_made(w, SOCK_DGRAM, IPPROTO_UDP);
	char text[8] = { 0 };
	struct sock_message m = { .bytes = text, .n = 3 };

	assert_int_equal(sock_bound(s, "0.0.0.0", 5000), 0);
	sock_hears(w, 2, PEER, 9, LAN, 5000, "abcdef");
	sock_hears(w, 2, PEER, 9, LAN, 5000, "");
	assert_int_equal(sock_receive(s, text, 2, MSG_PEEK, NULL, NULL), 2);
	assert_int_equal(sock_receive(s, text, 2, MSG_PEEK | MSG_TRUNC, NULL, NULL), 6);
	assert_int_equal(sock_receive_message(s, &m, 0), 3);
	assert_int_equal(m.flags, MSG_TRUNC);
	assert_memory_equal(text, "abc", 3);
	/* An empty one is one, too. */
	assert_int_equal(sock_bits(s), POLLIN | POLLOUT);
	assert_int_equal(sock_receive(s, text, 8, 0, NULL, NULL), 0);
	assert_int_equal(sock_receive(s, text, 8, 0, NULL, NULL), -EAGAIN);
	sock_close(s);
	sock_world_free(w);
}

/* Who is bound closest to it has it; a connected one only its peer's. */
static void the_closest_has_it(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *any = sock_made(w, SOCK_DGRAM, 0), *lan = sock_made(w, SOCK_DGRAM, 0),
		    *peers = sock_made(w, SOCK_DGRAM, 0);
	char text[8];

	sock_set(any, SOL_SOCKET, SO_REUSEADDR, 1);
	sock_set(lan, SOL_SOCKET, SO_REUSEADDR, 1);
	sock_set(peers, SOL_SOCKET, SO_REUSEADDR, 1);
	assert_int_equal(sock_bound(any, "0.0.0.0", 53), 0);
	assert_int_equal(sock_bound(lan, LAN, 53), 0);
	assert_int_equal(sock_bound(peers, LAN, 53), 0);
	assert_int_equal(sock_joined(peers, PEER, 99), 0);
	sock_hears(w, 1, FAR, 99, WAN, 53, "1");
	sock_hears(w, 2, PEER, 98, LAN, 53, "22");
	sock_hears(w, 2, PEER, 99, LAN, 53, "333");
	assert_int_equal(sock_receive(any, text, 8, 0, NULL, NULL), 1);
	assert_int_equal(sock_receive(lan, text, 8, 0, NULL, NULL), 2);
	assert_int_equal(sock_receive(peers, text, 8, 0, NULL, NULL), 3);
	assert_int_equal(sock_receive(any, text, 8, 0, NULL, NULL), -EAGAIN);
	/* A broadcast is for each who listens on all addresses. */
	sock_hears(w, 2, PEER, 99, "255.255.255.255", 53, "4444");
	assert_int_equal(sock_receive(any, text, 8, 0, NULL, NULL), 4);
	assert_int_equal(sock_receive(lan, text, 8, 0, NULL, NULL), -EAGAIN);
	sock_close(any);
	sock_close(lan);
	sock_close(peers);
	sock_world_free(w);
}

static void broadcasts_reach_all_and_want_leave_to_be_sent(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *a = sock_made(w, SOCK_DGRAM, 0), *b = sock_made(w, SOCK_DGRAM, 0);
	char text[8];
	struct pkt *p;

	sock_set(a, SOL_SOCKET, SO_REUSEADDR, 1);
	sock_set(b, SOL_SOCKET, SO_REUSEADDR, 1);
	assert_int_equal(sock_bound(a, "0.0.0.0", 67), 0);
	assert_int_equal(sock_bound(b, "0.0.0.0", 67), 0);
	sock_hears(w, 2, PEER, 68, "192.168.88.255", 67, "x");
	assert_int_equal(sock_receive(a, text, 8, 0, NULL, NULL), 1);
	assert_int_equal(sock_receive(b, text, 8, 0, NULL, NULL), 1);
	assert_int_equal(sock_sent_to(a, "y", 1, "192.168.88.255", 68), -EACCES);
	assert_int_equal(sock_joined(a, "192.168.88.255", 68), -EACCES);
	sock_set(a, SOL_SOCKET, SO_BROADCAST, 1);
	assert_int_equal(sock_sent_to(a, "y", 1, "192.168.88.255", 68), 1);
	p = sock_said(w);
	assert_int_equal(p->arrived.src.v, A(LAN).v);
	pkt_done(w.f->net, p);
	assert_int_equal(sock_joined(a, "192.168.88.255", 68), 0);
	sock_close(a);
	sock_close(b);
	sock_world_free(w);
}

static void errors_of_calls(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = sock_made(w, SOCK_DGRAM, 0), *other;
	struct sockaddr_in in = sock_at_port(PEER, 0), v6 = { .sin_family = AF_INET6 };
	uint8_t *large = mem_new(1, 65536);

	assert_int_equal(sock_open(w.host, AF_INET6, SOCK_DGRAM, 0, &other), -EAFNOSUPPORT);
	assert_int_equal(sock_open(w.host, AF_INET, SOCK_RAW, 1, &other), -ESOCKTNOSUPPORT);
	assert_int_equal(sock_open(w.host, AF_INET, SOCK_DGRAM, IPPROTO_TCP, &other),
	                 -EPROTONOSUPPORT);
	assert_int_equal(sock_open(w.host, AF_INET, SOCK_DGRAM, -1, &other), -EINVAL);
	assert_int_equal(sock_send(s, "x", 1, 0, NULL, 0), -EDESTADDRREQ);
	assert_int_equal(sock_send(s, "x", 1, 0, &in, sizeof in), -EINVAL); /* port 0 */
	assert_int_equal(sock_send(s, "x", 1, 0, &in, 8), -EINVAL);
	assert_int_equal(sock_send(s, "x", 1, 0, &v6, sizeof v6), -EAFNOSUPPORT);
	in.sin_port = htons(9);
	assert_int_equal(sock_send(s, "x", 1, MSG_OOB, &in, sizeof in), -EOPNOTSUPP);
	assert_int_equal(sock_send(s, large, 65508, 0, &in, sizeof in), -EMSGSIZE);
	assert_int_equal(sock_shutdown(s, SHUT_RD), -ENOTCONN);
	assert_int_equal(sock_shutdown(s, 7), -EINVAL);
	assert_int_equal(sock_listen(s, 1), -EOPNOTSUPP);
	assert_int_equal(sock_accept(s, NULL, NULL, &other), -EOPNOTSUPP);
	/* Larger than the link's packets: in pieces, unless it may not be cut. */
	sock_set(s, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
	assert_int_equal(sock_send(s, large, 1473, 0, &in, sizeof in), -EMSGSIZE);
	assert_int_equal(sock_send(s, large, 1472, 0, &in, sizeof in), 1472);
	sock_set(s, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_WANT);
	assert_int_equal(sock_send(s, large, 65507, 0, &in, sizeof in), 65507);
	mem_free(large);
	sock_close(s);
	sock_world_free(w);
}

static void sending_stops_when_the_queue_is_full(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = sock_made(w, SOCK_DGRAM, 0);
	unsigned sent = 0;
	struct pkt *p;

	while (sock_sent_to(s, "x", 1, PEER, 9) == 1)
		sent++;
	assert_in_range(sent, 64, NET_OWN_QUEUE - 1);
	assert_int_equal(w.f->net->drops[DROP_TURN_FULL], 0);
	assert_int_equal(sock_sent_to(s, "x", 1, PEER, 9), -EAGAIN);
	assert_int_equal(sock_bits(s), 0);
	assert_int_equal(host_due(w.host).ns, w.f->net->now.ns);
	while ((p = net_own_take(w.f->net)) != NULL)
		pkt_done(w.f->net, p);
	host_turn(w.host);
	assert_int_equal(sock_bits(s), POLLOUT);
	assert_int_equal(sock_sent_to(s, "x", 1, PEER, 9), 1);
	sock_close(s);
	sock_world_free(w);
}

/* --- errors that ICMP tells --- */

/* ether1's router says of @p: @type and @code. */
static void told(struct sock_world w, const struct pkt *p, uint8_t type, uint8_t code)
{
	uint32_t quote = p->len - p->l3;
	char src[IP4_TEXT_BYTES];
	struct pkt *e;
	uint8_t *icmp;

	ip4_str(p->arrived.src, src);
	frame_icmp(&w.f->in, 1, "203.0.113.1", src, type, quote);
	icmp = bytes_of(&w.f->in) + ETH_HEADER_BYTES + IP4_HEADER_BYTES;
	icmp[ICMP_AT_CODE] = code;
	wire_put32(icmp + ICMP_AT_ID, 1400);
	memcpy(icmp + ICMP_HEADER_BYTES, p->bytes + p->l3, quote);
	sum_l4(icmp, ICMP_HEADER_BYTES + quote, ICMP_AT_CHECKSUM, "203.0.113.1", src, IPPROTO_ICMP);
	e = fixture_input(w.f, 1);
	assert_non_null(e);
	assert_int_equal(net_deliver_local(w.f->net, e), VERDICT_TAKEN);
}

static void connected_ones_hear_what_is_final(void **unused)
{
	static const struct {
		uint8_t type, code;
		int error;
	} cases[] = {
		{ ICMP_UNREACHABLE, 0, 0 },
		{ ICMP_UNREACHABLE, 1, 0 },
		{ ICMP_UNREACHABLE, 2, ENOPROTOOPT },
		{ ICMP_UNREACHABLE, 3, ECONNREFUSED },
		{ ICMP_UNREACHABLE, 4, EMSGSIZE },
		{ ICMP_UNREACHABLE, 5, 0 },
		{ ICMP_UNREACHABLE, 6, ENETUNREACH },
		{ ICMP_UNREACHABLE, 7, EHOSTDOWN },
		{ ICMP_UNREACHABLE, 8, ENONET },
		{ ICMP_UNREACHABLE, 9, ENETUNREACH },
		{ ICMP_UNREACHABLE, 10, EHOSTUNREACH },
		{ ICMP_UNREACHABLE, 13, EHOSTUNREACH },
		{ ICMP_UNREACHABLE, 16, 0 },
		{ ICMP_TIME_EXCEEDED, 0, 0 },
		{ ICMP_PARAMETER_PROBLEM, 0, EPROTO },
		{ ICMP_SOURCE_QUENCH, 0, 0 },
	};
	struct sock_world w = sock_world_new();
	struct sock *s = sock_made(w, SOCK_DGRAM, 0), *loose = sock_made(w, SOCK_DGRAM, 0);

	assert_int_equal(sock_joined(s, FAR, 9), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pkt *p;

		assert_int_equal(sock_send(s, "x", 1, 0, NULL, 0), 1);
		p = sock_said(w);
		told(w, p, cases[i].type, cases[i].code);
		pkt_done(w.f->net, p);
		assert_int_equal(sock_bits(s), cases[i].error != 0 ? POLLERR | POLLOUT : POLLOUT);
		if (i % 2 == 0) {
			assert_int_equal(sock_get(s, SOL_SOCKET, SO_ERROR), cases[i].error);
		} else if (cases[i].error != 0) {
			char text[4];

			assert_int_equal(sock_receive(s, text, 4, 0, NULL, NULL), -cases[i].error);
		}
		assert_int_equal(sock_get(s, SOL_SOCKET, SO_ERROR), 0);
		/* Who is not connected talks to many: they hear nothing. */
		assert_int_equal(sock_sent_to(loose, "x", 1, FAR, 9), 1);
		p = sock_said(w);
		told(w, p, cases[i].type, cases[i].code);
		pkt_done(w.f->net, p);
		assert_int_equal(sock_get(loose, SOL_SOCKET, SO_ERROR), 0);
	}
	sock_close(s);
	sock_close(loose);
	sock_world_free(w);
}

static void the_error_queue_says_it_all(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = sock_made(w, SOCK_DGRAM, 0);
	_Alignas(struct cmsghdr) uint8_t control[128];
	struct sockaddr_in to;
	char text[16];
	struct sock_message m = { .name = &to,
		                  .name_len = sizeof to,
		                  .bytes = text,
		                  .n = sizeof text,
		                  .control = control,
		                  .control_len = sizeof control };
	struct sock_extended_err error;
	struct cmsghdr head;
	struct sockaddr_in offender;
	struct pkt *p;

	sock_set(s, IPPROTO_IP, IP_RECVERR, 1);
	assert_int_equal(sock_sent_to(s, "hello", 5, FAR, 9), 5);
	p = sock_said(w);
	told(w, p, ICMP_UNREACHABLE, ICMP_FRAGMENT_NEEDED);
	pkt_done(w.f->net, p);
	assert_int_equal(sock_bits(s), POLLERR | POLLOUT);
	assert_int_equal(sock_receive_message(s, &m, MSG_ERRQUEUE), 5);
	assert_memory_equal(text, "hello", 5);
	assert_int_equal(m.flags, MSG_ERRQUEUE);
	assert_int_equal(ntohl(to.sin_addr.s_addr), A(FAR).v);
	assert_int_equal(ntohs(to.sin_port), 9);
	memcpy(&head, control, sizeof head);
	memcpy(&error, control + CMSG_LEN(0), sizeof error);
	memcpy(&offender, control + CMSG_LEN(0) + sizeof error, sizeof offender);
	assert_int_equal(head.cmsg_type, IP_RECVERR);
	assert_int_equal(head.cmsg_len, CMSG_LEN(sizeof error + sizeof offender));
	assert_int_equal(sizeof error, sizeof(struct sock_error_report));
	assert_int_equal(error.ee_errno, EMSGSIZE);
	assert_int_equal(error.ee_origin, SO_EE_ORIGIN_ICMP);
	assert_int_equal(error.ee_info, 1400);
	assert_int_equal(ntohl(offender.sin_addr.s_addr), A("203.0.113.1").v);
	assert_int_equal(sock_receive_message(s, &m, MSG_ERRQUEUE), -EAGAIN);
	assert_int_equal(sock_bits(s), POLLOUT);
	sock_close(s);
	sock_world_free(w);
}

static void control_messages_tell_and_ask(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = sock_made(w, SOCK_DGRAM, 0);
	_Alignas(struct cmsghdr) uint8_t control[128] = { 0 };
	struct in_pktinfo info = { .ipi_ifindex = 0 };
	struct sockaddr_in to = sock_at_port(PEER, 9);
	char text[16];
	struct sock_message m = {
		.bytes = text, .n = sizeof text, .control = control, .control_len = sizeof control
	};
	struct cmsghdr *c = (struct cmsghdr *)control;
	struct pkt *p;

	sock_set(s, IPPROTO_IP, IP_PKTINFO, 1);
	sock_set(s, IPPROTO_IP, IP_RECVTTL, 1);
	assert_int_equal(sock_bound(s, "0.0.0.0", 5353), 0);
	sock_hears(w, 2, PEER, 9, LAN, 5353, "x");
	assert_int_equal(sock_receive_message(s, &m, 0), 1);
	assert_int_equal(c->cmsg_type, IP_PKTINFO);
	memcpy(&info, CMSG_DATA(c), sizeof info);
	assert_int_equal(info.ipi_ifindex, 2);
	assert_int_equal(ntohl(info.ipi_addr.s_addr), A(LAN).v);
	assert_int_equal(m.control_len, CMSG_SPACE(sizeof info) + CMSG_SPACE(sizeof(int)));
	/* Too little room: what fits, and a word about it. */
	sock_hears(w, 2, PEER, 9, LAN, 5353, "x");
	m.control_len = CMSG_SPACE(sizeof info);
	assert_int_equal(sock_receive_message(s, &m, 0), 1);
	assert_int_equal(m.flags, MSG_CTRUNC);
	/* And from another address, by another interface, with a TTL of its own. */
	info = (struct in_pktinfo){ .ipi_spec_dst.s_addr = htonl(A(WAN).v) };
	*c = (struct cmsghdr){ CMSG_LEN(sizeof info), IPPROTO_IP, IP_PKTINFO };
	memcpy(CMSG_DATA(c), &info, sizeof info);
	m = (struct sock_message){ .name = &to,
		                   .name_len = sizeof to,
		                   .bytes = text,
		                   .n = 1,
		                   .control = control,
		                   .control_len = CMSG_SPACE(sizeof info) };
	assert_int_equal(sock_send_message(s, &m, 0), 1);
	p = sock_said(w);
	assert_int_equal(p->arrived.src.v, A(WAN).v);
	pkt_done(w.f->net, p);
	*c = (struct cmsghdr){ CMSG_LEN(sizeof(int)), IPPROTO_IP, IP_TTL };
	memcpy(CMSG_DATA(c), &(int){ 3 }, sizeof(int));
	m.control_len = CMSG_SPACE(sizeof(int));
	assert_int_equal(sock_send_message(s, &m, 0), 1);
	p = sock_said(w);
	assert_int_equal(p->ttl, 3);
	pkt_done(w.f->net, p);
	c->cmsg_len = 400; /* lies about its length */
	assert_int_equal(sock_send_message(s, &m, 0), -EINVAL);
	sock_close(s);
	sock_world_free(w);
}

static void what_is_not_read_is_bounded(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = sock_made(w, SOCK_DGRAM, 0), *t = sock_made(w, SOCK_DGRAM, 0);
	uint32_t free_cells = inboxes_free_cells(w.host->socks->inboxes);
	char text[8];
	unsigned n = 0;

	assert_int_equal(sock_bound(s, "0.0.0.0", 1), 0);
	assert_int_equal(sock_bound(t, "0.0.0.0", 2), 0);
	sock_set(s, SOL_SOCKET, SO_RCVBUF, 5000);
	assert_int_equal(sock_get(s, SOL_SOCKET, SO_RCVBUF), 10000);
	for (unsigned i = 0; i < 3000; i++)
		sock_hears(w, 2, PEER, 9, LAN, 1, "x");
	while (sock_receive(s, text, 8, 0, NULL, NULL) == 1)
		n++;
	assert_int_equal(n, 10000 / INBOX_CELL_BYTES);
	assert_int_equal(s->inbox->lost, 3000 - n);
	/* However much a socket may have, it leaves something for others. */
	sock_set(s, SOL_SOCKET, SO_RCVBUF, 4 << 20);
	for (unsigned i = 0; i < 3000; i++)
		sock_hears(w, 2, PEER, 9, LAN, 1, "x");
	sock_hears(w, 2, PEER, 9, LAN, 2, "x");
	assert_int_equal(sock_receive(t, text, 8, 0, NULL, NULL), 1);
	sock_close(s);
	sock_close(t);
	assert_int_equal(inboxes_free_cells(w.host->socks->inboxes), free_cells);
	sock_world_free(w);
}

static void connect_disconnect_and_shutdown(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = sock_made(w, SOCK_DGRAM, 0);
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	char buffer[32], text[8];
	int len = sizeof none;

	assert_int_equal(sock_peer_name(s, &none, &len), -ENOTCONN);
	assert_int_equal(sock_joined(s, PEER, 9), 0);
	assert_string_equal(sock_name_text(s, true, buffer), PEER ":9");
	assert_int_equal(strncmp(sock_name_text(s, false, buffer), LAN ":", strlen(LAN) + 1), 0);
	assert_int_equal(sock_joined(s, FAR, 9), 0); /* and another, from there */
	assert_int_equal(strncmp(sock_name_text(s, false, buffer), WAN ":", strlen(WAN) + 1), 0);
	assert_int_equal(sock_connect(s, &none, sizeof none), 0);
	assert_string_equal(sock_name_text(s, false, buffer), "0.0.0.0:0");
	assert_int_equal(ports_used(w.f->net->ports), 0);
	assert_int_equal(sock_joined(s, "127.0.0.1", 9), 0);
	assert_int_equal(sock_shutdown(s, SHUT_RD), 0);
	assert_int_equal(sock_bits(s), POLLIN | POLLRDHUP | POLLOUT);
	assert_int_equal(sock_receive(s, text, 8, 0, NULL, NULL), 0);
	assert_int_equal(sock_shutdown(s, SHUT_WR), 0);
	assert_int_equal(sock_bits(s), POLLIN | POLLRDHUP | POLLOUT | POLLHUP);
	assert_int_equal(sock_send(s, "x", 1, 0, NULL, 0), -EPIPE);
	sock_close(s);
	sock_world_free(w);
}

static void echo_sockets_ask_and_hear(void **unused)
{
	struct sock_world w = sock_world_new();
	struct sock *s = sock_made(w, SOCK_DGRAM, IPPROTO_ICMP);
	uint8_t question[12] = { ICMP_ECHO, 0, 0, 0, 0xde, 0xad, 0, 7, 'p', 'i', 'n', 'g' };
	uint8_t answer[32], *icmp;
	struct pkt *p;

	assert_int_equal(sock_sent_to(s, question, 7, PEER, 0), -EINVAL);
	question[0] = ICMP_ECHO_REPLY;
	assert_int_equal(sock_sent_to(s, question, 12, PEER, 0), -EINVAL);
	question[0] = ICMP_ECHO;
	assert_int_equal(sock_sent_to(s, question, 12, PEER, 0), 12);
	p = sock_said(w);
	assert_int_equal(checksum(p->bytes + p->l4, p->len - p->l4), 0);
	assert_int_equal(p->arrived.sport, s->local_port); /* not what the program wrote */
	frame_icmp(&w.f->in, 2, PEER, LAN, ICMP_ECHO_REPLY, 4);
	icmp = bytes_of(&w.f->in) + ETH_HEADER_BYTES + IP4_HEADER_BYTES;
	memcpy(icmp + 4, p->bytes + p->l4 + 4, 8);
	sum_l4(icmp, 12, ICMP_AT_CHECKSUM, PEER, LAN, IPPROTO_ICMP);
	pkt_done(w.f->net, p);
	p = fixture_input(w.f, 2);
	assert_int_equal(net_deliver_local(w.f->net, p), VERDICT_TAKEN);
	assert_int_equal(sock_receive(s, answer, sizeof answer, 0, NULL, NULL), 12);
	assert_int_equal(answer[0], ICMP_ECHO_REPLY);
	assert_memory_equal(answer + 6, question + 6, 6);
	sock_close(s);
	sock_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_leaves_and_its_answer_comes),
		cmocka_unit_test(peek_cut_and_whole_length),
		cmocka_unit_test(the_closest_has_it),
		cmocka_unit_test(broadcasts_reach_all_and_want_leave_to_be_sent),
		cmocka_unit_test(errors_of_calls),
		cmocka_unit_test(sending_stops_when_the_queue_is_full),
		cmocka_unit_test(connected_ones_hear_what_is_final),
		cmocka_unit_test(the_error_queue_says_it_all),
		cmocka_unit_test(control_messages_tell_and_ask),
		cmocka_unit_test(what_is_not_read_is_bounded),
		cmocka_unit_test(connect_disconnect_and_shutdown),
		cmocka_unit_test(echo_sockets_ask_and_hear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
