# SPDX-License-Identifier: GPL-2.0-or-later
"""The run: a cold boot, then the same guest saved and resumed every way, in an order that turns by one each round."""

import time

from harness.places import ToolFailed, say

from . import guests, variants


class Rounds:
    def __init__(self, pair, chosen, count, keep):
        """`keep(rows, failures)` is called after every round."""
        self._guests = pair
        self._chosen = chosen
        self._count = count
        self._keep = keep
        self._steps = 0
        self._begin_s = time.monotonic()
        self.rows = []
        self.failures = []

    def run(self):
        for number in range(1, self._count + 1):
            self._round(number)
            self._keep(self.rows, self.failures)

    def _round(self, number):
        self._step(number, variants.COLD_BOOT, self._cold_boot)
        turn = (number - 1) % max(1, len(self._chosen))
        for variant in self._chosen[turn:] + self._chosen[:turn]:
            self._step(number, variant.name, lambda variant=variant: self._measure(variant))
        self._step(number, None, self._end)

    def _cold_boot(self):
        fixture = self._guests.plain
        with self._guests.alone(fixture):
            if fixture.machine.alive():
                fixture.power_off()
            figures = variants.cold_boot(fixture)
            guests.fill(fixture)
            return figures

    def _measure(self, variant):
        fixture = self._guests.of(variant)
        with self._guests.alone(fixture):
            guests.make_ready(fixture)
            return variants.measure(fixture, variant)

    def _end(self):
        for fixture in (self._guests.nocompress, self._guests.plain):
            if fixture.machine.alive():
                with self._guests.alone(fixture):
                    guests.expect_whole(fixture)

    def _step(self, number, name, body):
        """A variant that does not come back is told with what its console said, and the rest goes on."""
        what = f"round {number} of {self._count}: {name or 'memory at its end'}"
        self._steps += 1
        try:
            figures = body()
        except ToolFailed as error:
            self.failures.append(f"{what}: {error}")
            say(f"{what}: NOT MEASURED: {error}")
            return
        if figures:
            self.rows.append({"round": number, "name": name, **figures})
            say(f"{what}: {told(figures)}; {self._left()}")

    def _left(self):
        steps = self._count * (len(self._chosen) + 2)
        left_s = (time.monotonic() - self._begin_s) / self._steps * (steps - self._steps)
        return f"about {left_s / 60:.0f} min left"


def told(figures):
    text = f"session after {figures['handoff_to_session_s']:.2f} s"
    if "save_s" in figures:
        image_mib, stored_mib = figures["image_bytes"] >> 20, figures["stored_bytes"] >> 20
        text += f", save {figures['save_s']:.2f} s, load {figures['load_s']:.2f} s, {image_mib} MiB as {stored_mib} MiB"
    return text
