/*
 * log_disk.h -- log lines in files of the router's: log.0.txt is written, log.1.txt was before it.
 *
 * Lines gather and are written by the background, a batch at a time, so that a slow disk loses
 * lines (and says how many) instead of keeping packets waiting. A batch is not flushed: the last
 * lines before a power cut may be missing, as logs have it.
 *
 * Memory:  at most LOG_DISK_WAITING bytes of lines that wait.
 * Threads: the router's.
 */
#ifndef MANAGE_LOG_DISK_H
#define MANAGE_LOG_DISK_H

#include "manage/log_book.h"

#define LOG_DISK_WAITING 65536u

struct log_disk;

/* @action->file names the files, of action->lines lines each, action->files of them. */
MUST_USE struct log_disk *log_disk_new(const struct conf_setup *doors,
                                       const struct log_action *action);
/* At any time: what is on its way is still written. */
void log_disk_free(struct log_disk *disk);
void log_disk_put(struct log_disk *disk, const struct log_entry *entry);

#endif
