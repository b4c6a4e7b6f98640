/*
 * store_words.h -- what a person is told when the store fails: the system's words are true, but say
 * nothing of what to do.
 *
 * Threads: any. Memory: none.
 */
#ifndef CONF_STORE_WORDS_H
#define CONF_STORE_WORDS_H

/* What to do about @error (-errno), as the end of a sentence: "make room on the disk ...". */
const char *store_words_advice(int error);

#endif
