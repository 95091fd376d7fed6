# tools/check/failframe.py: refuses one frame after the other to a program that does a bit of everything. (lab 4)
"""failframe=N on the kernel's command line makes the N-th frame allocation fail. For every N, from 1 until none is
refused any more, t_scarce must end in order, and the debug kernel's audit at power-off must find each frame where it
belongs, and as many free as when nothing failed."""
import re

from guest import EMULATOR, Guest, tail
from job import ARCHES, Failure, Job, Variant, need

MEMORY_MB = 8  # a debug kernel fills free memory, so little of it boots faster


def attempt(job, arch, number):
    """Status, frames free at the end, was one refused, and what was printed."""
    words = "panic=off run=t_scarce failframe=%d" % number
    with Guest(arch, kernel=job.kernel(), cmdline=words, mem=MEMORY_MB, shift=4) as guest:
        status = guest.wait(min(30, job.left()))
        text = guest.text
    job.log("failframe=%d: status %s\n%s" % (number, status, text))
    report = re.search(r"^frames: (\d+) disagree with the entries that name them; (\d+) of \d+ are free", text, re.MULTILINE)
    if not report or report.group(1) != "0":
        raise Failure("failframe=%d: no clean audit at power-off\n%s" % (number, tail(text)))
    return status, int(report.group(2)), "none was refused" not in text, text


def in_order(status, text):
    """It went well; or the first process could not be started; or that one was ended at a first touch."""
    if status == 127:
        return "can't start" in text and "out of memory" in text
    if status == 139:
        return bool(re.search(r"^\[1 t_scarce\] out of memory: .*process ended$", text, re.MULTILINE))
    if status == 137:
        return bool(re.search(r"^\[1 t_scarce\] out of memory for floating point at pc .*process ended$", text, re.MULTILINE))
    return status == 0 and "ok: scarce" in text and "FAIL" not in text


def run(job):
    arch = job.variants[0].arch
    need(EMULATOR[arch])
    _, free, _, _ = attempt(job, arch, 1000000)
    number, refused = 0, True
    while refused:
        number += 1
        status, left, refused, text = attempt(job, arch, number)
        if not in_order(status, text):
            raise Failure("failframe=%d: status %s\n%s" % (number, status, tail(text)))
        if status != 127 and left != free:
            raise Failure("failframe=%d: %d frames are free at the end, %d without it\n%s" % (number, left, free, tail(text)))
    if number < 50:
        raise Failure("only %d frames could be refused" % (number - 1))


def jobs():
    return [Job("failframe-%s" % arch, run, 240, [Variant(arch, TESTS=1, DEBUG=1)]) for arch in ARCHES]
