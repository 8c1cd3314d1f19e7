// SPDX-License-Identifier: MIT
#include "pe.h"
#include "bytes.h"

#include <stdint.h>
#include <string.h>

enum {
	PE_AT = 0x3c, /* where the header is */
	COFF = 24,    /* its first part, and what follows in the optional one: */
	MAGIC = 0,
	COUNT = 108, /* of directories */
	DIRECTORIES = 112,
	CERTIFICATES = 4, /* the fifth; 4 bytes for where, 4 for how many */
	PE32_PLUS = 0x20b,
};

bool pe_is_signed(const void *data, size_t len)
{
	enum { SIZE = DIRECTORIES + 8 * CERTIFICATES + 4 };
	const unsigned char *b = data;
	uint64_t at;

	if (len < PE_AT + 4 || memcmp(b, "MZ", 2) != 0)
		return false;
	at = get_le32(b + PE_AT);
	if (at + COFF + SIZE + 4 > len || memcmp(b + at, "PE\0\0", 4) != 0)
		return false;
	b += at + COFF;
	return get_le16(b + MAGIC) == PE32_PLUS && get_le32(b + COUNT) > CERTIFICATES &&
	       get_le32(b + SIZE) != 0;
}
