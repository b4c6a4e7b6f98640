#include "lang/items.h"

#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "lang/expr.h"
#include "lang/grammar.h"
#include "lib/mem.h"

struct numbers {
	struct numbers *next;
	const struct menu *menu;
	uint32_t *ids;
	size_t n;
};

void items_add(struct items *items, struct arena *arena, const struct menu *menu,
               const struct row *row, uint32_t number)
{
	size_t bytes = sizeof *row + menu->row_size;
	struct row *copy = arena_new(arena, 1, bytes);

	memcpy(copy, row, bytes);
	copy->comment = arena_strdup(arena, row->comment != NULL ? row->comment : "");
	if (items->n == items->size) {
		size_t size = items->size > 0 ? items->size * 2 : 16;
		struct row **grown = arena_new(arena, size, sizeof grown[0]);
		uint32_t *numbers = arena_new(arena, size, sizeof numbers[0]);

		if (items->n > 0) {
			memcpy(grown, items->at, items->n * sizeof grown[0]);
			memcpy(numbers, items->numbers, items->n * sizeof numbers[0]);
		}
		items->at = grown;
		items->numbers = numbers;
		items->size = size;
	}
	items->numbers[items->n] = number;
	items->at[items->n++] = copy;
}

struct collector {
	struct row_sink sink;
	const struct menu *menu;
	struct arena *arena;
	struct items *items;
	uint32_t next;
};

static bool collect_row(struct row_sink *sink, const struct row *row)
{
	struct collector *collector = (struct collector *)sink;

	items_add(collector->items, collector->arena, collector->menu, row,
	          item_addressable(collector->menu, row) ? collector->next++ : ITEM_NO_NUMBER);
	return true;
}

void items_collect(struct conf *conf, const struct conf_state *state, const struct menu *menu,
                   struct arena *arena, struct items *ret_items)
{
	struct collector collector = {
		.sink = { collect_row }, .menu = menu, .arena = arena, .items = ret_items
	};

	*ret_items = (struct items){ 0 };
	conf_rows_walk(conf, state, menu, &collector.sink);
}

bool item_addressable(const struct menu *menu, const struct row *row)
{
	if (row->id == 0)
		return false;
	return (row->flags & ROW_DYNAMIC) == 0 || menu->forget != NULL;
}

static struct numbers *numbers_of(const struct numbering *numbering, const struct menu *menu)
{
	struct numbers *numbers = numbering->first;

	while (numbers != NULL && numbers->menu != menu)
		numbers = numbers->next;
	return numbers;
}

void numbering_set(struct numbering *numbering, const struct menu *menu, uint32_t *ids, size_t n)
{
	struct numbers *numbers = numbers_of(numbering, menu);

	if (numbers == NULL) {
		numbers = mem_new(1, sizeof *numbers);
		numbers->menu = menu;
		numbers->next = numbering->first;
		numbering->first = numbers;
	}
	mem_free(numbers->ids);
	numbers->ids = ids;
	numbers->n = n;
}

void numbering_free(struct numbering *numbering)
{
	while (numbering->first != NULL) {
		struct numbers *numbers = numbering->first;

		numbering->first = numbers->next;
		mem_free(numbers->ids);
		mem_free(numbers);
	}
}

void id_list_push(struct id_list *list, struct arena *arena, uint32_t id)
{
	if (list->n == list->size) {
		size_t size = list->size > 0 ? list->size * 2 : 8;
		uint32_t *grown = arena_new(arena, size, sizeof grown[0]);

		if (list->n > 0)
			memcpy(grown, list->at, list->n * sizeof grown[0]);
		list->at = grown;
		list->size = size;
	}
	list->at[list->n++] = id;
}

void id_list_add(struct id_list *list, struct arena *arena, uint32_t id)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->at[i] == id)
			return;
	id_list_push(list, arena, id);
}

/* What select_one() may need several times over. */
struct selection {
	const struct selector *selector;
	struct items items;
	bool collected;
	const struct field *key;
};

static const struct items *selection_items(struct selection *selection)
{
	const struct selector *s = selection->selector;

	if (!selection->collected)
		items_collect(s->conf, s->state, s->menu, s->arena, &selection->items);
	selection->collected = true;
	return &selection->items;
}

static bool look_no_further(struct row_sink *sink, const struct row *row)
{
	return false;
}

static bool id_is_there(struct selection *selection, uint32_t id)
{
	const struct selector *s = selection->selector;
	struct row_sink sink = { look_no_further };

	return conf_row_show(s->conf, s->state, s->menu, id, &sink);
}

/* As if print had just been called. */
static void number_items(struct selection *selection)
{
	const struct items *items = selection_items(selection);
	uint32_t *ids = mem_new(items->n + 1, sizeof ids[0]);
	size_t n = 0;

	for (size_t i = 0; i < items->n; i++)
		if (items->numbers[i] != ITEM_NO_NUMBER)
			ids[n++] = items->at[i]->id;
	numbering_set(selection->selector->numbering, selection->selector->menu, ids, n);
}

