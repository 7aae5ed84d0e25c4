# SPDX-License-Identifier: GPL-2.0-or-later
"""The demo's report: which phase it is in, what was measured, build/demo/report.json whatever happens."""

import contextlib
import json
import sys

from .places import say


class Report:
    def __init__(self, path):
        self._path = path
        self._phase = "start"
        self.data = {"result": "start"}
        self._write()  # an older one must not speak for this run

    @contextlib.contextmanager
    def phase(self, name):
        self._phase = name
        say(f"== {name}")
        yield
        self._phase = f"after {name}"

    @contextlib.contextmanager
    def kept(self, machine_of):
        """Writes the report at the end of the block; on failure says the phase and shows the last console lines."""
        try:
            yield
        except BaseException as error:
            self.data["result"] = self._phase
            machine = machine_of()
            print(f"\nFAILED in phase: {self._phase}: {error}", file=sys.stderr)
            if machine:
                print(f"last console lines (all of them: {machine.parts.directory}/console.log):", file=sys.stderr)
                print("\n".join(f"  | {text}" for text in machine.console.tail()), file=sys.stderr)
            raise SystemExit(1) from error
        else:
            self.data["result"] = "passed"
        finally:
            self._write()

    def _write(self):
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(self.data, indent=2) + "\n")
