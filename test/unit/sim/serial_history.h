/*
 * serial_history.h -- a naive configuration, and whether one serial history explains what logins
 * were told.
 *
 * A moment is what is published after a revision. Each change that was answered with success has
 * made one revision, between its question and its answer, and made of the moment before exactly
 * what the naive lists make of it. Every other answer (found, got, refused, nothing to change) is
 * what the lists say in some moment between its question and its answer. So the revisions in their
 * order, with each such answer in its moment, are the serial history.
 */
#ifndef TEST_SIM_SERIAL_HISTORY_H
#define TEST_SIM_SERIAL_HISTORY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/conf.h"
#include "conf/state.h"
#include "lib/mem.h"
#include "lib/text.h"

#define SERIAL_MENUS 3
#define SERIAL_ROWS  96
#define SERIAL_IDS   32
#define SERIAL_KEYS  24
#define SAID_BYTES   1024

/* What is changed: two properties of each row, as numbers. */
struct serial_menu {
	const char *path, *key;   /* the property */
	const char *front, *back; /* what stands there around its number */
	const char *rest;         /* of what add is given */
	bool ordered, unique;
	bool observed; /* its flags are */
};

static const struct serial_menu serial_menus[SERIAL_MENUS] = {
	{ "/ip/firewall/address-list", "address", "10.7.0.", "", "list=l", .unique = true },
	{ "/ip/route", "dst-address", "10.", ".0.0/16", "blackhole=yes disabled=yes",
	  .observed = true },
	{ "/ip/firewall/filter", "src-address", "10.7.0.", "", "chain=forward action=passthrough",
	  .ordered = true },
};

struct item {
	uint32_t id;
	unsigned key, comment;
};

struct list {
	struct item at[SERIAL_ROWS];
	size_t n;
};

/* What is published after a revision. */
struct moment {
	struct list lists[SERIAL_MENUS];
	size_t undoable, redoable; /* how many steps there are */
};

enum op_kind {
	OP_ADD,
	OP_SET_KEY,
	OP_SET_COMMENT,
	OP_REMOVE,
	OP_MOVE,
	OP_FIND,
	OP_GET,
	OP_FIND_REMOVE, /* two commands in a line */
	OP_UNDO,
	OP_REDO,
	OP_SAFE,    /* safe mode begins */
	OP_RELEASE, /* or ends, and what was done in it stays */
};

struct op {
	enum op_kind kind;
	size_t login;   /* whose */
	unsigned trial; /* of that login: in which safe mode; 0: in none */
	unsigned menu, key, comment;
	uint32_t ids[SERIAL_IDS], before;
	size_t nids;
	uint64_t from, to; /* revisions at its question and at its answer */
	uint64_t made;     /* the revision it has made; 0: none */
	bool ok;
	char said[SAID_BYTES]; /* without the last end of line */
	struct op *next;
};

/* --- the naive lists --- */

static inline size_t list_find(const struct list *list, uint32_t id)
{
	size_t i = 0;

	while (i < list->n && list->at[i].id != id)
		i++;
	return i;
}

static inline void list_insert(struct list *list, size_t i, struct item item)
{
	assert_true(list->n < SERIAL_ROWS);
	memmove(&list->at[i + 1], &list->at[i], (list->n - i) * sizeof item);
	list->at[i] = item;
	list->n++;
}

static inline struct item list_take(struct list *list, size_t i)
{
	struct item item = list->at[i];

	list->n--;
	memmove(&list->at[i], &list->at[i + 1], (list->n - i) * sizeof item);
	return item;
}

static inline bool list_same(const struct list *a, const struct list *b)
{
	return a->n == b->n && memcmp(a->at, b->at, a->n * sizeof a->at[0]) == 0;
}

static inline bool list_twice(const struct list *list)
{
	for (size_t i = 0; i < list->n; i++)
		for (size_t j = 0; j < i; j++)
			if (list->at[i].key == list->at[j].key)
				return true;
	return false;
}

/* What becomes of @list, and of @answer: NULL, or how the error begins. */
static inline const char *list_edit(struct list *list, const struct op *op, uint32_t id)
{
	size_t at = list->n;

	if (op->before != 0 && (at = list_find(list, op->before)) == list->n)
		return "no such item";
	if (op->kind == OP_ADD)
		list_insert(list, at, (struct item){ id, op->key, op->comment });
	for (size_t i = 0; i < op->nids; i++) {
		size_t place = list_find(list, op->ids[i]);
		struct item item;

		if (place == list->n)
			return "no such item";
		if (op->kind == OP_SET_KEY)
			list->at[place].key = op->key;
		if (op->kind == OP_SET_COMMENT)
			list->at[place].comment = op->comment;
		if (op->kind != OP_REMOVE && op->kind != OP_FIND_REMOVE && op->kind != OP_MOVE)
			continue;
		item = list_take(list, place);
		if (op->kind == OP_MOVE)
			list_insert(list, op->before != 0 ? list_find(list, op->before) : list->n,
			            item);
	}
	if (serial_menus[op->menu].unique && list_twice(list))
		return "failure: already have such entry";
	return NULL;
}

