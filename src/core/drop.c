#include "core/drop.h"

#include "lib/must.h"

static const char *const words[DROP_COUNT] = {
#define DROP_WORD(name, word, sentence) [DROP_##name] = (word),
	DROP_LIST(DROP_WORD)
#undef DROP_WORD
};

static const char *const sentences[DROP_COUNT] = {
#define DROP_SENTENCE(name, word, sentence) [DROP_##name] = (sentence),
	DROP_LIST(DROP_SENTENCE)
#undef DROP_SENTENCE
};

const char *drop_word(enum drop_reason reason)
{
	must(reason < DROP_COUNT);
	return words[reason];
}

const char *drop_sentence(enum drop_reason reason)
{
	must(reason < DROP_COUNT);
	return sentences[reason];
}

bool drop_is_loss(enum drop_reason reason)
{
	return reason != DROP_LOCAL_CONSUMED && reason != DROP_ARP_CONSUMED &&
	       reason != DROP_BRIDGE_SAME_SIDE;
}
