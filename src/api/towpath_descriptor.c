#include "api/descriptor.h"

#include <errno.h>

#include "lib/mem.h"

enum {
	WORD_BITS = 64,
	NONE = -1,
};

struct towpath_descriptors {
	struct descriptor *at;
	int most;
	uint64_t *free;  /* a bit each: nobody has it */
	uint64_t *words; /* a bit for each word of `free` that has one */
	int words_n;     /* of `words` */
	int first;       /* those of `words` before it are 0 */
	int changed_first, changed_last;
};

static int words_for(int bits)
{
	return (bits + WORD_BITS - 1) / WORD_BITS;
}

static void mark_free(struct towpath_descriptors *ds, int fd)
{
	ds->free[fd / WORD_BITS] |= 1ULL << (fd % WORD_BITS);
	ds->words[fd / WORD_BITS / WORD_BITS] |= 1ULL << (fd / WORD_BITS % WORD_BITS);
	if (fd / WORD_BITS / WORD_BITS < ds->first)
		ds->first = fd / WORD_BITS / WORD_BITS;
}

static void mark_used(struct towpath_descriptors *ds, int fd)
{
	int word = fd / WORD_BITS;

	ds->free[word] &= ~(1ULL << (fd % WORD_BITS));
	if (ds->free[word] == 0)
		ds->words[word / WORD_BITS] &= ~(1ULL << (word % WORD_BITS));
}

static int lowest_free(struct towpath_descriptors *ds)
{
	int word;

	while (ds->first < ds->words_n && ds->words[ds->first] == 0)
		ds->first++;
	if (ds->first == ds->words_n)
		return NONE;
	word = ds->first * WORD_BITS + __builtin_ctzll(ds->words[ds->first]);
	return word * WORD_BITS + __builtin_ctzll(ds->free[word]);
}

struct towpath_descriptors *towpath_descriptors_new(uint32_t most)
{
	struct towpath_descriptors *ds = mem_new(1, sizeof *ds);

	ds->most = (int)most;
	ds->at = mem_new(most, sizeof *ds->at);
	ds->free = mem_new((size_t)words_for(ds->most), sizeof *ds->free);
	ds->words_n = words_for(words_for(ds->most));
	ds->words = mem_new((size_t)ds->words_n, sizeof *ds->words);
	ds->changed_first = ds->changed_last = NONE;
	for (int fd = 0; fd < ds->most; fd++)
		mark_free(ds, fd);
	return ds;
}

void towpath_descriptors_free(struct towpath_descriptors *ds)
{
	for (int fd = 0; fd < ds->most; fd++) {
		if (ds->at[fd].sock != NULL)
			descriptor_close(&ds->at[fd]);
	}
	mem_free(ds->at);
	mem_free(ds->free);
	mem_free(ds->words);
	mem_free(ds);
}

struct descriptor *descriptor_of(struct towpath *t, int fd)
{
	struct towpath_descriptors *ds = t->descriptors;

	if (fd < 0 || fd >= ds->most || ds->at[fd].sock == NULL)
		return NULL;
	t->turned = false; /* what is asked of it may leave something to be sent */
	return &ds->at[fd];
}

bool descriptor_left(const struct towpath *t)
{
	return lowest_free(t->descriptors) != NONE;
}

int descriptor_give(struct towpath *t, struct sock *sock, int type)
{
	struct towpath_descriptors *ds = t->descriptors;
	int fd = lowest_free(ds);
	struct descriptor *d;

	must(fd != NONE);
	mark_used(ds, fd);
	d = &ds->at[fd];
	*d = (struct descriptor){
		.t = t,
		.sock = sock,
		.fd = fd,
		.times = d->times + 1,
		.nonblocking = (type & SOCK_NONBLOCK) != 0,
		.stream = (type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) == SOCK_STREAM,
		/* Whoever had it before may still be in the list: what is told is looked up anew.
		 */
		.changed_noted = d->changed_noted,
		.next_changed = d->next_changed,
	};
	return fd;
}

void descriptor_close(struct descriptor *d)
{
	struct sock *sock = d->sock;

	sock_watch(sock, NULL, NULL);
	d->sock = NULL;
	d->changed = NULL;
	mark_free(d->t->descriptors, d->fd);
	sock_close(sock);
}

/* Of a watched socket: from within the stack, where nobody may do much. */
static void note_change(struct sock *sock, void *arg)
{
	struct descriptor *d = arg;
	struct towpath_descriptors *ds = d->t->descriptors;

	if (d->changed_noted)
		return;
	d->changed_noted = true;
	d->next_changed = NONE;
	if (ds->changed_last == NONE)
		ds->changed_first = d->fd;
	else
		ds->at[ds->changed_last].next_changed = d->fd;
	ds->changed_last = d->fd;
}

static void tell(struct descriptor *d)
{
	if (d->sock != NULL && d->changed != NULL)
		d->changed(d->changed_arg, d->t, d->fd, (short)sock_poll(d->sock));
}

bool towpath_descriptors_wait(const struct towpath *t)
{
	return t->descriptors->changed_first != NONE;
}

bool towpath_descriptors_turn(struct towpath *t)
{
	struct towpath_descriptors *ds = t->descriptors;
	int fd = ds->changed_first;

	/* Those that change while this list is told have their turn next time. */
	ds->changed_first = ds->changed_last = NONE;
	while (fd != NONE) {
		struct descriptor *d = &ds->at[fd];

		fd = d->next_changed;
		d->changed_noted = false;
		tell(d);
	}
	return towpath_descriptors_wait(t);
}

int towpath_watch(struct towpath *t, int fd, towpath_changed *changed, void *arg)
{
	struct descriptor *d = descriptor_of(t, fd);

	if (d == NULL)
		return -EBADF;
	d->changed = changed;
	d->changed_arg = arg;
	sock_watch(d->sock, changed != NULL ? note_change : NULL, d);
	/* What it could be told already is not kept from it. */
	if (changed != NULL)
		note_change(d->sock, d);
	return 0;
}

mono descriptor_patience(const struct descriptor *d, bool sending)
{
	int64_t ms = sock_timeout_ms(d->sock, sending);

	return ms < 0 ? mono_never() : mono_add_ms(d->t->clock.now, (uint64_t)ms);
}

int descriptor_wait(struct towpath *t, int fd, unsigned events, mono until)
{
	const struct descriptor *d = descriptor_of(t, fd);
	uint32_t times = d->times;
	int error;

	must(towpath_may_wait(t));
	while ((sock_poll(d->sock) & events) == 0) {
		if (mono_due(until, t->clock.now))
			return -EAGAIN;
		error = t->wait(t->arg, t, until.ns);
		if (error != 0)
			return error;
		if (d->sock == NULL || d->times != times)
			return -EBADF;
	}
	return 0;
}
