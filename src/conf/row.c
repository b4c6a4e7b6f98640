#include "conf/row.h"

#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "lib/mem.h"
#include "lib/text.h"

/* What is in front of every row. */
struct row_head {
	uint64_t refs;
	int64_t position;
	char *comment; /* NULL: "" */
	uint64_t unused;
};

#define HEAD_BYTES 32
_Static_assert(sizeof(struct row_head) == HEAD_BYTES, "the row behind the head stays aligned");

/* Through a number: rows are handed out as const, and only their count is ever changed. */
static struct row_head *head(const struct row *row)
{
	return (struct row_head *)((uintptr_t)row - HEAD_BYTES);
}

struct row *row_blank(const struct menu *menu)
{
	must(menu->nfields <= FIELD_MAX);

	char *block = mem_new(1, HEAD_BYTES + sizeof(struct row) + menu->row_size);
	struct row *row = (struct row *)(void *)(block + HEAD_BYTES);

	head(row)->refs = 1;
	row->comment = "";
	return row;
}

struct row *row_new(const struct menu *menu, const struct conf_state *state, struct diag *diag)
{
	struct row *row = row_blank(menu);

	for (size_t i = 0; i < menu->nfields; i++) {
		if (!row_clear(menu, row, i, state, diag)) {
			row_release(row);
			return NULL;
		}
	}
	return row;
}

struct row *row_copy(const struct menu *menu, const struct row *row)
{
	struct row *copy = row_blank(menu);

	copy->id = row->id;
	copy->flags = row->flags;
	copy->given = row->given;
	memcpy(copy->body, row->body, menu->row_size);
	row_comment_set(copy, row->comment);
	return copy;
}

void row_hold(const struct row *row)
{
	head(row)->refs++;
}

void row_release(const struct row *row)
{
	struct row_head *h = head(row);

	must(h->refs > 0);
	if (--h->refs > 0)
		return;
	mem_free(h->comment);
	mem_free(h);
}

int64_t row_position(const struct row *row)
{
	return head(row)->position;
}

void row_position_set(struct row *row, int64_t position)
{
	head(row)->position = position;
}

void row_comment_set(struct row *row, const char *comment)
{
	struct row_head *h = head(row);
	char *copy = comment[0] != '\0' ? mem_strdup(comment) : NULL;

	mem_free(h->comment);
	h->comment = copy;
	row->comment = copy != NULL ? copy : "";
}

bool field_stored(const struct field *field)
{
	return (field->flags & F_READ_ONLY) == 0 || (field->flags & (F_DEFAULT_NAME | F_KEY)) != 0;
}

bool field_settable(const struct field *field)
{
	return (field->flags & (F_READ_ONLY | F_DEFAULT_NAME)) == 0;
}

/* Parse @text into fresh memory of the field's size. */
static void *value_parse(const struct field *field, const struct conf_state *state,
                         const char *text, struct diag *diag)
{
	void *value = mem_new(1, field->bytes);

	if (field->type->parse(field, state, text, value, diag))
		return value;
	must(diag->failed);
	mem_free(value);
	return NULL;
}

/* A given value that is the default is not kept as given: the row reads the same either way. */
static bool value_is_default(const struct field *field, const struct conf_state *state,
                             const void *value)
{
	struct diag ignored = { 0 };
	bool same = false;

	/* What a name stands for may change; that of no item can't. */
	if (field->dflt == NULL || (field->ref != NULL && field->dflt[0] != '\0'))
		return false;

	void *dflt = value_parse(field, state, field->dflt, &ignored);

	if (dflt != NULL)
		same = memcmp(dflt, value, field->bytes) == 0;
	mem_free(dflt);
	return same;
}

bool row_put(const struct menu *menu, struct row *row, size_t i, const char *text,
             const struct conf_state *state, struct diag *diag)
{
	const struct field *field = &menu->fields[i];
	void *value = value_parse(field, state, text, diag);

	if (value == NULL)
		return false;
	memcpy(row_at(row, field), value, field->bytes);
	if (value_is_default(field, state, value))
		row->given &= ~(1ULL << i);
	else
		row->given |= 1ULL << i;
	mem_free(value);
	return true;
}

