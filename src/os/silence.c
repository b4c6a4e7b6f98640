#include "os/silence.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/text.h"
#include "os/program.h"

/* The table's name is towpath-<iface>; the name has been checked (netdev_name_is_plain). */
static int run_nft(const char *rules, struct text *complaint)
{
	static const char *const argv[] = { "nft", "-f", "-", NULL };

	return program_run(argv, rules, complaint);
}

/* Adding the table before deleting it makes the deletion succeed on a first start, too. */
static void drop_begin(struct silence *silence, struct text *warning)
{
	const char *iface = silence->iface;
	char rules[512], said[256];
	struct text complaint = text_into(said, sizeof said);

	snprintf(rules, sizeof rules,
	         "add table netdev towpath-%s\n"
	         "delete table netdev towpath-%s\n"
	         "table netdev towpath-%s {\n"
	         "  chain silence {\n"
	         "    type filter hook ingress device \"%s\" priority -500; policy drop;\n"
	         "  }\n"
	         "}\n",
	         iface, iface, iface, iface);

	int status = run_nft(rules, &complaint);

	silence->dropping = status == 0;
	if (status == -ENOENT)
		text_printf(
			warning,
			"the program nft is not installed, so the kernel's own stack still hears "
			"what arrives on %s and may answer: install the package nftables",
			iface);
	else if (status < 0)
		text_printf(warning, "nft could not be run to silence the kernel on %s: %s", iface,
		            strerror(-status));
	else if (status > 0)
		text_printf(warning, "nft refused to silence the kernel on %s: %s", iface,
		            text_str(&complaint));
}

static void drop_end(struct silence *silence)
{
	char rules[64], said[64];
	struct text complaint = text_into(said, sizeof said);

	if (!silence->dropping)
		return;
	snprintf(rules, sizeof rules, "delete table netdev towpath-%s\n", silence->iface);
	/* Somebody may have removed it by hand: then there is nothing left to do. */
	(void)!run_nft(rules, &complaint);
	silence->dropping = false;
}

/* Returns whether the switch now stands at @value and stood elsewhere before. */
static bool switch_ip6(const char *iface, char value)
{
	char path[80], before = value;
	bool changed = false;

	snprintf(path, sizeof path, "/proc/sys/net/ipv6/conf/%s/disable_ipv6", iface);

	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (pread(fd, &before, 1, 0) == 1 && before != value)
		changed = pwrite(fd, &value, 1, 0) == 1;
	close(fd);
	return changed;
}

void silence_begin(struct silence *silence, int fd, const char *iface, struct text *warning)
{
	struct netdev netdev;

	must(netdev_name_is_plain(iface));
	*silence = (struct silence){ 0 };
	memcpy(silence->iface, iface, strlen(iface));
	drop_begin(silence, warning);
	silence->ip6_was_on = switch_ip6(iface, '1');
	if (netdev_read(fd, iface, &netdev) == 0 && !(netdev.flags & IFF_NOARP))
		silence->arp_was_on = netdev_change_flags(fd, iface, IFF_NOARP, 0) == 0;
}

void silence_end(struct silence *silence, int fd)
{
	if (silence->arp_was_on)
		(void)!netdev_change_flags(fd, silence->iface, 0, IFF_NOARP);
	if (silence->ip6_was_on)
		(void)switch_ip6(silence->iface, '0');
	silence->arp_was_on = silence->ip6_was_on = false;
	drop_end(silence);
}
