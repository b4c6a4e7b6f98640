#include "conf/policy.h"

#include <stddef.h>

const char *const policy_words[POLICY_N + 1] = {
	"local",  "telnet",   "ssh", "ftp",   "reboot",    "read", "write", "policy",   "test",
	"winbox", "password", "web", "sniff", "sensitive", "api",  "romon", "rest-api", NULL,
};
