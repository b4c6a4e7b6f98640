#include "fw/address_list.h"

#include <string.h>

#include "fw/address_list_table.h"
#include "lib/mem.h"

#define NOT_THERE UINT32_MAX

static uint32_t buckets_for(uint32_t entries)
{
	uint32_t n = 16;

	while (n < entries)
		n *= 2;
	return n;
}

struct address_lists *address_lists_new(struct net *net, uint32_t entries)
{
	struct address_lists *lists = mem_new(1, sizeof *lists);

	lists->net = net;
	lists->capacity = entries;
	lists->lists = mem_new(ADDRESS_LISTS_MAX + 1, sizeof *lists->lists);
	lists->entries = mem_new(entries, sizeof *lists->entries);
	lists->bucket_mask = buckets_for(entries) - 1;
	lists->buckets = mem_new((size_t)lists->bucket_mask + 1, sizeof *lists->buckets);
	lists->second_now = net->now.ns / NS_PER_S;
	return lists;
}

void address_lists_free(struct address_lists *lists)
{
	if (lists == NULL)
		return;
	for (uint32_t i = 0; i < lists->fresh; i++)
		mem_free(lists->entries[i].comment);
	mem_free(lists->rows.at);
	mem_free(lists->buckets);
	mem_free(lists->entries);
	mem_free(lists->lists);
	mem_free(lists);
}

/* --- names --- */

static uint16_t *name_bucket(struct address_lists *lists, const char *name)
{
	uint64_t hash = hash_bytes(&lists->net->key, name, strlen(name));

	return &lists->names[hash % ADDRESS_LISTS_MAX];
}

uint16_t address_list_number(struct address_lists *lists, const char *name)
{
	uint16_t *bucket = name_bucket(lists, name);
	size_t len = strlen(name);
	struct address_list *list;

	must(len > 0 && len < LIST_NAME_BYTES);
	for (uint16_t i = *bucket; i != 0; i = lists->lists[i].next) {
		if (strcmp(lists->lists[i].name, name) == 0)
			return i;
	}
	if (lists->lists_n == ADDRESS_LISTS_MAX)
		return 0;
	list = &lists->lists[++lists->lists_n];
	memcpy(list->name, name, len + 1);
	list->next = *bucket;
	*bucket = lists->lists_n;
	return lists->lists_n;
}

const char *address_list_name(const struct address_lists *lists, uint16_t list)
{
	return list > 0 && list <= lists->lists_n ? lists->lists[list].name : NULL;
}

/* --- entries --- */

static uint32_t bucket_of(const struct address_lists *lists, uint16_t list, ip4 network,
                          uint8_t bits)
{
	uint64_t word = (uint64_t)list << 40 | (uint64_t)bits << 32 | network.v;

	return (uint32_t)hash_words(&lists->net->key, &word, 1) & lists->bucket_mask;
}

uint32_t address_entry_find(const struct address_lists *lists, uint16_t list, ip4 network,
                            uint8_t bits)
{
	uint32_t link = lists->buckets[bucket_of(lists, list, network, bits)];

	while (link != 0) {
		const struct address_entry *entry = &lists->entries[link - 1];

		if (entry->list == list && entry->bits == bits &&
		    ip4_equal(entry->network, network))
			return link - 1;
		link = entry->next;
	}
	return NOT_THERE;
}

/* Whoever chose addresses that share a stamp would only make others decide anew, to the same end:
 * nothing secret is needed here. */
static uint32_t stamp_of(ip4 addr)
{
	return (addr.v * 0x9e3779b1U) >> 20;
}

/* An entry has come or gone. */
static void membership_changed(struct address_lists *lists, const struct address_entry *entry)
{
	if (entry->bits == 32)
		lists->stamps[stamp_of(entry->network)]++;
	else
		net_generation_next(lists->net);
}

uint32_t address_lists_stamp(const struct address_lists *lists, const ip4 *addrs, unsigned n)
{
	uint32_t sum = 1;

	for (unsigned i = 0; i < n; i++)
		sum += lists->stamps[stamp_of(addrs[i])];
	return sum != 0 ? sum : 1;
}

bool address_list_has(const struct address_lists *lists, uint16_t list, ip4 addr)
{
	for (uint64_t left = lists->lists[list].lengths; left != 0; left &= left - 1) {
		uint8_t bits = (uint8_t)__builtin_ctzll(left);

		if (address_entry_find(lists, list, ip4_network(addr, bits), bits) != NOT_THERE)
			return true;
	}
	return false;
}

static uint32_t place_take(struct address_lists *lists)
{
	uint32_t index;

	if (lists->free_head == 0)
		return lists->fresh < lists->capacity ? lists->fresh++ : NOT_THERE;
	index = lists->free_head - 1;
	lists->free_head = lists->entries[index].next;
	return index;
}

uint32_t address_entry_new(struct address_lists *lists, uint16_t list, ip4 network, uint8_t bits)
{
	uint32_t index = place_take(lists);
	uint32_t *bucket = &lists->buckets[bucket_of(lists, list, network, bits)];
	struct address_list *of = &lists->lists[list];

	if (index == NOT_THERE)
		return index;
	lists->entries[index] = (struct address_entry){
		.network = network,
		.list = list,
		.bits = bits,
		.next = *bucket,
		.timer_slot = ADDRESS_NO_TIMER,
	};
	*bucket = index + 1;
	of->count[bits]++;
	of->lengths |= 1ULL << bits;
	lists->used++;
	membership_changed(lists, &lists->entries[index]);
	return index;
}

