/*
 * builtin_inside.h -- the inside of the builtins: what their files share.
 */
#ifndef LANG_BUILTIN_INSIDE_H
#define LANG_BUILTIN_INSIDE_H

#include "lang/builtin.h"

#define BUILTIN(builtin_name, noun, help_text)                                                     \
	const struct builtin builtin_##noun = { .name = (builtin_name),                            \
		                                .help = (help_text),                               \
		                                .params = noun##_params,                           \
		                                .nparams = ARRAY_LEN(noun##_params),               \
		                                .call = call_##noun }

static inline bool builtin_given(const struct builtin_call *call, unsigned param)
{
	return (call->given >> param & 1) != 0;
}

/* Argument @param as a number, or @otherwise when it was not given. */
bool builtin_number(struct builtin_call *call, unsigned param, const char *name, int64_t otherwise,
                    int64_t *ret_number);
const char *builtin_text(struct builtin_call *call, unsigned param);
/* Is one of the words separated by commas in @list @word? */
bool builtin_has_word(const char *list, const char *word);

extern const struct builtin builtin_convert, builtin_deserialize, builtin_find_in, builtin_len,
	builtin_pick, builtin_range, builtin_rndnum, builtin_rndstr, builtin_serialize,
	builtin_timestamp, builtin_toarray, builtin_tobool, builtin_tocrlf, builtin_toid,
	builtin_toip, builtin_tolf, builtin_tonsec, builtin_tonum, builtin_tostr, builtin_totime,
	builtin_typeof;

#endif
