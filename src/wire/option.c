#include "wire/option.h"

enum {
	OPTION_END = 0,
	OPTION_NOP = 1,
};

const uint8_t *option_take(struct reader *r, bool *ret_bad)
{
	while (!r->failed && reader_left(r) > 0 && *r->at == OPTION_NOP)
		read_skip(r, 1);
	*ret_bad = r->failed;
	if (r->failed || reader_left(r) == 0)
		return NULL;
	if (*r->at == OPTION_END) {
		/* What follows the end is padding, whatever it holds. */
		read_skip(r, reader_left(r));
		return NULL;
	}

	size_t len = reader_left(r) >= 2 ? r->at[1] : 0;
	const uint8_t *option = len >= 2 ? reader_take(r, len) : NULL;

	if (option == NULL)
		r->failed = *ret_bad = true;
	return option;
}
