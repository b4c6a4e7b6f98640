#include "os/netdev.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>

bool netdev_name_is_plain(const char *name)
{
	size_t len = strlen(name);
	size_t plain = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                            "0123456789._-");

	if (len == 0 || len >= NETDEV_NAME_BYTES || plain != len)
		return false;
	return strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static int ask(int fd, unsigned long request, const char *name, struct ifreq *ret_answer)
{
	size_t len = strlen(name);

	if (len >= sizeof ret_answer->ifr_name)
		return -ENODEV;
	memset(ret_answer, 0, sizeof *ret_answer);
	memcpy(ret_answer->ifr_name, name, len);
	return ioctl(fd, request, ret_answer) < 0 ? -errno : 0;
}

int netdev_read(int fd, const char *name, struct netdev *ret_netdev)
{
	struct netdev d = { 0 };
	struct ifreq answer;
	int error;

	if ((error = ask(fd, SIOCGIFINDEX, name, &answer)) != 0)
		return error;
	d.index = answer.ifr_ifindex;
	if ((error = ask(fd, SIOCGIFFLAGS, name, &answer)) != 0)
		return error;
	d.flags = (unsigned short)answer.ifr_flags;
	if ((error = ask(fd, SIOCGIFMTU, name, &answer)) != 0)
		return error;
	d.mtu_bytes = (uint32_t)answer.ifr_mtu;
	if ((error = ask(fd, SIOCGIFHWADDR, name, &answer)) != 0)
		return error;
	d.type = answer.ifr_hwaddr.sa_family;
	memcpy(d.mac.b, answer.ifr_hwaddr.sa_data, sizeof d.mac.b);
	*ret_netdev = d;
	return 0;
}

int netdev_change_flags(int fd, const char *name, unsigned set, unsigned clear)
{
	struct ifreq request;
	int error = ask(fd, SIOCGIFFLAGS, name, &request);

	if (error != 0)
		return error;

	unsigned flags = ((unsigned short)request.ifr_flags | set) & ~clear;

	request.ifr_flags = (short)flags;
	return ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
}

bool netdev_has_ip4(const char *name, ip4 *ret_addr)
{
	struct ifaddrs *all;
	bool found = false;

	if (getifaddrs(&all) < 0)
		return false;
	for (struct ifaddrs *a = all; a != NULL && !found; a = a->ifa_next) {
		if (a->ifa_addr == NULL || a->ifa_addr->sa_family != AF_INET ||
		    strcmp(a->ifa_name, name) != 0)
			continue;

		struct sockaddr_in in;

		memcpy(&in, a->ifa_addr, sizeof in);
		*ret_addr = (ip4){ ntohl(in.sin_addr.s_addr) };
		found = true;
	}
	freeifaddrs(all);
	return found;
}
