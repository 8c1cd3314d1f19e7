// SPDX-License-Identifier: MIT
/* bytes.h - numbers in on-disk byte order, and whole reads and writes. */
#ifndef SEEDBED_BYTES_H
#define SEEDBED_BYTES_H

#include <stddef.h>
#include <stdint.h>

uint16_t get_le16(const void *p);
uint32_t get_le32(const void *p);
uint64_t get_le64(const void *p);
void put_le16(void *p, uint16_t v);
void put_le32(void *p, uint32_t v);
void put_le64(void *p, uint64_t v);

/* All of len or a negative errno; -ENODATA where the file ends before. */
int read_at(int fd, uint64_t at, void *buf, size_t len);
int write_at(int fd, uint64_t at, const void *buf, size_t len);

#endif
