/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trampoline.S: copied into one page below 4 GiB that no page of the image needs, and run there. Position
 * independent: it knows only its parameters (trampoline.h), whose address comes in rdi.
 *
 * On entry: 64-bit mode under the stage's own page tables (all memory mapped to itself, writable and
 * executable), interrupts off, firmware gone. Nothing but this page, the parameters, the tables and the
 * late list may be touched until the copy is done: everything else is being overwritten.
 */
	.section .text.trampoline, "ax", @progbits
	.globl nvresume_trampoline_start, nvresume_trampoline_code32
	.globl nvresume_trampoline_code64, nvresume_trampoline_end
	.hidden nvresume_trampoline_start, nvresume_trampoline_code32
	.hidden nvresume_trampoline_code64, nvresume_trampoline_end
	.balign 16
	.code64
nvresume_trampoline_start:
	cld				/* every copy goes upwards */
	mov	%rdi, %rbx		/* rbx: the parameters, from here to the end */
	lea	4096(%rbx), %rsp	/* the stack: the rest of the parameters' page */
	lgdt	96(%rbx)		/* Linux's selectors */
	lidt	106(%rbx)		/* no IDT: an NMI or a fault from here on resets the machine */
	pushq	$0x10			/* CS of the saved kernel: its first iret would fault with firmware's */
	mov	120(%rbx), %eax		/* eax: code64; its upper half is cleared, the page is below 4 GiB */
	mov	%eax, %ecx		/* ecx: where the first far return goes: the copy, behind this */
	add	$(copy - nvresume_trampoline_code64), %ecx
	push	%rcx
	lretq				/* reloads CS */
copy:
	mov	$0x18, %eax		/* data segments as the saved kernel has them */
	mov	%eax, %ss
	mov	%eax, %ds
	mov	%eax, %es
	xor	%eax, %eax
	mov	%eax, %fs		/* their bases are restored by the kernel */
	mov	%eax, %gs
	lldt	%ax			/* no local descriptors */

	mov	0(%rbx), %r8		/* r8: a link of the late list, 0 behind the last */
1:	test	%r8, %r8
	jz	4f
	mov	8(%r8), %r11		/* r11: copies left in this link */
	lea	16(%r8), %r9		/* r9: the next copy */
2:	test	%r11, %r11
	jz	3f
	mov	0(%r9), %rdi		/* to */
	mov	8(%r9), %rsi		/* from */
	mov	$512, %ecx		/* a page in units of 8 */
	rep movsq
	add	$16, %r9
	dec	%r11
	jmp	2b
3:	mov	0(%r8), %r8		/* the next link */
	jmp	1b

4:	mov	16(%rbx), %rax		/* does the image have another page-table depth than firmware? */
	test	%rax, %rax
	jz	nvresume_trampoline_code64
	pushq	$0x08			/* LA57 can only change with paging off, */
	mov	116(%rbx), %eax		/* and paging only outside 64-bit mode: */
	push	%rax
	lretq				/* into 32-bit code, in compatibility mode first */

	.code32
nvresume_trampoline_code32:
	mov	$0x18, %eax
	mov	%eax, %ss		/* 32-bit stack accesses */
	mov	%cr0, %eax
	btr	$31, %eax		/* PG off: leaves long mode; this page is mapped to itself */
	mov	%eax, %cr0
	mov	8(%ebx), %eax		/* CR4 for the kernel: PAE on, LA57 as in the image */
	mov	%eax, %cr4
	mov	16(%ebx), %eax		/* the root of the other depth */
	mov	%eax, %cr3
	mov	%cr0, %eax
	bts	$31, %eax		/* PG on: EFER.LME still stands, so this is long mode again */
	mov	%eax, %cr0
	pushl	$0x10
	mov	120(%ebx), %eax
	push	%eax
	lret				/* into 64-bit code */

	.code64
nvresume_trampoline_code64:
	mov	%ebx, %ebx		/* upper halves are undefined after 32-bit code */
	lea	4096(%rbx), %rsp
	mov	8(%rbx), %rax
	mov	%rax, %cr4		/* PCIDE, PGE, SMEP, SMAP and CET off */
	mov	48(%rbx), %rax
	mov	%rax, %cr0		/* the kernel's */
	mov	$0x277, %ecx		/* IA32_PAT, before the kernel's tables rely on it */
	mov	24(%rbx), %eax
	mov	28(%rbx), %edx
	wrmsr
	pushq	$2			/* no flag set: IF off, DF up */
	popfq
	mov	32(%rbx), %r9		/* restore_registers loads CR3 from r9 */
	mov	40(%rbx), %rax
	jmp	*%rax			/* the saved kernel; mapped in our tables and in its own */
nvresume_trampoline_end:
	.section .note.GNU-stack, "", @progbits
