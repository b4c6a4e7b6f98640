/*
 * match_text.h -- the values of matchers as people write them, without name and "!".
 *
 * Explanations and the console print them alike; menu/type_limit.c reads them.
 */
#ifndef FW_MATCH_TEXT_H
#define FW_MATCH_TEXT_H

#include "fw/rule.h"

void match_text_limit(const struct match_limit *m, struct text *out); /* 10/1m,5:packet */
void match_text_dst_limit(const struct match_dst_limit *m, struct text *out);
void match_text_connections(const struct match_connections *m, struct text *out); /* 100,32 */
void match_text_bytes(const struct match_bytes *m, struct text *out); /* 1000-0: 1000 or more */
void match_text_nth(const struct match_nth *m, struct text *out);     /* 2,1 */
void match_text_classifier(const struct match_classifier *m, struct text *out);
void match_text_week(const struct match_week *m, struct text *out); /* 8h-18h,mon,tue */
void match_text_mac(const struct match_mac *m, struct text *out);
/* increment:5; nothing when none is given */
void match_text_ttl_change(const struct ttl_change *change, struct text *out);
/* A length of time, or a time of day, of whole seconds: 1h30m. */
void match_text_seconds(uint32_t seconds, struct text *out);

#endif
