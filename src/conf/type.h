/*
 * type.h -- what a field's value is: how it is read, printed, compared and completed.
 *
 * Basic types live in conf/type.c; the packet wing's own (match of addresses, gateways) in
 * menu/type_*.c. Values are plain bytes at a place in a row's body.
 */
#ifndef CONF_TYPE_H
#define CONF_TYPE_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/menu.h"

#define TYPE_SALT_BYTES 16

/* Offered one by one by a type that can list its values; @help may be NULL. */
struct choice_sink {
	void (*choice)(struct choice_sink *sink, const char *word, const char *help);
};

struct type {
	const char *name; /* for documentation: "address", "time", "yes|no" */
	/* What a value looks like, for types that can't list theirs and whose name does not say it:
	 * "A.B.C.D/len"; NULL: the name does. */
	const char *looks;
	/*
	 * Read the whole of @text into @at (field->bytes long, zeroed). On failure fills @diag in
	 * RouterOS's words (ROUTEROS.md 1.4): "invalid value for argument address", "value of mtu
	 * out of range (68..65535)", "input does not match any value of interface", then what
	 * would be right. @state: to resolve references; NULL: they come as ids ("*1A"), and an
	 * id is taken without looking whether the row is there (what the store holds is read so).
	 * A value of a field with F_NEGATE comes with its "!".
	 */
	bool (*parse)(const struct field *field, const struct conf_state *state, const char *text,
	              void *at, struct diag *diag);
	/* The canonical text, which parse() reads back into the same bytes. @state NULL:
	 * references as ids; so they do, too, when the row is gone. */
	void (*print)(const struct field *field, const struct conf_state *state, const void *at,
	              struct text *out);
	/* As print(), with the secrets in it, where print() leaves out some; NULL: it does not. */
	void (*reveal)(const struct field *field, const struct conf_state *state, const void *at,
	               struct text *out);
	/* Order two values (for where and sorting); NULL: by their text. */
	int (*compare)(const void *a, const void *b, size_t bytes);
	/* List possible values (enumerations, references); NULL: can't be listed. */
	void (*choices)(const struct field *field, const struct conf_state *state,
	                struct choice_sink *sink);
	/* The id of the row of field->ref that a value names, or 0; NULL: values name none. */
	uint32_t (*refers)(const struct field *field, const void *at);
	/*
	 * For passwords, else NULL: is the value at @at as it was typed, and must not be kept so?
	 * digest() makes of it what is kept, with @salt, which nobody can foresee. It may take
	 * long, and runs in the background: it touches nothing else.
	 */
	bool (*is_raw)(const void *at, size_t bytes);
	void (*digest)(void *at, size_t bytes, const uint8_t salt[TYPE_SALT_BYTES]);
};

/* A number of 1, 2, 4 or 8 bytes in a row's body. */
uint64_t type_number(const void *at, size_t bytes);
void type_number_put(void *at, size_t bytes, uint64_t number);

extern const struct type type_bool;    /* bool: yes|no (true|false accepted) */
extern const struct type type_uint;    /* uint8_t to uint64_t by field->bytes; min, max */
extern const struct type type_string;  /* char[]; max: longest length */
extern const struct type type_word;    /* char[]: a string that reads like a name, without quotes;
                                        * words: the usual ones, or NULL */
extern const struct type type_file;    /* char[]: the name of one of the router's files; words: what
                                        * such names end in, one */
extern const struct type type_enum;    /* uint8_t to uint32_t: index into words; unambiguous
                                        * prefixes accepted */
extern const struct type type_set;     /* uint32_t: bits of words, comma-separated */
extern const struct type type_time;    /* uint64_t milliseconds: 1d2h3m4s500ms, 01:02:03 */
extern const struct type type_ip4;     /* ip4 */
extern const struct type type_ip_addr; /* struct ip_addr */
extern const struct type type_prefix;  /* struct ip_prefix, host bits kept: an address in its net */
extern const struct type type_network; /* struct ip_prefix, host bits refused with the repair */
extern const struct type type_range;   /* struct ip4_range: a, a-b, a/len */
extern const struct type type_mac;     /* struct mac */
extern const struct type type_ref;     /* uint32_t: id of a row of field->ref, typed by name */

#endif
