#include "tcp/connection_table.h"

#include "lib/mem.h"

/* @entry is enum entry_kind in the upper two bits, the index below; 0: the slot is empty. */
struct slot {
	ip4 src, dst;
	uint16_t sport, dport;
	uint32_t entry;
};

struct connection_table {
	struct hash_key key;
	struct slot *slots;
	uint32_t mask, capacity, count;
	void (*changed)(void *arg, const struct tuple *tuple, bool there); /* or NULL */
	void *changed_arg;
};

#define INDEX_BITS 30
#define LINE_BYTES 64 /* of the cache: four slots */

static uint32_t entry_pack(struct entry entry)
{
	must(entry.kind != ENTRY_NONE && entry.index <= ENTRY_INDEX_MAX);
	return (uint32_t)entry.kind << INDEX_BITS | entry.index;
}

static struct entry entry_unpack(uint32_t entry)
{
	return (struct entry){ .kind = (enum entry_kind)(entry >> INDEX_BITS),
		               .index = entry & ENTRY_INDEX_MAX };
}

struct connection_table *connection_table_new(uint32_t capacity, const struct hash_key *key)
{
	struct connection_table *table = mem_new(1, sizeof *table);
	uint64_t slots = 64;

	must(capacity <= ENTRY_INDEX_MAX);
	while (slots < (uint64_t)capacity + capacity / 2)
		slots *= 2;
	table->key = *key;
	table->slots = mem_new_aligned(LINE_BYTES, slots * sizeof table->slots[0]);
	table->mask = (uint32_t)(slots - 1);
	table->capacity = capacity;
	return table;
}

void connection_table_free(struct connection_table *table)
{
	if (table == NULL)
		return;
	mem_free(table->slots);
	mem_free(table);
}

static uint32_t home_of(const struct connection_table *table, ip4 src, ip4 dst, uint16_t sport,
                        uint16_t dport)
{
	uint64_t words[2] = { (uint64_t)src.v << 32 | dst.v, (uint64_t)sport << 16 | dport };

	return (uint32_t)hash_words(&table->key, words, 2) & table->mask;
}

static uint32_t home_of_tuple(const struct connection_table *table, const struct tuple *t)
{
	return home_of(table, t->src, t->dst, t->sport, t->dport);
}

static bool is_of(const struct slot *slot, const struct tuple *t)
{
	return slot->src.v == t->src.v && slot->dst.v == t->dst.v && slot->sport == t->sport &&
	       slot->dport == t->dport;
}

void connection_table_prefetch(const struct connection_table *table, const struct tuple *tuple)
{
	__builtin_prefetch(&table->slots[home_of_tuple(table, tuple)]);
}

/* Where @tuple stands, or the empty slot that ends the search. One is always empty. */
static uint32_t place_of(const struct connection_table *table, const struct tuple *tuple)
{
	uint32_t at = home_of_tuple(table, tuple);

	while (table->slots[at].entry != 0 && !is_of(&table->slots[at], tuple))
		at = (at + 1) & table->mask;
	return at;
}

struct entry connection_table_find(const struct connection_table *table, const struct tuple *tuple)
{
	return entry_unpack(table->slots[place_of(table, tuple)].entry);
}

bool connection_table_add(struct connection_table *table, const struct tuple *tuple,
                          struct entry entry)
{
	uint32_t at = place_of(table, tuple);

	if (table->count == table->capacity)
		return false;
	must(table->slots[at].entry == 0);
	table->slots[at] = (struct slot){ tuple->src, tuple->dst, tuple->sport, tuple->dport,
		                          entry_pack(entry) };
	table->count++;
	if (table->changed != NULL)
		table->changed(table->changed_arg, tuple, true);
	return true;
}

void connection_table_change(struct connection_table *table, const struct tuple *tuple,
                             struct entry entry)
{
	uint32_t at = place_of(table, tuple);

	must(table->slots[at].entry != 0);
	table->slots[at].entry = entry_pack(entry);
}

/* How far the slot at @at lies behind where its tuple would stand in an empty table. */
static uint32_t way_from_home(const struct connection_table *table, uint32_t at)
{
	const struct slot *s = &table->slots[at];

	return (at - home_of(table, s->src, s->dst, s->sport, s->dport)) & table->mask;
}

/*
 * What stands behind the gap moves into it if it may stand there, that is, if its home is not
 * behind the gap; its own place is then the gap (Knuth, The Art of Computer Programming 3, 6.4, R).
 */
void connection_table_remove(struct connection_table *table, const struct tuple *tuple)
{
	uint32_t gap = place_of(table, tuple);

	must(table->slots[gap].entry != 0);
	for (uint32_t at = (gap + 1) & table->mask; table->slots[at].entry != 0;
	     at = (at + 1) & table->mask) {
		if (way_from_home(table, at) < ((at - gap) & table->mask))
			continue;
		table->slots[gap] = table->slots[at];
		gap = at;
	}
	table->slots[gap].entry = 0;
	table->count--;
	if (table->changed != NULL)
		table->changed(table->changed_arg, tuple, false);
}

void connection_table_watch(struct connection_table *table,
                            void (*changed)(void *arg, const struct tuple *tuple, bool there),
                            void *arg)
{
	table->changed = changed;
	table->changed_arg = arg;
}

uint32_t connection_table_count(const struct connection_table *table)
{
	return table->count;
}

uint32_t connection_table_longest(const struct connection_table *table)
{
	uint32_t longest = 0;

	for (uint32_t at = 0; at <= table->mask; at++)
		if (table->slots[at].entry != 0 && way_from_home(table, at) + 1 > longest)
			longest = way_from_home(table, at) + 1;
	return longest;
}
