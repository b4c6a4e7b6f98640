#include "core/drop_record.h"

#include <stdlib.h>
#include <string.h>

#include "lib/mem.h"

struct drop_records {
	uint64_t n; /* records ever made */
	uint32_t next[DROP_COUNT];
	struct drop_record at[DROP_COUNT][DROP_RECORDS];
};

struct drop_records *drop_records_new(void)
{
	return mem_new(1, sizeof(struct drop_records));
}

void drop_records_free(struct drop_records *records)
{
	mem_free(records);
}

void drop_records_clear(struct drop_records *records)
{
	uint64_t n = records->n;

	memset(records, 0, sizeof *records);
	records->n = n;
}

void drop_record_add(struct drop_records *records, const struct pkt *p, enum drop_reason reason,
                     mono now)
{
	struct drop_record *record = &records->at[reason][records->next[reason]++ % DROP_RECORDS];

	record->number = ++records->n;
	record->at = now;
	record->arrived = p->arrived;
	record->in = p->in;
	record->reason = (uint8_t)reason;
	record->framed = p->in != IFACE_NONE || p->l3 != 0;
	record->len = p->len;
	record->kept = (uint16_t)(p->len < DROP_RECORD_BYTES ? p->len : DROP_RECORD_BYTES);
	memcpy(record->bytes, p->bytes, record->kept);
}

const struct drop_record *drop_record_at(const struct drop_records *records,
                                         enum drop_reason reason, unsigned i)
{
	const struct drop_record *record = &records->at[reason][i];

	return record->number != 0 ? record : NULL;
}

static int by_number(const void *a, const void *b)
{
	const struct drop_record *const *x = a, *const *y = b;

	return (*x)->number < (*y)->number ? -1 : (*x)->number > (*y)->number;
}

unsigned drop_records_sort(const struct drop_records *records, const struct drop_record **ret_all)
{
	unsigned n = 0;

	for (unsigned reason = 0; reason < DROP_COUNT; reason++) {
		for (unsigned i = 0; i < DROP_RECORDS; i++) {
			if (records->at[reason][i].number != 0)
				ret_all[n++] = &records->at[reason][i];
		}
	}
	qsort(ret_all, n, sizeof ret_all[0], by_number);
	return n;
}
