// SPDX-License-Identifier: MIT
/* page.h - the report as one HTML page. */
#ifndef APPLIANCE_REPORT_PAGE_H
#define APPLIANCE_REPORT_PAGE_H

#include "appliance.h"

/* Fetches nothing and runs nothing, and says so to the browser. */
void page_write(const struct appliance *list, size_t n, FILE *f);

#endif
