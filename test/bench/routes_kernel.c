/*
 * routes_kernel.c -- the kernel's routing table under what bench-routes does to ours.
 *
 *   bench-routes-kernel IFACE [ROUTES]     in a network namespace of its own: test/bench/routes
 *
 * IFACE is up, has the address 10.0.0.2/24 and forwards. The same routes (routes.h) come by
 * rtnetlink, many in a message to load them, one by one for updates. Look-ups are made in the
 * kernel itself: a BPF program asks for random destinations in a loop (bpf_fib_lookup(), without
 * the neighbour), and what the same loop takes without asking is subtracted.
 */
#include <linux/bpf.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lab/tools/tool.h"
#include "test/bench/routes.h"

enum {
	LOOKS_A_RUN = 1000, /* in one run of the program: its checker walks them all */
	RUNS = 10000,
	UPDATES = 200000,
	HOPS_FROM = 10,
	MESSAGE_BYTES = 1 << 16,
	ROOM_FOR_ONE = 128
};

struct kernel {
	int fd, ifindex;
	uint8_t message[MESSAGE_BYTES];
	size_t len, refused;
};

/* --- rtnetlink --------------------------------------------------------------------------- */

static void kernel_open(struct kernel *k, const char *iface)
{
	const int bytes = 1 << 22;

	k->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	k->ifindex = (int)if_nametoindex(iface);
	if (k->fd < 0 || k->ifindex == 0)
		tool_fail(iface);
	setsockopt(k->fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes);
	setsockopt(k->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
}

/* Only refusals are answered. Two routes that are alike in all are one to the kernel. */
static void read_refusals(struct kernel *k)
{
	static uint8_t answer[1 << 16];
	ssize_t n;

	while ((n = recv(k->fd, answer, sizeof answer, MSG_DONTWAIT)) > 0) {
		const struct nlmsghdr *h = (const void *)answer;

		for (size_t left = (size_t)n; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
			const struct nlmsgerr *e = NLMSG_DATA(h);

			if (h->nlmsg_type != NLMSG_ERROR || e->error == 0)
				continue;
			errno = -e->error;
			if (errno != EEXIST)
				tool_fail("a route");
			k->refused++;
		}
	}
}

static void flush(struct kernel *k)
{
	if (k->len > 0 && send(k->fd, k->message, k->len, 0) != (ssize_t)k->len)
		tool_fail("rtnetlink");
	k->len = 0;
	read_refusals(k);
}

static void put_attribute(struct nlmsghdr *h, unsigned short type, const void *value)
{
	struct rtattr *a = (void *)((uint8_t *)h + NLMSG_ALIGN(h->nlmsg_len));

	*a = (struct rtattr){ .rta_len = RTA_LENGTH(4), .rta_type = type };
	memcpy(RTA_DATA(a), value, 4);
	h->nlmsg_len = NLMSG_ALIGN(h->nlmsg_len) + RTA_LENGTH(4);
}

/* One more route to add or to take away in the message that is being written. */
static void put_route(struct kernel *k, const struct prefix *p, bool add)
{
	const uint32_t dst = htonl(p->network), gateway = htonl(0x0a000000U + HOPS_FROM + p->hop);
	struct nlmsghdr *h = (void *)(k->message + k->len);
	struct rtmsg *r = NLMSG_DATA(h);

	memset(h, 0, ROOM_FOR_ONE);
	h->nlmsg_len = NLMSG_LENGTH(sizeof *r);
	h->nlmsg_type = add ? RTM_NEWROUTE : RTM_DELROUTE;
	h->nlmsg_flags = (__u16)(NLM_F_REQUEST | (add ? NLM_F_CREATE : 0));
	*r = (struct rtmsg){ .rtm_family = AF_INET,
		             .rtm_dst_len = p->bits,
		             .rtm_table = RT_TABLE_MAIN,
		             .rtm_protocol = RTPROT_STATIC,
		             .rtm_scope = RT_SCOPE_UNIVERSE,
		             .rtm_type = RTN_UNICAST };
	put_attribute(h, RTA_DST, &dst);
	put_attribute(h, RTA_GATEWAY, &gateway);
	put_attribute(h, RTA_OIF, &k->ifindex);
	k->len += NLMSG_ALIGN(h->nlmsg_len);
	if (k->len > MESSAGE_BYTES - ROOM_FOR_ONE)
		flush(k);
}

static double load_seconds(struct kernel *k, const struct prefix *prefixes, size_t n)
{
	double begin = seconds_now();

	for (size_t i = 0; i < n; i++)
		put_route(k, &prefixes[i], true);
	flush(k);
	return seconds_now() - begin;
}

static double updates_a_second(struct kernel *k, const struct prefix *prefixes, size_t n,
                               struct draw *d)
{
	double begin = seconds_now();

	for (unsigned i = 0; i < UPDATES / 2; i++) {
		const struct prefix *p = &prefixes[draw(d) % n];

		put_route(k, p, false);
		flush(k);
		put_route(k, p, true);
		flush(k);
	}
	return UPDATES / (seconds_now() - begin);
}

/* --- look-ups ---------------------------------------------------------------------------- */

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

/*
 * LOOKS_A_RUN times: the question is written anew on the stack (the answer overwrites it), and
 * asked if @asks. What comes back is the sum of the answers, 0 for each destination that had a
 * route.
 */
static void program_write(struct program *p, int ifindex, bool asks)
{
	const int alu = BPF_ALU64 | BPF_K, stores = BPF_ST | BPF_MEM, at = -64;
	unsigned again;

	emit(p, BPF_ALU64 | BPF_MOV | BPF_X, 7, 1, 0, 0); /* r7: context, r6: left, r8: sum */
	emit(p, alu | BPF_MOV, 6, 0, 0, LOOKS_A_RUN);
	emit(p, alu | BPF_MOV, 8, 0, 0, 0);
	for (int word = 0; word < 64; word += 8)
		emit(p, stores | BPF_DW, 10, 0, at + word, 0);
	again = p->len;
	emit(p, BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_get_prandom_u32);
	emit(p, stores | BPF_DW, 10, 0, at, AF_INET); /* the first byte on our machines */
	emit(p, stores | BPF_DW, 10, 0, at + 8, ifindex);
	emit(p, stores | BPF_W, 10, 0, at + 16, 0);
	emit(p, BPF_STX | BPF_MEM | BPF_W, 10, 0, at + 32, 0);
	if (asks) {
		emit(p, BPF_ALU64 | BPF_MOV | BPF_X, 1, 7, 0, 0);
		emit(p, BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0);
		emit(p, alu | BPF_ADD, 2, 0, 0, at);
		emit(p, alu | BPF_MOV, 3, 0, 0, sizeof(struct bpf_fib_lookup));
		emit(p, alu | BPF_MOV, 4, 0, 0, BPF_FIB_LOOKUP_SKIP_NEIGH);
		emit(p, BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_fib_lookup);
		emit(p, BPF_ALU64 | BPF_ADD | BPF_X, 8, 0, 0, 0);
	}
	emit(p, alu | BPF_SUB, 6, 0, 0, 1);
	emit(p, BPF_JMP | BPF_JNE | BPF_K, 6, 0, (int)again - (int)p->len - 1, 0);
	emit(p, BPF_ALU64 | BPF_MOV | BPF_X, 0, 8, 0, 0);
	emit(p, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, cmd, attr, sizeof *attr);
}

/* The kernel lends its look-up only to programs that may be had under the GPL, too. */
static int program_load(const struct program *p)
{
	union bpf_attr a = { .prog_type = BPF_PROG_TYPE_XDP };
	int fd;

	a.insns = (uint64_t)(uintptr_t)p->code;
	a.insn_cnt = p->len;
	a.license = (uint64_t)(uintptr_t) "Dual MIT/GPL";
	fd = bpf(BPF_PROG_LOAD, &a);
	if (fd < 0)
		tool_fail("the program for look-ups");
	return fd;
}

static double run_seconds(int ifindex, bool asks)
{
	struct program p = { .len = 0 };
	union bpf_attr a = { 0 };
	uint8_t frame[64] = { 0 };
	double begin;

	program_write(&p, ifindex, asks);
	a.test.prog_fd = (uint32_t)program_load(&p);
	a.test.data_in = (uint64_t)(uintptr_t)frame;
	a.test.data_size_in = sizeof frame;
	a.test.repeat = RUNS;
	begin = seconds_now();
	if (bpf(BPF_PROG_TEST_RUN, &a))
		tool_fail("look-ups");
	if (a.test.retval > LOOKS_A_RUN / 10) { /* 127.0.0.0/8 is the host's own: 4 in a thousand */
		fprintf(stderr, "destinations have no route (%u)\n", a.test.retval);
		exit(2);
	}
	return seconds_now() - begin;
}

static double looks_a_second(int ifindex)
{
	double loop = run_seconds(ifindex, false);

	return (double)LOOKS_A_RUN * RUNS / (run_seconds(ifindex, true) - loop);
}

/* --- memory ------------------------------------------------------------------------------ */

/* What the kernel has taken in small pieces and in large ones, in the whole machine. */
static double kernel_bytes(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	char line[128];
	double sum = 0, kib;

	if (!f)
		tool_fail("/proc/meminfo");
	while (fgets(line, sizeof line, f)) {
		if (sscanf(line, "Slab: %lf", &kib) == 1 ||
		    sscanf(line, "VmallocUsed: %lf", &kib) == 1)
			sum += kib * 1024;
	}
	fclose(f);
	return sum;
}

int main(int argc, char **argv)
{
	static struct kernel k;
	size_t n = argc > 2 ? tool_number(argv[2], 1, 100000000) : 1000000;
	struct prefix *prefixes = calloc(n, sizeof *prefixes);
	struct draw d = { 2026 };
	double before, load, bytes, looks, updates;

	if (argc < 2 || !prefixes) {
		fprintf(stderr, "usage: routes_kernel IFACE [ROUTES]\n");
		return 2;
	}
	for (size_t i = 1; i < n; i++) /* the first is the default route */
		prefixes[i] = draw_prefix(&d, prefixes[i - 1]);
	kernel_open(&k, argv[1]);
	before = kernel_bytes();
	load = load_seconds(&k, prefixes, n);
	bytes = kernel_bytes() - before;
	n -= k.refused;
	looks = looks_a_second(k.ifindex);
	updates = updates_a_second(&k, prefixes, n, &d);
	printf("routes %zu load-s %.3f looks-M/s %.1f updates-k/s %.0f bytes-a-route %.1f\n", n,
	       load, looks / 1e6, updates / 1e3, bytes / (double)n);
	free(prefixes);
	return 0;
}
