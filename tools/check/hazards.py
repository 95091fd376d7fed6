# tools/check/hazards.py: make hazards: takes out each guard of the page-table code; a test must notice. (lab 2)
"""`guard(n)` in the kernel stands for one precaution of the self-map's hazards list. A kernel built with HAZARD=n
lacks it, and the tests must fail, hang or crash then: a guard that nothing notices is either superfluous or untested.
Where a guard is found in shared code, both machines are tried; in a machine's folder, that machine alone."""
import glob
import os
import re

from guest import EMULATOR, Guest, GuestError
import bochs
import kernel
from job import ARCHES, DEFAULT_SLOT, FAIL, LAST_SLOT, PASS, ROOT, Failure, Job, Result, Variant, need

GUARDS = {
    1: "a new table is flushed out of the kernel's window",
    2: "the same, before a store through the window",
    3: "a table that appears is flushed, too (MIPS caches its absence)",
    4: "a table is zeroed before it is linked",
    5: "large pages are refused",
    6: "MIPS: the user window's entries cannot be written",
    7: "windows are not the user's to write",
    8: "each directory names itself",
    9: "accessed and dirty bits are left out of comparisons",
    10: "directory entries are not global",
    11: "window addresses are refused",
    12: "loops count entries: the last slot's end wraps to 0",
    13: "no table is dropped while it is used",
    14: "the store to the directory stays before the flush",
    15: "MIPS: both halves of a kernel pair are global",
    16: "another directory is edited through the second window only",
    17: "(how the tests are run: Bochs beside QEMU)",
    18: "MIPS: k0 is zeroed at kernel entry",
    19: "the second window is fresh when it is opened",
    20: "MIPS: what may be in the TLB is replaced in place",
    21: "a table that goes is flushed out of the user window",
}


def guards():
    """{arch: sorted numbers of the guards that its kernel has}"""
    found = {arch: set() for arch in ARCHES}
    for path in glob.glob(os.path.join(ROOT, "kern/**/*.[chS]"), recursive=True):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        numbers = {int(n) for n in re.findall(r"\bguard\((\d+)\)|HAZARD [!=]= (\d+)", text) for n in n if n}
        for arch in ARCHES:
            if "/arch/" not in path or "/arch/%s/" % arch in path:
                found[arch] |= numbers
    return {arch: sorted(numbers) for arch, numbers in found.items()}


def verdict(text, status, error):
    """What noticed that the guard is missing, or None."""
    failed = re.search(r"^FAIL (\w+): (.*)$", text, re.MULTILINE)
    if failed:
        return "%s: %s" % failed.groups()
    panic = re.search(r"^KERNEL PANIC: (.*)$", text, re.MULTILINE)
    last = re.findall(r"^PASS (\w+)", text, re.MULTILINE)
    after = "after %s" % last[-1] if last else "in the first test"
    if panic:
        return "panic %s: %s" % (after, panic.group(1))
    if error:
        return "hangs %s" % after
    if status != 0:
        return "stops %s with status %s" % (after, status)
    return None


def run_tests(job, arch, kernel, words="test= panic=off", limit=60):
    need(EMULATOR[arch])
    with Guest(arch, kernel=kernel, cmdline=words) as guest:
        job.log("$ " + " ".join(guest.argv))
        status, error = None, ""
        try:
            status = guest.wait(min(limit, job.left()))
        except GuestError as why:
            error = str(why)
        job.log(guest.text + error)
        return verdict(guest.text, status, error)


# Only this slot shows it, or this machine can't.
SLOTS = {12: LAST_SLOT}
HARMLESS = {(3, "i386"): "harmless here: this machine does not cache absent entries"}
# What a machine can't show, and why.
IMPOSSIBLE = {
    (6, "i386"): "can't happen: the hardware takes the permissions of both levels together",
    (7, "mips"): "can't happen: no directory entry makes the user window (see 6)",
    (9, "mips"): "can't happen: the hardware sets no bits in entries",
    (14, "mips"): "can't happen: the flush is a call to another file, which the compiler moves nothing past",
    (15, "i386"): "can't happen: a TLB entry holds one page",
    (18, "i386"): "can't happen: the hardware walks the tables, k0 is MIPS'",
    (20, "i386"): "can't happen: the hardware fills the TLB",
}
# Tried in Bochs, too: missing flushes and global translations.
ON_BOCHS = (1, 2, 10, 19, 21)


def run_in_bochs(job, arch, kernel_path, words="test= panic=off", limit=90):
    text = bochs.console(job, kernel_path, words, min(limit, job.left()))
    ended = re.search(r"^tests: \d+ passed, 0 failed", text, re.MULTILINE)
    return verdict(text, 0 if ended else 1, "" if ended or "PANIC" in text else "no last line")


# A program that breaks this rule must get away with it when the guard is missing, else it tests nothing.
FROM_USER_MODE = {(7, "i386"): "bad_ptbase_write"}


def from_user_mode(job, arch, program):
    with Guest(arch, kernel=job.kernel(), cmdline="panic=off run=" + program) as guest:
        try:
            guest.wait(min(60, job.left()))
        except GuestError:
            pass  # it has written to its page tables: whatever happens then
        job.log(guest.text)
        if "process ended" in guest.text:
            raise Failure("NOT CAUGHT: %s is stopped all the same" % program)
        return "%s is not stopped" % program


def run(number, arch, tests):
    def body(job):
        own = "hazard_%d_" % number
        caught = any(name.startswith(own) for name in kernel.test_names(arch)) and \
            tests(job, arch, job.kernel(), "test=%s panic=off" % own)
        caught = caught or tests(job, arch, job.kernel())
        if not caught:
            raise Failure("NOT CAUGHT: every test passes without it")
        if (number, arch) in FROM_USER_MODE and tests == run_tests:
            caught += "; " + from_user_mode(job, arch, FROM_USER_MODE[number, arch])
        return [Result(job.name, PASS, caught)]
    return body


def jobs():
    found = []
    for arch, numbers in guards().items():
        for n in numbers:
            variant = Variant(arch, SLOTS.get(n, DEFAULT_SLOT), HAZARD=n, TESTS=1, DEBUG=1)
            if (n, arch) not in HARMLESS:
                found.append(Job("hazard-%s-%d" % (arch, n), run(n, arch, run_tests), 150, [variant]))
            if arch == "i386" and n in ON_BOCHS:
                found.append(Job("hazard-bochs-%d" % n, run(n, arch, run_in_bochs), 200, [variant]))
    return found


def table(results):
    """Lines for make hazards, from the run's {name: Result}."""
    have = guards()
    have["bochs"] = [n for n in have["i386"] if n in ON_BOCHS]
    for number, what in GUARDS.items():
        for machine in have:
            if number in have[machine]:
                result = results.get("hazard-%s-%d" % (machine, number))
                text = HARMLESS.get((number, machine)) or "not run"
                if result:
                    text = result.reason if result.status in (PASS, FAIL) else "SKIPPED: " + result.reason
                yield "%3d  %-5s %-62s %s" % (number, machine, what, text)
            elif (number, machine) in IMPOSSIBLE:
                yield "%3d  %-5s %-62s %s" % (number, machine, what, IMPOSSIBLE[number, machine])
        if not any(number in numbers for numbers in have.values()):
            yield "%3d  -     %-62s no guard to take out" % (number, what)
