// SPDX-License-Identifier: MIT
/* checks.h - what each line must be, for the table in keys.c. */
#ifndef PRESEED_CHECKS_H
#define PRESEED_CHECKS_H

#include "keys.h"

typedef bool checker(struct setting *s, struct pool *p, struct why *why);

checker check_hostname, check_domain, check_release, check_architecture, check_locale,
	check_language, check_country, check_keyboard, check_timezone, check_mirror,
	check_proxy, check_security, check_disk, check_memory, check_swap, check_cpus,
	check_firmware, check_filesystem, check_kernel, check_cmdline, check_layout,
	check_like, check_network, check_key, check_user, check_packages,
	check_repository, check_file, check_run, check_answer, check_expect;

#endif