bool row_clear(const struct menu *menu, struct row *row, size_t i, const struct conf_state *state,
               struct diag *diag)
{
	const struct field *field = &menu->fields[i];

	must((size_t)field->offset + field->bytes <= menu->row_size);
	if (field->dflt == NULL) {
		memset(row_at(row, field), 0, field->bytes);
	} else {
		void *value = value_parse(field, state, field->dflt, diag);

		if (value == NULL)
			return false;
		memcpy(row_at(row, field), value, field->bytes);
		mem_free(value);
	}
	row->given &= ~(1ULL << i);
	return true;
}

bool row_has(const struct menu *menu, const struct row *row, size_t i)
{
	return row_given(row, i) || menu->fields[i].dflt != NULL;
}

bool row_same(const struct menu *menu, const struct row *a, const struct row *b)
{
	return a == b || (((a->flags ^ b->flags) & ROW_STORED_FLAGS) == 0 && a->given == b->given &&
	                  strcmp(a->comment, b->comment) == 0 &&
	                  memcmp(a->body, b->body, menu->row_size) == 0);
}

/* A line must not end inside a value. */
static void value_escape(const char *value, struct text *out)
{
	for (; *value != '\0'; value++) {
		if (*value == '\n')
			text_add(out, "\\n");
		else if (*value == '\\')
			text_add(out, "\\\\");
		else
			text_char(out, *value);
	}
}

void row_encode(const struct menu *menu, const struct row *row, struct text *out)
{
	struct text value = { 0 };

	for (size_t i = 0; i < menu->nfields; i++) {
		const struct field *field = &menu->fields[i];
		bool by_default = field->ref != NULL && field->dflt != NULL;

		if (!field_stored(field) || (!row_given(row, i) && !by_default))
			continue;
		text_clear(&value);
		field->type->print(field, NULL, row_at_const(row, field), &value);
		text_printf(out, "%s%s=", row_given(row, i) ? "" : "~", field->name);
		value_escape(text_str(&value), out);
		text_char(out, '\n');
	}
	text_free(&value);
}

static void value_unescape(const char *from, size_t len, struct text *out)
{
	for (size_t i = 0; i < len; i++) {
		if (from[i] == '\\' && i + 1 < len) {
			i++;
			text_char(out, from[i] == 'n' ? '\n' : from[i]);
		} else {
			text_char(out, from[i]);
		}
	}
}

/* One line of @len bytes. */
static bool line_decode(const struct menu *menu, const char *line, size_t len, struct row *row,
                        struct diag *diag)
{
	bool by_default = len > 0 && line[0] == '~';
	const char *name = line + by_default;
	const char *equals = memchr(line, '=', len);
	struct text word = { 0 };
	struct text value = { 0 };
	int i = -1;
	bool ok;

	if (equals != NULL) {
		text_bytes(&word, name, (size_t)(equals - name));
		value_unescape(equals + 1, len - (size_t)(equals + 1 - line), &value);
		i = menu_field(menu, text_str(&word));
	}
	if (i < 0)
		ok = diag_fail(diag, NULL, "%s has no field called \"%.*s\"", menu->path, (int)len,
		               line);
	else
		ok = row_put(menu, row, (size_t)i, text_str(&value), NULL, diag);
	if (ok && by_default)
		row->given &= ~(1ULL << i);
	text_free(&word);
	text_free(&value);
	return ok;
}

bool row_decode(const struct menu *menu, const char *encoded, struct row *row,
                const struct conf_state *state, struct diag *diag)
{
	uint64_t seen = 0;

	while (*encoded != '\0') {
		size_t len = strcspn(encoded, "\n");
		const char *name = encoded + (*encoded == '~');

		if (!line_decode(menu, encoded, len, row, diag))
			return false;
		for (size_t i = 0; i < menu->nfields; i++) {
			size_t n = strlen(menu->fields[i].name);

			if (strncmp(menu->fields[i].name, name, n) == 0 && name[n] == '=')
				seen |= 1ULL << i;
		}
		encoded += len + (encoded[len] == '\n');
	}
	for (size_t i = 0; i < menu->nfields; i++) {
		if ((seen >> i & 1) == 0 && !row_clear(menu, row, i, state, diag))
			return false;
	}
	return true;
}
