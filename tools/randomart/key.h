// SPDX-License-Identifier: MIT
/*
 * key.h - SSH public keys and certificates on the wire (RFC 4253, 5656, 8709 and
 * OpenSSH's PROTOCOL.certkeys, PROTOCOL.u2f).
 */
#ifndef RANDOMART_KEY_H
#define RANDOMART_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keytype;

struct key {
	const struct keytype *type;
	bool cert;
	unsigned bits;
	uint8_t *plain; /* the key alone, as it is hashed; within the caller's room */
	size_t plain_len;
};

/* Is this word, n bytes long, the name of a type of key or certificate? */
bool key_is_type(const char *word, size_t n);

/* What ssh-keygen calls the type: "RSA", "ED25519-SK-CERT". */
void key_label(const struct key *k, char label[24]);

/*
 * Takes a blob apart whose type must be the one named. What a fingerprint is
 * made of, for a certificate the key that it certifies, is written to room,
 * at least len + 16 bytes. 0, or -EBADMSG. Signatures and curve points are not
 * verified: whoever asks for a picture has not trusted the key yet.
 */
int key_parse(struct key *k, const char *type, size_t type_len, const uint8_t *blob,
	size_t len, uint8_t *room);

#endif
