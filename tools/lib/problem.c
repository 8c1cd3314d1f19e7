// SPDX-License-Identifier: MIT
#include "problem.h"

#include <stdarg.h>
#include <stdio.h>

void image_problem(struct image *img, enum image_state state, const char *fmt, ...)
{
	va_list ap;

	if (img->state != IMAGE_GOOD)
		return; /* the first one found explains the rest */
	img->state = state;
	va_start(ap, fmt);
	vsnprintf(img->problem, sizeof(img->problem), fmt, ap);
	va_end(ap);
}
