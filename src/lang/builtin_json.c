/* :serialize and :deserialize: values to JSON and back. */
#include <jansson.h>
#include <string.h>

#include "conf/diag.h"
#include "lang/builtin_inside.h"
#include "lib/must.h"
#include "lib/text.h"

struct writer {
	struct arena *arena;
	bool strings_stay; /* "5" is a string, not a number */
};

static json_t *json_of(const struct writer *writer, const struct value *value);

static bool is_named(const struct array *array)
{
	return array->n > 0 && array->at[array->n - 1].key.kind != VALUE_NIL;
}

/* An array with a name in it is an object; elements without one go by their index. */
static json_t *json_of_elements(const struct writer *writer, const struct value *value)
{
	bool named = value->kind == VALUE_ARRAY && is_named(value->array);
	json_t *json = named ? json_object() : json_array();
	struct pair pair;

	for (size_t i = 0; value_element(value, i, writer->arena, &pair); i++) {
		json_t *element = json_of(writer, &pair.value);
		int result = named ? json_object_set_new(json, value_str(&pair.key, writer->arena),
		                                         element)
		                   : json_array_append_new(json, element);

		if (result != 0) {
			json_decref(json);
			return NULL;
		}
	}
	return json;
}

static json_t *json_of_text(const struct writer *writer, const char *text)
{
	struct value guess = value_guess(writer->arena, text);

	if (guess.kind == VALUE_NUM && !writer->strings_stay)
		return json_integer(guess.number);
	return json_string(text);
}

/* NULL: some text in it is not UTF-8. */
static json_t *json_of(const struct writer *writer, const struct value *value)
{
	switch (value->kind) {
	case VALUE_NIL:
		return json_null();
	case VALUE_BOOL:
		return json_boolean(value->number != 0);
	case VALUE_NUM:
		return json_integer(value->number);
	case VALUE_TEXT:
		return json_of_text(writer, value->text);
	case VALUE_ARRAY:
		return json_of_elements(writer, value);
	case VALUE_IDS:
		if (value->ids.n != 1)
			return json_of_elements(writer, value);
		return json_string(value_str(value, writer->arena));
	default:
		return json_string(value_str(value, writer->arena));
	}
}

static const char *const formats[] = { "json", NULL };

static const struct builtin_param serialize_params[] = {
	{ "value", "anything", true, true, NULL },
	{ "to", "format: json", false, true, formats },
	{ "options", "json.pretty (with indents), json.no-string-conversion (\"5\" stays a text)",
	  false, false, NULL },
};

static bool known_options(struct builtin_call *call, const char *options)
{
	for (const char *at = options; *at != '\0';) {
		size_t len = strcspn(at, ",;");
		char *word = arena_strndup(call->arena, at, len);

		if (strcmp(word, "json.pretty") != 0 &&
		    strcmp(word, "json.no-string-conversion") != 0)
			return diag_fail(
				call->diag, "options",
				"input does not match any value of options\n\"%.40s\" is none; "
				"there are json.pretty, json.no-string-conversion",
				word);
		at += len + (at[len] != '\0');
	}
	return true;
}

static int take_bytes(const char *bytes, size_t len, void *text)
{
	text_bytes(text, bytes, len);
	return 0;
}

static bool call_serialize(struct builtin_call *call)
{
	const char *options = builtin_text(call, 2);
	struct writer writer = { call->arena,
		                 builtin_has_word(options, "json.no-string-conversion") };
	size_t flags = builtin_has_word(options, "json.pretty") ? JSON_INDENT(4) : JSON_COMPACT;
	struct text text = { 0 };
	json_t *json;
	bool ok;

	if (!known_options(call, options))
		return false;
	json = json_of(&writer, &call->args[0]);
	ok = json != NULL &&
	     json_dump_callback(json, take_bytes, &text, flags | JSON_ENCODE_ANY) == 0;
	json_decref(json);
	if (ok)
		call->result = value_text(call->arena, text_str(&text));
	text_free(&text);
	return ok || diag_fail(call->diag, "value",
	                       "invalid value for argument value\nsome text in it is not UTF-8, "
	                       "which JSON needs; :convert to=hex makes text of any bytes");
}

BUILTIN("serialize", serialize, "value as text that other programs read (JSON)");

static const struct builtin_param deserialize_params[] = {
	{ "value", "text", true, true, NULL },
	{ "from", "format: json", false, true, formats },
};

static bool value_of(struct builtin_call *call, const json_t *json, unsigned depth,
                     struct value *ret_value);

static bool object_elements(struct builtin_call *call, json_t *json, unsigned depth,
                            struct pair *pairs)
{
	const char *name;
	json_t *element;
	size_t n = 0;

	json_object_foreach(json, name, element)
	{
		pairs[n].key = value_text(call->arena, name);
		if (!value_of(call, element, depth, &pairs[n++].value))
			return false;
	}
	return true;
}

static bool array_elements(struct builtin_call *call, const json_t *json, unsigned depth,
                           struct pair *pairs)
{
	for (size_t i = 0; i < json_array_size(json); i++)
		if (!value_of(call, json_array_get(json, i), depth, &pairs[i].value))
			return false;
	return true;
}

static bool elements_of(struct builtin_call *call, const json_t *json, unsigned depth,
                        struct value *ret_value)
{
	bool named = json_is_object(json);
	size_t n = named ? json_object_size(json) : json_array_size(json);
	struct pair *pairs = arena_new(call->arena, n + 1, sizeof *pairs);
	json_t *whole = json_incref((json_t *)(uintptr_t)json);
	bool ok = depth < VALUE_DEPTH;

	if (!ok)
		(void)diag_fail(call->diag, "value",
		                "invalid value for argument value\narrays lie in each other more "
		                "than %d deep",
		                VALUE_DEPTH);
	ok = ok && (named ? object_elements(call, whole, depth + 1, pairs)
	                  : array_elements(call, whole, depth + 1, pairs));
	json_decref(whole);
	*ret_value = value_array(call->arena, pairs, n);
	return ok;
}

static bool value_of(struct builtin_call *call, const json_t *json, unsigned depth,
                     struct value *ret_value)
{
	switch (json_typeof(json)) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		return elements_of(call, json, depth, ret_value);
	case JSON_STRING:
		*ret_value = value_text(call->arena, json_string_value(json));
		return true;
	case JSON_INTEGER:
		*ret_value = value_num(json_integer_value(json));
		return true;
	case JSON_REAL: /* there are no fractions among values */
		*ret_value = (struct value){ .kind = VALUE_TEXT,
			                     .text = arena_printf(call->arena, "%.15g",
			                                          json_real_value(json)) };
		return true;
	case JSON_TRUE:
	case JSON_FALSE:
		*ret_value = value_bool(json_is_true(json));
		return true;
	case JSON_NULL:
		*ret_value = value_nil();
		return true;
	}
	return true;
}

static bool call_deserialize(struct builtin_call *call)
{
	const char *text = builtin_text(call, 0);
	json_error_t error;
	json_t *json = json_loadb(text, strlen(text), JSON_DECODE_ANY, &error);
	bool ok;

	if (json == NULL)
		return diag_fail(call->diag, "value",
		                 "invalid value for argument value\nthis is no JSON: %s (line %d "
		                 "column %d of it)",
		                 error.text, error.line, error.column);
	ok = value_of(call, json, 0, &call->result);
	json_decref(json);
	return ok;
}

BUILTIN("deserialize", deserialize, "value that a text of other programs means (JSON)");
