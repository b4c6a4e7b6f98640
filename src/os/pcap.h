/*
 * pcap.h -- a port around a port, which records every frame in a capture file (pcapng).
 *
 * One file holds all ports, each as an interface of its own name. GSO frames are recorded whole,
 * and checksums that are still partial stay so: a reader will call them wrong. A frame that is
 * sent is recorded as it was handed over, whether or not it then got out.
 *
 * A file that can't be written any more (disk full) ends after its last whole block, and the
 * router goes on.
 *
 * Memory:  one small record a file and a port.
 * Threads: one.
 */
#ifndef OS_PCAP_H
#define OS_PCAP_H

#include "core/port.h"
#include "lib/clock.h"
#include "lib/must.h"

struct pcap;

/* Make or empty the file at @path (mode 0600: it holds what people send). 0 or -errno. */
MUST_USE int pcap_open(const char *path, struct clock *clock, struct pcap **ret_pcap);
/* After the last of its ports has been closed. Returns the error that ended the recording, or 0. */
int pcap_close(struct pcap *pcap);

/* A port that records what goes through @inner, which from now on belongs to it: closing it closes
 * @inner as well. */
MUST_USE int pcap_wrap(struct pcap *pcap, struct port *inner, struct port **ret_port);

#endif
