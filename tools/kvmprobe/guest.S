// SPDX-License-Identifier: MIT
/*
 * The guest of the probe: one boot sector, which does in little what every
 * kernel does while it starts. After each step it writes that step's letter to
 * port 0xe9 (the letters are named in stages.h); at the end it writes to 0xf4,
 * 0 for good or 1 for a wrong result. Both ports are what QEMU offers as
 * isa-debugcon and isa-debug-exit, so the same sector runs there, too.
 *
 * Memory: page tables at 0x1000-0x3fff, the IDT at 0x4000, this at 0x7c00, the
 * stack below it.
 */
#include "stages.h"

#define AT(label)	((label) - guest_sector + GUEST_BASE)
#define PML4		0x1000
#define PDPT		0x2000
#define PD		0x3000
#define IDT		0x4000
#define KERNEL_CS	0x08
#define KERNEL_DS	0x10
#define TWO_MIB_PAGE	0x87	/* present, writable, for ring 3, of 2 MiB */
#define TABLE		0x07
#define MSR_EFER	0xc0000080
#define MSR_STAR	0xc0000081
#define MSR_LSTAR	0xc0000082
#define MSR_FMASK	0xc0000084

	.macro stage letter
	movb	$\letter, %al
	outb	%al, $GUEST_PORT
	.endm

	/* An interrupt gate of the kernel's code segment, in the IDT at %rdi. */
	.macro gate vector, handler
	movl	$((KERNEL_CS << 16) | (AT(\handler) & 0xffff)), IDT + 16 * \vector
	movl	$0x8e00, IDT + 16 * \vector + 4
	.endm

	.section .rodata
	.globl	guest_sector, guest_sector_end
guest_sector:
	.code16
	cli
	cld
	ljmp	$0, $AT(real)
real:
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$GUEST_BASE, %sp
	stage	STAGE_REAL

	/* The first 2 MiB are mapped to themselves, the next are not there. */
	xorw	%ax, %ax
	movw	$PML4, %di
	movw	$(IDT + 0x1000 - PML4) / 2, %cx
	rep stosw
	movw	$PDPT | TABLE, PML4
	movw	$PD | TABLE, PDPT
	movw	$TWO_MIB_PAGE, PD

	movl	%cr4, %eax
	orl	$0x620, %eax		/* PAE, OSFXSR, OSXMMEXCPT */
	movl	%eax, %cr4
	movl	$PML4, %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$0x101, %eax		/* long mode, syscall */
	wrmsr
	lgdt	AT(gdtr)
	movl	%cr0, %eax
	andb	$0xfb, %al		/* no emulation of the FPU */
	orl	$0x80000003, %eax	/* paging, protection */
	movl	%eax, %cr0
	ljmp	$KERNEL_CS, $AT(long)

	.code64
long:
	movl	$KERNEL_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	$GUEST_BASE, %esp
	stage	STAGE_LONG

	movl	$21, %eax
	movd	%eax, %xmm0
	paddq	%xmm0, %xmm0
	movq	%xmm0, %rdx
	cmpl	$42, %edx
	jne	wrong
	stage	STAGE_SSE2

	/* What a kernel's decompressor does where CPUID offers it. */
	xorl	%eax, %eax
	cpuid
	cmpl	$7, %eax
	jb	1f
	movl	$7, %eax
	xorl	%ecx, %ecx
	cpuid
	testl	$0x100, %ebx
	jz	1f
	movl	$3, %ecx
	shlx	%rcx, %rcx, %rdx
	cmpl	$24, %edx
	jne	wrong
1:	stage	STAGE_BMI2

	gate	3, breakpoint
	gate	14, page_fault
	lidt	AT(idtr)
	int3
	cmpl	$77, %ebp
	jne	wrong
	stage	STAGE_TRAP

	/* The handler maps the first 2 MiB there, and so this sector again. */
	movzwl	0x200000 + AT(signature), %eax
	cmpl	$0xaa55, %eax
	jne	wrong
	stage	STAGE_FAULT

	movq	%cr3, %rax
	movq	%rax, %cr3
	movl	$MSR_STAR, %ecx
	movl	$0x00100008, %edx	/* ring 3 at 0x18 and 0x20, ring 0 at 0x08 */
	xorl	%eax, %eax
	wrmsr
	movl	$MSR_FMASK, %ecx
	xorl	%edx, %edx
	wrmsr
	movl	$MSR_LSTAR, %ecx
	movl	$AT(system_call), %eax
	wrmsr
	xorl	%eax, %eax
	rdmsr
	cmpl	$AT(system_call), %eax
	jne	wrong
	stage	STAGE_MSR

	movl	$AT(user), %ecx
	movl	$2, %r11d
	sysretq
user:
	movl	%cs, %ebx
	syscall
system_call:
	cmpb	$0x23, %bl
	jne	wrong
	stage	STAGE_RING3

	movl	$GUEST_LOOPS, %ecx
1:	decl	%ecx
	jnz	1b
	stage	STAGE_LOOP

	xorl	%eax, %eax
	jmp	2f
wrong:
	movb	$1, %al
2:	outb	%al, $GUEST_END_PORT
3:	hlt
	jmp	3b

breakpoint:
	movl	$77, %ebp
	iretq

page_fault:
	movb	$TWO_MIB_PAGE, PD + 8
	addq	$8, %rsp		/* the error code */
	iretq

	.balign	8
gdt:	.quad	0
	.quad	0x00209a0000000000	/* 0x08 ring 0, code */
	.quad	0x0000920000000000	/* 0x10 ring 0, data */
	.quad	0x0000f20000000000	/* 0x18 ring 3, data */
	.quad	0x0020fa0000000000	/* 0x20 ring 3, code */
gdtr:	.word	gdtr - gdt - 1
	.long	AT(gdt)
idtr:	.word	16 * 15 - 1
	.quad	IDT

	.org	guest_sector + GUEST_SIZE - 2
signature:
	.word	0xaa55
guest_sector_end:
	.section .note.GNU-stack, "", @progbits