static bool select_number(struct selection *selection, uint64_t number, uint32_t *ret_id)
{
	const struct selector *s = selection->selector;
	struct numbers *numbers = numbers_of(s->numbering, s->menu);

	if (numbers == NULL) {
		number_items(selection);
		numbers = numbers_of(s->numbering, s->menu);
	}
	if (number >= numbers->n)
		return false;
	*ret_id = numbers->ids[number];
	return id_is_there(selection, *ret_id);
}

static bool select_id(struct selection *selection, const char *text, uint32_t *ret_id)
{
	uint32_t id = 0;

	if (*text == '\0' || strlen(text) > 8)
		return false;
	for (const char *c = text; *c != '\0'; c++) {
		static const char digits[] = "0123456789ABCDEFabcdef";
		const char *found = strchr(digits, *c);

		if (found == NULL)
			return false;

		uint32_t value = (uint32_t)(found - digits);

		id = id << 4 | (value > 15 ? value - 6 : value);
	}
	*ret_id = id;
	return id_is_there(selection, id);
}

static bool select_name(struct selection *selection, const char *name, uint32_t *ret_id)
{
	const struct selector *s = selection->selector;
	const struct items *items = selection_items(selection);
	bool found = false;

	for (size_t i = 0; i < items->n && !found; i++) {
		struct text text = { 0 };

		row_field_text(s->menu, selection->key, s->state, items->at[i], &text);
		if (strcmp(text_str(&text), name) == 0 && items->at[i]->id != 0) {
			*ret_id = items->at[i]->id;
			found = true;
		}
		text_free(&text);
	}
	return found;
}

/* RouterOS's words, then which item and how to see those there are. */
static bool no_such_item(const struct selection *selection, const char *text, struct diag *diag)
{
	const struct selector *s = selection->selector;
	const struct numbers *numbers = numbers_of(s->numbering, s->menu);
	uint64_t number;

	if (*text == '*')
		return diag_fail(
			diag, NULL,
			"no such item\n%s has none with the id %s; print show-ids shows the "
			"ids",
			s->menu->path, text);
	if (!text_to_u64(text, strlen(text), &number))
		return diag_fail(diag, NULL,
		                 "no such item\n%s has none called \"%s\"; print shows the names",
		                 s->menu->path, text);
	if (numbers != NULL && number < numbers->n)
		return diag_fail(
			diag, NULL,
			"no such item\nnumber %s of the last print was removed since; print "
			"gives new numbers",
			text);
	return diag_fail(diag, NULL,
	                 "no such item\n%s has none with the number %s; print shows the numbers",
	                 s->menu->path, text);
}

/* Where items have no names, a word can't mean one. */
static bool no_selector(const struct selection *selection, const char *text, struct diag *diag)
{
	const struct spot *spot = &selection->selector->spot;
	const char *named = selection->key != NULL ? ", a name" : "";

	if (*text == '\0')
		return diag_fail_at(diag, spot->line, spot->column,
		                    "expected item id\nhere must stand which item: a number of the "
		                    "last print%s, *id or [find ...]",
		                    named);
	return diag_fail_at(diag, spot->line, spot->column,
	                    "expected item id\n\"%s\" is none; items of %s have no names: give a "
	                    "number of the last print, *id or [find ...]",
	                    text, selection->selector->menu->path);
}

static bool select_one(struct selection *selection, const char *text, uint32_t *ret_id,
                       struct diag *diag)
{
	uint64_t number;

	if (*text == '*')
		return select_id(selection, text + 1, ret_id) ||
		       no_such_item(selection, text, diag);
	if (selection->key != NULL && select_name(selection, text, ret_id))
		return true;
	if (text_to_u64(text, strlen(text), &number))
		return select_number(selection, number, ret_id) ||
		       no_such_item(selection, text, diag);
	if (selection->key != NULL && *text != '\0')
		return no_such_item(selection, text, diag);
	return no_selector(selection, text, diag);
}

bool items_select(const struct selector *selector, const char *text, struct id_list *list,
                  struct diag *diag)
{
	struct selection selection = { .selector = selector };
	const char *at = text;

	for (size_t i = 0; i < selector->menu->nfields; i++)
		if ((selector->menu->fields[i].flags & F_KEY) != 0)
			selection.key = &selector->menu->fields[i];
	for (;;) {
		size_t len = strcspn(at, ",;");
		uint32_t id = 0;

		if (!select_one(&selection, arena_strndup(selector->arena, at, len), &id, diag))
			return false;
		id_list_add(list, selector->arena, id);
		if (at[len] == '\0')
			return true;
		at += len + 1;
	}
}
