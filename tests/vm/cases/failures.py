# SPDX-License-Identifier: GPL-2.0-or-later
"""Saves that fail half-way: everything goes on, the reason is told, nothing is left half committed, and the next save works."""

import base64
import re

from cases.crowded import crowded as ready_crowded
from cases.way_back import expect_going_on
from harness import held_memory
from harness.fixture_cases import FAULTS, case
from harness.fixture_guests import once
from harness.fixture_nvm import COMMITTED
from harness.places import BUILD, TOP, tool

PART = "failures"
STAYS_ON = "/sys/module/stays_on/parameters"
DRIVER = "/sys/module/nvm_swap/parameters"
MIB = 1 << 20
SLOW_SAVE = "nvresume save --encoding zstd --level 9"
SWAPPING_OUT = r"^nvresume: swapping out \d+ %"
STORING = r"^nvresume: saving \d+ %"
TAKEN_BACK = "nvresume: not powered off; taking the image back"
# What a save stores after the frames: (what, its first eight bytes, stores that begin alike and go through before, whether it is
# the commit). Both superblocks were stored as WRITING by then.
COMMIT_STORES = (
    ("the metadata record", "NVRMETA1", 0, False),
    ("the chunk index", "NVRINDEX", 0, False),
    ("the first superblock that says COMMITTED", "NVRESUME", 2, True),
    ("the second superblock that says COMMITTED", "NVRESUME", 3, True),
)


@once
def faulty_driver():
    """nvm_swap.ko with writes that fail on demand; no package has it."""
    tool("make", "-s", "-C", TOP, "driver-test")
    driver = BUILD.parent / "driver-test/nvm_swap.ko"
    tool("strip", "--strip-debug", driver)
    return driver


def put_file(fixture, source, path):
    code = base64.b64encode(source.read_bytes()).decode()
    fixture.check(f"echo {code} | base64 -d >{path}")


def ready_with_workload(make):
    fixture = make.ready()
    fixture.boot()
    fixture.start_workload()
    return fixture


def insert_stays_on(fixture, how):
    fixture.check(f"insmod /lib/stays_on.ko how={how}")


def expect_nothing_left(fixture, reason):
    """The session goes on, no image and no BootNext are left, and `nvresume status` knows why."""
    expect_going_on(fixture)
    fixture.expect_equal("BootNext", fixture.run("efibootmgr | grep BootNext").output, "")
    last = fixture.inspect()["attempts"][-1]
    fixture.expect_equal("last attempt", [last[key] for key in ("kind", "outcome", "reason")], ["save", "refused", reason])


def expect_next_save_works(fixture):
    fixture.save()
    fixture.power_on()
    fixture.expect_resumed()


@case(tier=FAULTS, part=PART)
def task_that_will_not_freeze(make):
    """A task that waits where the freezer does not reach it: named; when it has what it waited for, the next save works."""
    fixture = ready_with_workload(make)
    insert_stays_on(fixture, "none")
    fixture.check(f"{{ echo 45 >{STAYS_ON}/hold_s; echo done >/run/held; }} >/dev/null 2>&1 </dev/null & sleep 1")
    fixture.expect_save_refused("freeze-failed", r"^\w+ \(\d+, state D\) would not freeze", command="nvresume save 2>&1")
    expect_nothing_left(fixture, "freeze-failed")
    fixture.check("until [ -e /run/held ]; do sleep 0.5; done")
    expect_next_save_works(fixture)


@case(tier=FAULTS, part=PART)
def snapshot_taken(make):
    """Another program has /dev/snapshot at the restore: that is not the image's fault, and after a restart it resumes."""
    expect_tried_again(make, "test.hold-snapshot", "snapshot-busy")


@case(tier=FAULTS, part=PART)
def device_busy_at_the_jump(make):
    """A device does not rest when everything is loaded: the consumed image is taken back, and after a restart it resumes."""
    expect_tried_again(make, "test.busy-device", "resume-returned")


def expect_tried_again(make, argument, reason):
    """In the first boot with the argument the restore fails for that reason; the boot after it resumes."""
    fixture = make.saved()
    fixture.power_on(argument)
    fixture.expect_resumed()
    fixture.expect_line(f"^nvresume: {reason}: .*; restarting to try once more")


@case(tier=FAULTS, part=PART)
def memory_locked(make):
    """More than half of memory is locked: refused before anything is frozen; and where that happens later, by the kernel."""
    fixture = ready_with_workload(make)
    fill = "mkdir -p /run/locked && mount -t ramfs ramfs /run/locked && for i in $(seq 75); do cp /esp/small/vmlinuz /run/locked/$i; done"
    fixture.check(fill)
    fixture.expect_save_refused("no-room", "need .* have", command="nvresume save 2>&1")
    fixture.expect_no_line("freezing user space")
    expect_going_on(fixture)
    fixture.check("umount /run/locked")

    hooks = "/usr/lib/systemd/system-sleep"
    fixture.check(
        f"mkdir -p {hooks} && printf '%s\\n' '#!/bin/sh' 'case $1 in pre) {fill} ;; post) umount /run/locked ;; esac' >{hooks}/lock "
        f"&& chmod +x {hooks}/lock"
    )
    fixture.expect_save_refused("no-room", "need .* have .* locked", command="nvresume save 2>&1")
    fixture.expect_line("freezing user space")
    expect_nothing_left(fixture, "no-room")
    fixture.check(f"rm {hooks}/lock")
    expect_next_save_works(fixture)


