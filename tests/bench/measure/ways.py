# SPDX-License-Identifier: GPL-2.0-or-later
"""The ways through a power-off: what saves, and where its figures stand. `prepare` comes before the save, `saved` while the
machine is off, `loaded` in the session that came back."""

from harness.places import ToolFailed

from . import attempts, kernel_image, marks

# nvresume drops clean caches before a save; what is compared here is the same memory.
SAVE_WITH_KERNEL = (
    "sync; echo 1 >/proc/sys/vm/drop_caches; "
    "cat /sys/block/nvm_swap0/dev >/sys/power/resume; echo platform >/sys/power/disk && echo disk >/sys/power/state"
)
# The kernel's own figures, from its first page to its last, without the preparation of both.
WROTE = r"PM: .*Wrote (\d+) kbytes in ([\d.]+) seconds"
READ = r"PM: .*Read (\d+) kbytes in ([\d.]+) seconds"
SAVED = r"^nvresume: saved: \d+ MiB as \d+ MiB (\w+)"


class KernelWay:
    """The kernel's own hibernation into the NVM swap. The same initramfs attaches the NVM and hands the image over."""

    command = SAVE_WITH_KERNEL
    marks = marks.THROUGH_KERNEL

    def __init__(self, encoding):
        self.encoding = encoding

    def prepare(self, fixture):
        pass

    def saved(self, fixture):
        _, _, wrote = fixture.expect_line(WROTE)
        image = kernel_image.read(fixture.nvm, fixture.nvm.superblock().image_bytes)
        fixture.expect_equal("the kernel compressed", image.compressed, self.encoding == "lzo")
        return {
            "encoding": self.encoding,
            "save_s": float(wrote[2]),
            "image_bytes": int(wrote[1]) * 1024,
            "stored_bytes": image.stored_bytes,
            "save_peak_kib": None,
        }

    def loaded(self, fixture):
        _, _, read = fixture.expect_line(READ)
        attempts.last(fixture.inspect(), "resume", "kernel")
        return {"load_s": float(read[2]), "load_peak_kib": None}


class NvresumeWay:
    """nvresume save, and back through the initramfs or directly from the stage."""

    def __init__(self, encoding, path):
        self.encoding = encoding
        self.path = path
        self.command = f"nvresume save --encoding {encoding}"
        self.marks = marks.DIRECT if path == "direct" else marks.THROUGH_INITRAMFS
        # First image byte read to last page in its place and verified.
        self.load_phases = ("place", "decode") if path == "direct" else ("load",)

    def prepare(self, fixture):
        fixture.check(f"nvresume trial {'--auto' if self.path == 'direct' else '--off'}")

    def saved(self, fixture):
        report = fixture.inspect_file()
        record = attempts.last(report, "save", "save")
        statistics = report["metadata"]["statistics"]
        return {
            "encoding": self._chosen_encoding(fixture),
            "save_s": attempts.seconds_after_snapshot(record),
            "image_bytes": statistics["raw_bytes"],
            "stored_bytes": statistics["stored_bytes"],
            "save_peak_kib": attempts.peak_kib(record, "save"),
            "read_s": attempts.seconds_inside(record, "store/read"),
            "save_phases_s": record["phases_s"],
        }

    def loaded(self, fixture):
        record = attempts.last(fixture.inspect(), "resume", self.path)
        return {
            "load_s": attempts.seconds_of(record, self.load_phases),
            "load_peak_kib": attempts.peak_kib(record, "load"),
            "write_s": attempts.seconds_inside(record, "load/write"),
            "load_phases_s": record["phases_s"],
        }

    def _chosen_encoding(self, fixture):
        _, line, match = fixture.expect_line(SAVED)
        if self.encoding not in ("auto", match[1]):
            raise ToolFailed(f"{self.encoding} was asked for, but: {line.text}")
        return match[1]
