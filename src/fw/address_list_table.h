/*
 * address_list_table.h -- the table of address lists, as its own files see it.
 *
 * Entries lie in one array, linked by index + 1: free ones in a list, the others in the bucket of
 * their hash and, when they will end, in the slot of a wheel of seconds.
 */
#ifndef FW_ADDRESS_LIST_TABLE_H
#define FW_ADDRESS_LIST_TABLE_H

#include "core/net.h"
#include "fw/address_list.h"

#define ADDRESS_TIMER_SLOTS 4096 /* of one second each */
#define ADDRESS_NO_TIMER    UINT32_MAX
#define ADDRESS_STAMPS      4096

struct address_list {
	char name[LIST_NAME_BYTES];
	uint16_t next;      /* in the bucket of its name: number */
	uint64_t lengths;   /* bit n: there are entries of length n */
	uint32_t count[33]; /* of each length */
};

struct address_list_rows {
	struct listed_range *at;
	size_t n;
	uint64_t entries; /* that they take at most */
	/* What differs from the rows published when these were made lies between. */
	size_t same_front, same_back;
};

struct address_lists {
	struct net *net;
	struct address_list *lists; /* [0] is nobody's */
	uint16_t lists_n;           /* highest number in use */
	uint16_t names[ADDRESS_LISTS_MAX];

	struct address_entry *entries;
	uint32_t *buckets; /* index + 1 */
	uint32_t bucket_mask, capacity, used, dynamic;
	uint32_t free_head, fresh; /* entries from `fresh` on were never used */
	uint32_t evict_at;         /* where the search for one that gives way goes on */

	uint32_t timed; /* entries on the wheel */
	uint64_t second_now;
	uint32_t timer[ADDRESS_TIMER_SLOTS];

	uint32_t stamps[ADDRESS_STAMPS];
	struct address_list_rows rows; /* published */
	uint64_t full_logged_second, full_missed;
};

/* The entry's index, or UINT32_MAX. */
uint32_t address_entry_find(const struct address_lists *lists, uint16_t list, ip4 network,
                            uint8_t bits);
/* A new one, neither dynamic nor of a row yet; UINT32_MAX: there is no room. */
uint32_t address_entry_new(struct address_lists *lists, uint16_t list, ip4 network, uint8_t bits);
/* It is neither any more: decisions that rest on it fall, its place is free. */
void address_entry_free(struct address_lists *lists, uint32_t index);
/* It ends being dynamic, and with no row to cover it, being there. */
void address_entry_end(struct address_lists *lists, uint32_t index);

/* address_list_age.c */
void address_timer_add(struct address_lists *lists, uint32_t index);
void address_timer_remove(struct address_lists *lists, uint32_t index);

#endif