/* @after is what somebody has made of @before; take back in @list what is still so. */
static inline size_t list_take_back(struct list *list, const struct list *before,
                                    const struct list *after)
{
	size_t left = 0;

	for (size_t i = 0; i < after->n; i++) { /* added, or set */
		const struct item *item = &after->at[i];
		size_t was = list_find(before, item->id), is = list_find(list, item->id);

		if (was < before->n && memcmp(&before->at[was], item, sizeof *item) == 0)
			continue;
		if (is == list->n || memcmp(&list->at[is], item, sizeof *item) != 0)
			left++;
		else if (was == before->n)
			(void)list_take(list, is);
		else
			list->at[is] = before->at[was];
	}
	for (size_t i = 0; i < before->n; i++) { /* removed: rows stand as they were added */
		size_t is = 0;

		if (list_find(after, before->at[i].id) < after->n)
			continue;
		while (is < list->n && list->at[is].id < before->at[i].id)
			is++;
		list_insert(list, is, before->at[i]);
	}
	return left;
}

static inline void list_found(const struct list *list, unsigned comment, struct text *out)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->at[i].comment == comment)
			text_printf(out, "%s*%X", out->len > 0 ? ";" : "", list->at[i].id);
}

/* --- what the router has --- */

/* The number in a value of @menu's key. */
static inline unsigned serial_number(const struct serial_menu *menu, const char *value)
{
	size_t front = strlen(menu->front);

	assert_int_equal(strncmp(value, menu->front, front), 0);
	return (unsigned)strtoul(value + front, NULL, 10);
}

static inline void moment_read(struct moment *moment, struct conf *conf,
                               const struct conf_state *state)
{
	struct text value = { 0 };

	memset(moment, 0, sizeof *moment);
	for (size_t m = 0; m < SERIAL_MENUS; m++) {
		const struct serial_menu *serial = &serial_menus[m];
		const struct menu *menu = conf_menu(conf, serial->path);
		const struct field *key = &menu->fields[menu_field(menu, serial->key)];
		struct rows rows = conf_state_rows(state, serial->path);
		struct list *list = &moment->lists[m];

		for (size_t i = 0; i < rows.n; i++) {
			const struct row *row = rows.at[i];
			struct item item = { .id = row->id };

			if (row->comment == NULL || row->comment[0] != 'c')
				continue; /* there from the start */
			item.comment = (unsigned)strtoul(row->comment + 1, NULL, 10);
			text_clear(&value);
			conf_field_print(state, key, row, &value);
			item.key = serial_number(serial, text_str(&value));
			list_insert(list, list->n, item);
		}
	}
	text_free(&value);
}

static inline bool moment_same(const struct moment *a, const struct moment *b)
{
	for (size_t m = 0; m < SERIAL_MENUS; m++)
		if (!list_same(&a->lists[m], &b->lists[m]))
			return false;
	return true;
}

/* --- answers --- */

static inline bool said_begins(const struct op *op, const char *text)
{
	return strncmp(op->said, text, strlen(text)) == 0;
}

/* Is the answer of @op, which has changed nothing, what @moment says? */
static inline bool moment_explains_still(const struct moment *moment, const struct op *op)
{
	const struct list *list = &moment->lists[op->menu];
	struct list after = *list;
	struct text found = { 0 };
	const char *error;
	bool same;

	switch (op->kind) {
	case OP_UNDO:
		return moment->undoable == 0 && said_begins(op, "failure: nothing to undo");
	case OP_REDO:
		return moment->redoable == 0 && said_begins(op, "failure: nothing to redo");
	case OP_SAFE:
	case OP_RELEASE:
		return op->ok;
	case OP_FIND:
		list_found(list, op->comment, &found);
		same = op->ok && strcmp(op->said, found.len > 0 ? text_str(&found) : "") == 0;
		text_free(&found);
		return same;
	case OP_GET:
		if (list_find(list, op->ids[0]) == list->n)
			return !op->ok && said_begins(op, "no such item");
		text_printf(&found, "c%u", list->at[list_find(list, op->ids[0])].comment);
		same = op->ok && strcmp(op->said, text_str(&found)) == 0;
		text_free(&found);
		return same;
	default:
		error = list_edit(&after, op, 0);
		if (error != NULL)
			return !op->ok && said_begins(op, error);
		return op->ok && list_same(&after, list);
	}
}

/* What is said before an error, or alone: the ids that find has found. */
static inline void op_take_found(struct op *op)
{
	char *line = strchr(op->said, '\n'), *at = op->said;

	op->nids = 0;
	for (; *at == '*'; at += *at == ';') {
		assert_true(op->nids < SERIAL_IDS);
		op->ids[op->nids++] = (uint32_t)strtoul(at + 1, &at, 16);
	}
	memmove(op->said, line != NULL ? line + 1 : "", line != NULL ? strlen(line + 1) + 1 : 1);
}

#endif
