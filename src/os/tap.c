#include "os/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdarg.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "os/netdev.h"
#include "os/vnet.h"

/* Linux 6.2's names for it; headers of older systems don't have them. */
#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

/*
 * A buffer:  room | virtio_net_hdr (10) | frame ...
 *            0      56                    66
 *
 * The IP header then stands at a multiple of 16. As in afpacket.c the buffers are an odd number of
 * cache lines apart.
 */
#define VNET_HEADER_BYTES 10
#define FRAME_AT          66
#define BUFFER_BYTES      (1057 * 64)
#define TUN_DEVICE        "/dev/net/tun"

_Static_assert(sizeof(struct virtio_net_hdr) == VNET_HEADER_BYTES, "the header without buffers");
_Static_assert(FRAME_AT >= PORT_HEADROOM_BYTES, "the headroom that core/port.h promises");
_Static_assert(FRAME_AT + PORT_FRAME_BYTES_MAX <= BUFFER_BYTES, "the largest frame fits");

struct tap {
	struct port port;
	int fd;
	int ask_fd; /* any socket, for netdev.h */
	char iface[NETDEV_NAME_BYTES];
	int index;
	bool persistent;
	uint8_t *buffers;
	unsigned borrowed;
	struct port_stats stats;
};

static struct tap *tap_of(struct port *port)
{
	return (struct tap *)port;
}

/* The frame in @buffer, after @got bytes were read; false for one that makes no sense. */
static bool read_buffer(uint8_t *buffer, size_t got, struct port_frame *ret_frame)
{
	struct virtio_net_hdr vnet;
	struct port_frame frame = {
		.bytes = buffer + FRAME_AT,
		.len = (uint32_t)(got - VNET_HEADER_BYTES),
		.headroom = FRAME_AT,
		.tailroom = (uint32_t)(BUFFER_BYTES - FRAME_AT - (got - VNET_HEADER_BYTES)),
	};

	memcpy(&vnet, frame.bytes - sizeof vnet, sizeof vnet);
	if (!vnet_to_offload(&vnet, frame.len, &frame.offload))
		return false;
	*ret_frame = frame;
	return true;
}

static unsigned tap_receive(struct port *port, struct port_frame *frames, unsigned max)
{
	struct tap *tap = tap_of(port);
	unsigned n = 0;

	must(tap->borrowed == 0 && max <= PORT_BATCH);
	while (n < max) {
		uint8_t *buffer = tap->buffers + (size_t)n * BUFFER_BYTES;
		ssize_t got = read(tap->fd, buffer + FRAME_AT - VNET_HEADER_BYTES,
		                   BUFFER_BYTES - FRAME_AT + VNET_HEADER_BYTES);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < VNET_HEADER_BYTES)
			break;
		if (read_buffer(buffer, (size_t)got, &frames[n]))
			n++;
		else
			tap->stats.rx_lost++;
	}
	tap->borrowed = n;
	return n;
}

static void tap_release(struct port *port)
{
	tap_of(port)->borrowed = 0;
}

/* The header goes in front of the frame; beside it when there is no room. */
static bool send_frame(const struct tap *tap, const struct port_frame *frame)
{
	struct virtio_net_hdr vnet;
	struct iovec pieces[] = { { &vnet, sizeof vnet }, { frame->bytes, frame->len } };
	ssize_t sent;

	if (!vnet_from_offload(&frame->offload, &vnet))
		return false;
	do
		sent = writev(tap->fd, pieces, (int)ARRAY_LEN(pieces));
	while (sent < 0 && errno == EINTR);
	return sent >= 0;
}

/* The kernel takes a frame at once, or never: there is nothing to wait for. */
static unsigned tap_transmit(struct port *port, const struct port_frame *frames, unsigned n)
{
	struct tap *tap = tap_of(port);
	unsigned sent = 0;

	for (unsigned i = 0; i < n; i++)
		sent += send_frame(tap, &frames[i]);
	tap->stats.tx_errors += n - sent;
	return sent;
}

/* What the kernel may leave to us. Datagrams in a row need Linux 6.2. */
static int set_offloads(int fd)
{
	unsigned long all = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO_ECN;

	if (ioctl(fd, TUNSETOFFLOAD, all | TUN_F_USO4 | TUN_F_USO6) == 0)
		return 0;
	return ioctl(fd, TUNSETOFFLOAD, all) < 0 ? -errno : 0;
}

static int attach(struct tap *tap)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int header_bytes = VNET_HEADER_BYTES;
	struct netdev netdev;
	int error;

	memcpy(request.ifr_name, tap->iface, strlen(tap->iface));
	if (ioctl(tap->fd, TUNSETIFF, &request) < 0 ||
	    ioctl(tap->fd, TUNSETVNETHDRSZ, &header_bytes) < 0)
		return -errno;
	if (tap->persistent && ioctl(tap->fd, TUNSETPERSIST, 1UL) < 0)
		return -errno;
	error = set_offloads(tap->fd);
	if (error == 0)
		error = netdev_read(tap->ask_fd, tap->iface, &netdev);
	if (error == 0)
		tap->index = netdev.index;
	return error;
}

/* The kernel's end has the device's address; ours is another one that stays with it. */
static struct mac own_address(const struct mac *device)
{
	struct mac mac = *device;

	mac.b[0] = (uint8_t)((mac.b[0] ^ 0x40) | 0x02); /* administered locally: IEEE 802, 8.2 */
	return mac;
}

/* The device was taken away (and perhaps made again): be at its end once more. What is left of the
 * old one would wake the loop for ever, so when it can't be had something quiet stands in. */
