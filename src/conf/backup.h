/*
 * backup.h -- all settings as one file in the store: secrets, ids and history, too.
 *
 * A backup is made between two changes, of what is stored. Loading one is a change like any other:
 * one transaction, one line of history, which can be taken back. The history itself goes on.
 *
 * Threads: the router's; copying, encrypting and reading are done by the background.
 */
#ifndef CONF_BACKUP_H
#define CONF_BACKUP_H

#include "conf/conf.h"
#include "conf/file.h"
#include "conf/journal.h"

#define BACKUP_SUFFIX         ".backup"
#define BACKUP_PASSWORD_BYTES 128

/* @name: from file_name_of(). @password: NULL or "" leaves it open. @done as of a change. */
void backup_save(struct conf *conf, const char *name, const char *password, conf_done *done,
                 void *arg);
/* A wrong password or a damaged file is the answer, and nothing has changed. */
void backup_load(struct conf *conf, const char *name, const char *password,
                 const struct journal_origin *origin, conf_done *done, void *arg);

#endif
