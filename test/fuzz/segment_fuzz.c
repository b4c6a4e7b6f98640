#include "fuzz.h"

#include "core/segment.h"
#include "small_net.h"
#include "wire/checksum.h"
#include "wire/ip4_header.h"

enum {
	ABOUT_BYTES = 4,
};

/* A piece is a whole packet of its own, with the right part of the payload in it. */
static void check_piece(const struct segment_cut *cut, const struct pkt *piece, uint32_t at,
                        bool finish)
{
	const uint8_t *payload = cut->whole->bytes + cut->layout.payload;
	struct layout layout;

	must(layout_read(piece->bytes, piece->len, &layout));
	must(layout.l3 == cut->layout.l3 && layout.payload == cut->layout.payload);
	must(ip4_header_checksum_ok(piece->bytes + layout.l3, (size_t)(layout.l4 - layout.l3)));
	must(wire_get16(piece->bytes + layout.l3 + IP4_AT_TOTAL) == piece->len - layout.l3);
	must(piece->len <= segment_frame_bytes(cut));
	must(piece->len - layout.payload == cut->at - at);
	must(memcmp(piece->bytes + layout.payload, payload + at, cut->at - at) == 0);
	must(piece->offload.needs_checksum == (!finish && !cut->unsummed));
}

/* What an offload says of a frame, then the frame. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pkt whole = { 0 };
	struct segment_cut cut;
	struct small_net small;
	uint8_t *frame;

	if (size < ABOUT_BYTES || size - ABOUT_BYTES > PORT_FRAME_BYTES_MAX)
		return 0;
	frame = mem_new(size - ABOUT_BYTES + 1, 1);
	memcpy(frame, data + ABOUT_BYTES, size - ABOUT_BYTES);
	whole.bytes = frame;
	whole.len = (uint32_t)(size - ABOUT_BYTES);
	whole.offload.gso_type = data[0] & 7;
	whole.offload.needs_checksum = (data[0] & 8) != 0;
	whole.offload.gso_bytes = wire_get16(data + 2);
	small_net_make(&small);
	if (segment_begin(&cut, &whole)) {
		bool finish = (data[1] & 1) != 0;
		uint32_t pieces = 0, at = 0;

		while (segment_left(&cut)) {
			struct pkt *piece = segment_next(&cut, small.net, finish);

			must(piece != NULL && ++pieces <= PORT_FRAME_BYTES_MAX / SEGMENT_BYTES_MIN);
			check_piece(&cut, piece, at, finish);
			at = cut.at;
			pkt_done(small.net, piece);
		}
	}
	must(small_net_holds_nothing(&small));
	small_net_free(&small);
	mem_free(frame);
	return 0;
}
