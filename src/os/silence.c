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

enum note {
	NOTE_ARP,
	NOTE_IP6,
	NOTE_DOWN,
	NOTES
};

/* A note is a chain's name with the interface's index behind it. */
static const char *const note_words[NOTES] = {
	[NOTE_ARP] = "arp-was-on",
	[NOTE_IP6] = "ip6-was-on",
	[NOTE_DOWN] = "was-down",
};

static bool has_table(const char *table)
{
	const char *argv[] = { "nft", "list", "table", "netdev", table, NULL };
	char said[64];
	struct text complaint = text_into(said, sizeof said);

	return program_run(argv, "", &complaint) == 0;
}

static bool has_chain(const char *table, const char *chain)
{
	const char *argv[] = { "nft", "list", "chain", "netdev", table, chain, NULL };
	char said[64];
	struct text complaint = text_into(said, sizeof said);

	return program_run(argv, "", &complaint) == 0;
}

/* What a run that did not end in order has noted of interface number @index. */
static void read_notes(const char *iface, int index, bool ret_notes[static NOTES])
{
	char table[NETDEV_NAME_BYTES + 16], chain[32];

	snprintf(table, sizeof table, "towpath-%s", iface);
	if (!has_table(table))
		return;
	for (unsigned i = 0; i < NOTES; i++) {
		snprintf(chain, sizeof chain, "%s-%d", note_words[i], index);
		ret_notes[i] = has_chain(table, chain);
	}
}

/* Adding the table before deleting it makes the deletion succeed on a first start, too. */
static void drop_begin(struct silence *silence, int index, struct text *warning)
{
	const bool notes[NOTES] = { [NOTE_ARP] = silence->arp_was_on,
		                    [NOTE_IP6] = silence->ip6_was_on,
		                    [NOTE_DOWN] = silence->was_down };
	const char *iface = silence->iface;
	char bytes[768], said[256];
	struct text rules = text_into(bytes, sizeof bytes);
	struct text complaint = text_into(said, sizeof said);

	text_printf(&rules,
	            "add table netdev towpath-%s\n"
	            "delete table netdev towpath-%s\n"
	            "table netdev towpath-%s {\n"
	            "  chain silence {\n"
	            "    type filter hook ingress device \"%s\" priority -500; policy drop;\n"
	            "  }\n",
	            iface, iface, iface, iface);
	for (unsigned i = 0; i < NOTES; i++) {
		if (notes[i])
			text_printf(&rules, "  chain %s-%d { }\n", note_words[i], index);
	}
	text_add(&rules, "}\n");

	int status = run_nft(text_str(&rules), &complaint);

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

/* Where the switch disable_ipv6 of the interface is, or -1 when there is none. */
static int open_ip6_switch(const char *iface)
{
	char path[80];

	snprintf(path, sizeof path, "/proc/sys/net/ipv6/conf/%s/disable_ipv6", iface);
	return open(path, O_RDWR | O_CLOEXEC);
}

static bool ip6_is_on(const char *iface)
{
	char value = '1';
	int fd = open_ip6_switch(iface);

	if (fd < 0)
		return false;
	if (pread(fd, &value, 1, 0) != 1)
		value = '1';
	close(fd);
	return value == '0';
}

/* Writing what is there already is nothing to the kernel. */
static void disable_ip6(const char *iface, char value)
{
	int fd = open_ip6_switch(iface);

	if (fd < 0)
		return;
	(void)!pwrite(fd, &value, 1, 0);
	close(fd);
}

void silence_begin(struct silence *silence, int fd, const char *iface, struct text *warning)
{
	struct netdev netdev = { .flags = IFF_UP |
		                          IFF_NOARP }; /* when it is gone: nothing to undo */
	bool notes[NOTES] = { false };

	must(netdev_name_is_plain(iface));
	*silence = (struct silence){ 0 };
	memcpy(silence->iface, iface, strlen(iface));
	if (netdev_read(fd, iface, &netdev) == 0)
		read_notes(iface, netdev.index, notes);
	silence->arp_was_on = notes[NOTE_ARP] || !(netdev.flags & IFF_NOARP);
	silence->ip6_was_on = notes[NOTE_IP6] || ip6_is_on(iface);
	silence->was_down = notes[NOTE_DOWN] || !(netdev.flags & IFF_UP);

	/* The notes stand before anything is switched. */
	drop_begin(silence, netdev.index, warning);
	disable_ip6(iface, '1');
	if (silence->arp_was_on)
		(void)!netdev_change_flags(fd, iface, IFF_NOARP, 0);
}

void silence_end(struct silence *silence, int fd)
{
	/* Down before IPv6 is let in again, or it would speak in between. */
	if (silence->was_down)
		(void)!netdev_change_flags(fd, silence->iface, 0, IFF_UP);
	if (silence->arp_was_on)
		(void)!netdev_change_flags(fd, silence->iface, 0, IFF_NOARP);
	if (silence->ip6_was_on)
		disable_ip6(silence->iface, '0');
	silence->arp_was_on = silence->ip6_was_on = silence->was_down = false;
	drop_end(silence);
}