void address_entry_free(struct address_lists *lists, uint32_t index)
{
	struct address_entry *entry = &lists->entries[index];
	uint32_t *link =
		&lists->buckets[bucket_of(lists, entry->list, entry->network, entry->bits)];
	struct address_list *of = &lists->lists[entry->list];

	must(!entry->dynamic && entry->rows == 0 && entry->timer_slot == ADDRESS_NO_TIMER);
	membership_changed(lists, entry);
	while (*link != index + 1)
		link = &lists->entries[*link - 1].next;
	*link = entry->next;
	if (--of->count[entry->bits] == 0)
		of->lengths &= ~(1ULL << entry->bits);
	*entry = (struct address_entry){ .next = lists->free_head };
	lists->free_head = index + 1;
	lists->used--;
}

void address_entry_end(struct address_lists *lists, uint32_t index)
{
	struct address_entry *entry = &lists->entries[index];

	must(entry->dynamic);
	if (entry->timer_slot != ADDRESS_NO_TIMER)
		address_timer_remove(lists, index);
	entry->dynamic = false;
	mem_free(entry->comment);
	entry->comment = NULL;
	lists->dynamic--;
	if (entry->rows == 0)
		address_entry_free(lists, index);
}

/* --- dynamic ones --- */

static void log_full(struct address_lists *lists, uint16_t list, ip4 network)
{
	uint64_t second = lists->net->now.ns / NS_PER_S;
	char addr[IP4_TEXT_BYTES];

	if (lists->full_logged_second == second) {
		lists->full_missed++;
		return;
	}
	log_write(lists->net->log, LOG_WARNING, "firewall",
	          "address lists are full: %s was not added to %s (and %lu before it); %u entries "
	          "fit",
	          ip4_str(network, addr), lists->lists[list].name,
	          (unsigned long)lists->full_missed, lists->capacity);
	lists->full_logged_second = second;
	lists->full_missed = 0;
}

/* Only the due time is written when the slot it lies in is not too late. */
static void due_set(struct address_lists *lists, uint32_t index, uint32_t seconds)
{
	struct address_entry *entry = &lists->entries[index];
	mono due = seconds == 0 ? mono_never() : mono_add_s(lists->net->now, seconds);
	bool sooner = mono_before(due, entry->due);
	bool timed = entry->timer_slot != ADDRESS_NO_TIMER;

	if (timed && (sooner || seconds == 0))
		address_timer_remove(lists, index);
	entry->due = due;
	if (entry->timer_slot == ADDRESS_NO_TIMER && seconds != 0)
		address_timer_add(lists, index);
}

enum address_added address_list_add(struct address_lists *lists, uint16_t list, ip4 network,
                                    uint8_t bits, uint32_t seconds, uint32_t *ret_index)
{
	uint32_t index = address_entry_find(lists, list, network, bits);
	bool there = index != NOT_THERE;
	struct address_entry *entry;

	if (!there)
		index = address_entry_new(lists, list, network, bits);
	if (index == NOT_THERE) {
		log_full(lists, list, network);
		return ADDRESS_FULL;
	}
	entry = &lists->entries[index];
	if (entry->rows > 0 && !entry->dynamic)
		return ADDRESS_BY_ROW;
	if (!there) {
		entry->dynamic = true;
		entry->since = lists->net->now;
		lists->dynamic++;
	}
	due_set(lists, index, seconds);
	if (ret_index != NULL)
		*ret_index = index;
	return there ? ADDRESS_REFRESHED : ADDRESS_ADDED;
}

void address_list_comment(struct address_lists *lists, uint32_t index, const char *comment)
{
	struct address_entry *entry = &lists->entries[index];

	must(index < lists->fresh && entry->dynamic);
	mem_free(entry->comment);
	entry->comment = comment[0] != '\0' ? mem_strdup(comment) : NULL;
}

bool address_list_remove(struct address_lists *lists, uint32_t index)
{
	if (index >= lists->fresh || !lists->entries[index].dynamic)
		return false;
	address_entry_end(lists, index);
	return true;
}

const struct address_entry *address_lists_walk(const struct address_lists *lists, uint32_t *at)
{
	while (*at < lists->fresh) {
		const struct address_entry *entry = &lists->entries[(*at)++];

		if (entry->dynamic)
			return entry;
	}
	return NULL;
}

uint32_t address_lists_used(const struct address_lists *lists, uint32_t *ret_capacity)
{
	*ret_capacity = lists->capacity;
	return lists->used;
}

void address_lists_must_hold(const struct address_lists *lists)
{
	uint32_t used = 0, dynamic = 0, timed = 0;

	for (uint32_t i = 0; i < lists->fresh; i++) {
		const struct address_entry *entry = &lists->entries[i];

		if (entry->list == 0)
			continue;
		used++;
		dynamic += entry->dynamic;
		timed += entry->timer_slot != ADDRESS_NO_TIMER;
		must(entry->dynamic || entry->rows > 0);
		must(address_entry_find(lists, entry->list, entry->network, entry->bits) == i);
		must((entry->timer_slot != ADDRESS_NO_TIMER) ==
		     (entry->dynamic && entry->due.ns != mono_never().ns));
	}
	must(used == lists->used && dynamic == lists->dynamic && timed == lists->timed);
}
