/*
 * towpath.h -- a router to embed: ports, a console, sockets, and a clock that is the caller's.
 *
 *     struct towpath *t;
 *     struct towpath_setup setup = { .size = sizeof setup, .seed = 1, .now_ns = now };
 *     towpath_new(&setup, &t);
 *     int ether1 = towpath_port_add(t, &(struct towpath_port){ .name = "ether1" });
 *     towpath_start(t);
 *     towpath_run(t, "/ip address add address=10.0.0.1/24 interface=ether1", NULL, NULL);
 *     for (;;) {
 *         towpath_put(t, ether1, &frame);                a frame has come
 *         towpath_advance(t, now);                       time has passed
 *         while (towpath_take(t, ether1, &frame) == 1)   frames want to leave
 *             send(frame.bytes, frame.len);
 *         wait until towpath_next(t), or until something comes;
 *     }
 *
 * The library does no I/O, starts no thread, asks no clock and keeps nothing outside a struct
 * towpath: any number of routers live in one process, and the same seed with the same calls gives
 * the same bytes, to the bit.
 *
 * Time:    nanoseconds on a clock of the caller's that never goes back; its start means nothing.
 * Errors:  what can fail returns -errno, else 0 or what its comment says. errno is not touched.
 * Memory:  budgets are taken by towpath_new() and towpath_port_add(), and by what is configured;
 *          none for a packet. Areas that are large are touched as they are used. A machine without
 *          memory for the budgets ends the process with a sentence.
 * Threads: one at a time for each router. Two routers may be used by two threads, unless they are
 *          joined (towpath_join()) or keep their configuration in a store.
 * Calls from within callbacks: what a comment allows; others return -EBUSY.
 */
#ifndef TOWPATH_H
#define TOWPATH_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct towpath;
struct towpath_store;

/* towpath_next(): no time is of interest. */
#define TOWPATH_NEVER UINT64_MAX

/* ---- A router ----------------------------------------------------------------------------- */

/* How much it can hold. What is 0 gets the figure in brackets. */
struct towpath_budget {
	uint32_t packets;     /* buffers of 2 KiB for what it sends itself or makes wait [1024] */
	uint32_t packets_64k; /* buffers for whole segments of 64 KiB [64] */
	uint32_t neighbours;  /* [1024] */
	uint32_t flows; /* connections that are tracked or translated, a power of two [65536] */
	uint32_t descriptors; /* sockets that are open [1024] */
	uint32_t connections; /* of TCP, those that end by themselves too [4096] */
	uint32_t half_open;   /* that others have begun; then cookies answer [1024] */
	uint32_t time_wait;   /* ends that are remembered (RFC 9293, 3.6.1) [4096] */
	uint32_t buffers;     /* of 4 KiB, for what TCP has to send and to hand out [8192] */
	uint32_t segments;    /* of TCP on their way [16384] */
};

enum towpath_log_level {
	TOWPATH_DEBUG,
	TOWPATH_INFO,
	TOWPATH_WARNING,
	TOWPATH_ERROR,
	TOWPATH_CRITICAL,
};

struct towpath_setup {
	size_t size;     /* of this struct: sizeof(struct towpath_setup) */
	uint64_t seed;   /* of all random numbers, unless random() is given */
	uint64_t now_ns; /* the time at which it begins */
	int64_t wall_ns; /* the time of day then, since 1970-01-01 UTC */
	struct towpath_budget budget;
	/* Begin with towpath's own first configuration (a firewall that lets nobody in from WAN,
	 * lists LAN and WAN); else with nothing but what every router has. */
	bool with_defaults;
	/* Where the configuration is kept; NULL: nowhere. The caller's, as long as the router. */
	const struct towpath_store *store;

	void *arg; /* for the callbacks below, each of which may be NULL */
	/*
	 * Unpredictable bytes (getrandom(2)). A router that meets strangers must have it: without,
	 * sequence numbers, ports and hash keys follow from the seed.
	 */
	void (*random)(void *arg, void *bytes, size_t len);
	/* A line of the log, without line end. */
	void (*log)(void *arg, enum towpath_log_level level, const char *topic, const char *text);
	/*
	 * Let the world go on by a step: bring frames that have come and call towpath_advance(), or
	 * wait for either, but no longer than until @until_ns (TOWPATH_NEVER: however long). Called
	 * by calls that wait, again and again until they need not (see Sockets). 0: look again.
	 * -EINTR or another -errno: give up, the call returns it. NULL: no call ever waits.
	 */
	int (*wait)(void *arg, struct towpath *t, uint64_t until_ns);
};

