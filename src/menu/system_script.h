/*
 * system_script.h -- what the menus of scripts and of the scheduler share.
 */
#ifndef MENU_SYSTEM_SCRIPT_H
#define MENU_SYSTEM_SCRIPT_H

#include "conf/menu.h"
#include "lib/text.h"
#include "manage/scripts.h"

/* What a script may be allowed to do, in the order in which it is printed. */
#define SCRIPT_POLICIES "ftp,reboot,read,write,policy,test,password,sniff,sensitive,romon"
extern const char *const script_policies[];

/* Where @source can't be compiled: " (line 2 column 7)" and why, as one line. True: it can. */
bool script_compiles(struct router *router, const char *source, struct text *why);
/* From the bits of script_policies to those of conf/policy.h. */
uint32_t script_policies_of(uint32_t bits);
/* The person who adds the row is its owner, unless they say otherwise. */
void script_adding(struct router *router, struct request *request);

#endif
