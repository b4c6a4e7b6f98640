/*
 * value.h -- what a command, a variable or an expression yields.
 *
 * Values are immutable: an operation makes a new one. The machine's stack holds them, variables
 * keep them, and what is typed without quotes becomes one (value_guess()).
 *
 * Memory:  in the arena of whoever made the value; value_copy() takes one over into another arena.
 * Threads: any; nothing is shared.
 */
#ifndef LANG_VALUE_H
#define LANG_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lang/items.h"
#include "lib/ip.h"

struct array;
struct diag;
struct field;
struct text;

enum value_kind {
	VALUE_NIL,    /* "nothing": not set, no result; "nil": looked for and not found */
	VALUE_BOOL,   /* number: 0, 1 */
	VALUE_NUM,    /* number: 64 bits, signed */
	VALUE_TEXT,   /* "str" */
	VALUE_TIME,   /* number: nanoseconds */
	VALUE_IP,     /* "ip": prefix.addr */
	VALUE_PREFIX, /* "ip-prefix" */
	VALUE_IDS,    /* of items: "id" if there is one, otherwise "array" */
	VALUE_ARRAY,
	VALUE_CODE, /* a function or block: its source, compiled when it is called */
};

struct value {
	enum value_kind kind;
	union {
		const char *text; /* TEXT, CODE */
		int64_t number;   /* BOOL, NUM, TIME; NIL: 0 nothing, 1 nil */
		struct ip_prefix prefix;
		struct id_list ids;
		const struct array *array;
	};
};

/* key NIL: an element without a name, which goes by its index. */
struct pair {
	struct value key, value;
};

/* Elements without a name first, as they came; then those with one, in the order of names. */
struct array {
	size_t n;
	unsigned depth; /* 1: none of the elements is an array */
	const struct pair *at;
};

#define VALUE_DEPTH 32 /* arrays within arrays */

struct value value_nil(void);     /* :typeof says "nothing" */
struct value value_missing(void); /* :typeof says "nil": the answer of a search that found none */
struct value value_bool(bool truth);
struct value value_num(int64_t number);
struct value value_time(int64_t ns);
struct value value_ip(struct ip_addr addr);
struct value value_text(struct arena *arena, const char *text);
struct value value_id(struct arena *arena, uint32_t id);
struct value value_code(struct arena *arena, const char *source, size_t len);
/*
 * Of two elements of one name the later one stays. The elements' own memory is not copied. Arrays
 * that would make it deeper than VALUE_DEPTH become their text, so that nobody's stack runs out.
 */
struct value value_array(struct arena *arena, const struct pair *pairs, size_t n);
/*
 * What an unquoted word of a line is: 5, 0x1F, true or yes, 10.0.0.1, 10.0.0.0/8, 1d2h3s, *1A; text
 * when it is none of them.
 */
struct value value_guess(struct arena *arena, const char *word);
struct value value_copy(const struct value *value, struct arena *arena);

/* As :put shows it and as an argument takes it; ids as "*1;*2", an array as "1;2;name=x". */
const char *value_str(const struct value *value, struct arena *arena);
void value_print(const struct value *value, struct text *out);
/* What :typeof says: nothing nil bool num str time ip ip-prefix id array code. */
const char *value_kind_word(const struct value *value);
/* Nothing is false; what is neither true nor false is an error. */
MUST_USE bool value_truth(const struct value *value, bool *ret_truth, struct diag *diag);
/*
 * Below 0, 0, above 0. Text that reads like the other's kind counts as such ("5" = 5). False in
 * *@ret_comparable: of two kinds that have no order; the result then is not 0.
 */
int value_compare(const struct value *a, const struct value *b, bool *ret_comparable);
/* What :len says: elements of an array, otherwise characters. */
size_t value_count(const struct value *value);
/*
 * Element @i; one without a name gets its index as the key. Anything but an array counts as one
 * element, nothing as none. False when there is no such element.
 */
bool value_element(const struct value *value, size_t i, struct arena *arena, struct pair *ret_pair);
/* The element called @key, or at that index; NULL: there is none. @value is an array. */
const struct value *value_find(const struct value *value, const struct value *key);
/* What it takes, with all below it. */
size_t value_bytes(const struct value *value);

/* A length of time: 1d2h3m4s500ms, 1.5s, 01:02:03.5, 1d02:03:04; not a bare number. */
MUST_USE bool value_time_read(const char *text, int64_t *ret_ns);
void value_time_print(int64_t ns, struct text *out); /* 1d02:03:04.500 */

/* A whole row as an array: {.id=*1;name=x;...}. */
struct value value_row(const struct menu *menu, const struct conf_state *state,
                       const struct row *row, struct arena *arena);
/* One property, flag, comment or .id of it by its name; false: there is none of that name. */
bool value_property(const struct menu *menu, const struct conf_state *state, const struct row *row,
                    const char *name, struct arena *arena, struct value *ret_value);

#endif
