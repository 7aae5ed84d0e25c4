# SPDX-License-Identifier: GPL-2.0-or-later
"""`nvresume check` in the Debian guest: ready after setup; then one thing broken after the other, and mended again."""

import json
import re
from typing import NamedTuple

from harness import fixture_debian
from harness.fixture_cases import LONG, case

REFUSED = 9  # ErrorKind::kRefused, the exit status of all the reasons below
STAGE = "/boot/efi/EFI/nvresume/nvresume.efi"
GRUB_CFG = "/boot/grub/grub.cfg"
GRUB_CFG_BACK = f"cp /root/grub.cfg {GRUB_CFG}"
# A kernel that is not installed, with an initramfs made before nvresume was set up.
OTHER_ENTRY = (
    "menuentry other --id other {\\n linux /boot/vmlinuz-6.0.0-other resume=/dev/NVM_SWAP\\n"
    " initrd /boot/initrd.img-without\\n}\\nset default=other"
)


class Break(NamedTuple):
    what: str
    command: str
    row: str
    verdict: str
    reason: str | None
    mend: str


BREAKS = (
    Break("another swap", "mkswap -q /root/swap && swapon /root/swap", "other-swaps", "warn", None, "swapoff /root/swap"),
    Break("the NVM swapped off", "swapoff /dev/NVM_SWAP", "nvm-swap", "warn", None, "swapon /dev/NVM_SWAP"),
    Break("resume= missing", f"sed -i 's| resume=/dev/NVM_SWAP||' {GRUB_CFG}", "command-line", "warn", None, GRUB_CFG_BACK),
    Break("resuming off", f"sed -i 's|^\\tlinux.*|& rd.nvresume=0|' {GRUB_CFG}", "command-line", "fail", "disabled", GRUB_CFG_BACK),
    Break("another kernel", f"printf '{OTHER_ENTRY}\\n' >>{GRUB_CFG}", "default-entry", "warn", "other-kernel", GRUB_CFG_BACK),
    Break("its initramfs", f"printf '{OTHER_ENTRY}\\n' >>{GRUB_CFG}", "initramfs", "fail", "not-in-initramfs", GRUB_CFG_BACK),
    Break("a stage of other bytes", f"echo >>{STAGE}", "stage-copy", "fail", "no-boot-entry", f"cp /usr/lib/nvresume/nvresume.efi {STAGE}"),
    Break("no stage", f"rm {STAGE}", "stage-copy", "fail", "no-boot-entry", f"cp /usr/lib/nvresume/nvresume.efi {STAGE}"),
    Break("the ESP not mounted", "umount /boot/efi", "stage-copy", "warn", None, "mount /boot/efi"),
    Break("another entry first", "efibootmgr -q -o OTHERS,OURS", "boot-order", "warn", None, "efibootmgr -q -o OURS,OTHERS"),
    Break("our entry off", "efibootmgr -q -b OURS -A", "boot-entry", "fail", "no-boot-entry", "efibootmgr -q -b OURS -a"),
)


@case(LONG)
def doctor(make):
    """`nvresume check`: ready after setup; each thing broken is its own verdict and reason, and a failed one stops a save."""
    fixture = make.clone(fixture_debian.ready())
    fixture.boot()
    fixture.phase = "after setup"
    expect_ready(fixture)
    make.note(fixture.run("nvresume check").output.splitlines()[-1])
    fixture.check(f"dd if=/dev/zero of=/root/swap bs=1M count=8 2>&1 && chmod 600 /root/swap && cp {GRUB_CFG} /root/grub.cfg")
    entries = boot_entries(fixture)
    for broken in BREAKS:
        fixture.phase = broken.what
        fixture.check(with_entries(broken.command, entries))
        expect_verdict(fixture, broken)
        fixture.check(with_entries(broken.mend, entries))
    fixture.phase = "mended"
    expect_ready(fixture)


def check(fixture):
    """Exit status and, by their names, the rows."""
    result = fixture.run("nvresume check --json")
    report = json.loads(result.output)
    return result.status, report, {row["name"]: row for row in report["checks"]}


def expect_ready(fixture):
    status, report, rows = check(fixture)
    fixture.expect_equal("exit status", status, 0)
    fixture.expect_equal("ready", report["ready"], True)
    found = {name: row["found"] for name, row in rows.items() if row["verdict"] != "pass"}
    fixture.expect_equal("rows that do not pass", found, {})
    last = fixture.run("nvresume check").output.splitlines()[-1]
    fixture.expect_equal("the last line", last, "ready")


def expect_verdict(fixture, broken):
    status, report, rows = check(fixture)
    row = rows[broken.row]
    fixture.expect_equal(f"verdict and reason of {row}", (row["verdict"], row.get("reason")), (broken.verdict, broken.reason))
    fixture.expect(row["remedy"], f"a remedy: {row}")
    failed = any(row["verdict"] == "fail" for row in rows.values())
    fixture.expect_equal("exit status", status, REFUSED if failed else 0)
    fixture.expect_equal("ready", report["ready"], not failed)
    if broken.verdict == "fail":
        fixture.expect_save_refused(broken.reason)


def boot_entries(fixture):
    """OURS: the number of our Boot####; OTHERS: the rest of BootOrder, as efibootmgr -o takes them."""
    listed = fixture.check("efibootmgr")
    ours = re.search(r"^Boot(\w{4})\*? nvresume\b", listed, re.M)[1]
    order = re.search(r"^BootOrder: (\S+)$", listed, re.M)[1].split(",")
    return {"OURS": ours, "OTHERS": ",".join(number for number in order if number != ours)}


def with_entries(command, entries):
    for name, numbers in entries.items():
        command = command.replace(name, numbers)
    return command
