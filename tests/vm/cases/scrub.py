# SPDX-License-Identifier: GPL-2.0-or-later
"""What an image leaves behind: the NVM's file is read from the host for a secret that was in the saved memory."""

import mmap

from harness import fixture_debian, fixture_direct, workload
from harness.fixture_cases import FAULTS, LONG, case
from harness.fixture_nvm import EMPTY, FAILED
from harness.places import kernel_release

PART = "failures"
# Raw: compressed, it would lie there under another form and prove nothing.
SAVE = "nvresume save --encoding raw"
MIB = 1 << 20


def put_secret(fixture):
    """In the memory of the guest, many times, and in no other place; returns it."""
    secret = f"what nobody else may read {fixture.boot_id()}".encode()
    # In pieces: what the agent was sent stays in its memory too, but only there.
    command = "printf %s 'what nobody else may read '; cat /proc/sys/kernel/random/boot_id"
    fixture.check(f"mkdir -p /run/secret && mount -t tmpfs tmpfs /run/secret && for i in $(seq 64); do ({command}) >/run/secret/$i; done")
    return secret


def count_in_image_area(fixture, secret):
    nvm = fixture.nvm
    with open(nvm.path, "rb") as file, mmap.mmap(file.fileno(), nvm.superblock().image_bytes, access=mmap.ACCESS_READ) as memory:
        found, at = 0, memory.find(secret)
        while at >= 0:
            found, at = found + 1, memory.find(secret, at + 1)
        return found


def slot_bytes_left(fixture):
    """How much of the slot is not zero, in MiB that hold something."""
    superblock = fixture.nvm.superblock()
    zeros, left, end = bytes(MIB), 0, superblock.slot_offset_bytes + superblock.slot_bytes
    with open(fixture.nvm.path, "rb") as file:
        file.seek(superblock.slot_offset_bytes)
        for at in range(superblock.slot_offset_bytes, end, MIB):
            count = min(MIB, end - at)
            left += file.read(count) != zeros[:count]
    return left


def expect_secret_there(fixture, secret):
    found = count_in_image_area(fixture, secret)
    fixture.expect(found > 0, "the secret in the saved image: nothing would be proven without it")
    return found


def expect_scrubbed(fixture, secret, state):
    fixture.phase = "scrubbed"
    fixture.expect_equal("secrets in the image area", count_in_image_area(fixture, secret), 0)
    fixture.expect_equal("MiB of the slot that hold anything", slot_bytes_left(fixture), 0)
    fixture.expect_equal("states", fixture.nvm.states(), (state, state))
    fixture.expect("left behind:  nothing" in fixture.check("nvresume status"), "`nvresume status` to say that nothing is left behind")


def saved_with_secret(fixture):
    fixture.boot()
    fixture.start_workload()
    secret = put_secret(fixture)
    fixture.save(SAVE)
    return secret, expect_secret_there(fixture, secret)


@case(tier=FAULTS, part=PART)
def secret_is_scrubbed(make):
    """After the resume the secret is in the NVM until the scrub, and not after it; the next save and resume work."""
    fixture = make.ready()
    secret, found = saved_with_secret(fixture)
    fixture.power_on()
    fixture.expect_resumed()
    expect_secret_there(fixture, secret)
    fixture.expect("still to be scrubbed" in fixture.check("nvresume status"), "`nvresume status` to tell what is left")
    fixture.check("umount /run/secret && nvresume scrub")
    expect_scrubbed(fixture, secret, EMPTY)
    fixture.save()
    fixture.power_on()
    fixture.expect_resumed()
    make.note(f"{found} copies in the image, none after the scrub")


