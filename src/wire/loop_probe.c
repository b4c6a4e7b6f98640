#include "wire/loop_probe.h"

#define MAGIC 0x746f7770 /* "towp" */

enum {
	USED_BYTES = 4 + 4 + 4 + 8
};

const struct mac loop_probe_group = { { 0x03, 0x74, 0x6f, 0x77, 0x70, 0x00 } };

bool loop_probe_parse(struct reader *r, struct loop_probe *ret_probe)
{
	uint32_t magic = read_u32(r);
	struct loop_probe probe;

	probe.port = read_u32(r);
	probe.number = read_u32(r);
	probe.tag = (uint64_t)read_u32(r) << 32;
	probe.tag |= read_u32(r);
	if (r->failed || magic != MAGIC)
		return false;
	*ret_probe = probe;
	return true;
}

void loop_probe_build(struct writer *w, const struct loop_probe *probe)
{
	static const uint8_t padding[LOOP_PROBE_BYTES - USED_BYTES];

	write_u32(w, MAGIC);
	write_u32(w, probe->port);
	write_u32(w, probe->number);
	write_u32(w, (uint32_t)(probe->tag >> 32));
	write_u32(w, (uint32_t)probe->tag);
	write_bytes(w, padding, sizeof padding);
}
