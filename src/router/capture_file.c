#include "router/capture_file.h"

#include <string.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "wire/pcapng.h"

enum {
	PIECE_BYTES = 64 * 1024, /* a piece this long goes on its way */
	BLOCK_BYTES_MAX = PORT_FRAME_BYTES_MAX + 2 * PCAPNG_BLOCK_BYTES_MAX + 512,
	COMMENT_BYTES = 160,
	RECORDS_AT_ONCE = 64, /* so many are written before GATHER_MS have passed */
	GATHER_MS = 500,
};

struct capture_file {
	struct background_job job; /* first: the job is cast back to this */
	struct store *store;
	struct background *background;
	char name[CAPTURE_NAME_BYTES];
	uint64_t bytes_max, next, packets;
	uint16_t interfaces[IFACE_MAX]; /* their number in the file plus one; 0: none yet */
	uint16_t interfaces_n;
	bool begun, full, last; /* last: what is on its way, or was, is the end */
	bool busy;              /* the fields below are the background's */
	struct store_file *file;
	uint8_t *piece;
	size_t len;
	uint64_t offset;
	int error;
};

struct capture_file *capture_file_new(const struct capture_file_setup *setup)
{
	struct capture_file *file = mem_new(1, sizeof *file);
	struct text name = text_into(file->name, sizeof file->name);

	text_add(&name, setup->name);
	must(!name.cut);
	file->store = setup->store;
	file->background = setup->background;
	file->bytes_max = setup->bytes_max;
	file->next = setup->next;
	file->piece = mem_new(1, PIECE_BYTES + BLOCK_BYTES_MAX);
	return file;
}

void capture_file_free(struct capture_file *file)
{
	if (file == NULL)
		return;
	if (file->file != NULL)
		file->store->close(file->file);
	mem_free(file->piece);
	mem_free(file);
}

bool capture_file_is_over(const struct capture_file *file)
{
	return !file->busy && (file->last || file->error != 0);
}

bool capture_file_is_full(const struct capture_file *file)
{
	return file->full;
}

int capture_file_error(const struct capture_file *file)
{
	return file->busy ? 0 : file->error;
}

uint64_t capture_file_next(const struct capture_file *file)
{
	return file->next;
}

uint64_t capture_file_packets(const struct capture_file *file)
{
	return file->packets;
}

/* --- the background's part --- */

static int file_begin(struct capture_file *file)
{
	int error;

	if (file->file != NULL)
		return 0;
	error = file->store->open(file->store, file->name, true, &file->file);
	if (error != 0) {
		file->file = NULL;
		return error;
	}
	return file->store->truncate(file->file, 0);
}

static int file_end(struct capture_file *file)
{
	int error = file->store->sync(file->file);

	file->store->close(file->file);
	file->file = NULL;
	return error != 0 ? error : file->store->sync_names(file->store);
}

static void write_work(struct background_job *job)
{
	struct capture_file *file = (struct capture_file *)job;

	file->error = file_begin(file);
	if (file->error == 0)
		file->error = file->store->pwrite(file->file, file->piece, file->len, file->offset);
	if (file->error == 0 && file->last)
		file->error = file_end(file);
}

static void write_done(struct background_job *job)
{
	struct capture_file *file = (struct capture_file *)job;

	file->offset += file->len;
	file->len = 0;
	file->busy = false;
}

/* --- the router's --- */

bool capture_comment(const struct capture_record *record, struct text *out)
{
	enum drop_reason reason = (enum drop_reason)record->reason;

	if (record->fate != CAPTURE_DROPPED)
		return false;
	text_printf(out, "drop: %s: %s", drop_word(reason), drop_sentence(reason));
	return true;
}

