// SPDX-License-Identifier: MIT
/* stages.h - what the probe's guest and its host agree on; for C and assembly. */
#ifndef KVMPROBE_STAGES_H
#define KVMPROBE_STAGES_H

#define GUEST_BASE     0x7c00
#define GUEST_SIZE     512
#define GUEST_PORT     0xe9
#define GUEST_END_PORT 0xf4
#define GUEST_LOOPS    1000000

#define STAGE_REAL  0x72 /* r */
#define STAGE_LONG  0x6c /* l */
#define STAGE_SSE2  0x73 /* s */
#define STAGE_BMI2  0x62 /* b */
#define STAGE_TRAP  0x74 /* t */
#define STAGE_FAULT 0x66 /* f */
#define STAGE_MSR   0x6d /* m */
#define STAGE_RING3 0x75 /* u */
#define STAGE_LOOP  0x6f /* o */

#endif
