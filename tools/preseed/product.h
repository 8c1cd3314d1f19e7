// SPDX-License-Identifier: MIT
/* product.h - what preseed writes: the preseed file, and what else can be asked. */
#ifndef PRESEED_PRODUCT_H
#define PRESEED_PRODUCT_H

#include "answers.h"

#include <stdio.h>

void write_preseed(const struct answers *a, FILE *f);
/* forked.c: those decided before an installer is forked, and the others. */
void write_early(const struct answers *a, FILE *f);
void write_rest(const struct answers *a, FILE *f);
void write_explain(const struct answers *a, FILE *f);
void write_facts(const struct answers *a, FILE *f);

#endif
