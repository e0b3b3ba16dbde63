// SPDX-License-Identifier: GPL-2.0-or-later
/* Gives a fuzz target every file of a directory, without a fuzzer: KTAP. */
#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>
#include "input.h"

static char name[4096];		/* of the file at hand */

/* So that every sanitizer's last deed is the one that a signal tells of. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "abort_on_error=1:detect_leaks=1";
}

const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
	return "abort_on_error=1:print_stacktrace=1";
}

static void on_abort(int sig)
{
	static const char text[] = "not ok 1 - every input passes: not ";

	if (write(STDOUT_FILENO, text, sizeof(text) - 1) > 0 &&
	    write(STDOUT_FILENO, name, strlen(name)) > 0 &&
	    write(STDOUT_FILENO, "\n1..1\n", 6) > 0)
		_exit(1);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void replay(const char *path)
{
	FILE *file = fopen(path, "re");
	struct stat st;
	uint8_t *data;

	if (!file || fstat(fileno(file), &st)) {
		perror(path);
		exit(1);
	}
	data = malloc(st.st_size);
	if (st.st_size && fread(data, 1, st.st_size, file) !=
	    (size_t)st.st_size) {
		perror(path);
		exit(1);
	}
	fclose(file);
	LLVMFuzzerTestOneInput(data, st.st_size);
	free(data);
}

int main(int argc, char **argv)
{
	struct dirent **entries;
	unsigned int inputs = 0;
	int n, i;

	if (argc != 2) {
		fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
		return 2;
	}
	signal(SIGABRT, on_abort);
	n = scandir(argv[1], &entries, NULL, alphasort);
	if (n < 0) {
		perror(argv[1]);
		return 1;
	}
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s/%s", argv[1],
			 entries[i]->d_name);
		if (*entries[i]->d_name != '.') {
			replay(name);
			inputs++;
		}
		free(entries[i]);
	}
	free(entries);
	printf("%s 1 - every input passes: %u\n1..1\n",
	       inputs ? "ok" : "not ok", inputs);
	return !inputs;
}
