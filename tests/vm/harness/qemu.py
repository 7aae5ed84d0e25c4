# SPDX-License-Identifier: GPL-2.0-or-later
"""One QEMU process: a PC with UEFI firmware, an NVDIMM and a disk. Never -kernel, -initrd or -append."""

import json
import shutil
import signal
import socket
import subprocess

from .places import ToolFailed

FIRMWARE_VARIABLES = "/usr/share/OVMF/OVMF_VARS_4M.fd"

# Without ERMS: TCG runs REP MOVSB a byte at a time, where processors that advertise it move whole lines. With it the kernel's
# copies (copy_user, memcpy, clear_page) take three times as long as its REP MOVSQ, and every figure is about that.
TCG = ["-accel", "tcg,thread=multi", "-cpu", "max,-erms"]
KVM = ["-accel", "kvm", "-cpu", "host"]


class Qemu:
    def __init__(self, parts, accelerator):
        """`parts` is the machine: its directory, files and memory (see machine.Parts)."""
        self._qmp_path = parts.directory / "qmp"
        self._qmp_path.unlink(missing_ok=True)
        self._log = open(parts.directory / "qemu.log", "ab")
        self.process = subprocess.Popen(
            # Whatever ends the harness, kill -9 included, ends QEMU with it.
            ["setpriv", "--pdeathsig", "KILL", *_command_line(parts, accelerator, self._qmp_path)],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
            # The harness's Ctrl-C is the harness's: it ends QEMU itself.
            start_new_session=True,
        )

    def alive(self):
        return self.process.poll() is None

    def wait(self, timeout_s):
        """QEMU's own exit is the machine's power-off."""
        try:
            status = self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"the machine did not power off within {timeout_s:g} s") from None
        if status != 0:
            raise ToolFailed(f"QEMU ended with status {status}, see {self._log.name}")

    def kill(self):
        """The mains plug pulled: what the guest did not flush to a device is lost."""
        if self.alive():
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def qmp(self, command, **arguments):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(self._qmp_path))
            stream = connection.makefile("rw")
            stream.readline()  # greeting
            for request in ({"execute": "qmp_capabilities"}, {"execute": command, "arguments": arguments}):
                stream.write(json.dumps(request) + "\n")
                stream.flush()
                reply = json.loads(stream.readline())
                while "event" in reply:
                    reply = json.loads(stream.readline())
            if "error" in reply:
                raise ToolFailed(f"QMP {command}: {reply['error']['desc']}")
            return reply["return"]

    def monitor(self, command):
        """What the human monitor prints: for what QMP has no command."""
        return self.qmp("human-monitor-command", **{"command-line": command})


def new_firmware_variables(path):
    shutil.copyfile(FIRMWARE_VARIABLES, path)


def may_have_kvm():
    """Only the CPU's own flag counts: a /dev/kvm without it is there on some hosts and does not work."""
    with open("/proc/cpuinfo") as cpuinfo:
        flags = next((line for line in cpuinfo if line.startswith("flags")), "").split()
    return "vmx" in flags or "svm" in flags


def _command_line(parts, accelerator, qmp_path):
    command = [
        "qemu-system-x86_64", "-name", parts.name, "-nodefaults", "-no-user-config", "-display", "none",
        *accelerator, "-m", f"{parts.memory_mib}M,slots=2,maxmem={_address_space_gib(parts)}G",
        "-drive", f"if=pflash,unit=1,format=raw,file={parts.variables}",
        "-drive", f"if=none,id=disk,format={parts.disk_format},file={parts.disk}",
        *parts.hardware.options(),
        "-chardev", f"socket,id=console,path={parts.directory / 'console'}", "-serial", "chardev:console",
        "-chardev", f"socket,id=agent,path={parts.directory / 'agent'}", "-serial", "chardev:agent",
        "-qmp", f"unix:{qmp_path},server=on,wait=off",
    ]
    if parts.nvdimm:
        size_bytes = parts.nvdimm.stat().st_size
        # The labels lie in the file's last bytes. QEMU takes no label area of no bytes.
        labels = f",label-size={parts.label_bytes}" if parts.label_bytes else ""
        command += [
            "-object", f"memory-backend-file,id=nvm,share=on,mem-path={parts.nvdimm},size={size_bytes}",
            "-device", f"nvdimm,id=nvdimm,memdev=nvm{labels}",
        ]
    return command + parts.extra


def _address_space_gib(parts):
    """Room for the memory and the NVDIMM. The same for all small machines: it moves nothing, but firmware sees it."""
    return 8 if parts.memory_mib <= 4608 else 16
