/*
 * print.h -- the layouts of print (ROUTEROS.md, 1.3): a table, detail, terse, value-list and the
 * others, from the menu's table of fields alone.
 */
#ifndef UI_PRINT_H
#define UI_PRINT_H

#include <stdbool.h>
#include <stddef.h>

struct conf;
struct print_job;
struct text;

struct print_look {
	struct conf *conf;
	size_t width; /* of the terminal; 0: any */
	bool colour;
};

void print_items(const struct print_look *look, const struct print_job *job, struct text *out);

#endif
