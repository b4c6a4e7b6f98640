#include "os/afpacket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "os/netdev.h"
#include "os/silence.h"
#include "os/vnet.h"
#include "wire/eth.h"

/*
 * A slot:  tpacket2_hdr (32) | sockaddr_ll, then reserved | virtio_net_hdr (10) | frame ...
 *          0                 32                          120                    130
 *
 * The kernel puts the network header at a multiple of 16 after its own headers, plus what is
 * reserved, plus 10: 54 make the frame begin at 130 and its IP header at 144. All between the
 * status word's header and the frame may be written: 98 bytes, of which a VLAN tag put back takes
 * four. The slot is an odd number of cache lines long, or the fields that are looked at first
 * would all lie in the same few sets of the cache; 31 of them fill a block of 2 MiB.
 */
#define RESERVED_BYTES    54
#define FRAME_AT          130
#define SLOT_BYTES        (1057 * 64)
#define BLOCK_BYTES       (2U << 20)
#define SLOTS_A_BLOCK     (BLOCK_BYTES / SLOT_BYTES)
#define SEND_BUFFER_BYTES (8 << 20)
#define SEND_WAITS_MAX    4 /* in one transmit() */
#define SEND_WAIT_NS      20000
#define VNET_HEADER_BYTES 10

_Static_assert(sizeof(struct virtio_net_hdr) == VNET_HEADER_BYTES, "the header without buffers");
_Static_assert(FRAME_AT - sizeof(struct tpacket2_hdr) - ETH_TAG_BYTES >= PORT_HEADROOM_BYTES,
               "the headroom that core/port.h promises");
_Static_assert(FRAME_AT + PORT_FRAME_BYTES_MAX <= SLOT_BYTES, "the largest frame fits");
_Static_assert(SLOT_BYTES % TPACKET_ALIGNMENT == 0, "as the kernel asks");

struct ring {
	uint8_t *map;
	size_t map_bytes;
	uint8_t **slots;
	unsigned count, next;
	unsigned borrowed; /* slots before `next` that release() gives back */
};

struct afpacket {
	struct port port;
	int fd;
	char iface[NETDEV_NAME_BYTES];
	int index;
	bool promiscuous;
	bool bypassing; /* PACKET_QDISC_BYPASS is set */
	struct silence silence;
	struct ring ring;
	struct port_stats stats;
	struct mmsghdr messages[PORT_BATCH]; /* of the transmit() that runs */
	struct iovec pieces[PORT_BATCH][2];
	struct virtio_net_hdr headers[PORT_BATCH];
};

static struct afpacket *afpacket_of(struct port *port)
{
	return (struct afpacket *)port;
}

static int set_option(int fd, int option, int value)
{
	return setsockopt(fd, SOL_PACKET, option, &value, sizeof value) < 0 ? -errno : 0;
}

