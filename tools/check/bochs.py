# tools/check/bochs.py: boots a kernel's disk image in Bochs for a test. (lab 1, 2)
"""Bochs is the stricter machine: it keeps global translations when CR3 is loaded and forgets nothing that was not
flushed, while QEMU's TCG forgives both. It reports no exit status; what the kernel printed is all there is."""
import os
import tempfile

import guest
from job import ROOT, Failure, Skip, command

BIOS = ("/usr/share/bochs/BIOS-bochs-legacy", "/usr/share/vgabios/vgabios.bin")


def here():
    return guest.have("bochs") and all(os.path.exists(path) for path in BIOS)


def need_bochs():
    if not here():
        raise Skip("bochs, bochsbios and vgabios are not all installed (make deps OPTIONAL=yes)")


def image_of(kernel):
    return os.path.join(os.path.dirname(kernel), "disk.img")


def console(job, kernel, append, limit, mem=64):
    """What the kernel prints on the serial line until it switches the machine off, or until limit seconds are over."""
    need_bochs()
    with tempfile.TemporaryDirectory(prefix="ouros-check-") as folder:
        serial = os.path.join(folder, "serial")
        done = command(job, ["sh", "tools/bochs.sh", "--image", image_of(kernel), "--mem", str(mem), "--append", append,
                             "--batch", "--timeout", str(int(limit)), "--serial", serial])
        try:
            with open(serial, encoding="latin-1") as file:
                text = file.read().replace("\r", "")
        except OSError:
            raise Failure("Bochs did not start: " + done.output.strip()[-300:]) from None
        job.log(text)
        return text