def ready_with_faulty_driver(make):
    fixture = make.ready()
    fixture.boot()
    put_file(fixture, faulty_driver(), "/run/nvm_swap.ko")
    fixture.check(
        f"cd {DRIVER} && set -- base=$(cat base) image_bytes=$(cat image_bytes) swap_bytes=$(cat swap_bytes) && cd / && "
        'swapoff /dev/NVM_SWAP && rmmod nvm_swap && insmod /run/nvm_swap.ko "$@" && swapon /dev/NVM_SWAP'
    )
    fixture.start_workload()
    return fixture


@case(tier=FAULTS, part=PART)
def store_error(make):
    """The NVM takes no more writes at ever later points of a save: store-failed or io-error each time, until one goes through."""
    fixture = ready_with_faulty_driver(make)
    failed = []
    for after_bytes in (1, 12288, MIB, 24 * MIB, *range(64 * MIB, 1024 * MIB, 64 * MIB)):
        fixture.phase = f"store error after {after_bytes} bytes"
        fixture.check(f"echo $(($(cat {DRIVER}/written_bytes) + {after_bytes})) >{DRIVER}/fail_after_bytes")
        if save_fails(fixture):
            failed.append(after_bytes)
            fixture.check(f"echo 0 >{DRIVER}/fail_after_bytes")
            expect_going_on(fixture)
            fixture.expect_equal("BootNext", fixture.run("efibootmgr | grep BootNext").output, "")
            continue
        break
    fixture.expect(len(failed) >= 5, f"at least five points at which the save fails, found {failed}")
    fixture.expect_equal("superblocks", fixture.nvm.states(), (COMMITTED, COMMITTED))
    fixture.power_on()
    fixture.expect_resumed()
    make.note(f"failed at {len(failed)} points, up to {failed[-1] // MIB} MiB")


@case(tier=FAULTS, part=PART)
def commit_store_error(make):
    """One store of a save's end fails: nothing is half committed, everything goes on, and the next save works."""
    fixture = ready_with_faulty_driver(make)
    for name, magic, skips, in_commit in COMMIT_STORES:
        fixture.phase = f"store error: {name}"
        start = len(fixture.machine.console.lines)
        fixture.check(f"echo {skips} >{DRIVER}/fail_magic_skips && printf %s {magic} >{DRIVER}/fail_magic")
        fixture.expect(save_fails(fixture), f"a save that fails at {name}")
        fixture.expect_line("^nvresume: saving 100 %", start)  # every frame is stored
        going_back = any(TAKEN_BACK in line.text for line in fixture.machine.console.lines[start:])
        fixture.expect_equal(f"`{TAKEN_BACK}` after {name}", going_back, in_commit)
        found = fixture.inspect()
        expect_nothing_left(fixture, found["attempts"][-1]["reason"])
        state = found["superblock"]["state"]
        fixture.expect(state in ("empty", "failed"), f"no image after {name}, found {state}")
        make.row(f"save: {name} cannot be stored", f"{'taken back' if in_commit else 'given up'}: {state}; everything goes on")
    expect_next_save_works(fixture)


@case(tier=FAULTS, part=PART)
def signature_store_error(make):
    """The commit's first store, the swap area's signature, fails: no image, everything goes on, and the next save works."""
    fixture = ready_with_faulty_driver(make)
    fixture.check(f"echo 1 >{DRIVER}/fail_signature")
    fixture.expect(save_fails(fixture), "a save that fails at the signature")
    fixture.expect_line(TAKEN_BACK)
    expect_nothing_left(fixture, fixture.inspect()["attempts"][-1]["reason"])
    expect_next_save_works(fixture)


@case(tier=FAULTS, part=PART)
def nvm_dies_in_the_commit(make):
    """Half of the commit is stored, then the NVM takes nothing more: what cannot be taken back must not go on. The machine says
    so and goes off, and the session resumes."""
    fixture = ready_with_faulty_driver(make)
    fixture.check(f"echo 2 >{DRIVER}/fail_committed")
    result = fixture.try_to_save("nvresume save 2>&1")
    fixture.expect(result is None, f"the machine to go off, but the save ended: {result and result.output}")
    fixture.expect_line("^nvresume: cannot take the image back: ")
    fixture.expect_line("^nvresume: stopping: going on would destroy data; at the next power-on the machine resumes")
    fixture.expect("committed" in fixture.inspect_file()["superblock"]["state"], "an image that waits")
    fixture.power_on()
    fixture.expect_resumed()


