// SPDX-License-Identifier: MIT
/* refuse.c - what of a recipe Ubuntu's installer has no way to do. */
#include "refuse.h"

#include <string.h>

static void answers(struct plan *p)
{
	for (const struct setting *s = NULL;
		(s = recipe_next(p->recipe, K_ANSWER, s));)
		if (strcmp(s->word[0], "d-i") == 0)
			complain(p->recipe, s->from,
				"answer: d-i %s: Ubuntu's installer has no debconf; "
				"only what packages ask can be answered",
				s->word[1]);
}

void refuse_foreign(struct plan *p)
{
	const struct setting *layout = recipe_find(p->recipe, K_LAYOUT);
	const char *language = plan_get(p, "language");

	if (layout && strcmp(layout->word[0], "expert") == 0)
		plan_clash(p, K_LAYOUT,
			"expert: is in partman's language, which only Debian's "
			"installer reads; Ubuntu has regular, lvm, home and multi");
	if (strcmp(language, "en") != 0)
		plan_clash(p, K_LANGUAGE,
			"%s: Ubuntu's installer speaks to nobody here; locale is the "
			"installed system's",
			language);
	if (strcmp(p->arch->name, "s390x") == 0)
		plan_clash(p, K_ARCHITECTURE,
			"s390x: its boot loader takes no words of GRUB's; Debian's "
			"installer does it");
	answers(p);
}