/* A router without ports. -EINVAL for a setup that can't be; @ret_t is set only on success. */
int towpath_new(const struct towpath_setup *setup, struct towpath **ret_t);
/*
 * Once, when its ports have been added: read the configuration (an empty store begins a new one),
 * and take part from now on. -EALREADY; else what the store said, or -EUCLEAN for a configuration
 * that is damaged, which setup.log() is told in words. Until then frames are dropped, and lines and
 * sockets are refused with -ENETDOWN.
 */
int towpath_start(struct towpath *t);
/* Connections end without a word, ports are closed, what was kept stays in the store. */
void towpath_free(struct towpath *t);
/* "0.1.0" */
const char *towpath_version(void);

/*
 * The time is @now_ns: take in frames, send, let timers run out, until nothing is due. Returns 1
 * when that did not come to an end (there is more to do at once: call again when others have had
 * their turn), else 0. -EINVAL: @now_ns has been before.
 */
int towpath_advance(struct towpath *t, uint64_t now_ns);
/* When it wants towpath_advance() even if nothing comes; at once when that is not in the future. */
uint64_t towpath_next(const struct towpath *t);
uint64_t towpath_now(const struct towpath *t);
/*
 * For a world of routers only, on a virtual clock: if anything is due in any of the @n routers, it
 * is done; else their clocks go on to what comes first, but not beyond @until_ns, and that is done.
 * -EDEADLK: nothing ever comes, and @until_ns is TOWPATH_NEVER. A wait() may be just this.
 */
int towpath_step(struct towpath *const *routers, size_t n, uint64_t until_ns);
/* The time of day is @wall_ns now; it may jump. */
void towpath_set_wall(struct towpath *t, int64_t wall_ns);

/* What `/system shutdown` and `/system reboot` ask for; it is the caller's to do it. */
enum towpath_leaving {
	TOWPATH_STAYS,
	TOWPATH_SHUTDOWN,
	TOWPATH_REBOOT, /* free it, make another one on the same store */
};
enum towpath_leaving towpath_leaving(const struct towpath *t);

/* ---- Ports -------------------------------------------------------------------------------- */

enum towpath_gso {
	TOWPATH_GSO_NONE,
	TOWPATH_GSO_TCP4 = 1, /* TCP over IPv4, to be cut into segments of gso_bytes of payload */
	TOWPATH_GSO_UDP4 = 2, /* UDP datagrams in a row */
};

/* An Ethernet frame without preamble and check sequence; what a virtual network card would say of
 * it (virtio_net_hdr). All zeroes but bytes and len: an ordinary frame, its checksums whole. */
struct towpath_frame {
	const void *bytes;
	uint32_t len;
	bool needs_checksum; /* the field at start + offset holds the pseudo-header's sum only */
	bool checked;        /* its receiver need not verify the checksum */
	bool ecn;            /* gso: the CWR flag is on the first segment only */
	uint8_t gso;         /* enum towpath_gso */
	uint16_t gso_bytes;
	uint16_t header_bytes;    /* from Ethernet to TCP, when gso */
	uint16_t checksum_start;  /* from the first byte */
	uint16_t checksum_offset; /* from there */
};

struct towpath_port {
	const char *name;     /* "ether1", at most 15 bytes; copied */
	uint8_t mac[6];       /* all zeroes: one of its own, of the seed and the port's number */
	uint32_t mtu;         /* the largest IP packet in bytes, 68 to 65535; 0: 1500 */
	bool unplugged;       /* begins without link */
	bool checksum;        /* frames that leave may need a checksum */
	bool gso;             /* frames that leave may be cut by others; wants checksum as well */
	uint32_t queue_bytes; /* of each queue, for frames that wait; 0: 1 MiB */
	/*
	 * A frame leaves. Its bytes are good until this returns; false: it could not be taken, it
	 * is lost and counted. towpath_put() may be called from here, for any router. NULL: frames
	 * wait for towpath_take().
	 */
	bool (*transmit)(void *arg, const struct towpath_frame *frame);
	void *arg;
};

