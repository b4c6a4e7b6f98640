#include "sim/content.h"

#include <string.h>

#include "lib/mem.h"

static void bytes_resize(struct content_bytes *bytes, size_t to)
{
	bytes->at = mem_resize(bytes->at, to > 0 ? to : 1, 1);
	if (to > bytes->len)
		memset(bytes->at + bytes->len, 0, to - bytes->len);
	bytes->len = to;
}

static void bytes_copy(struct content_bytes *to, const struct content_bytes *from)
{
	bytes_resize(to, from->len);
	if (from->len > 0)
		memcpy(to->at, from->at, from->len);
}

static void bytes_apply(struct content_bytes *bytes, const struct content_write *w)
{
	if (w->is_truncate) {
		bytes_resize(bytes, (size_t)w->at);
		return;
	}
	if (w->at + w->len > bytes->len)
		bytes_resize(bytes, (size_t)w->at + w->len);
	if (w->len > 0)
		memcpy(bytes->at + w->at, w->bytes, w->len);
}

static void write_note(struct content *c, const struct content_write *w)
{
	c->writes = mem_resize(c->writes, c->writes_n + 1, sizeof c->writes[0]);
	c->writes[c->writes_n++] = *w;
}

/* @w with bytes of its own. */
static struct content_write write_copy(const struct content_write *w)
{
	struct content_write copy = *w;

	copy.bytes = mem_new(w->len, 1);
	if (w->len > 0)
		memcpy(copy.bytes, w->bytes, w->len);
	return copy;
}

struct content *content_new(void)
{
	return mem_new(1, sizeof(struct content));
}

struct content *content_copy(const struct content *from)
{
	struct content *content = content_new();

	bytes_copy(&content->live, &from->live);
	bytes_copy(&content->synced, &from->synced);
	for (size_t i = 0; i < from->writes_n; i++) {
		struct content_write w = write_copy(&from->writes[i]);

		write_note(content, &w);
	}
	return content;
}

static void writes_forget(struct content *c)
{
	for (size_t i = 0; i < c->writes_n; i++)
		mem_free(c->writes[i].bytes);
	c->writes_n = 0;
}

void content_free(struct content *content)
{
	writes_forget(content);
	mem_free(content->writes);
	mem_free(content->live.at);
	mem_free(content->synced.at);
	mem_free(content);
}

int64_t content_read(const struct content *content, void *bytes, size_t len, uint64_t offset)
{
	const struct content_bytes *live = &content->live;

	if (offset >= live->len)
		return 0;
	if (len > live->len - offset)
		len = (size_t)(live->len - offset);
	if (len > 0)
		memcpy(bytes, live->at + offset, len);
	return (int64_t)len;
}

void content_write(struct content *content, const void *bytes, size_t len, uint64_t offset)
{
	struct content_write w = { .at = offset, .len = len, .bytes = mem_new(len, 1) };

	if (len > 0)
		memcpy(w.bytes, bytes, len);
	bytes_apply(&content->live, &w);
	write_note(content, &w);
}

void content_truncate(struct content *content, uint64_t size)
{
	struct content_write w = { .is_truncate = true, .at = size };

	bytes_apply(&content->live, &w);
	write_note(content, &w);
}

void content_sync(struct content *content)
{
	bytes_copy(&content->synced, &content->live);
	writes_forget(content);
}

void content_resize(struct content *content, size_t len)
{
	bytes_resize(&content->live, len);
}

/* Some sectors of a write, in any order; they lie where the disk has them, not where it begins. */
static void write_is_torn(struct content *c, const struct content_write *w,
                          struct sim_random *random, uint32_t sector)
{
	uint64_t at = w->at, end = w->at + w->len;

	while (at < end) {
		uint64_t next = (at / sector + 1) * sector;
		struct content_write part = { .at = at, .bytes = w->bytes + (at - w->at) };

		part.len = (size_t)((next < end ? next : end) - at);
		if (sim_random_chance(random, 5000))
			bytes_apply(&c->synced, &part);
		at = next;
	}
}

/* One write reaches the disk, perhaps only some of its sectors. */
static void write_survives(struct content *c, const struct content_write *w,
                           struct sim_random *random, uint32_t sector)
{
	if (!w->is_truncate && sim_random_chance(random, 3000))
		write_is_torn(c, w, random, sector);
	else
		bytes_apply(&c->synced, w);
}

void content_cut(struct content *content, struct sim_random *random, uint32_t sector)
{
	while (content->writes_n > 0) {
		size_t at = sim_random_below(random, (uint32_t)content->writes_n);
		struct content_write w = content->writes[at];

		content->writes[at] = content->writes[--content->writes_n];
		if (sim_random_chance(random, 5000))
			write_survives(content, &w, random, sector);
		mem_free(w.bytes);
	}
	bytes_copy(&content->live, &content->synced);
}
