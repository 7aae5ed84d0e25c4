// SPDX-License-Identifier: GPL-2.0-only
/*
 * What busybox's dd cannot do to a disk: unbuffered pattern writes with or without FUA, and checks.
 *
 *	nvm_io write DISK OFFSET BYTES SEED	O_DIRECT
 *	nvm_io write-fua DISK OFFSET BYTES SEED	O_DIRECT | O_DSYNC: the kernel marks the write FUA
 *	nvm_io check DISK OFFSET BYTES SEED	O_DIRECT; names the first wrong byte
 *	nvm_io flush DISK			fsync: the kernel sends FLUSH
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	kPieceBytes = 1 << 20,
	/* The pattern starts inside a page, so that what the driver copies starts and ends there. */
	kShiftBytes = 512,
};

static int fail(const char *what, const char *disk)
{
	fprintf(stderr, "nvm_io: %s %s: %s\n", what, disk, strerror(errno));
	return 1;
}

/* Every eight bytes depend on the seed and on where they lie, so a displaced block shows. */
static void fill(uint64_t *words, size_t bytes, uint64_t offset, uint64_t seed)
{
	for (size_t i = 0; i < bytes / sizeof(*words); i++) {
		uint64_t word = (offset + i * sizeof(*words)) ^ (seed * 0x9e3779b97f4a7c15u);

		words[i] = word * 0xbf58476d1ce4e5b9u ^ word >> 29;
	}
}

static int write_piece(int fd, const char *disk, uint64_t *data, size_t bytes, uint64_t offset)
{
	if (pwrite(fd, data, bytes, offset) != (ssize_t)bytes)
		return fail("write", disk);
	return 0;
}

static int check_piece(int fd, const char *disk, uint64_t *data, size_t bytes, uint64_t offset)
{
	static uint64_t found[kPieceBytes / sizeof(uint64_t)] __attribute__((aligned(4096)));

	if (pread(fd, found, bytes, offset) != (ssize_t)bytes)
		return fail("read", disk);
	for (size_t i = 0; i < bytes / sizeof(*data); i++) {
		if (found[i] == data[i])
			continue;
		fprintf(stderr, "nvm_io: %s at byte %llu: found %016llx, not %016llx\n", disk,
			(unsigned long long)(offset + i * sizeof(*data)),
			(unsigned long long)found[i], (unsigned long long)data[i]);
		return 1;
	}
	return 0;
}

static int walk(int fd, char **argv, int (*piece)(int, const char *, uint64_t *, size_t, uint64_t))
{
	static uint8_t memory[kShiftBytes + kPieceBytes] __attribute__((aligned(4096)));
	uint64_t *data = (uint64_t *)(memory + kShiftBytes);
	uint64_t offset = strtoull(argv[3], NULL, 0), left = strtoull(argv[4], NULL, 0);
	const uint64_t seed = strtoull(argv[5], NULL, 0);

	while (left) {
		const size_t bytes = left < kPieceBytes ? left : kPieceBytes;

		fill(data, bytes, offset, seed);
		if (piece(fd, argv[2], data, bytes, offset))
			return 1;
		offset += bytes;
		left -= bytes;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const int is_flush = argc == 3 && !strcmp(argv[1], "flush");
	const int is_check = argc == 6 && !strcmp(argv[1], "check");
	const int is_fua = argc == 6 && !strcmp(argv[1], "write-fua");
	int fd, status;

	if (!is_flush && !is_check && !is_fua && (argc != 6 || strcmp(argv[1], "write"))) {
		fprintf(stderr, "usage: nvm_io write|write-fua|check DISK OFFSET BYTES SEED | "
				"flush DISK\n");
		return 2;
	}
	fd = open(argv[2], O_RDWR | O_DIRECT | (is_fua ? O_DSYNC : 0));
	if (fd < 0)
		return fail("open", argv[2]);
	if (is_flush)
		status = fsync(fd) ? fail("fsync", argv[2]) : 0;
	else
		status = walk(fd, argv, is_check ? check_piece : write_piece);
	if (close(fd) && !status)
		status = fail("close", argv[2]);
	return status;
}