/* The port's number, from 0; the console knows the port by its name. Before towpath_start(), later
 * -EALREADY. -EINVAL, -EEXIST (the name), -ENOSPC (there are as many as there can be). */
int towpath_port_add(struct towpath *t, const struct towpath_port *port);
/*
 * A frame has come in; it is copied, and looked at by the next towpath_advance(). -ENODEV: no such
 * port; -ENETDOWN: it has no link; -EMSGSIZE: no frame can be that short or long; -EINVAL: what is
 * said of its checksum or its segments points outside; -ENOBUFS: too many wait already. May be
 * called from transmit().
 */
int towpath_put(struct towpath *t, int port, const struct towpath_frame *frame);
/* 1 and the oldest frame that wants to leave, good until the next call for this router; 0: there is
 * none. */
int towpath_take(struct towpath *t, int port, struct towpath_frame *ret_frame);
/* The link comes or goes; of joined ports at both ends. What waits in the queues of a port that has
 * none is lost. */
int towpath_link(struct towpath *t, int port, bool up);
/* Its largest IP packet is @mtu bytes now. */
int towpath_mtu(struct towpath *t, int port, uint32_t mtu);
/*
 * A cable from @port of @t to @other_port of @other, which may be the same router: what leaves by
 * one comes in by the other, as soon as that router advances. Both ports were added without
 * transmit(). It ends when either router is freed.
 */
int towpath_join(struct towpath *t, int port, struct towpath *other, int other_port);

/* ---- The console -------------------------------------------------------------------------- */

/* What a command prints, a piece at a time; @error: it says what is wrong. */
typedef void towpath_output(void *arg, const char *bytes, size_t len, bool error);

/*
 * Run @lines, one or many, as a script from the root menu, by the user admin. They are checked as a
 * whole before the first one acts; the first error ends them. What a change does is in force when
 * this returns. @out may be NULL.
 *
 * 0: all has run. -EINVAL: a line was refused or has failed, and @out was told why. -EINPROGRESS: a
 * command takes time (ping, :delay) and goes on while the clock advances, and calls @out as it
 * does; towpath_run_result() tells how it ends. With a wait() that is waited for. -EBUSY: an
 * earlier one has not ended yet. -E2BIG: too long.
 */
int towpath_run(struct towpath *t, const char *lines, towpath_output *out, void *arg);
/* How the last one ended: 0, -EINVAL, -EINTR (interrupted), or -EINPROGRESS while it has not. */
int towpath_run_result(const struct towpath *t);
/* Ctrl-C for what is running. */
void towpath_run_interrupt(struct towpath *t);

/* A store: a flat set of named files, as lib/store.h has it; each call returns 0 or -errno. What
 * was written is to be lasting once sync() has returned, a name once sync_names() has. */
struct towpath_store {
	void *arg;
	/* Any number but 0 for an open file. -ENOENT: there is none, and @create is false. */
	int (*open)(void *arg, const char *name, bool create, uint64_t *ret_file);
	void (*close)(void *arg, uint64_t file);
	/* How many bytes were read: fewer than @len only at the end of the file. */
	int64_t (*pread)(void *arg, uint64_t file, void *bytes, size_t len, uint64_t offset);
	int (*pwrite)(void *arg, uint64_t file, const void *bytes, size_t len, uint64_t offset);
	int (*truncate)(void *arg, uint64_t file, uint64_t size);
	int (*size)(void *arg, uint64_t file, uint64_t *ret_size);
	int (*sync)(void *arg, uint64_t file);
	int (*rename)(void *arg, const char *from, const char *to);
	int (*remove)(void *arg, const char *name);
	bool (*exists)(void *arg, const char *name);
	int (*sync_names)(void *arg);
	/* Call @each with every file's name, size and time of change (since 1970, 0: not known). */
	int (*list)(void *arg,
	            void (*each)(void *each_arg, const char *name, uint64_t size, int64_t wall_ns),
	            void *each_arg);
};

