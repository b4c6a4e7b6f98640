#include "core/trie.h"

#include <stdbool.h>

#include "lib/mem.h"
#include "lib/must.h"

#define NONE UINT32_MAX

/*
 * A node stands for a prefix: one that was set (it has a value), or one at which two others part.
 * Below it are longer ones that begin with it, by their next bit.
 */
struct trie_node {
	ip4 prefix;
	uint32_t bits;
	uint32_t value;
	uint32_t child[2];
};

void trie_init(struct trie *trie, size_t prefixes)
{
	must(prefixes < UINT32_MAX / 2);
	trie->max = (uint32_t)(2 * prefixes);
	trie->nodes = mem_new(trie->max, sizeof trie->nodes[0]);
	trie->n = 0;
	trie->root = NONE;
}

void trie_free(struct trie *trie)
{
	mem_free(trie->nodes);
	*trie = (struct trie){ .root = NONE };
}

static unsigned bit_at(ip4 addr, unsigned at)
{
	return addr.v >> (31 - at) & 1;
}

/* How many leading bits @a and @b share. */
static unsigned shared_bits(ip4 a, ip4 b)
{
	return a.v == b.v ? 32 : (unsigned)__builtin_clz(a.v ^ b.v);
}

static uint32_t node_new(struct trie *trie, ip4 prefix, unsigned bits, uint32_t value)
{
	must(trie->n < trie->max);
	trie->nodes[trie->n] = (struct trie_node){
		.prefix = ip4_network(prefix, bits),
		.bits = bits,
		.value = value,
		.child = { NONE, NONE },
	};
	return trie->n++;
}

/* Put a node for @network/@bits above @old, which does not begin with it: it is either a prefix of
 * @old itself, or a second branch. Returns what takes @old's place. */
static uint32_t node_above(struct trie *trie, uint32_t old, ip4 network, unsigned bits,
                           uint32_t value)
{
	ip4 other = trie->nodes[old].prefix;
	unsigned shared = shared_bits(network, other);

	if (shared >= bits) {
		uint32_t at = node_new(trie, network, bits, value);

		trie->nodes[at].child[bit_at(other, bits)] = old;
		return at;
	}

	uint32_t fork = node_new(trie, network, shared, NONE);
	uint32_t leaf = node_new(trie, network, bits, value);

	trie->nodes[fork].child[bit_at(network, shared)] = leaf;
	trie->nodes[fork].child[bit_at(other, shared)] = old;
	return fork;
}

void trie_set(struct trie *trie, ip4 network, unsigned bits, uint32_t value)
{
	uint32_t *link = &trie->root;

	must(bits <= 32 && value != NONE);
	while (*link != NONE) {
		struct trie_node *node = &trie->nodes[*link];

		if (node->bits > bits || !ip4_within(network, node->prefix, node->bits)) {
			*link = node_above(trie, *link, network, bits, value);
			return;
		}
		if (node->bits == bits) {
			node->value = value;
			return;
		}
		link = &node->child[bit_at(network, node->bits)];
	}
	*link = node_new(trie, network, bits, value);
}

unsigned trie_match(const struct trie *trie, ip4 addr, uint32_t ret_values[TRIE_MATCHES_MAX])
{
	unsigned n = 0;

	for (uint32_t at = trie->root; at != NONE;) {
		const struct trie_node *node = &trie->nodes[at];

		if (!ip4_within(addr, node->prefix, node->bits))
			break;
		if (node->value != NONE)
			ret_values[n++] = node->value;
		at = node->bits < 32 ? node->child[bit_at(addr, node->bits)] : NONE;
	}
	return n;
}
