# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything of a machine that setup may have changed, as text: what is not the same afterwards is a trace it left."""

# One line each: type, mode, owner, link and path of every file; then its contents; then every EFI variable, attributes
# included. An initramfs by its list of names: two of the same contents differ in times and inode numbers.
# MTC counts boots; the others are the firmware's notes about this boot.
SNAPSHOT = """
cd / && find etc boot var/lib/nvresume -printf '%y %m %U:%G %l %p\\n' 2>/dev/null | sort -k 5
find etc boot -type f ! -name 'initrd.img*' ! -path etc/mtab -exec sha256sum {} + | sort -k 2
for image in boot/initrd.img*; do zstdcat $image | cpio --quiet -t | sort | sed "s|^|in $image: |"; done
cd /sys/firmware/efi/efivars && sha256sum $(ls | grep -Ev '^(MTC|BootCurrent|NvresumeRange)-')
"""


def expect_same(fixture, before, after, what="everything as before setup"):
    changed = sorted(set(before.splitlines()) ^ set(after.splitlines()), key=lambda line: line.split()[-1])
    told = [f"{'was' if line in set(before.splitlines()) else 'is '} {line}" for line in changed]
    fixture.expect(not changed, f"{what}; different:\n" + "\n".join(told))


def is_zero(path):
    with open(path, "rb") as file:
        return all(not any(chunk) for chunk in iter(lambda: file.read(1 << 24).strip(b"\0"), b""))
