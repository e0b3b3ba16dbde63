// SPDX-License-Identifier: GPL-2.0-or-later
#include <dlfcn.h>
#include <errno.h>

#include "error.h"
#include "libclang.h"

#define LIBRARY	"libclang-14.so.13"

struct fm_libclang fm_libclang;

static const struct {
	const char *name;
	void *place;
} functions[] = {
#define ROW(name) { "clang_" #name, &fm_libclang.name },
	FM_LIBCLANG_FUNCTIONS(ROW)
#undef ROW
};

/**
 * fm_libclang_load - make the functions of fm_libclang callable
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Loads once, for the life of the program; not to be called by two threads at
 * the same time.
 *
 * Return: 0 or -ELIBACC if the library is not there or lacks a function.
 */
int fm_libclang_load(char *err)
{
	static void *library;

	if (library)
		return 0;
	library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return fm_sentence_set(err, -ELIBACC,
				       "sources cannot be parsed without the package libclang1-14: %s",
				       dlerror());
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		void *address = dlsym(library, functions[i].name);

		if (!address) {
			dlclose(library);
			library = NULL;
			return fm_sentence_set(err, -ELIBACC,
					       LIBRARY " has no %s",
					       functions[i].name);
		}
		*(void **)functions[i].place = address;
	}
	return 0;
}
