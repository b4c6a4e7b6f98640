#include "fuzz.h"

#include <string.h>

#include "core/offload.h"
#include "lib/mem.h"
#include "os/vnet.h"

/* Said again to the kernel and heard back, it is the same. */
static void check_again(const struct offload *offload, uint32_t len)
{
	struct virtio_net_hdr header;
	struct offload again;

	if (!vnet_from_offload(offload, &header)) {
		must(offload->gso_type == GSO_OTHER);
		return;
	}
	must(vnet_to_offload(&header, len, &again));
	must(again.needs_checksum == offload->needs_checksum && again.checked == offload->checked);
	must(again.gso_type == offload->gso_type && again.gso_bytes == offload->gso_bytes);
	must(again.ecn == offload->ecn || offload->gso_type == GSO_UDP4);
	must(again.header_bytes == offload->header_bytes);
	must(again.checksum_start == offload->checksum_start);
	must(again.checksum_offset == offload->checksum_offset);
}

/* What the kernel says of a frame, then the frame. A checksum that was let in can be finished. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct virtio_net_hdr header;
	struct offload offload;

	if (size < sizeof header)
		return 0;
	memcpy(&header, data, sizeof header);
	data += sizeof header;
	size -= sizeof header;
	if (!vnet_to_offload(&header, (uint32_t)size, &offload))
		return 0;
	must(offload.gso_type == GSO_NONE || offload.gso_bytes > 0);
	check_again(&offload, (uint32_t)size);

	uint8_t *frame = mem_new(size, 1);

	if (size > 0)
		memcpy(frame, data, size);
	must(offload_finish_checksum(frame, (uint32_t)size, &offload));
	must(!offload.needs_checksum);
	mem_free(frame);
	return 0;
}
