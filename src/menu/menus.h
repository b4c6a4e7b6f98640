/*
 * menus.h -- every menu of the router, in the order in which they apply.
 *
 * A menu's own file declares it; this list is what main and sim hand to conf.
 */
#ifndef MENU_MENUS_H
#define MENU_MENUS_H

#include "conf/menu.h"

extern const struct menu menu_interface;
extern const struct menu menu_interface_bridge;
extern const struct menu menu_interface_bridge_host;
extern const struct menu menu_interface_bridge_port;
extern const struct menu menu_interface_ethernet;
extern const struct menu menu_interface_list;
extern const struct menu menu_interface_list_member;
extern const struct menu menu_interface_vlan;
extern const struct menu menu_ip;
extern const struct menu menu_ip_address;
extern const struct menu menu_ip_arp;
extern const struct menu menu_ip_firewall;
extern const struct menu menu_ip_firewall_address_list;
extern const struct menu menu_ip_firewall_connection;
extern const struct menu menu_ip_firewall_connection_tracking;
extern const struct menu menu_ip_firewall_dst_nat;
extern const struct menu menu_ip_firewall_filter;
extern const struct menu menu_ip_firewall_mangle;
extern const struct menu menu_ip_firewall_raw;
extern const struct menu menu_ip_firewall_nat;
extern const struct menu menu_ip_firewall_src_nat;
extern const struct menu menu_ip_route;
extern const struct menu menu_ip_service;
extern const struct menu menu_ip_settings;
extern const struct menu menu_ip_socket;
extern const struct menu menu_ip_socket_policy;
extern const struct menu menu_ip_socket_settings;
extern const struct menu menu_log;
extern const struct menu menu_root;
extern const struct menu menu_safe_mode;
extern const struct menu menu_system;
extern const struct menu menu_system_backup;
extern const struct menu menu_file;
extern const struct menu menu_system_history;
extern const struct menu menu_system_clock;
extern const struct menu menu_system_identity;
extern const struct menu menu_system_license;
extern const struct menu menu_system_logging;
extern const struct menu menu_system_logging_action;
extern const struct menu menu_system_note;
extern const struct menu menu_system_resource;
extern const struct menu menu_system_resource_drop;
extern const struct menu menu_system_scheduler;
extern const struct menu menu_system_script;
extern const struct menu menu_system_script_environment;
extern const struct menu menu_system_script_job;
extern const struct menu menu_tool;
extern const struct menu menu_tool_drops;
extern const struct menu menu_tool_drops_last;
extern const struct menu menu_tool_sniffer;
extern const struct menu menu_tool_sniffer_packet;

extern const struct menu menu_user;
extern const struct menu menu_user_active;
extern const struct menu menu_user_group;

/* NULL-terminated. */
extern const struct menu *const menus_all[];

#endif
