#include "tcp/ends.h"

#include "tcp/tcp_inside.h"

bool ends_exist(const struct tcp *tcp, const struct tuple *ends)
{
	return connection_table_find(tcp->table, ends).kind != ENTRY_NONE;
}

void ends_watch(struct tcp *tcp, ends_watcher *changed, void *arg)
{
	connection_table_watch(tcp->table, changed, arg);
}
