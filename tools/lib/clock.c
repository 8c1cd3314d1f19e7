// SPDX-License-Identifier: MIT
#include "clock.h"

#include <time.h>

int64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

double clock_seconds(void)
{
	return (double)clock_ns() / 1e9;
}