static void add_interface(struct capture_file *file, struct writer *w, const struct net *net,
                          const struct capture_record *record)
{
	const struct iface *iface = iface_get_const(net, record->iface);
	const char *name = iface != NULL ? iface->name : "gone";

	if (record->raw)
		pcapng_interface_raw(w, name);
	else
		pcapng_interface(w, name);
	file->interfaces[record->iface] = ++file->interfaces_n;
}

/* Add the blocks for @record behind the piece; false: the file would be too long. */
static bool add_record(struct capture_file *file, const struct net *net,
                       const struct capture_record *record)
{
	char sentence[COMMENT_BYTES];
	struct text comment = text_into(sentence, sizeof sentence);
	struct writer w = writer_over(file->piece + file->len, BLOCK_BYTES_MAX);
	bool known = file->interfaces[record->iface] != 0;

	if (!known)
		add_interface(file, &w, net, record);
	pcapng_packet(
		&w, &(struct pcapng_packet){
			    .interface = file->interfaces[record->iface] - 1U,
			    .wall_ns = record->wall_ns,
			    .bytes = record->bytes,
			    .len = record->len,
			    .wire_len = record->wire_len,
			    .direction = record->side == TAP_RX ? PCAPNG_INBOUND : PCAPNG_OUTBOUND,
			    .comment = capture_comment(record, &comment) ? sentence : NULL,
		    });
	must(!w.failed);

	size_t len = (size_t)(w.at - file->piece);

	if (file->bytes_max != 0 && file->offset + len > file->bytes_max)
		return false;
	file->len = len;
	file->packets++;
	return true;
}

static bool is_ready(const struct capture *capture, const struct capture_record *record, mono now)
{
	return record->fate != CAPTURE_OPEN || capture_is_tight(capture, record->number) ||
	       mono_due(mono_add_ms(record->at, CAPTURE_WAIT_MS), now);
}

static void piece_fill(struct capture_file *file, const struct net *net,
                       const struct capture *capture, uint64_t until, bool last)
{
	if (!file->begun) {
		struct writer w = writer_over(file->piece, BLOCK_BYTES_MAX);

		pcapng_section(&w);
		file->len = (size_t)(w.at - file->piece);
		file->begun = true;
	}
	if (file->next < capture->first)
		file->next = capture->first;
	while (file->next < until && file->len < PIECE_BYTES && !file->full) {
		const struct capture_record *record = capture_get(capture, file->next);

		if (record == NULL || (!last && !is_ready(capture, record, net->now)))
			return;
		file->full = !add_record(file, net, record);
		if (!file->full)
			file->next++;
	}
}

/* When what is there is worth a write. */
static mono worth_at(const struct capture_file *file, const struct capture *capture, mono now)
{
	uint64_t next = file->next < capture->first ? capture->first : file->next;
	const struct capture_record *record = capture_get(capture, next);

	if (!file->begun)
		return now;
	if (record == NULL)
		return mono_never();
	if (capture_is_tight(capture, next))
		return now;
	if (record->fate == CAPTURE_OPEN)
		return mono_add_ms(record->at, CAPTURE_WAIT_MS);
	return capture->next - next >= RECORDS_AT_ONCE ? now : mono_add_ms(record->at, GATHER_MS);
}

static void submit(struct capture_file *file)
{
	file->busy = true;
	file->job = (struct background_job){ .work = write_work, .done = write_done };
	background_submit(file->background, &file->job);
}

mono capture_file_turn(struct capture_file *file, const struct net *net,
                       const struct capture *capture, uint64_t until, bool last)
{
	mono due;

	if (file->busy || capture_file_is_over(file))
		return mono_never();
	due = last ? net->now : worth_at(file, capture, net->now);
	if (!mono_due(due, net->now))
		return due;
	piece_fill(file, net, capture, until, last);
	file->last = file->full || (last && (file->next >= until || file->next >= capture->next));
	if (file->len > 0 || file->last)
		submit(file);
	if (file->busy || capture_file_is_over(file))
		return mono_never();
	return last ? net->now : worth_at(file, capture, net->now);
}
