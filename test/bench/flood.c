/*
 * flood.c -- as many small UDP packets as the machine can make, of one or many flows.
 *
 *   flood IFACE ROUTER-MAC FROM TO FLOWS SECONDS
 *
 * 60-byte frames from address FROM, ports 2000 up, to port 9 of TO; with FLOWS 0 to ports of TO
 * that no run before has sent to for hours, so that each packet begins a flow. Prints "N packets
 * live" or "N packets socket": live frames come from a BPF program which the kernel runs in a loop
 * (BPF_PROG_TEST_RUN with BPF_F_TEST_XDP_LIVE_FRAMES): 8 to 14 million a second, but only for root,
 * and only if the other end of the cable takes XDP frames (NAPI on a veth: "ethtool -K IFACE gro
 * on"). Elsewhere sendmmsg() on a packet socket makes 0.4 to 1 million.
 */
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "lab/tools/tool.h"

enum {
	FRAME_BYTES = 60,
	FIRST_PORT = 2000,
	FLOWS_MAX = 60000,
	BATCH = 64,
	PORT_TO = 9,
	NEW_PORT_TO = 1024, /* each packet a flow: all source ports to this one, then to the next */
	NEW_PORTS_TO = 64000,
	NEW_PORTS_A_SECOND = 10
};

struct flood {
	int ifindex;
	unsigned flows;
	unsigned first_to; /* each packet a flow: which destination port comes first; or 0 */
	double seconds;
	uint8_t frame[FRAME_BYTES];
};

static void put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void iface_mac(const char *iface, uint8_t *ret_mac)
{
	struct ifreq r = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	snprintf(r.ifr_name, sizeof r.ifr_name, "%s", iface);
	if (fd < 0 || ioctl(fd, SIOCGIFHWADDR, &r))
		tool_fail(iface);
	memcpy(ret_mac, r.ifr_hwaddr.sa_data, 6);
	close(fd);
}

static void router_mac(const char *text, uint8_t *ret_mac)
{
	unsigned b[6];

	if (sscanf(text, "%x:%x:%x:%x:%x:%x", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5]) != 6) {
		fprintf(stderr, "%s: not a hardware address\n", text);
		exit(2);
	}
	for (size_t i = 0; i < 6; i++)
		ret_mac[i] = (uint8_t)b[i];
}

/* The UDP checksum stays 0, "none" (RFC 768): a generator has better things to do. */
static void frame_make(struct flood *f, char **argv)
{
	const struct sockaddr_in from = tool_address(argv[3], "0"), to = tool_address(argv[4], "9");
	uint8_t *ip = f->frame + 14;
	uint32_t sum = 0;

	router_mac(argv[2], f->frame);
	iface_mac(argv[1], f->frame + 6);
	put16(f->frame + 12, ETHERTYPE_IP);
	ip[0] = 0x45;
	put16(ip + 2, FRAME_BYTES - 14);
	ip[8] = 64;
	ip[9] = IPPROTO_UDP;
	memcpy(ip + 12, &from.sin_addr, 4);
	memcpy(ip + 16, &to.sin_addr, 4);
	for (size_t i = 0; i < 20; i += 2)
		sum += (uint32_t)(ip[i] << 8 | ip[i + 1]);
	sum = (sum & 0xffff) + (sum >> 16);
	put16(ip + 10, ~(sum + (sum >> 16)));
	put16(ip + 22, PORT_TO);
	put16(ip + 24, FRAME_BYTES - 34);
}

/* --- the kernel's loop ------------------------------------------------------------------- */

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, cmd, attr, sizeof *attr);
}

struct program {
	struct bpf_insn code[64];
	unsigned len;
};

static void emit(struct program *p, int code, int dst, int src, int off, int imm)
{
	p->code[p->len++] = (struct bpf_insn){ .code = (__u8)code,
		                               .dst_reg = (__u8)(dst & 15),
		                               .src_reg = (__u8)(src & 15),
		                               .off = (__s16)off,
		                               .imm = imm };
}

