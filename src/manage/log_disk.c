#include "manage/log_disk.h"

#include <stdio.h>
#include <string.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "lib/wall.h"

#define FILE_BYTES (LOG_NAME_BYTES + 24)

struct log_disk {
	struct background_job job; /* first: the job is cast back to this */
	struct conf_setup doors;
	struct log_action action;

	/* The router's thread. */
	struct text waiting;
	uint64_t lost;
	bool writing, orphan;

	/* The background's while it writes. */
	struct text batch;
	bool opened;         /* the file's size and lines are known */
	uint64_t file_bytes; /* of log.0.txt */
	uint32_t file_lines;
	bool full; /* and stop_on_full */
};

struct log_disk *log_disk_new(const struct conf_setup *doors, const struct log_action *action)
{
	struct log_disk *disk = mem_new(1, sizeof *disk);

	disk->doors = *doors;
	disk->action = *action;
	return disk;
}

void log_disk_free(struct log_disk *disk)
{
	if (disk == NULL)
		return;
	if (disk->writing) {
		disk->orphan = true;
		return;
	}
	text_free(&disk->waiting);
	text_free(&disk->batch);
	mem_free(disk);
}

/* --- in the background --- */

static void file_name(const struct log_disk *disk, uint32_t n, char name[FILE_BYTES])
{
	snprintf(name, FILE_BYTES, "%s.%u.txt", disk->action.file, n);
}

/* log.0.txt becomes log.1.txt, and so on; the last one goes. */
static void turn_over(struct log_disk *disk)
{
	struct store *store = disk->doors.store;
	char from[FILE_BYTES], to[FILE_BYTES];

	for (uint32_t n = disk->action.files; n-- > 0;) {
		file_name(disk, n, from);
		file_name(disk, n + 1, to);
		if (!store->exists(store, from))
			continue;
		if (n + 1 == disk->action.files)
			(void)store->remove(store, from);
		else
			(void)store->rename(store, from, to);
	}
	disk->file_bytes = disk->file_lines = 0;
}

static uint32_t lines_in(struct store_file *file, uint64_t size)
{
	char buffer[4096];
	uint32_t lines = 0;

	for (uint64_t at = 0; at < size;) {
		int64_t n = file->store->pread(file, buffer, sizeof buffer, at);

		if (n <= 0)
			break;
		for (int64_t i = 0; i < n; i++)
			lines += buffer[i] == '\n';
		at += (uint64_t)n;
	}
	return lines;
}

static void look_at_file(struct log_disk *disk, struct store_file *file)
{
	disk->opened = true;
	if (file->store->size(file, &disk->file_bytes) != 0)
		disk->file_bytes = 0;
	disk->file_lines = lines_in(file, disk->file_bytes);
}

/* Write the first lines of the batch that still fit into the file; returns their bytes. */
static size_t write_some(struct log_disk *disk, const char *text)
{
	struct store *store = disk->doors.store;
	struct store_file *file;
	char name[FILE_BYTES];
	uint32_t room, lines = 0;
	size_t len = 0;

	file_name(disk, 0, name);
	if (store->open(store, name, true, &file) != 0)
		return strlen(text); /* lost: the disk has failed, and the next batch tries anew */
	if (!disk->opened)
		look_at_file(disk, file);
	room = disk->file_lines < disk->action.lines ? disk->action.lines - disk->file_lines : 0;
	while (lines < room && text[len] != '\0') {
		len += strcspn(text + len, "\n") + 1;
		lines++;
	}
	if (len > 0 && store->pwrite(file, text, len, disk->file_bytes) == 0)
		disk->file_bytes += len;
	disk->file_lines += lines;
	store->close(file);
	return len;
}

static void write_work(struct background_job *job)
{
	struct log_disk *disk = (struct log_disk *)job;
	const char *text = text_str(&disk->batch);

	while (*text != '\0' && !disk->full) {
		text += write_some(disk, text);
		if (*text == '\0')
			break;
		disk->full = disk->action.stop_on_full;
		if (!disk->full)
			turn_over(disk);
	}
}

/* --- on the router's thread --- */

static void submit(struct log_disk *disk);

static void write_done(struct background_job *job)
{
	struct log_disk *disk = (struct log_disk *)job;

	disk->writing = false;
	text_clear(&disk->batch);
	if (disk->orphan)
		log_disk_free(disk);
	else if (disk->waiting.len > 0)
		submit(disk);
}

static void submit(struct log_disk *disk)
{
	struct text empty = disk->batch;

	disk->batch = disk->waiting;
	disk->waiting = empty;
	disk->writing = true;
	disk->job = (struct background_job){ .work = write_work, .done = write_done };
	background_submit(disk->doors.background, &disk->job);
}

void log_disk_put(struct log_disk *disk, const struct log_entry *entry)
{
	if (disk->doors.store == NULL)
		return;
	if (disk->waiting.len > LOG_DISK_WAITING) {
		disk->lost++;
		return;
	}
	if (disk->lost > 0)
		text_printf(&disk->waiting,
		            "(%llu lines are missing here: the disk was too slow)\n",
		            (unsigned long long)disk->lost);
	disk->lost = 0;
	wall_text(entry->at, &disk->waiting);
	text_printf(&disk->waiting, " %s %s\n", entry->topics, entry->text);
	if (!disk->writing)
		submit(disk);
}
