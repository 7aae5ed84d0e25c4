# SPDX-License-Identifier: GPL-2.0-or-later
import pathlib
import struct
import tempfile
import unittest

from harness.fixture_nvm import NvmFile
from harness.places import ToolFailed
from measure import kernel_image

PAGE = kernel_image.PAGE_BYTES
SWAP_OFFSET = 3 * PAGE


class KernelImageTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.nvm = NvmFile(pathlib.Path(self.directory.name, "nvm"))
        self.nvm.path.write_bytes(bytes(SWAP_OFFSET + 16 * PAGE))

    def write(self, page, offset, data):
        with open(self.nvm.path, "r+b") as file:
            file.seek(SWAP_OFFSET + page * PAGE + offset)
            file.write(data)

    def write_header(self, first_map_page, flags, signature=b"S1SUSPEND\0"):
        self.write(0, PAGE - 32, struct.pack("<QI10s10s", first_map_page, flags, b"SWAPSPACE2", signature))

    def write_map(self, page, entries, next_page):
        self.write(page, 0, struct.pack("<511QQ", *entries, *[0] * (511 - len(entries)), next_page))

    def test_pages_of_every_map_page_are_counted(self):
        self.write_header(2, 4)
        self.write_map(2, range(100, 611), 7)
        self.write_map(7, [700, 701, 702], 0)
        self.assertEqual(kernel_image.read(self.nvm, SWAP_OFFSET), (514 * PAGE, True))

    def test_nocompress_is_told_by_its_flag(self):
        self.write_header(2, 1 | 2)
        self.write_map(2, [5], 0)
        self.assertFalse(kernel_image.read(self.nvm, SWAP_OFFSET).compressed)

    def test_swap_without_an_image_is_refused(self):
        self.write_header(2, 0, b"SWAPSPACE2")
        with self.assertRaisesRegex(ToolFailed, "SWAPSPACE2"):
            kernel_image.read(self.nvm, SWAP_OFFSET)

    def test_map_that_goes_in_a_circle_is_refused(self):
        self.write_header(2, 0)
        self.write_map(2, [5], 3)
        self.write_map(3, [6], 2)
        with self.assertRaisesRegex(ToolFailed, "circle"):
            kernel_image.read(self.nvm, SWAP_OFFSET)
