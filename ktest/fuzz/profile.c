// SPDX-License-Identifier: GPL-2.0-or-later
/* Profiles and labels: sound, or one sentence says what is not. */
#include <errno.h>
#include "input.h"
#include "labels.h"
#include "profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size), err[FM_ERROR_LEN] = "";
	struct fm_profile profile;
	struct fm_labels labels;
	int ret;

	ret = fm_profile_parse("fuzz", text, size, NULL, &profile, err);
	fuzz_expect(!ret == !*err);
	if (!ret)
		fuzz_expect(profile.repetitions >= 1 && profile.parallel >= 1 &&
			    profile.parallel <= 16);
	*err = '\0';
	ret = fm_labels_parse("fuzz", text, size, &labels, err);
	fuzz_expect(!ret == !*err);
	fm_labels_cleanup(&labels);
	free(text);
	return 0;
}
