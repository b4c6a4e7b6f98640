#include "fuzz.h"
#include "small_router.h"

#include "conf/store_vfs.h"
#include "wire/cursor.h"

enum {
	PATCH_BYTES_MOST = 64,
	PATCHES_MOST = 64,
};

static const char setting[] =
	"/ip/address add address=192.168.88.1/24 interface=ether2 comment=note\n"
	"/ip/route add gateway=192.168.88.9\n"
	"/ip/firewall/nat add chain=srcnat out-interface=ether1 action=masquerade\n";

static void export_all(struct small_router *s, struct text *out)
{
	small_router_export(s, &(struct export_options){ .show_sensitive = true }, out);
}

/* A store with a configuration in it, and what that is. */
struct sound {
	struct memory_store store;
	struct text exported;
};

static void fill(struct sound *sound)
{
	struct memory_store *store = &sound->store;
	struct small_router s;
	struct text out = { 0 };

	memory_store_init(store);
	must(small_router_open(&s, store) == 0);
	must(small_router_run(&s, setting, strlen(setting), &out));
	export_all(&s, &sound->exported);
	text_free(&out);
	small_router_close(&s);
}

/*
 * Damage: runs of bytes written over the file's at an offset, and a new length for it. Each is a
 * place of 3 bytes (its highest bits say how it is meant), a length of 1, and as many bytes.
 */
static void damage(struct memory_bytes *file, struct reader *r)
{
	for (unsigned i = 0; i < PATCHES_MOST && reader_left(r) > 0; i++) {
		uint32_t place = (uint32_t)read_u8(r) << 16 | read_u16(r);
		size_t len = read_u8(r) % (PATCH_BYTES_MOST + 1);
		const uint8_t *bytes = reader_take(r, len);

		if (r->failed)
			return;
		if (place >> 23 != 0)
			memory_resize(file, (place & 0x7fffff) % (file->len + 5000));
		else if (len > 0 && file->len >= len)
			memcpy(file->at + place % (file->len - len + 1), bytes, len);
	}
}

/* Made once, as it takes longer than all the rest; it is the same for every input. */
static const struct sound *sound_get(void)
{
	static struct sound *sound;

	if (sound == NULL) {
		sound = mem_new(1, sizeof *sound);
		fill(sound);
	}
	return sound;
}

/* config.db damaged: an error in words, or all that was there; never less. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sound *sound = sound_get();
	struct memory_store *store = mem_new(1, sizeof *store);
	struct reader r = reader_over(data, size);
	struct text again = { 0 };
	struct small_router s;

	memory_store_copy(store, &sound->store);
	damage(memory_store_bytes(store, CONF_FILE), &r);
	if (small_router_open(&s, store) == 0) {
		export_all(&s, &again);
		must(strcmp(text_str(&sound->exported), text_str(&again)) == 0);
	} else {
		must(s.diag.text[0] != '\0');
	}
	small_router_close(&s);
	text_free(&again);
	memory_store_free(store);
	mem_free(store);
	return 0;
}