static void emit_constant(struct program *p, int dst, int src, uint64_t value)
{
	emit(p, BPF_LD | BPF_DW | BPF_IMM, dst, src, 0, (int)(uint32_t)value);
	emit(p, 0, 0, 0, 0, (int)(value >> 32));
}

/*
 * Writes the whole header anew, for the page comes round again with what the router left in it;
 * counts in the map; takes the source port from the count; sends by the interface.
 */
static void program_write(struct program *p, const struct flood *f, int map)
{
	const int loads = BPF_LDX | BPF_MEM, stores = BPF_STX | BPF_MEM, alu = BPF_ALU64 | BPF_K;
	unsigned leave;

	emit(p, loads | BPF_W, 2, 1, 0, 0); /* r2: data, r3: its end */
	emit(p, loads | BPF_W, 3, 1, 4, 0);
	emit(p, BPF_ALU64 | BPF_MOV | BPF_X, 4, 2, 0, 0);
	emit(p, alu | BPF_ADD, 4, 0, 0, FRAME_BYTES);
	leave = p->len;
	emit(p, BPF_JMP | BPF_JGT | BPF_X, 4, 3, 0, 0);
	for (int at = 0; at < 40; at += 8) {
		uint64_t eight;

		memcpy(&eight, f->frame + at, sizeof eight);
		emit_constant(p, 5, 0, eight);
		emit(p, stores | BPF_DW, 2, 5, at, 0);
	}
	emit(p, BPF_ST | BPF_MEM | BPF_H, 2, 0, 40, 0);
	emit_constant(p, 6, BPF_PSEUDO_MAP_VALUE, (uint32_t)map);
	emit(p, loads | BPF_DW, 7, 6, 0, 0);
	emit(p, alu | BPF_ADD, 7, 0, 0, 1);
	emit(p, stores | BPF_DW, 6, 7, 0, 0);
	if (f->first_to != 0) {
		emit(p, BPF_ALU64 | BPF_MOV | BPF_X, 8, 7, 0, 0);
		emit(p, alu | BPF_DIV, 8, 0, 0, (int)f->flows);
		emit(p, alu | BPF_ADD, 8, 0, 0, (int)f->first_to);
		emit(p, alu | BPF_MOD, 8, 0, 0, NEW_PORTS_TO);
		emit(p, alu | BPF_ADD, 8, 0, 0, NEW_PORT_TO);
		emit(p, BPF_ALU | BPF_END | BPF_TO_BE, 8, 0, 0, 16);
		emit(p, stores | BPF_H, 2, 8, 36, 0);
	}
	emit(p, alu | BPF_MOD, 7, 0, 0, (int)f->flows);
	emit(p, alu | BPF_ADD, 7, 0, 0, FIRST_PORT);
	emit(p, BPF_ALU | BPF_END | BPF_TO_BE, 7, 0, 0, 16);
	emit(p, stores | BPF_H, 2, 7, 34, 0);
	emit(p, alu | BPF_MOV, 1, 0, 0, f->ifindex);
	emit(p, alu | BPF_MOV, 2, 0, 0, 0);
	emit(p, BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_redirect);
	emit(p, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	p->code[leave].off = (__s16)(p->len - leave - 1);
	emit(p, alu | BPF_MOV, 0, 0, 0, XDP_ABORTED);
	emit(p, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

static int counter_open(void)
{
	union bpf_attr a = { .map_type = BPF_MAP_TYPE_ARRAY };

	a.key_size = 4;
	a.value_size = 8;
	a.max_entries = 1;
	return bpf(BPF_MAP_CREATE, &a);
}

static uint64_t counter_read(int map)
{
	uint32_t key = 0;
	uint64_t count = 0;
	union bpf_attr a = { .map_fd = (uint32_t)map };

	a.key = (uint64_t)(uintptr_t)&key;
	a.value = (uint64_t)(uintptr_t)&count;
	return bpf(BPF_MAP_LOOKUP_ELEM, &a) ? 0 : count;
}

static int program_load(const struct program *p)
{
	union bpf_attr a = { .prog_type = BPF_PROG_TYPE_XDP };

	a.insns = (uint64_t)(uintptr_t)p->code;
	a.insn_cnt = p->len;
	a.license = (uint64_t)(uintptr_t) "Apache-2.0";
	return bpf(BPF_PROG_LOAD, &a);
}

static void alarm_rang(int signal)
{
	(void)signal; /* it only has to interrupt the loop in the kernel */
}

static void alarm_set(double seconds)
{
	const struct sigaction action = { .sa_handler = alarm_rang };
	const long us = (long)(seconds * 1e6);
	const struct itimerval timer = { .it_value = { us / 1000000, us % 1000000 } };

	if (sigaction(SIGALRM, &action, NULL) || setitimer(ITIMER_REAL, &timer, NULL))
		tool_fail("alarm");
}

/* False when this kernel, user or interface does not allow it: nothing has been sent then. */
static bool flood_live(const struct flood *f)
{
	struct program p = { .len = 0 };
	const int map = counter_open();
	union bpf_attr a = { 0 };
	int fd;

	if (map < 0)
		return false;
	program_write(&p, f, map);
	fd = program_load(&p);
	if (fd < 0)
		return false;
	a.test.prog_fd = (uint32_t)fd;
	a.test.data_in = (uint64_t)(uintptr_t)f->frame;
	a.test.data_size_in = FRAME_BYTES;
	a.test.repeat = 1u << 31;
	a.test.flags = BPF_F_TEST_XDP_LIVE_FRAMES;
	a.test.batch_size = BATCH;
	alarm_set(f->seconds);
	if (bpf(BPF_PROG_TEST_RUN, &a) && errno != EINTR)
		return false;
	printf("%llu packets live\n", (unsigned long long)counter_read(map));
	return true;
}

/* --- a packet socket --------------------------------------------------------------------- */

static int socket_open(const struct flood *f)
{
	const struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_ifindex = f->ifindex };
	const int one = 1;
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof at) ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one))
		tool_fail("packet socket");
	return fd;
}

