#include "menu/menus.h"

#include <stddef.h>

#include "menu/reboot.h"
#include "menu/reset.h"
#include "menu/tool_telnet.h"

const struct menu menu_ip = {
	.path = "/ip",
	.title = "IPv4: addresses, routes, firewall",
	.kind = MENU_FOLDER,
};

const struct menu menu_ip_firewall = {
	.path = "/ip/firewall",
	.title = "Filter, translation, marks, connections",
	.kind = MENU_FOLDER,
};

static const struct action system_actions[] = { ACTION_REBOOT, ACTION_SHUTDOWN,
	                                        ACTION_RESET_CONFIGURATION, ACTION_TELNET };

const struct menu menu_system = {
	.path = "/system",
	.title = "The router itself",
	.kind = MENU_FOLDER,
	.actions = system_actions,
	.nactions = ARRAY_LEN(system_actions),
};

/* What others refer to comes first: a transaction is prepared and published in this order. */
const struct menu *const menus_all[] = {
	&menu_root,
	&menu_safe_mode,
	&menu_system,
	&menu_user_group,
	&menu_user,
	&menu_user_active,
	&menu_system_logging_action,
	&menu_system_logging,
	&menu_log,
	&menu_system_history,
	&menu_system_backup,
	&menu_file,
	&menu_system_identity,
	&menu_system_note,
	&menu_system_clock,
	&menu_system_license,
	&menu_system_resource,
	&menu_system_resource_drop,
	&menu_system_script,
	&menu_system_script_job,
	&menu_system_script_environment,
	&menu_system_scheduler,
	&menu_interface,
	&menu_interface_ethernet,
	&menu_interface_bridge,
	&menu_interface_vlan,
	&menu_interface_bridge_port,
	&menu_interface_bridge_host,
	&menu_interface_list,
	&menu_interface_list_member,
	&menu_ip,
	&menu_ip_settings,
	&menu_ip_service,
	&menu_ip_socket,
	&menu_ip_socket_policy,
	&menu_ip_socket_settings,
	&menu_ip_address,
	&menu_ip_arp,
	&menu_ip_route,
	&menu_ip_firewall,
	&menu_ip_firewall_address_list,
	&menu_ip_firewall_filter,
	&menu_ip_firewall_nat,
	&menu_ip_firewall_src_nat,
	&menu_ip_firewall_dst_nat,
	&menu_ip_firewall_mangle,
	&menu_ip_firewall_raw,
	&menu_ip_firewall_connection,
	&menu_ip_firewall_connection_tracking,
	&menu_tool,
	&menu_tool_drops,
	&menu_tool_drops_last,
	&menu_tool_sniffer,
	&menu_tool_sniffer_packet,
	NULL,
};
