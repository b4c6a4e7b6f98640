/* packet_text.h -- one line of text for a frame, for traces, explanations and failing tests. */
#ifndef WIRE_PACKET_TEXT_H
#define WIRE_PACKET_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text;

/* "192.168.88.2:40000 > 203.0.113.1:80 tcp S seq 1 win 64240 mss 1460 ttl 64 len 60" and the like
 * for UDP, ICMP (with what it quotes) and ARP; never fails: what does not parse is said. */
void packet_text(const uint8_t *frame, size_t len, struct text *out);

#endif
