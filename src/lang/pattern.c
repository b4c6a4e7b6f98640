#include "lang/pattern.h"

#include <stdint.h>
#include <string.h>

#define DEPTH_MAX PATTERN_BYTES_MAX

/* What has been read of one pair of brackets: its size, and that of what a repetition repeats. */
struct level {
	size_t sum, last;
};

struct sizing {
	struct level levels[DEPTH_MAX + 1];
	size_t depth;
};

static void atom(struct sizing *s, size_t size)
{
	s->levels[s->depth].sum += size;
	s->levels[s->depth].last = size;
}

/* What stands last is there @times times in all. */
static void repeat(struct sizing *s, size_t times)
{
	struct level *level = &s->levels[s->depth];

	if (times < 2)
		return;
	level->sum += level->last * (times - 1);
	level->last *= times;
}

static void open_bracket(struct sizing *s)
{
	s->levels[++s->depth] = (struct level){ 0 };
}

static void close_bracket(struct sizing *s)
{
	struct level inner = s->levels[s->depth];

	if (s->depth == 0) { /* none was open: a character as any other */
		atom(s, 1);
		return;
	}
	s->depth--;
	atom(s, inner.sum + 1);
}

/* Behind [...], in which a bracket may stand first, and [:alpha:], [.-.], [=a=] anywhere. */
static const char *skip_list(const char *at)
{
	at++;
	if (*at == '^')
		at++;
	if (*at == ']')
		at++;
	while (*at != '\0' && *at != ']') {
		if (*at == '[' && at[1] != '\0' && strchr(":.=", at[1]) != NULL) {
			const char end[] = { at[1], ']', '\0' };
			const char *found = strstr(at + 2, end);

			if (found == NULL)
				return at + strlen(at);
			at = found + 1;
		}
		at++;
	}
	return *at == ']' ? at + 1 : at;
}

static const char *read_count(const char *at, size_t *ret_count)
{
	*ret_count = 0;
	for (; *at >= '0' && *at <= '9'; at++) {
		if (*ret_count <= PATTERN_SIZE_MAX)
			*ret_count = *ret_count * 10 + (size_t)(*at - '0');
	}
	return at;
}

/* {n}, {n,} or {n,m}: the larger number, and one copy more where there is no end. */
static const char *read_interval(struct sizing *s, const char *at)
{
	size_t low, high;

	at = read_count(at + 1, &low);
	high = low;
	if (*at == ',') {
		const char *before = ++at;

		at = read_count(at, &high);
		if (at == before)
			high = low + 1;
	}
	repeat(s, high > low ? high : low);
	return *at == '}' ? at + 1 : at;
}

static const char *read_piece(struct sizing *s, const char *at)
{
	switch (*at) {
	case '(':
		open_bracket(s);
		return at + 1;
	case ')':
		close_bracket(s);
		return at + 1;
	case '[':
		atom(s, 1);
		return skip_list(at);
	case '{':
		return read_interval(s, at);
	case '+':
		repeat(s, 2);
		return at + 1;
	case '\\':
		atom(s, 1);
		return at[1] != '\0' ? at + 2 : at + 1;
	case '*':
	case '?':
		return at + 1;
	default:
		atom(s, 1);
		return at + 1;
	}
}

size_t pattern_size(const char *pattern)
{
	struct sizing s = { 0 };
	size_t sum = 0;

	if (strlen(pattern) > PATTERN_BYTES_MAX)
		return SIZE_MAX;
	while (*pattern != '\0') {
		pattern = read_piece(&s, pattern);
		if (s.levels[s.depth].sum > PATTERN_SIZE_MAX)
			return SIZE_MAX;
	}
	for (size_t i = 0; i <= s.depth; i++)
		sum += s.levels[i].sum;
	return sum;
}

static bool has_back_reference(const char *pattern)
{
	while (*pattern != '\0') {
		if (*pattern == '[') {
			pattern = skip_list(pattern);
		} else if (*pattern == '\\' && pattern[1] != '\0') {
			if (pattern[1] >= '1' && pattern[1] <= '9')
				return true;
			pattern += 2;
		} else {
			pattern++;
		}
	}
	return false;
}

const char *pattern_compile(regex_t *regex, const char *pattern)
{
	if (strlen(pattern) > PATTERN_BYTES_MAX)
		return "a pattern has at most 256 characters";
	if (pattern_size(pattern) > PATTERN_SIZE_MAX)
		return "a pattern has at most 2000 characters when its repetitions ({9}, +) are "
		       "written out";
	if (has_back_reference(pattern))
		return "a pattern can't refer back to a part of itself (\\1)";
	if (regcomp(regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return "this is not a POSIX extended regular expression";
	return NULL;
}

bool pattern_matches(const regex_t *regex, const char *text)
{
	return regexec(regex, text, 0, NULL, 0) == 0;
}

void pattern_free(regex_t *regex)
{
	regfree(regex);
}
