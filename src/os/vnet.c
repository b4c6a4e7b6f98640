#include "os/vnet.h"

/* Linux 6.2's name for it; headers of older systems don't have it. */
#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif

static bool gso_word(uint8_t type, uint8_t *ret_word)
{
	switch ((enum gso_type)type) {
	case GSO_NONE:
		*ret_word = VIRTIO_NET_HDR_GSO_NONE;
		return true;
	case GSO_TCP4:
		*ret_word = VIRTIO_NET_HDR_GSO_TCPV4;
		return true;
	case GSO_UDP4:
		*ret_word = VIRTIO_NET_HDR_GSO_UDP_L4;
		return true;
	case GSO_TCP6:
		*ret_word = VIRTIO_NET_HDR_GSO_TCPV6;
		return true;
	case GSO_OTHER:
		break;
	}
	return false;
}

static uint8_t gso_type_of(uint8_t word)
{
	switch (word) {
	case VIRTIO_NET_HDR_GSO_NONE:
		return GSO_NONE;
	case VIRTIO_NET_HDR_GSO_TCPV4:
		return GSO_TCP4;
	case VIRTIO_NET_HDR_GSO_UDP_L4:
		return GSO_UDP4;
	case VIRTIO_NET_HDR_GSO_TCPV6:
		return GSO_TCP6;
	default:
		return GSO_OTHER;
	}
}

bool vnet_from_offload(const struct offload *offload, struct virtio_net_hdr *ret_header)
{
	struct virtio_net_hdr h = { 0 };

	if (!gso_word(offload->gso_type, &h.gso_type))
		return false;
	if (offload->gso_type != GSO_NONE) {
		if (offload->gso_bytes == 0)
			return false;
		h.gso_size = offload->gso_bytes;
		if (offload->ecn && offload->gso_type != GSO_UDP4)
			h.gso_type |= VIRTIO_NET_HDR_GSO_ECN;
	}
	h.hdr_len = offload->header_bytes;
	if (offload->needs_checksum) {
		h.flags |= VIRTIO_NET_HDR_F_NEEDS_CSUM;
		h.csum_start = offload->checksum_start;
		h.csum_offset = offload->checksum_offset;
	} else if (offload->checked) {
		h.flags |= VIRTIO_NET_HDR_F_DATA_VALID;
	}
	*ret_header = h;
	return true;
}

bool vnet_to_offload(const struct virtio_net_hdr *header, uint32_t len, struct offload *ret_offload)
{
	uint8_t gso_word_only = header->gso_type & (uint8_t)~VIRTIO_NET_HDR_GSO_ECN;
	struct offload o = { 0 };

	if (header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
		o.needs_checksum = true;
		o.checksum_start = header->csum_start;
		o.checksum_offset = header->csum_offset;
		if ((uint32_t)o.checksum_start + o.checksum_offset + 2 > len)
			return false;
	} else if (header->flags & VIRTIO_NET_HDR_F_DATA_VALID) {
		o.checked = true;
	}
	o.gso_type = gso_type_of(gso_word_only);
	if (o.gso_type != GSO_NONE) {
		o.gso_bytes = header->gso_size;
		o.ecn = (header->gso_type & VIRTIO_NET_HDR_GSO_ECN) != 0;
		if (o.gso_bytes == 0)
			return false;
	}
	o.header_bytes = header->hdr_len;
	*ret_offload = o;
	return true;
}
