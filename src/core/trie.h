/*
 * trie.h -- which prefixes hold an address?
 *
 * A binary trie with compressed paths in one array: at most 2 n nodes, and a look-up visits at most
 * one node for each length that occurs on its path (33). It is built once and then only read.
 *
 * Memory: mem.h, sized by trie_init(). Threads: any number of readers.
 */
#ifndef CORE_TRIE_H
#define CORE_TRIE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/ip.h"

#define TRIE_MATCHES_MAX 33 /* prefixes of 0 to 32 bits */

struct trie_node;

struct trie {
	struct trie_node *nodes;
	uint32_t n, max;
	uint32_t root;
};

/* Room for @prefixes different prefixes. */
void trie_init(struct trie *trie, size_t prefixes);
void trie_free(struct trie *trie);
/* Give @network/@bits (host bits clear) the value @value, which is not UINT32_MAX. */
void trie_set(struct trie *trie, ip4 network, unsigned bits, uint32_t value);
/* The values of all prefixes that hold @addr, the longest prefix last. Returns how many. */
unsigned trie_match(const struct trie *trie, ip4 addr, uint32_t ret_values[TRIE_MATCHES_MAX]);

#endif