@case(tier=FAULTS, part=PART)
def dropped_secret_is_scrubbed(make):
    """A normal boot drops the image; its scrub is cut in the middle, and the boot after that does the rest."""
    fixture = make.ready()
    secret, _ = saved_with_secret(fixture)
    before = slot_bytes_left(fixture)
    fixture.power_on("rd.nvresume=0")
    fixture.expect_refusal("disabled")
    fixture.phase = "scrub"
    fixture.machine.agent.start("nvresume scrub")
    fixture.cut_power_when(lambda: slot_bytes_left(fixture) < before)
    left = slot_bytes_left(fixture)
    fixture.expect(left > 0, "the power to be cut before the scrub's end")
    fixture.power_on()
    fixture.expect_no_image()
    fixture.check("nvresume scrub")
    expect_scrubbed(fixture, secret, FAILED)
    fixture.expect("rd.nvresume=0" in fixture.check("nvresume status"), "`nvresume status` to know why the image was dropped")
    make.note(f"cut with {left} of {before} MiB left")


@case(tier=FAULTS, part=PART)
def save_during_a_scrub(make):
    """A save that begins while a scrub runs: the image is whole and resumes, and the scrub goes on in the resumed session."""
    fixture = make.ready()
    secret, _ = saved_with_secret(fixture)
    fixture.power_on()
    fixture.expect_resumed()
    fixture.check("umount /run/secret")
    fixture.check("{ nvresume scrub >/run/scrub 2>&1; echo $? >/run/scrubbed; } >/dev/null 2>&1 </dev/null &")
    fixture.save(SAVE)
    fixture.power_on()
    fixture.expect_resumed()
    fixture.check("until [ -e /run/scrubbed ]; do sleep 0.2; done; cat /run/scrub; [ $(cat /run/scrubbed) = 0 ]")
    expect_scrubbed(fixture, secret, EMPTY)


@case(tier=FAULTS, part=PART)
def secret_is_scrubbed_after_direct_resume(make):
    """The same behind a direct resume, which no initramfs and no unit of a boot precedes."""
    fixture = make.clone(fixture_direct.saved())
    fixture_direct.resume_directly(fixture)
    secret = put_secret(fixture)
    fixture.save(SAVE)
    expect_secret_there(fixture, secret)
    fixture_direct.resume_directly(fixture)
    fixture.check("umount /run/secret && nvresume scrub")
    expect_scrubbed(fixture, secret, EMPTY)


@case(LONG, tier=FAULTS, part=PART)
def scrub_by_itself(make):
    """In a Debian: nvresume-scrub.service runs after a resume and after a drop, at idle priority; scrub=no keeps it from it."""
    fixture = make.clone(fixture_debian.ready())
    fixture.boot()
    fixture.saved = workload.next_state(fixture.machine, fixture.machine.boot_start)
    secret = put_secret(fixture)
    fixture.save(SAVE)
    expect_secret_there(fixture, secret)
    fixture.power_on()
    fixture.expect_resumed()
    fixture.phase = "scrub after the resume"
    wait_for_service(fixture)
    fixture.check("umount /run/secret")
    expect_scrubbed(fixture, secret, EMPTY)
    policy = fixture.check("systemctl show -p CPUSchedulingPolicy -p IOSchedulingClass nvresume-scrub.service").split()
    fixture.expect_equal("scheduling of the service", sorted(policy), ["CPUSchedulingPolicy=5", "IOSchedulingClass=3"])

    fixture.phase = "scrub=no"
    fixture.check("echo scrub=no >>/etc/nvresume.conf")
    secret = put_secret(fixture)
    fixture.save(SAVE)
    # The guest's own entry takes no arguments from outside.
    fixture.power_on(script=fixture_debian.grub_entry(f"/boot/initrd.img-{kernel_release()}", "rd.nvresume=0"))
    fixture.expect_up()
    wait_for_service(fixture, "not scrubbing: scrub=no")
    expect_secret_there(fixture, secret)
    fixture.check("sed -i /scrub=/d /etc/nvresume.conf && sync")

    fixture.phase = "scrub after a drop"
    fixture.power_off()
    fixture.boot()
    wait_for_service(fixture)
    expect_scrubbed(fixture, secret, FAILED)
    fixture.expect_equal("failed units", fixture.run("systemctl --failed --no-legend").output, "")


def wait_for_service(fixture, said="scrubbed: zeros over"):
    fixture.check(
        f"for try in $(seq 600); do journalctl -b -u nvresume-scrub.service | grep -q '{said}' && exit 0; sleep 0.5; done; "
        "systemctl status nvresume-scrub.service; exit 1"
    )
