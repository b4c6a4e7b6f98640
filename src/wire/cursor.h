/*
 * cursor.h -- the only way to read and write bytes of the wire.
 *
 * A reader or writer knows where its bytes end. Going past the end gives zeroes (or writes
 * nothing) and sets `failed`, which sticks: a parser reads like the RFC's table and asks once, at
 * the end. Numbers are big-endian on the wire and host order here.
 */
#ifndef WIRE_CURSOR_H
#define WIRE_CURSOR_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/ip.h"

struct reader {
	const uint8_t *at, *end;
	bool failed;
};

struct writer {
	uint8_t *at, *end;
	bool failed;
};

/* Fields at a fixed place of a header whose length has been checked. */
static inline uint16_t wire_get16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof v);
	return be16toh(v);
}

static inline uint32_t wire_get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return be32toh(v);
}

static inline void wire_put16(uint8_t *p, uint16_t v)
{
	v = htobe16(v);
	memcpy(p, &v, sizeof v);
}

static inline void wire_put32(uint8_t *p, uint32_t v)
{
	v = htobe32(v);
	memcpy(p, &v, sizeof v);
}

/* @bytes may be NULL when @len is 0; C allows no arithmetic on it, not even + 0. */
static inline struct reader reader_over(const uint8_t *bytes, size_t len)
{
	return (struct reader){ .at = bytes, .end = len > 0 ? bytes + len : bytes };
}

static inline size_t reader_left(const struct reader *r)
{
	return (size_t)(r->end - r->at);
}

/* The next @len bytes, or NULL (and failed). The pointer is good as long as the bytes are. */
static inline const uint8_t *reader_take(struct reader *r, size_t len)
{
	if (r->failed || reader_left(r) < len) {
		r->failed = true;
		return NULL;
	}

	const uint8_t *p = r->at;

	r->at += len;
	return p;
}

static inline uint8_t read_u8(struct reader *r)
{
	const uint8_t *p = reader_take(r, 1);

	return p != NULL ? p[0] : 0;
}

static inline uint16_t read_u16(struct reader *r)
{
	const uint8_t *p = reader_take(r, 2);

	return p != NULL ? wire_get16(p) : 0;
}

static inline uint32_t read_u32(struct reader *r)
{
	const uint8_t *p = reader_take(r, 4);

	return p != NULL ? wire_get32(p) : 0;
}

static inline ip4 read_ip4(struct reader *r)
{
	return (ip4){ read_u32(r) };
}

static inline struct mac read_mac(struct reader *r)
{
	struct mac mac = { { 0 } };
	const uint8_t *p = reader_take(r, 6);

	if (p != NULL)
		memcpy(mac.b, p, 6);
	return mac;
}

static inline void read_skip(struct reader *r, size_t len)
{
	(void)reader_take(r, len);
}

/* A reader over the next @len bytes, which this one skips; failed when they are not there. */
static inline struct reader read_part(struct reader *r, size_t len)
{
	const uint8_t *p = reader_take(r, len);

	if (p == NULL)
		return (struct reader){ .failed = true };
	return reader_over(p, len);
}

static inline struct writer writer_over(uint8_t *bytes, size_t len)
{
	return (struct writer){ .at = bytes, .end = len > 0 ? bytes + len : bytes };
}

static inline uint8_t *writer_take(struct writer *w, size_t len)
{
	if (w->failed || (size_t)(w->end - w->at) < len) {
		w->failed = true;
		return NULL;
	}

	uint8_t *p = w->at;

	w->at += len;
	return p;
}

static inline void write_u8(struct writer *w, uint8_t v)
{
	uint8_t *p = writer_take(w, 1);

	if (p != NULL)
		p[0] = v;
}

static inline void write_u16(struct writer *w, uint16_t v)
{
	uint8_t *p = writer_take(w, 2);

	if (p != NULL)
		wire_put16(p, v);
}

static inline void write_u32(struct writer *w, uint32_t v)
{
	uint8_t *p = writer_take(w, 4);

	if (p != NULL)
		wire_put32(p, v);
}

static inline void write_ip4(struct writer *w, ip4 addr)
{
	write_u32(w, addr.v);
}

static inline void write_mac(struct writer *w, const struct mac *mac)
{
	uint8_t *p = writer_take(w, 6);

	if (p != NULL)
		memcpy(p, mac->b, 6);
}

static inline void write_bytes(struct writer *w, const void *bytes, size_t len)
{
	uint8_t *p = writer_take(w, len);

	if (p != NULL && len > 0)
		memcpy(p, bytes, len);
}

#endif