def save_fails(fixture):
    """False: the machine went off. What a save that fails at a write must say."""
    result = fixture.try_to_save("nvresume save --encoding raw 2>&1")
    if result is None:
        return False
    fixture.expect_equal(f"exit status of `{result.output}`", result.status, 7)
    fixture.expect(
        re.search(r"nvresume: save: (store-failed|io-error): ", result.output),
        f"a line `nvresume: save: store-failed: …`, found: {result.output}",
    )
    return True


@case(tier=FAULTS, part=PART)
def wake_event_before_the_snapshot(make):
    """Something wakes the machine while devices are made ready for the snapshot: nothing is stored, everything goes on."""
    fixture = ready_with_workload(make)
    insert_stays_on(fixture, "freeze")
    fixture.expect_save_refused("wake-event", command="nvresume save 2>&1")
    expect_nothing_left(fixture, "wake-event")
    fixture.check("rmmod stays_on")
    expect_next_save_works(fixture)


@case(tier=FAULTS, part=PART)
def wake_event_in_the_last_moment(make):
    """A wake-up behind the last device: the kernel answers as if it had been restored, and the save does not believe it."""
    fixture = ready_with_workload(make)
    insert_stays_on(fixture, "core")
    fixture.expect_save_refused("wake-event", "while the snapshot was made", command="nvresume save 2>&1")
    expect_nothing_left(fixture, "wake-event")
    expect_next_save_works(fixture)


@case(tier=FAULTS, part=PART)
def cancelled_by_escape(make):
    """The Escape key while the image is stored: the save is given up."""
    fixture = ready_with_workload(make)
    with_keyboard(fixture)
    cancel(fixture, SLOW_SAVE, lambda: press_escape(fixture), "Escape")
    expect_next_save_works(fixture)


@case(tier=FAULTS, part=PART)
def cancelled_by_interrupt(make):
    """Ctrl-C at the terminal of the command while everything else is frozen; and SIGTERM before that."""
    fixture = ready_with_workload(make)
    hooks = "/usr/lib/systemd/system-sleep"
    fixture.check(f"mkdir -p {hooks} && printf '%s\\n' '#!/bin/sh' '[ $1 = post ] || kill -TERM $PPID' >{hooks}/kill && chmod +x {hooks}/kill")
    fixture.expect_save_refused("cancelled", "SIGTERM", command="nvresume save 2>&1")
    expect_nothing_left(fixture, "cancelled")
    fixture.check(f"rm {hooks}/kill")
    cancel_by_interrupt(fixture, SLOW_SAVE)
    expect_next_save_works(fixture)


@case(tier=FAULTS, part=PART)
def cancelled_while_room_is_made(make):
    """Ctrl-C while memory is swapped out for the save: it ends before anything is frozen, and every page is as it was."""
    fixture = ready_crowded(make, group=True)
    cancel_by_interrupt(fixture, "nvresume save", SWAPPING_OUT)
    fixture.expect_no_line("freezing user space")
    held_memory.expect_whole(fixture)
    expect_next_save_works(fixture)
    held_memory.expect_whole(fixture)


@case(tier=FAULTS, part=PART)
def escape_while_room_is_made(make):
    """Escape meanwhile is meant for a program, all of which still run: the save goes on."""
    fixture = ready_crowded(make, group=True)
    with_keyboard(fixture)
    fixture.save(meanwhile=lambda: (fixture.expect_line(SWAPPING_OUT), press_escape(fixture)))
    fixture.power_on()
    fixture.expect_resumed()
    held_memory.expect_whole(fixture)


def with_keyboard(fixture):
    fixture.check("modprobe evdev && sleep 1 && ls /dev/input/event*")


def press_escape(fixture):
    fixture.machine.qemu.monitor("sendkey esc")


def cancel_by_interrupt(fixture, command, at=STORING):
    on_console = f"setsid sh -c 'trap : INT; exec </dev/ttyS0 >/dev/ttyS0 2>&1; {command}; exit $?'"
    cancel(fixture, on_console, lambda: fixture.machine.console.send(b"\x03"), "Ctrl-C", at)


def cancel(fixture, command, how, by, at=STORING):
    start = len(fixture.machine.console.lines)
    fixture.phase = "cancel"
    fixture.saving = fixture.machine.agent.start(command)
    fixture.expect_line(at, start)
    how()
    result = fixture.machine.agent.finish(fixture.saving, fixture.guard_s)
    fixture.expect_equal(f"exit status of `{result.output}`", result.status, 9)
    fixture.expect_line(rf"^nvresume: save: cancelled: by.* {by}", start)
    expect_nothing_left(fixture, "cancelled")
