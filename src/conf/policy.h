/*
 * policy.h -- what somebody may do: RouterOS's policies, as bits.
 *
 * A group has a set of them. Which ones a command needs follows from its verb and from what its
 * menu and action say of themselves (menu.h); lang/permission.h puts the two together.
 */
#ifndef CONF_POLICY_H
#define CONF_POLICY_H

#include <stdint.h>

enum policy {
	/* Doors to come in by. */
	POLICY_LOCAL = 1 << 0,
	POLICY_TELNET = 1 << 1,
	POLICY_SSH = 1 << 2,
	POLICY_FTP = 1 << 3, /* files that come and go */

	POLICY_REBOOT = 1 << 4,
	POLICY_READ = 1 << 5,
	POLICY_WRITE = 1 << 6,
	POLICY_POLICY = 1 << 7, /* users, and what they may do */
	POLICY_TEST = 1 << 8,   /* ping, traceroute, torch */
	POLICY_WINBOX = 1 << 9,
	POLICY_PASSWORD = 1 << 10, /* their own */
	POLICY_WEB = 1 << 11,
	POLICY_SNIFF = 1 << 12,
	POLICY_SENSITIVE = 1 << 13, /* sees secrets */
	POLICY_API = 1 << 14,
	POLICY_ROMON = 1 << 15,
	POLICY_REST_API = 1 << 16,
};

#define POLICY_N   17
#define POLICY_ALL ((1U << POLICY_N) - 1)

/* By the bit's number; NULL-terminated. */
extern const char *const policy_words[POLICY_N + 1];

#endif
