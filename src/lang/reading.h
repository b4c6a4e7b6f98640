/*
 * reading.h -- a list that is being read: print and find, inside the machine.
 *
 *   exec_rows    reads, in portions of a turn, and prints page by page
 *   exec_print   what print does with the pages: sorting, files, times
 *   exec_follow  what becomes of the items afterwards
 *
 * Memory: of a long list only one page of items, unless they are to be sorted; then ORDER_ITEMS
 *         of them at most.
 */
#ifndef LANG_READING_H
#define LANG_READING_H

#include "conf/conf.h"
#include "lang/exec.h"

#define ORDER_MAX   3      /* properties to sort by */
#define ORDER_ITEMS 100000 /* items that are sorted */

#define FOLLOW_ITEMS 65536 /* items that are followed */

struct follow;

struct order {
	const struct field *field;
	bool down; /* the largest first */
};

struct reading {
	struct row_sink sink; /* first */
	struct run *run;
	const struct call *call;
	const struct menu *menu;
	bool wanted, prints, counts;
	struct rows_walk walk; /* its state is held */
	const char *proplist;
	bool some;           /* only those of `from` */
	struct id_list from; /* in the run's arena, as what was found */
	struct id_list found;
	uint32_t *numbered; /* by itself, where it may become long at no cost */
	size_t numbered_n, numbered_size;
	struct arena page; /* of the items */
	struct items items;
	size_t count;
	bool paged, began; /* began: something of this list was printed */

	struct order order[ORDER_MAX];
	size_t norder;
	bool too_many; /* to be sorted, or followed */
	bool to_file;
	uint64_t interval_ms;  /* 0: once */
	uint64_t awaited;      /* the menu's awaits() and how far it is */
	bool rests;            /* until run->due: then all is read again */
	struct follow *follow; /* NULL: the list is all */

	struct pair *values; /* as a value: each item as an array, in the run's arena */
	size_t values_n, values_size;
};

/* Whether only these of the rows are meant. */
bool reading_means(const struct reading *reading, const struct row *row);
/* The number of the next item, which the row with @id gets. */
uint32_t reading_number(struct reading *reading, uint32_t id);
/* Have reading->items shown, which are of @state; @marks: what has become of each, or NULL. */
void reading_print(struct reading *reading, const struct conf_state *state, const char *marks);
/* Whether proplist names @field. */
bool reading_lists(const struct reading *reading, const struct field *field);

/* Take print's arguments; false: the command has failed. */
bool exec_print_take(struct exec *exec, struct reading *reading);
/* Put the items into the order that is asked for. */
void exec_print_sort(struct reading *reading);
/* What stands above a list: when it was printed. */
void exec_print_time(struct reading *reading);
/* Hand the text on: to the screen, or later to the file. False: it has become too long. */
bool exec_print_show(struct reading *reading);
/* The list is over: write the file, or wait for the next time. False: nothing is left to do. */
bool exec_print_over(struct reading *reading);

/* From now on every change counts: to be called in the turn in which the state was held. */
void exec_follow_begin(struct reading *reading);
/* @row is in the list; false: these are too many to follow. */
MUST_USE bool exec_follow_know(struct reading *reading, const struct row *row, uint32_t number);
/* The list has been shown. */
void exec_follow_listed(struct reading *reading);
void exec_follow_turn(struct reading *reading);
void exec_follow_end(struct reading *reading);

#endif
