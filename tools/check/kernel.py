# tools/check/kernel.py: boots kernels built with their own tests, and counts each line they print. (all labs)
import os
import re

import bochs
from guest import EMULATOR, Guest, tail
from job import ARCHES, FAIL, LAST_SLOT, PASS, ROOT, Job, Result, Variant, need, parse_lines

CMDLINE = "test= panic=off"


def test_names(arch):
    """The names of the kernel's tests on this machine, as far as the sources show them."""
    names = []
    for folder, _, files in os.walk(os.path.join(ROOT, "kern")):
        if "/arch/" in folder and not folder.endswith("/arch/" + arch):
            continue
        for file in files:
            if file.endswith(".c"):
                with open(os.path.join(folder, file), encoding="utf-8") as source:
                    names += re.findall(r"^TEST\((\w+)\)", source.read(), re.MULTILINE)
    return sorted(set(names))


def judge(text, status, prefix):
    """Results of one run of the kernel's tests. The run itself must end as it says it did."""
    results = parse_lines(text, prefix)
    passed = sum(r.status == PASS for r in results)
    failed = sum(r.status == FAIL for r in results)
    end = re.search(r"^tests: (\d+) passed, (\d+) failed", text, re.MULTILINE)
    if not end:
        why = "the kernel stopped before its last test (status %s)\n%s" % (status, tail(text))
    elif (int(end.group(1)), int(end.group(2))) != (passed, failed):
        why = "it says \"%s\", but %d PASS and %d FAIL lines were seen" % (end.group(0), passed, failed)
    elif passed + failed == 0:
        why = "no test ran"
    elif (status == 0) != (failed == 0):
        why = "status %s with %d failed tests" % (status, failed)
    else:
        why = ""
    return results + [Result(prefix + "/ends", FAIL if why else PASS, why)]


def run(job):
    variant = job.variants[0]
    need(EMULATOR[variant.arch])
    with Guest(variant.arch, kernel=job.kernel(), cmdline=CMDLINE) as guest:
        job.log("$ " + " ".join(guest.argv))
        try:
            status = guest.wait(job.left())
        finally:
            job.log(guest.text)
        return judge(guest.text, status, job.name)


def run_bochs(job):
    """The same tests on a machine that keeps global pages and stale translations as hardware does, where QEMU forgives."""
    text = bochs.console(job, job.kernel(), CMDLINE, job.left())
    return judge(text, 1 if re.search(r"^FAIL |PANIC", text, re.MULTILINE) else 0, job.name)  # Bochs reports no status


def jobs(slots):
    found = [Job("kernel-%s-0x%08X" % (arch, slot << 22), run, 120, [Variant(arch, slot, TESTS=1, DEBUG=1)],
                 test_names(arch)) for slot in slots for arch in ARCHES]
    found += [Job("kernel-%s-ubsan" % arch, run, 240, [Variant(arch, LAST_SLOT, TESTS=1, DEBUG=1, UBSAN=1)],
                  test_names(arch)) for arch in ARCHES]
    return found + [Job("kernel-bochs-0x%08X" % (slot << 22), run_bochs, 180, [Variant("i386", slot, TESTS=1, DEBUG=1)],
                        test_names("i386")) for slot in slots[:2]]
