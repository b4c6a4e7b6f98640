#include "lang/builtin.h"

#include <string.h>

#include "conf/diag.h"
#include "lang/builtin_inside.h"
#include "lib/must.h"
#include "lib/text.h"

const struct builtin *const builtins_all[] = {
	&builtin_convert,   &builtin_deserialize,
	&builtin_find_in,   &builtin_len,
	&builtin_pick,      &builtin_range,
	&builtin_rndnum,    &builtin_rndstr,
	&builtin_serialize, &builtin_timestamp,
	&builtin_toarray,   &builtin_tobool,
	&builtin_tocrlf,    &builtin_toid,
	&builtin_toip,      &builtin_tolf,
	&builtin_tonsec,    &builtin_tonum,
	&builtin_tostr,     &builtin_totime,
	&builtin_typeof,    NULL,
};

const struct builtin *builtin_find(const char *name)
{
	for (size_t i = 0; builtins_all[i] != NULL; i++)
		if (strcmp(builtins_all[i]->name, name) == 0)
			return builtins_all[i];
	return NULL;
}

bool builtin_number(struct builtin_call *call, unsigned param, const char *name, int64_t otherwise,
                    int64_t *ret_number)
{
	struct value value = call->args[param];

	*ret_number = otherwise;
	if (!builtin_given(call, param))
		return true;
	if (value.kind == VALUE_TEXT)
		value = value_guess(call->arena, value.text);
	if (value.kind != VALUE_NUM)
		return diag_fail(
			call->diag, name,
			"invalid value for argument %s\n%s must be a number, not %s \"%.40s\"",
			name, name, value_kind_word(&call->args[param]), builtin_text(call, param));
	*ret_number = value.number;
	return true;
}

const char *builtin_text(struct builtin_call *call, unsigned param)
{
	return value_str(&call->args[param], call->arena);
}

bool builtin_has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list;; at++) {
		size_t this = strcspn(at, ",;");

		if (this == len && memcmp(at, word, len) == 0)
			return true;
		at += this;
		if (*at == '\0')
			return false;
	}
}

/* "a, b, c" */
static void list_words(const char *const *words, struct text *out)
{
	for (size_t i = 0; words[i] != NULL; i++)
		text_printf(out, "%s%s", i > 0 ? ", " : "", words[i]);
}

static bool check_word(struct builtin_call *call, const struct builtin_param *param, unsigned i)
{
	struct text text = { 0 };
	const char *word = builtin_text(call, i);

	for (size_t w = 0; param->words[w] != NULL; w++)
		if (strcmp(param->words[w], word) == 0)
			return true;
	list_words(param->words, &text);
	(void)diag_fail(call->diag, param->name,
	                "input does not match any value of %s\n\"%.40s\" is none; there are %s",
	                param->name, word, text_str(&text));
	text_free(&text);
	return false;
}

bool builtin_run(const struct builtin *builtin, struct builtin_call *call)
{
	must(builtin->nparams <= BUILTIN_PARAMS);
	for (unsigned i = 0; i < builtin->nparams; i++) {
		const struct builtin_param *param = &builtin->params[i];

		if (builtin_given(call, i)) {
			if (param->words != NULL && !check_word(call, param, i))
				return false;
		} else if (param->required) {
			return diag_fail(call->diag, param->name,
			                 "missing value(s) of argument(s) %s\n:%s needs it: %s",
			                 param->name, builtin->name, param->help);
		}
	}
	call->result = value_nil();
	return builtin->call(call);
}