static void attach_again(struct tap *tap)
{
	int quiet;

	if (attach(tap) == 0 && netdev_change_flags(tap->ask_fd, tap->iface, IFF_UP, 0) == 0)
		return;
	tap->index = 0;
	quiet = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (quiet >= 0) {
		(void)dup2(quiet, tap->fd);
		close(quiet);
	}
}

static bool tap_poll_link(struct port *port)
{
	struct tap *tap = tap_of(port);
	struct port before = *port;
	struct netdev netdev;
	int error = netdev_read(tap->ask_fd, tap->iface, &netdev);

	if (tap->index != 0 && (error == -ENODEV || (error == 0 && netdev.index != tap->index))) {
		attach_again(tap);
		error = netdev_read(tap->ask_fd, tap->iface, &netdev);
	}
	if (error != 0 || netdev.index != tap->index) {
		port->link_up = false;
		return before.link_up;
	}
	port->link_up = (netdev.flags & IFF_UP) && (netdev.flags & IFF_RUNNING);
	port->mtu_bytes = netdev.mtu_bytes;
	port->mac = own_address(&netdev.mac);
	return port->link_up != before.link_up || port->mtu_bytes != before.mtu_bytes ||
	       !mac_equal(&port->mac, &before.mac);
}

static void tap_stats(struct port *port, struct port_stats *ret_stats)
{
	*ret_stats = tap_of(port)->stats;
}

static void tap_close(struct port *port)
{
	struct tap *tap = tap_of(port);

	if (tap->fd >= 0)
		close(tap->fd);
	if (tap->ask_fd >= 0)
		close(tap->ask_fd);
	mem_free(tap->buffers);
	mem_free(tap);
}

static const struct port_ops tap_ops = {
	.receive = tap_receive,
	.release = tap_release,
	.transmit = tap_transmit,
	.poll_link = tap_poll_link,
	.stats = tap_stats,
	.close = tap_close,
};

int tap_fd(const struct port *port)
{
	must(port->ops == &tap_ops);
	return ((const struct tap *)port)->fd;
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

static int open_device(struct tap *tap, struct text *words)
{
	tap->fd = open(TUN_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (tap->fd >= 0)
		return 0;
	switch (errno) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		return refuse(words, -errno,
		              "there is no " TUN_DEVICE " here: load the kernel's module "
		              "(modprobe tun), or let the container have that device");
	case EACCES:
	case EPERM:
		return refuse(words, -errno,
		              "may not open " TUN_DEVICE ": start as root or by the systemd unit, "
		              "or let the container have that device");
	default:
		return refuse(words, -errno, TUN_DEVICE " can't be opened: %s", strerror(errno));
	}
}

static int explain_attach(struct text *words, const char *iface, int error)
{
	switch (error) {
	case -EPERM:
		return refuse(words, error,
		              "making a TAP device needs the capability CAP_NET_ADMIN: start as "
		              "root or by the systemd unit, or have root make it for this user "
		              "(ip tuntap add dev %s mode tap user NAME)",
		              iface);
	case -EBUSY:
		return refuse(words, error,
		              "another program is at the end of the TAP device %s: give this port "
		              "one of its own",
		              iface);
	case -EINVAL:
		return refuse(words, error,
		              "%s is no TAP device of one queue; name one that is, or one that is "
		              "not there yet, as in driver=tap with tap0",
		              iface);
	default:
		return refuse(words, error, "the TAP device %s can't be had: %s", iface,
		              strerror(-error));
	}
}

static int bring_up(struct tap *tap, struct text *words)
{
	struct netdev netdev;
	int error = netdev_read(tap->ask_fd, tap->iface, &netdev);

	if (error == 0 && !(netdev.flags & IFF_UP))
		error = netdev_change_flags(tap->ask_fd, tap->iface, IFF_UP, 0);
	if (error == -EPERM)
		return refuse(words, 0,
		              "%s is down, and bringing it up needs the capability CAP_NET_ADMIN: "
		              "have root do it (ip link set %s up)",
		              tap->iface, tap->iface);
	if (error != 0)
		return refuse(words, error, "%s can't be brought up: %s", tap->iface,
		              strerror(-error));
	return 0;
}

static int set_up(struct tap *tap, const struct tap_options *options, struct text *words)
{
	int error;

	if (!netdev_name_is_plain(options->iface))
		return refuse(words, -EINVAL,
		              "\"%s\" can't be a TAP device: an interface's name has 1 to 15 "
		              "letters, digits, dots, dashes or underscores",
		              options->iface);
	memcpy(tap->iface, options->iface, strlen(options->iface));
	tap->persistent = options->persistent;
	tap->ask_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (tap->ask_fd < 0)
		return refuse(words, -errno, "no socket: %s", strerror(errno));
	error = open_device(tap, words);
	if (error != 0)
		return error;
	error = attach(tap);
	if (error != 0)
		return explain_attach(words, tap->iface, error);
	error = bring_up(tap, words);
	if (error == 0)
		(void)tap_poll_link(&tap->port);
	return error;
}

int tap_open(const struct tap_options *options, struct text *words, struct port **ret_port)
{
	struct tap *tap = mem_new(1, sizeof *tap);

	must(strlen(options->name) < sizeof tap->port.name);
	tap->fd = tap->ask_fd = -1;
	tap->port.ops = &tap_ops;
	tap->port.can = (struct port_abilities){ .checksum = true, .gso = true };
	memcpy(tap->port.name, options->name, strlen(options->name));
	tap->buffers = mem_new(PORT_BATCH, BUFFER_BYTES);

	int error = set_up(tap, options, words);

	if (error != 0) {
		tap_close(&tap->port);
		return error;
	}
	*ret_port = &tap->port;
	return 0;
}
