/*
 * replay.c -- run a fuzz target over files: a corpus as a test, or a finding to be looked at.
 *
 *     replay_NAME [-v] FILE|DIRECTORY...
 *
 * Each file is given whole and cut to each shorter length, in memory of just that size, so that
 * the address sanitizer sees the first byte read too many. -v names each input before it is run:
 * the last line tells which one it was.
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"
#include "lib/mem.h"
#include "lib/text.h"

struct replay {
	bool verbose;
	size_t files, inputs;
};

static void run_input(struct replay *replay, const char *path, const uint8_t *bytes, size_t len)
{
	uint8_t *copy = mem_new(len, 1);

	if (replay->verbose)
		fprintf(stderr, "%s, %zu bytes\n", path, len);
	if (len > 0)
		memcpy(copy, bytes, len);
	/* mem_new(0) still has a byte, which is not to be read. */
	LLVMFuzzerTestOneInput(len > 0 ? copy : copy + 1, len);
	mem_free(copy);
	replay->inputs++;
}

static bool replay_file(struct replay *replay, const char *path)
{
	struct text bytes = { 0 };
	FILE *file = fopen(path, "rbe");
	char part[4096];
	size_t got;

	if (file == NULL)
		return false;
	while ((got = fread(part, 1, sizeof part, file)) > 0)
		text_bytes(&bytes, part, got);

	bool good = !ferror(file);

	fclose(file);
	for (size_t len = 0; good && len <= bytes.len; len++)
		run_input(replay, path, (const uint8_t *)text_str(&bytes), len);
	text_free(&bytes);
	replay->files += good;
	return good;
}

static bool replay_directory(struct replay *replay, const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	bool good = directory != NULL;

	while (good && (entry = readdir(directory)) != NULL) {
		struct text name = { 0 };

		if (entry->d_name[0] == '.')
			continue;
		text_printf(&name, "%s/%s", path, entry->d_name);
		good = replay_file(replay, text_str(&name));
		text_free(&name);
	}
	if (directory != NULL)
		closedir(directory);
	return good;
}

static bool replay_path(struct replay *replay, const char *path)
{
	struct stat info;

	if (stat(path, &info) != 0)
		return false;
	return S_ISDIR(info.st_mode) ? replay_directory(replay, path) : replay_file(replay, path);
}

int main(int argc, char **argv)
{
	struct replay replay = { .verbose = argc > 1 && strcmp(argv[1], "-v") == 0 };

	for (int i = replay.verbose ? 2 : 1; i < argc; i++) {
		if (!replay_path(&replay, argv[i])) {
			fprintf(stderr, "%s: %s\n", argv[i], strerror(errno));
			return 1;
		}
	}
	printf("%zu files, %zu inputs\n", replay.files, replay.inputs);
	if (replay.files == 0)
		fprintf(stderr, "nothing to replay: give files or directories with files\n");
	return replay.files > 0 ? 0 : 1;
}
