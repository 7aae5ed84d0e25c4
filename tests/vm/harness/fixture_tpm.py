# SPDX-License-Identifier: GPL-2.0-or-later
"""A TPM 2 for a machine: swtpm beside QEMU, its state kept from boot to boot."""

import subprocess
import time

from .places import ToolFailed


class Tpm:
    def __init__(self, machine):
        self._directory = machine.parts.directory / "tpm"
        self._directory.mkdir(exist_ok=True)
        self._socket = self._directory / "socket"
        self._process = None
        machine.parts.extra += [
            "-chardev", f"socket,id=tpm,path={self._socket}", "-tpmdev", "emulator,id=tpm,chardev=tpm",
            "-device", "tpm-tis,tpmdev=tpm",
        ]
        machine.parts.before_power_on.append(self._start)

    def _start(self):
        """swtpm ends with the QEMU it serves."""
        if self._process:
            self._process.wait(30)
        self._socket.unlink(missing_ok=True)
        with open(self._directory / "log", "ab") as log:
            self._process = subprocess.Popen(
                [
                    "setpriv", "--pdeathsig", "KILL", "swtpm", "socket", "--tpm2", "--terminate",
                    "--tpmstate", f"dir={self._directory}", "--ctrl", f"type=unixio,path={self._socket}",
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )
        while not self._socket.exists():
            if self._process.poll() is not None:
                raise ToolFailed(f"swtpm ended with status {self._process.returncode}, see {self._directory}/log")
            time.sleep(0.05)
