# SPDX-License-Identifier: GPL-2.0-or-later
"""What a machine is made of besides its memory, its NVM and its files, as options for QEMU. A test changes it while the
machine is off, as a person with a screwdriver would."""

import dataclasses

FIRMWARE = "/usr/share/OVMF/OVMF_CODE_4M.fd"
# The same sources built with System Management Mode; takes the same variable store.
FIRMWARE_WITH_SMM = "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd"

# Where the guest's disk hangs. The AHCI controller is part of every q35.
VIRTIO, AHCI, NVME = "virtio-blk-pci,drive=disk", "ide-hd,drive=disk,bus=ide.0", "nvme,drive=disk,serial=nvresume"

VT_D = ("-device", "intel-iommu,intremap=on")
# No option ROM: nobody boots from the network here.
E1000E = ("-netdev", "user,id=network", "-device", "e1000e,netdev=network,romfile=")
# Firmware that keeps its variables in SMM wants the flash closed to everybody else.
SMM_FLASH = ("-global", "driver=cfi.pflash01,property=secure,value=on")


@dataclasses.dataclass
class Hardware:
    cpus: int = 2
    cpu: str = ""  # a model of QEMU's; "": the accelerator's own
    machine: str = "q35"
    firmware: str = FIRMWARE
    disk: str = VIRTIO
    devices: tuple = ()

    def options(self):
        # The last -cpu counts. Devices before the disk: an IOMMU has to be there first.
        model = ["-cpu", self.cpu] if self.cpu else []
        return [
            "-machine", f"{self.machine},nvdimm=on", "-smp", str(self.cpus), *model,
            "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={self.firmware}",
            *self.devices, "-device", self.disk,
        ]


def usb_stick(path):
    """An xHCI controller with a disk on it."""
    return (
        "-device", "qemu-xhci,id=usb", "-drive", f"if=none,id=stick,format=raw,file={path}",
        "-device", "usb-storage,drive=stick,bus=usb.0",
    )
