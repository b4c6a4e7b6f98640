/*
 * flow_counts.c -- open addressing with linear probing; what is taken out is closed up again, so
 * that a table never silts up.
 */
#include "fw/flow_counts.h"

#include "lib/mem.h"
#include "lib/must.h"

#define LENGTHS 33

struct count {
	ip4 network;
	uint32_t n; /* 0: free */
};

struct count_table {
	struct count *at; /* NULL: this length is not kept */
	uint32_t mask;
};

struct flow_counts {
	struct hash_key key;
	uint64_t lengths;
	struct count_table tables[LENGTHS];
};

struct flow_counts *flow_counts_new(const struct hash_key *key)
{
	struct flow_counts *counts = mem_new(1, sizeof *counts);

	counts->key = *key;
	return counts;
}

void flow_counts_free(struct flow_counts *counts)
{
	if (counts == NULL)
		return;
	for (unsigned bits = 0; bits < LENGTHS; bits++)
		mem_free(counts->tables[bits].at);
	mem_free(counts);
}

static ip4 network_of(ip4 addr, unsigned bits)
{
	return (ip4){ bits == 0 ? 0 : addr.v & UINT32_MAX << (32 - bits) };
}

static uint32_t home_of(const struct flow_counts *counts, const struct count_table *table,
                        ip4 network)
{
	uint64_t word = network.v;

	return (uint32_t)hash_words(&counts->key, &word, 1) & table->mask;
}

/* Where @network is, or would be. */
static uint32_t place_of(const struct flow_counts *counts, const struct count_table *table,
                         ip4 network)
{
	uint32_t at = home_of(counts, table, network);

	while (table->at[at].n != 0 && !ip4_equal(table->at[at].network, network))
		at = (at + 1) & table->mask;
	return at;
}

/* Close the gap at @gap: whoever came past it on the way from home moves into it. */
static void close_gap(const struct flow_counts *counts, struct count_table *table, uint32_t gap)
{
	for (uint32_t at = (gap + 1) & table->mask; table->at[at].n != 0;
	     at = (at + 1) & table->mask) {
		uint32_t home = home_of(counts, table, table->at[at].network);

		if (((at - home) & table->mask) < ((at - gap) & table->mask))
			continue;
		table->at[gap] = table->at[at];
		table->at[at].n = 0;
		gap = at;
	}
}

static void add_one(const struct flow_counts *counts, struct count_table *table, ip4 network)
{
	uint32_t at = place_of(counts, table, network);

	table->at[at].network = network;
	table->at[at].n++;
}

static void take_one(const struct flow_counts *counts, struct count_table *table, ip4 network)
{
	uint32_t at = place_of(counts, table, network);

	must(table->at[at].n > 0);
	if (--table->at[at].n == 0)
		close_gap(counts, table, at);
}

static void table_fill(struct flow_counts *counts, unsigned bits, const struct flows *flows)
{
	struct count_table *table = &counts->tables[bits];
	uint32_t at = 0, index, size = 2;

	while (size < 2 * flows->capacity) /* half empty even when each has its own network */
		size *= 2;
	table->mask = size - 1;
	table->at = mem_new(size, sizeof *table->at);
	while ((index = flows_walk(flows, &at)) != FLOW_NONE)
		add_one(counts, table, network_of(flow_at_const(flows, index)->key[0].src, bits));
}

void flow_counts_keep(struct flow_counts *counts, const struct flows *flows, uint64_t lengths)
{
	for (unsigned bits = 0; bits < LENGTHS; bits++) {
		bool wanted = (lengths >> bits & 1) != 0;

		if (wanted && counts->tables[bits].at == NULL) {
			table_fill(counts, bits, flows);
		} else if (!wanted) {
			mem_free(counts->tables[bits].at);
			counts->tables[bits].at = NULL;
		}
	}
	counts->lengths = lengths;
}

void flow_counts_begin(struct flow_counts *counts, ip4 src)
{
	for (uint64_t left = counts != NULL ? counts->lengths : 0; left != 0; left &= left - 1) {
		unsigned bits = (unsigned)__builtin_ctzll(left);

		add_one(counts, &counts->tables[bits], network_of(src, bits));
	}
}

void flow_counts_end(struct flow_counts *counts, ip4 src)
{
	for (uint64_t left = counts != NULL ? counts->lengths : 0; left != 0; left &= left - 1) {
		unsigned bits = (unsigned)__builtin_ctzll(left);

		take_one(counts, &counts->tables[bits], network_of(src, bits));
	}
}

uint32_t flow_counts_of(const struct flow_counts *counts, ip4 src, unsigned bits)
{
	const struct count_table *table;
	ip4 network;
	uint32_t at;

	if (counts == NULL || bits >= LENGTHS || counts->tables[bits].at == NULL)
		return 0;
	table = &counts->tables[bits];
	network = network_of(src, bits);
	at = place_of(counts, table, network);
	return table->at[at].n;
}