static void flood_socket(const struct flood *f)
{
	static uint8_t frames[BATCH][FRAME_BYTES];
	static struct mmsghdr messages[BATCH];
	static struct iovec parts[BATCH];
	const int fd = socket_open(f);
	const double end = tool_now() + f->seconds;
	unsigned long long sent = 0;
	unsigned flow = 0;

	for (size_t i = 0; i < BATCH; i++) {
		memcpy(frames[i], f->frame, FRAME_BYTES);
		parts[i] = (struct iovec){ frames[i], FRAME_BYTES };
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	while (tool_now() < end) {
		int n;

		for (size_t i = 0; i < BATCH; i++, flow++) {
			put16(frames[i] + 34, FIRST_PORT + flow % f->flows);
			if (f->first_to != 0)
				put16(frames[i] + 36,
				      NEW_PORT_TO + (f->first_to + flow / f->flows) % NEW_PORTS_TO);
		}
		n = sendmmsg(fd, messages, BATCH, 0);
		if (n > 0)
			sent += (unsigned)n;
	}
	printf("%llu packets socket\n", sent);
}

int main(int argc, char **argv)
{
	struct flood f = { 0 };

	if (argc != 7) {
		fprintf(stderr, "usage: flood IFACE ROUTER-MAC FROM TO FLOWS SECONDS\n");
		return 2;
	}
	f.ifindex = (int)if_nametoindex(argv[1]);
	f.flows = tool_number(argv[5], 0, FLOWS_MAX);
	if (f.flows == 0) {
		f.flows = FLOWS_MAX;
		f.first_to = 1 + (unsigned)(tool_now() * NEW_PORTS_A_SECOND) % NEW_PORTS_TO;
	}
	f.seconds = strtod(argv[6], NULL);
	frame_make(&f, argv);
	if (!flood_live(&f))
		flood_socket(&f);
	return 0;
}
