// SPDX-License-Identifier: MIT
/* Whatever an index file holds, searching it stays within it. */
#include "qindex.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *copy = malloc(size ? size : 1);
	struct qindex x = { 0 };

	memcpy(copy, data, size);
	if (qindex_read(&x, copy, size) == 0) {
		qindex_find(&x, "netcfg/get_hostname");
		qindex_matches(&x, "apt-setup/local0/key");
		qindex_package(&x, "nginx", NULL);
		qindex_unseen(&x, "netcfg");
		qindex_locale(&x, "de_DE.UTF-8");
		qindex_language(&x, "de");
		qindex_user(&x, "root");
		qindex_zone(&x, "Etc/UTC");
		qindex_outside(&x, "unrar");
		for (size_t i = 0; i < x.questions; i++)
			if (strlen(qindex_text(&x, x.question[i].choices)) > size)
				abort();
	}
	free(copy);
	return 0;
}
