#include "fuzz.h"

#include <string.h>

#include "conf/diag.h"
#include "lang/builtin.h"
#include "lib/must.h"
#include "lib/text.h"

enum {
	TEXT_MOST = 4000,
};

/* What a word is, printed, is the same again. */
static void check_guess(struct arena *arena, const char *word)
{
	struct value value = value_guess(arena, word);
	struct value again = value_guess(arena, value_str(&value, arena));
	bool comparable;

	must(again.kind == value.kind);
	must(value_compare(&value, &again, &comparable) == 0 && comparable);
}

static bool call(const char *name, struct arena *arena, const struct value *args, uint64_t given,
                 struct value *ret_value)
{
	struct diag diag = { 0 };
	struct builtin_call call = { .args = args, .given = given, .arena = arena, .diag = &diag };
	bool ok = builtin_run(builtin_find(name), &call);

	must(ok == !diag.failed && (ok || diag.text[0] != '\0'));
	*ret_value = call.result;
	return ok;
}

/* What was read can be written, and reads as the same. */
static void check_json(struct arena *arena, const char *text)
{
	struct value in[BUILTIN_PARAMS] = { value_text(arena, text), value_text(arena, "json") };
	struct value out[BUILTIN_PARAMS] = { { 0 },
		                             value_text(arena, "json"),
		                             value_text(arena, "json.no-string-conversion") };
	struct value value, again;
	bool comparable;

	if (!call("deserialize", arena, in, 3, &value))
		return;
	out[0] = value;
	must(call("serialize", arena, out, 7, &in[0]));
	must(call("deserialize", arena, in, 3, &again));
	must(value_compare(&value, &again, &comparable) == 0);
	must(value_bytes(&value) == value_bytes(&again));
}

/* Bytes of any shape, made text and back, are the same. */
static void check_convert(struct arena *arena, const char *text)
{
	static const char *const shapes[] = { "hex", "base64", "url", "rot13" };
	struct value there[BUILTIN_PARAMS] = { value_text(arena, text) },
		     back[BUILTIN_PARAMS] = { 0 };
	struct value result;

	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		there[2] = back[1] = value_text(arena, shapes[i]);
		must(call("convert", arena, there, 1 | 4, &back[0]));
		must(call("convert", arena, back, 1 | 2, &result));
		must(strcmp(result.text, text) == 0);
		there[1] = there[2];
		(void)call("convert", arena, there, 1 | 2, &result);
	}
}

static void check_cut(struct arena *arena, const char *text)
{
	struct value arg[BUILTIN_PARAMS] = { value_text(arena, text) }, array, length, cut;

	must(call("len", arena, arg, 1, &length) && length.number == (int64_t)strlen(text));
	must(call("toarray", arena, arg, 1, &array));
	must(call("tocrlf", arena, arg, 1, &cut));
	arg[1] = value_num(length.number / 3);
	arg[2] = value_num(length.number / 2);
	must(call("pick", arena, arg, 7, &cut));
	must(call("find", arena, arg, 3, &cut));
}

/* A text of any bytes but zero. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	const char *text;

	if (size > TEXT_MOST || memchr(data, 0, size) != NULL)
		return 0;
	text = arena_strndup(&arena, (const char *)data, size);
	check_guess(&arena, text);
	check_json(&arena, text);
	check_convert(&arena, text);
	check_cut(&arena, text);
	arena_free(&arena);
	return 0;
}
