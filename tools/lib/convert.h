// SPDX-License-Identifier: MIT
/* convert.h - the command that makes a raw image of another one, to be typed as it is.
 */
#ifndef SEEDBED_CONVERT_H
#define SEEDBED_CONVERT_H

/*
 * s as one word of a shell's: bare, 'quoted', or $'with escapes' where there are bytes
 * that a terminal would not show. NULL: no memory; the caller's to free.
 */
char *shell_word(const char *s);

/*
 * A name beside PATH that nothing has, for a raw image of it. NULL: no memory, or no
 * such name; the caller's to free.
 */
char *convert_name(const char *path);

/*
 * Why an image of that format is not to be handed to qemu-img as it is: it names
 * another file, which would be read with the rights of whoever types the line. NULL: it
 * does not.
 */
const char *convert_refusal(const char *path, const char *format);

/*
 * "qemu-img convert -f FORMAT -O raw PATH NEW": NEW is such a name. The format is said,
 * so that the file can't be taken for another one. NULL: no memory; the caller's to
 * free.
 */
char *convert_line(const char *path, const char *format);

#endif
