#include "os/pcap.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lib/mem.h"
#include "wire/pcapng.h"

#define HEAD_BYTES 28 /* of a packet's block */
#define TAIL_BYTES 8  /* at most: 3 of padding, 4 of length, rounded up */

struct pcap {
	int fd;
	int error; /* what ended the recording */
	struct clock *clock;
	uint32_t interfaces;
	off_t whole_bytes; /* the file up to its last whole block */
	uint8_t heads[PORT_BATCH][HEAD_BYTES];
	uint8_t tails[PORT_BATCH][TAIL_BYTES];
	struct iovec pieces[PORT_BATCH * 3];
};

struct recorder {
	struct port port;
	struct pcap *pcap;
	struct port *inner;
	uint32_t interface;
};

static struct recorder *recorder_of(struct port *port)
{
	return (struct recorder *)port;
}

static void give_up(struct pcap *pcap, int error)
{
	/* Where it can't be cut (a pipe), its reader has to cope with half a block. */
	(void)!ftruncate(pcap->fd, pcap->whole_bytes);
	pcap->error = error;
}

/* Write all the pieces, or give the recording up. Changes @pieces. */
static void write_pieces(struct pcap *pcap, struct iovec *pieces, unsigned n)
{
	off_t written = 0;

	while (n > 0 && pcap->error == 0) {
		ssize_t len = writev(pcap->fd, pieces, (int)n);

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0) {
			give_up(pcap, -errno);
			return;
		}
		written += len;
		for (; n > 0 && (size_t)len >= pieces->iov_len; n--, pieces++)
			len -= (ssize_t)pieces->iov_len;
		if (n > 0) {
			pieces->iov_base = (uint8_t *)pieces->iov_base + len;
			pieces->iov_len -= (size_t)len;
		}
	}
	pcap->whole_bytes += written;
}

static void write_block(struct pcap *pcap, uint8_t *bytes, const struct writer *w)
{
	struct iovec piece = { bytes, (size_t)(w->at - bytes) };

	must(!w->failed);
	write_pieces(pcap, &piece, 1);
}

int pcap_open(const char *path, struct clock *clock, struct pcap **ret_pcap)
{
	uint8_t block[PCAPNG_BLOCK_BYTES_MAX];
	struct writer w = writer_over(block, sizeof block);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600);

	if (fd < 0)
		return -errno;

	struct pcap *pcap = mem_new(1, sizeof *pcap);

	pcap->fd = fd;
	pcap->clock = clock;
	pcapng_section(&w);
	write_block(pcap, block, &w);
	if (pcap->error != 0)
		return pcap_close(pcap);
	*ret_pcap = pcap;
	return 0;
}

int pcap_close(struct pcap *pcap)
{
	int error = pcap->error;

	if (close(pcap->fd) < 0 && error == 0)
		error = -errno;
	mem_free(pcap);
	return error;
}

static void record_batch(struct recorder *r, const struct port_frame *frames, unsigned n)
{
	struct pcap *pcap = r->pcap;
	struct iovec *piece = pcap->pieces;
	uint64_t now = (uint64_t)clock_wall(pcap->clock).ns;

	for (unsigned i = 0; i < n; i++) {
		struct writer head = writer_over(pcap->heads[i], HEAD_BYTES);
		struct writer tail = writer_over(pcap->tails[i], TAIL_BYTES);

		pcapng_packet_head(&head, r->interface, now, frames[i].len);
		pcapng_packet_tail(&tail, frames[i].len);
		must(!head.failed && !tail.failed);
		*piece++ = (struct iovec){ pcap->heads[i], (size_t)(head.at - pcap->heads[i]) };
		*piece++ = (struct iovec){ frames[i].bytes, frames[i].len };
		*piece++ = (struct iovec){ pcap->tails[i], (size_t)(tail.at - pcap->tails[i]) };
	}
	write_pieces(pcap, pcap->pieces, (unsigned)(piece - pcap->pieces));
}

static void record(struct recorder *r, const struct port_frame *frames, unsigned n)
{
	while (n > 0 && r->pcap->error == 0) {
		unsigned batch = n < PORT_BATCH ? n : PORT_BATCH;

		record_batch(r, frames, batch);
		frames += batch;
		n -= batch;
	}
}

static unsigned recorder_receive(struct port *port, struct port_frame *frames, unsigned max)
{
	struct recorder *r = recorder_of(port);
	unsigned n = r->inner->ops->receive(r->inner, frames, max);

	record(r, frames, n);
	return n;
}

static void recorder_release(struct port *port)
{
	struct port *inner = recorder_of(port)->inner;

	inner->ops->release(inner);
}

static unsigned recorder_transmit(struct port *port, const struct port_frame *frames, unsigned n)
{
	struct recorder *r = recorder_of(port);

	record(r, frames, n);
	return r->inner->ops->transmit(r->inner, frames, n);
}

/* Everything that users of a port may read in it. */
static void copy_state(struct port *port, const struct port *inner)
{
	port->mac = inner->mac;
	port->mtu_bytes = inner->mtu_bytes;
	port->can = inner->can;
	port->link_up = inner->link_up;
}

static bool recorder_poll_link(struct port *port)
{
	struct port *inner = recorder_of(port)->inner;
	bool changed = inner->ops->poll_link(inner);

	copy_state(port, inner);
	return changed;
}

static void recorder_stats(struct port *port, struct port_stats *ret_stats)
{
	struct port *inner = recorder_of(port)->inner;

	inner->ops->stats(inner, ret_stats);
}

static void recorder_close(struct port *port)
{
	struct recorder *r = recorder_of(port);

	r->inner->ops->close(r->inner);
	mem_free(r);
}

static const struct port_ops recorder_ops = {
	.receive = recorder_receive,
	.release = recorder_release,
	.transmit = recorder_transmit,
	.poll_link = recorder_poll_link,
	.stats = recorder_stats,
	.close = recorder_close,
};

int pcap_wrap(struct pcap *pcap, struct port *inner, struct port **ret_port)
{
	uint8_t block[PCAPNG_BLOCK_BYTES_MAX];
	struct writer w = writer_over(block, sizeof block);

	pcapng_interface(&w, inner->name);
	write_block(pcap, block, &w);
	if (pcap->error != 0)
		return pcap->error;

	struct recorder *r = mem_new(1, sizeof *r);

	r->port.ops = &recorder_ops;
	memcpy(r->port.name, inner->name, sizeof r->port.name);
	copy_state(&r->port, inner);
	r->pcap = pcap;
	r->inner = inner;
	r->interface = pcap->interfaces++;
	*ret_port = &r->port;
	return 0;
}
