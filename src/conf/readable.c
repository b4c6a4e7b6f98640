#include "conf/readable.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "conf/commit.h"
#include "lib/hash.h"
#include "lib/mem.h"
#include "lib/text.h"

#define UNDER_WAY READABLE_FILE ".new"
#define BYTES_MAX (64U << 20)
#define SUM_CHARS 16

static const char first_line[] =
	"# kept by Towpath beside " CONF_FILE ", with secrets; what is changed here is not read\n";
static const char revision_word[] = "# revision ";
static const char next_id_word[] = " next-id ";
static const char sum_word[] = " sum ";

struct readable_job {
	struct background_job job; /* first: the job is cast back to this */
	struct conf *conf;
	struct store *store;
	const struct conf_state *state; /* held */
	readable_done *done;
	void *arg;
	int error;
};

/* Against lost bits, not against people. */
static uint64_t sum_of(const struct readable *readable, const char *body, size_t len)
{
	const struct hash_key key = { readable->revision, readable->next_id };

	return hash_bytes(&key, body, len);
}

void readable_print(const struct conf_state *state, struct text *out)
{
	const struct export_options options = { .show_sensitive = true };
	const struct readable readable = { .revision = state->revision, .next_id = state->next_id };
	struct text body = { 0 };

	conf_export_state(state, &options, &body);
	text_add(out, first_line);
	text_printf(out, "%s%" PRIu64 "%s%u%s%016" PRIx64 "\n", revision_word, readable.revision,
	            next_id_word, readable.next_id, sum_word,
	            sum_of(&readable, text_str(&body), body.len));
	text_bytes(out, text_str(&body), body.len);
	text_free(&body);
}

/* What is left of the text that is read. */
struct rest {
	const char *at;
	size_t len;
};

static bool take_word(struct rest *rest, const char *word)
{
	size_t len = strlen(word);

	if (rest->len < len || memcmp(rest->at, word, len) != 0)
		return false;
	rest->at += len;
	rest->len -= len;
	return true;
}

static bool take_number(struct rest *rest, uint64_t max, uint64_t *ret_number)
{
	uint64_t number = 0;
	size_t digits = 0;

	for (; rest->len > 0 && *rest->at >= '0' && *rest->at <= '9'; digits++) {
		uint64_t digit = (uint64_t)(*rest->at - '0');

		if (number > (max - digit) / 10)
			return false;
		number = number * 10 + digit;
		rest->at++;
		rest->len--;
	}
	*ret_number = number;
	return digits > 0;
}

static bool take_sum(struct rest *rest, uint64_t *ret_sum)
{
	static const char digits[] = "0123456789abcdef";

	*ret_sum = 0;
	if (rest->len < SUM_CHARS)
		return false;
	for (size_t i = 0; i < SUM_CHARS; i++) {
		const char *found = memchr(digits, rest->at[i], sizeof digits - 1);

		if (found == NULL)
			return false;
		*ret_sum = *ret_sum << 4 | (uint64_t)(found - digits);
	}
	rest->at += SUM_CHARS;
	rest->len -= SUM_CHARS;
	return true;
}

bool readable_check(const char *text, size_t len, struct readable *ret_readable)
{
	struct rest rest = { text, len };
	uint64_t revision, next_id, sum;

	if (!take_word(&rest, first_line) || !take_word(&rest, revision_word) ||
	    !take_number(&rest, INT64_MAX, &revision) || !take_word(&rest, next_id_word) ||
	    !take_number(&rest, UINT32_MAX, &next_id) || !take_word(&rest, sum_word) ||
	    !take_sum(&rest, &sum) || !take_word(&rest, "\n"))
		return false;
	*ret_readable = (struct readable){ .revision = revision, .next_id = (uint32_t)next_id };
	return sum_of(ret_readable, rest.at, rest.len) == sum;
}

static int read_file(struct store *store, struct store_file *file, struct text *out)
{
	uint64_t size = 0;
	int error = store->size(file, &size);
	char *bytes;
	int64_t got;

	if (error != 0)
		return error;
	if (size > BYTES_MAX)
		return -EFBIG;
	bytes = mem_new((size_t)size + 1, 1);
	got = store->pread(file, bytes, (size_t)size, 0);
	if (got > 0)
		text_bytes(out, bytes, (size_t)got);
	mem_free(bytes);
	return got < 0 ? (int)got : 0;
}

int readable_read(struct store *store, struct text *out, struct readable *ret_readable)
{
	struct store_file *file;
	int error = store->open(store, READABLE_FILE, false, &file);

	if (error != 0)
		return error;
	error = read_file(store, file, out);
	store->close(file);
	if (error == 0 && !readable_check(text_str(out), out->len, ret_readable))
		error = -EUCLEAN;
	return error;
}

static int write_file(struct store *store, const struct text *text)
{
	struct store_file *file;
	int error = store->open(store, UNDER_WAY, true, &file);

	if (error != 0)
		return error;
	error = store->truncate(file, 0);
	if (error == 0)
		error = store->pwrite(file, text_str(text), text->len, 0);
	if (error == 0)
		error = store->sync(file);
	store->close(file);
	if (error == 0)
		error = store->rename(store, UNDER_WAY, READABLE_FILE);
	if (error == 0)
		error = store->sync_names(store);
	return error;
}

/* A held state never changes, so that it can be printed here while packets go on. */
static void write_work(struct background_job *base)
{
	struct readable_job *job = (struct readable_job *)base;
	struct text text = { 0 };

	readable_print(job->state, &text);
	job->error = write_file(job->store, &text);
	text_free(&text);
}

static void write_done(struct background_job *base)
{
	struct readable_job *job = (struct readable_job *)base;
	uint64_t revision = job->state->revision;

	conf_release(job->conf, job->state);
	job->done(job->arg, job->error, revision);
	mem_free(job);
}

void readable_write(struct conf *conf, readable_done *done, void *arg)
{
	struct readable_job *job = mem_new(1, sizeof *job);

	*job = (struct readable_job){
		.job = { .work = write_work, .done = write_done },
		.conf = conf,
		.store = conf->setup.store,
		.state = conf_hold(conf),
		.done = done,
		.arg = arg,
	};
	background_submit(conf->setup.background, &job->job);
}