/* Put the tag back between source address and EtherType, as it was on the wire. */
static void restore_vlan_tag(struct port_frame *frame, const struct tpacket2_hdr *slot)
{
	bool named = (slot->tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
	uint16_t tpid = htons(named ? slot->tp_vlan_tpid : ETH_P_8021Q);
	uint16_t tci = htons(slot->tp_vlan_tci);

	frame->bytes -= ETH_TAG_BYTES;
	frame->len += ETH_TAG_BYTES;
	frame->headroom -= ETH_TAG_BYTES;
	memmove(frame->bytes, frame->bytes + ETH_TAG_BYTES, 2 * ETH_ALEN);
	memcpy(frame->bytes + 2 * ETH_ALEN, &tpid, sizeof tpid);
	memcpy(frame->bytes + 2 * ETH_ALEN + 2, &tci, sizeof tci);
	if (frame->offload.needs_checksum)
		frame->offload.checksum_start += ETH_TAG_BYTES;
	if (frame->offload.header_bytes > 0)
		frame->offload.header_bytes += ETH_TAG_BYTES;
}

/* False for a frame that is not there whole. */
static bool read_slot(uint8_t *slot, struct port_frame *ret_frame)
{
	struct tpacket2_hdr *h = (struct tpacket2_hdr *)slot;
	struct virtio_net_hdr vnet;

	if (h->tp_snaplen < h->tp_len || h->tp_mac < sizeof *h + VNET_HEADER_BYTES ||
	    h->tp_mac + h->tp_snaplen > SLOT_BYTES)
		return false;
	memcpy(&vnet, slot + h->tp_mac - sizeof vnet, sizeof vnet);

	struct port_frame frame = {
		.bytes = slot + h->tp_mac,
		.len = h->tp_snaplen,
		.headroom = (uint32_t)(h->tp_mac - sizeof *h),
		.tailroom = SLOT_BYTES - h->tp_mac - h->tp_snaplen,
	};

	if (!vnet_to_offload(&vnet, frame.len, &frame.offload))
		return false;
	if (h->tp_status & TP_STATUS_CSUM_VALID && !frame.offload.needs_checksum)
		frame.offload.checked = true;
	if (h->tp_status & TP_STATUS_VLAN_VALID && frame.len >= 2 * ETH_ALEN)
		restore_vlan_tag(&frame, h);
	*ret_frame = frame;
	return true;
}

/* An interface that goes down leaves an error on the socket, which would keep waking the loop. */
static void clear_socket_error(int fd)
{
	int error;
	socklen_t len = sizeof error;

	(void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
}

static unsigned afpacket_receive(struct port *port, struct port_frame *frames, unsigned max)
{
	struct afpacket *a = afpacket_of(port);
	struct ring *ring = &a->ring;
	unsigned n = 0;

	must(ring->borrowed == 0 && max <= PORT_BATCH);
	while (n < max && ring->borrowed < ring->count) {
		uint8_t *slot = ring->slots[ring->next];
		uint32_t *status = &((struct tpacket2_hdr *)slot)->tp_status;

		if (!(__atomic_load_n(status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			break;
		ring->next = ring->next + 1 == ring->count ? 0 : ring->next + 1;
		ring->borrowed++;
		__builtin_prefetch(ring->slots[ring->next]);
		if (read_slot(slot, &frames[n]))
			n++;
		else
			a->stats.rx_lost++;
	}
	if (ring->borrowed == 0)
		clear_socket_error(a->fd);
	return n;
}

static void afpacket_release(struct port *port)
{
	struct ring *ring = &afpacket_of(port)->ring;
	unsigned at = (ring->next + ring->count - ring->borrowed) % ring->count;

	for (; ring->borrowed > 0; ring->borrowed--) {
		struct tpacket2_hdr *h = (struct tpacket2_hdr *)ring->slots[at];

		__atomic_store_n(&h->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
		at = at + 1 == ring->count ? 0 : at + 1;
	}
}

/* Message @i is @frame with its header: in front of it, or beside it when there is no room. */
static bool prepare(struct afpacket *a, unsigned i, const struct port_frame *frame)
{
	struct msghdr *message = &a->messages[i].msg_hdr;
	struct iovec *pieces = a->pieces[i];

	if (!vnet_from_offload(&frame->offload, &a->headers[i]))
		return false;
	*message = (struct msghdr){ .msg_iov = pieces };
	if (frame->headroom >= VNET_HEADER_BYTES) {
		uint8_t *from = frame->bytes - VNET_HEADER_BYTES;

		memcpy(from, &a->headers[i], VNET_HEADER_BYTES);
		pieces[0] = (struct iovec){ from, frame->len + VNET_HEADER_BYTES };
		message->msg_iovlen = 1;
		return true;
	}
	pieces[0] = (struct iovec){ &a->headers[i], VNET_HEADER_BYTES };
	pieces[1] = (struct iovec){ frame->bytes, frame->len };
	message->msg_iovlen = 2;
	return true;
}

static bool is_gso(const struct afpacket *a, unsigned i)
{
	return a->headers[i].gso_type != VIRTIO_NET_HDR_GSO_NONE;
}

/*
 * What to do about the message at the front, which could not be sent: 0 to try again, else how
 * many messages are given up.
 */
static unsigned after_failure(struct afpacket *a, unsigned at, unsigned n, unsigned *waits)
{
	const struct timespec pause = { .tv_nsec = SEND_WAIT_NS };

	switch (errno) {
	case EINTR:
		return 0;
	case ENOBUFS:
	case EAGAIN:
		/* Past the queueing discipline the kernel refuses (ENOBUFS) a segment that the card
		 * can't cut itself. Through it the kernel cuts. */
		if (a->bypassing && is_gso(a, at)) {
			a->bypassing = false;
			return set_option(a->fd, PACKET_QDISC_BYPASS, 0) == 0 ? 0 : 1;
		}
		if (*waits == 0)
			return 1;
		--*waits;
		nanosleep(&pause, NULL);
		return 0;
	case ENETDOWN:
	case ENODEV:
	case ENXIO:
		return n - at;
	default: /* EMSGSIZE, EINVAL: this frame's own fault */
		return 1;
	}
}

static unsigned send_messages(struct afpacket *a, unsigned n, unsigned *waits)
{
	unsigned at = 0, sent = 0;

	while (at < n) {
		int taken = sendmmsg(a->fd, a->messages + at, n - at, MSG_DONTWAIT);

		if (taken > 0) {
			at += (unsigned)taken;
			sent += (unsigned)taken;
		} else {
			at += after_failure(a, at, n, waits);
		}
	}
	return sent;
}

static unsigned afpacket_transmit(struct port *port, const struct port_frame *frames, unsigned n)
{
	struct afpacket *a = afpacket_of(port);
	unsigned waits = SEND_WAITS_MAX;
	unsigned at = 0, sent = 0;

	while (at < n) {
		unsigned batch = 0;

		for (; at < n && batch < PORT_BATCH; at++)
			batch += prepare(a, batch, &frames[at]);
		sent += send_messages(a, batch, &waits);
	}
	a->stats.tx_errors += n - sent;
	return sent;
}

static bool is_linked(const struct netdev *netdev)
{
	return (netdev->flags & IFF_UP) && (netdev->flags & IFF_RUNNING);
}

static int join_promiscuous(const struct afpacket *a)
{
	struct packet_mreq request = { .mr_ifindex = a->index, .mr_type = PACKET_MR_PROMISC };

	if (!a->promiscuous)
		return 0;
	if (setsockopt(a->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request) < 0)
		return -errno;
	return 0;
}

/* Quiet first: whatever comes after bind() is ours alone. */
static int attach(struct afpacket *a, const struct netdev *netdev, struct text *words)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_ifindex = netdev->index,
		.sll_protocol = htons(ETH_P_ALL),
	};
	int error;

	a->index = netdev->index;
	silence_begin(&a->silence, a->fd, a->iface, words);
	if (!(netdev->flags & IFF_UP)) {
		error = netdev_change_flags(a->fd, a->iface, IFF_UP, 0);
		if (error != 0)
			return error;
	}
	if (bind(a->fd, (struct sockaddr *)&at, sizeof at) < 0)
		return -errno;
	return join_promiscuous(a);
}

/* The interface has gone and come back under the same name (a card unplugged, a tunnel made
 * again): take the new one. */
static void attach_again(struct afpacket *a, struct netdev *netdev)
{
	char said[256];
	struct text words = text_into(said, sizeof said);

	if (attach(a, netdev, &words) != 0 || netdev_read(a->fd, a->iface, netdev) != 0) {
		netdev->flags = 0;
		a->index = 0; /* no interface's: the next look tries again */
	}
}

/* The link has come: the first frame shall not pay for the time without. A segment sent in that
 * time was refused for other reasons than its size (after_failure()). */
static void begin_anew(struct afpacket *a)
{
	clear_socket_error(a->fd);
	a->bypassing = set_option(a->fd, PACKET_QDISC_BYPASS, 1) == 0;
}

static bool afpacket_poll_link(struct port *port)
{
	struct afpacket *a = afpacket_of(port);
	struct port before = *port;
	struct netdev netdev;

	if (netdev_read(a->fd, a->iface, &netdev) != 0) {
		port->link_up = false;
		return before.link_up;
	}
	if (netdev.index != a->index) {
		attach_again(a, &netdev);
		before.link_up = false;
	}
	port->link_up = is_linked(&netdev);
	port->mtu_bytes = netdev.mtu_bytes;
	port->mac = netdev.mac;
	if (port->link_up && !before.link_up)
		begin_anew(a);
	return port->link_up != before.link_up || port->mtu_bytes != before.mtu_bytes ||
	       !mac_equal(&port->mac, &before.mac);
}

static void afpacket_stats(struct port *port, struct port_stats *ret_stats)
{
	struct afpacket *a = afpacket_of(port);
	struct tpacket_stats since; /* the last time they were read */
	socklen_t len = sizeof since;

	if (getsockopt(a->fd, SOL_PACKET, PACKET_STATISTICS, &since, &len) == 0)
		a->stats.rx_lost += since.tp_drops;
	*ret_stats = a->stats;
}

static void free_all(struct afpacket *a)
{
	if (a->ring.map != NULL)
		munmap(a->ring.map, a->ring.map_bytes);
	if (a->fd >= 0)
		close(a->fd);
	mem_free(a->ring.slots);
	mem_free(a);
}

static void afpacket_close(struct port *port)
{
	struct afpacket *a = afpacket_of(port);

	silence_end(&a->silence, a->fd);
	free_all(a);
}

static const struct port_ops afpacket_ops = {
	.receive = afpacket_receive,
	.release = afpacket_release,
	.transmit = afpacket_transmit,
	.poll_link = afpacket_poll_link,
	.stats = afpacket_stats,
	.close = afpacket_close,
};

int afpacket_fd(const struct port *port)
{
	must(port->ops == &afpacket_ops);
	return ((const struct afpacket *)port)->fd;
}

static int map_ring(struct afpacket *a, unsigned slots)
{
	struct ring *ring = &a->ring;
	unsigned blocks = (slots + SLOTS_A_BLOCK - 1) / SLOTS_A_BLOCK;
	struct tpacket_req request = {
		.tp_block_size = BLOCK_BYTES,
		.tp_block_nr = blocks,
		.tp_frame_size = SLOT_BYTES,
		.tp_frame_nr = blocks * SLOTS_A_BLOCK,
	};

	if (setsockopt(a->fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) < 0)
		return -errno;

	size_t bytes = (size_t)blocks * BLOCK_BYTES;
	void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, a->fd, 0);

	if (map == MAP_FAILED)
		return -errno;
	ring->map = map;
	ring->map_bytes = bytes;
	ring->count = request.tp_frame_nr;
	ring->slots = mem_new(ring->count, sizeof *ring->slots);
	for (unsigned i = 0; i < ring->count; i++)
		ring->slots[i] = ring->map + (size_t)(i / SLOTS_A_BLOCK) * BLOCK_BYTES +
		                 (size_t)(i % SLOTS_A_BLOCK) * SLOT_BYTES;
	return 0;
}

/* More than this may be in flight only when the kernel lets us (CAP_NET_ADMIN at home). */
static void enlarge_send_buffer(int fd)
{
	int bytes = SEND_BUFFER_BYTES;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

static int set_up_socket(struct afpacket *a, unsigned slots)
{
	static const int options[][2] = {
		{ PACKET_VERSION, TPACKET_V2 },
		{ PACKET_RESERVE, RESERVED_BYTES },
		{ PACKET_VNET_HDR, 1 },
		{ PACKET_IGNORE_OUTGOING, 1 },
	};
	int error;

	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		error = set_option(a->fd, options[i][0], options[i][1]);
		if (error != 0)
			return error;
	}
	a->bypassing = set_option(a->fd, PACKET_QDISC_BYPASS, 1) == 0;
	enlarge_send_buffer(a->fd);
	return map_ring(a, slots);
}

static int refuse(struct text *words, int error, const char *format, ...) PRINTF_LIKE(3, 4);

static int refuse(struct text *words, int error, const char *format, ...)
{
	va_list args;

	text_clear(words);
	va_start(args, format);
	text_vprintf(words, format, args);
	va_end(args);
	return error;
}

static int check_iface(const struct afpacket_options *options, int fd, struct netdev *ret_netdev,
                       struct text *words)
{
	const char *iface = options->iface;
	char address[IP4_TEXT_BYTES];
	ip4 addr;
	int error;

	if (!netdev_name_is_plain(iface))
		return refuse(
			words, -EINVAL,
			"\"%s\" can't be used as a port: an interface's name has 1 to 15 letters, "
			"digits, dots, dashes or underscores",
			iface);
	error = netdev_read(fd, iface, ret_netdev);
	if (error == -ENODEV)
		return refuse(words, error,
		              "there is no interface %s here; \"ip link\" lists those there are",
		              iface);
	if (error != 0)
		return refuse(words, error, "%s can't be looked at: %s", iface, strerror(-error));
	if (ret_netdev->type != ARPHRD_ETHER)
		return refuse(
			words, -EINVAL,
			"%s is not an Ethernet interface; a port must be one (a card, veth, TAP)",
			iface);
	if (!options->keep_address && netdev_has_ip4(iface, &addr))
		return refuse(words, -EADDRINUSE,
		              "%s has address %s; the kernel would use it, too: remove it "
		              "(ip addr flush dev %s) or add \",keep\" to the option --port",
		              iface, ip4_str(addr, address), iface);
	return 0;
}

static int explain_setup(struct text *words, const char *iface, int error)
{
	if (error == -ENOMEM)
		return refuse(
			words, error,
			"there is not enough memory for the receive ring of %s (66 KiB a slot): "
			"ask for fewer with \",slots=256\" in the option --port",
			iface);
	return refuse(words, error, "%s can't be opened as a packet port: %s", iface,
	              strerror(-error));
}

static int open_socket(int *ret_fd, struct text *words)
{
	/* Protocol 0: nothing is received before bind() names the interface. */
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 && errno == EPERM)
		return refuse(
			words, -EPERM,
			"a packet socket needs the capability CAP_NET_RAW: start as root, by the "
			"systemd unit, or inside \"unshare -Urn\"");
	if (fd < 0)
		return refuse(words, -errno, "no packet socket: %s", strerror(errno));
	*ret_fd = fd;
	return 0;
}

static int set_up(struct afpacket *a, const struct afpacket_options *options, struct text *words)
{
	struct netdev netdev = { 0 };
	int error = open_socket(&a->fd, words);

	if (error == 0)
		error = check_iface(options, a->fd, &netdev, words);
	if (error != 0)
		return error;
	memcpy(a->iface, options->iface, strlen(options->iface));
	error = set_up_socket(a, options->slots > 0 ? options->slots : AFPACKET_SLOTS_DEFAULT);
	if (error != 0)
		return explain_setup(words, options->iface, error);
	a->promiscuous = options->promiscuous;
	error = attach(a, &netdev, words);
	if (error != 0) {
		silence_end(&a->silence, a->fd);
		return explain_setup(words, options->iface, error);
	}
	(void)afpacket_poll_link(&a->port);
	return 0;
}

int afpacket_open(const struct afpacket_options *options, struct text *words,
                  struct port **ret_port)
{
	struct afpacket *a = mem_new(1, sizeof *a);

	must(strlen(options->name) < sizeof a->port.name);
	must(options->slots <= AFPACKET_SLOTS_MAX);
	a->fd = -1;
	a->port.ops = &afpacket_ops;
	/* What a card can't do itself the kernel does before the frame leaves. */
	a->port.can = (struct port_abilities){ .checksum = true, .gso = true };
	memcpy(a->port.name, options->name, strlen(options->name));

	int error = set_up(a, options, words);

	if (error != 0) {
		free_all(a);
		return error;
	}
	*ret_port = &a->port;
	return 0;
}
