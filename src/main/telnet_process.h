/*
 * telnet_process.h -- the process of one telnet connection, as towpathd is started for it.
 *
 * What it does is svc/telnet_serve.h. It has its two sockets and nothing else: no file, no network,
 * no user; it is this program again with empty memory, so no secret of the router's is in it.
 */
#ifndef MAIN_TELNET_PROCESS_H
#define MAIN_TELNET_PROCESS_H

#define TELNET_PROCESS_WORD "telnet-process" /* the hidden argument */

/* It ends when either of its sockets does. Comes back only to whoever has no router, with an exit
 * status. */
int telnet_process_run(void);

#endif