/* ---- Sockets ------------------------------------------------------------------------------ */
/*
 * As POSIX has them, with Linux's constants (<netinet/in.h>, <netinet/tcp.h>), but that they return
 * -errno. Descriptors are small numbers of one router, from 0, the lowest free one first.
 *
 * A call that has to wait calls wait() of the setup until it need not; without one, on a descriptor
 * that is nonblocking, with MSG_DONTWAIT, or from within a callback it returns -EAGAIN (connect:
 * -EINPROGRESS). SO_RCVTIMEO and SO_SNDTIMEO hold, in the router's time.
 */

/* @type may have SOCK_NONBLOCK; SOCK_CLOEXEC means nothing here. */
int towpath_socket(struct towpath *t, int domain, int type, int protocol);
int towpath_bind(struct towpath *t, int fd, const void *addr, socklen_t len);
int towpath_connect(struct towpath *t, int fd, const void *addr, socklen_t len);
int towpath_listen(struct towpath *t, int fd, int backlog);
/* A new descriptor; @addr and @len may be NULL. @flags: SOCK_NONBLOCK or 0. */
int towpath_accept(struct towpath *t, int fd, void *addr, socklen_t *len, int flags);
ssize_t towpath_send(struct towpath *t, int fd, const void *bytes, size_t len, int flags);
ssize_t towpath_recv(struct towpath *t, int fd, void *bytes, size_t len, int flags);
ssize_t towpath_sendto(struct towpath *t, int fd, const void *bytes, size_t len, int flags,
                       const void *to, socklen_t to_len);
ssize_t towpath_recvfrom(struct towpath *t, int fd, void *bytes, size_t len, int flags, void *from,
                         socklen_t *from_len);
/* What has come by TCP, where it lies: at most @max pieces, in order, good until the next call for
 * this router; then towpath_consume() the first @n bytes of it. Never waits. */
int towpath_spans(struct towpath *t, int fd, struct iovec *ret_spans, unsigned max);
int towpath_consume(struct towpath *t, int fd, size_t n);
int towpath_shutdown(struct towpath *t, int fd, int how);
int towpath_close(struct towpath *t, int fd);
int towpath_setsockopt(struct towpath *t, int fd, int level, int name, const void *value,
                       socklen_t len);
int towpath_getsockopt(struct towpath *t, int fd, int level, int name, void *ret_value,
                       socklen_t *len);
int towpath_getsockname(struct towpath *t, int fd, void *ret_addr, socklen_t *len);
int towpath_getpeername(struct towpath *t, int fd, void *ret_addr, socklen_t *len);
/* How many of @fds are ready, after at most @timeout_ms (negative: however long it takes) of the
 * router's time; without wait() it looks once. */
int towpath_poll(struct towpath *t, struct pollfd *fds, nfds_t n, int timeout_ms);
/* O_NONBLOCK: 1 sets it, 0 clears it, -1 asks. What it was. */
int towpath_nonblocking(struct towpath *t, int fd, int set);

/*
 * @changed is called, from towpath_advance(), when what poll says of @fd may have changed: @events
 * is that. All calls for sockets and frames are allowed from there, towpath_close() of the same one
 * too; none of them waits. NULL ends it.
 */
typedef void towpath_changed(void *arg, struct towpath *t, int fd, short events);
int towpath_watch(struct towpath *t, int fd, towpath_changed *changed, void *arg);

/* ---- To look on, and to ask why ------------------------------------------------------------ */

/*
 * All frames that come and leave by interfaces, as a capture that Wireshark reads (pcapng): @write
 * is given its bytes, in order, from the beginning. NULL ends it. -EBUSY: there is one already.
 */
int towpath_capture(struct towpath *t, void (*write)(void *arg, const void *bytes, size_t len),
                    void *arg);

/*
 * What would become of @frame, IPv4, if it came in by @port now? @step is told each decision, in
 * order, by the code that decides: @stage is "route", "filter", "dst-nat", ... Nothing is sent,
 * counted or remembered. -EPROTONOSUPPORT: it is not IPv4; else as towpath_put().
 */
typedef void towpath_told(void *arg, const char *stage, const char *text);
int towpath_explain(struct towpath *t, int port, const struct towpath_frame *frame,
                    towpath_told *step, void *arg);

#ifdef __cplusplus
}
#endif

#endif
