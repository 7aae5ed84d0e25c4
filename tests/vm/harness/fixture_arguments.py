# SPDX-License-Identifier: GPL-2.0-or-later
"""What a test wants of one boot, said to GRUB: a second disk that holds one file, which the guest's grub.cfg reads. It is
there at every boot, and nothing in the guest ever mounts it, so that no saved session can tell one boot from another by it."""

from .places import tool

DISK_BYTES = 1 << 20
FILE = "/test.cfg"
# In a grub.cfg: sets what the file sets, `arguments` (for the kernel) and `initrd` among it.
GRUB_LINES = f"""\
search --no-floppy --file --set=test {FILE}
if [ -n "$test" ]; then source ($test){FILE}; fi
"""


class ArgumentsDisk:
    def __init__(self, path):
        self.path = path
        path.unlink(missing_ok=True)
        with open(path, "wb") as disk:
            disk.truncate(DISK_BYTES)
        tool("mkfs.fat", "-i", "41524753", path)
        self.write("")

    def write(self, text):
        """GRUB script for the boots that follow. REQUIRES: the machine is off."""
        source = self.path.with_suffix(".cfg")
        source.write_text(f"# {self.path.name}\n{text}\n")
        tool("mcopy", "-o", "-i", self.path, source, f"::{FILE}")
        source.unlink()

    def qemu_options(self):
        return ["-drive", f"if=none,id=arguments,format=raw,file={self.path}", "-device", "virtio-blk-pci,drive=arguments"]
