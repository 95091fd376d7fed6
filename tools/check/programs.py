# tools/check/programs.py: runs user/t_*.c, which must succeed, and user/bad_*.c, which must be stopped. (lab 3)
import glob
import os
import re

from guest import EMULATOR, Guest, GuestError, tail
from job import ARCHES, DEFAULT_SLOT, FAIL, LAST_SLOT, PASS, ROOT, Failure, Job, Result, Variant, need

SHIFT = 4  # 16 ns an instruction: programs that wait for the clock need not count to a billion
MEMORY_MB = 32  # some programs use up all of it
PROMPT = r"^ouros\$ "
EXPECTED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bad_programs.txt")


def names(pattern):
    return sorted(os.path.basename(path)[:-2] for path in glob.glob(os.path.join(ROOT, "user", pattern)))


def address(kind, va, slot):
    """<pte va> and its like, put together from index digits: there is no formula here to share a mistake with."""
    window = slot ^ 1 if kind == "apte" else slot
    if kind == "slot":
        return "%03x" % (va >> 22)
    if kind == "pde":
        return "0x%08x" % (window << 22 | window << 12 | (va >> 22) << 2)
    return "0x%08x" % (window << 22 | (va >> 22) << 12 | (va >> 12 & 0x3FF) << 2)


def pattern(text, slot):
    """The regular expression that a line of the table stands for, at this slot."""
    named = {"PT": slot << 22, "APT": (slot ^ 1) << 22}
    parts = []
    for part in re.split(r"(<\w+ \w+>|#|\*)", text):
        tag = re.fullmatch(r"<(\w+) (\w+)>", part)
        if tag:
            va = named.get(tag.group(2))
            part = address(tag.group(1), int(tag.group(2), 0) if va is None else va, slot)
        parts.append({"#": "0x[0-9a-f]{8}", "*": ".*"}.get(part) or re.escape(part))
    return "".join(parts)


def expected():
    """{(program, arch): line of the table}"""
    table = {}
    with open(EXPECTED, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("# ") and line.strip() != "#":
                program, arch, text = line.split(None, 2)
                for one in ARCHES if arch == "both" else (arch,):
                    table[program, one] = text.strip()
    return table


def boot(job, **how):
    variant = job.variants[0]
    need(EMULATOR[variant.arch])
    guest = Guest(variant.arch, kernel=job.kernel(), **dict({"shift": SHIFT}, **how))
    job.log("$ " + " ".join(guest.argv))
    return guest


def run_one(program):
    """A program alone, as the machine's first: it must end with status 0."""
    def body(job):
        with boot(job, cmdline="panic=off run=%s" % program, mem=MEMORY_MB) as guest:
            try:
                status = guest.wait(job.left())
            finally:
                job.log(guest.text)
            if status != 0:
                raise Failure("status %s\n%s" % (status, tail(guest.text)))
    return body


def type_line(guest, line, timeout):
    """What the shell and its program print for one line, up to the next prompt."""
    begin = guest.console.position
    guest.send(line + "\n")
    guest.expect(PROMPT, timeout)
    return guest.text[begin:guest.console.position]


def judge_test(program, output):
    trouble = re.search(r"^%s: (killed|status \d+)|KERNEL PANIC|^sh: %s: no such program|^.*FAIL.*$" % (program, program), output, re.MULTILINE)
    return "%s\n%s" % (trouble.group(0), tail(output)) if trouble else ""


def judge_bad(program, variant, output, table):
    text = table.get((program, variant.arch))
    if text is None:
        return "no line for %s on %s in %s" % (program, variant.arch, os.path.relpath(EXPECTED, ROOT))
    if text == "lives" or "FAIL" in output:
        return judge_test(program, output)
    if not re.search(r"^%s: killed: " % program, output, re.MULTILINE):
        return "it was not killed\n" + tail(output)
    if not re.search(r"\[\d+ %s\] %s; process ended$" % (program[:15], pattern(text, variant.slot)), output, re.MULTILINE):
        return "expected \"%s\"\n%s" % (text, tail(output))
    return ""


def frames_free(guest):
    """Asked of the monitor: how many frames are free. Its audit must be content, too."""
    guest.send("\x1d")
    guest.expect(r"^K> ", 20)
    guest.send("frames\n")
    found = guest.expect(r"(\d+) of \d+ usable frames are free", 20)
    audit = guest.expect(r"audit: (\d+) frames disagree", 60)
    guest.expect(r"^K> ", 20)
    if audit.group(1) != "0":
        raise GuestError("frames: %s\n%s" % (audit.group(0), tail(guest.text, 20)))
    guest.send("continue\n")
    return int(found.group(1))


def run_shell(programs):
    """All of them, one after the other, in one shell; the system must still be well afterwards."""
    def body(job):
        table, results = expected(), []
        with boot(job, cmdline="panic=off run=sh", mem=MEMORY_MB) as guest:
            try:
                guest.expect(PROMPT, 30)
                type_line(guest, "hello", 20)
                before = frames_free(guest)
                for program in programs:
                    output = type_line(guest, program, min(60, job.left()))
                    why = judge_bad(program, job.variants[0], output, table) if program.startswith("bad_") else \
                        judge_test(program, output)
                    results.append(Result("%s/%s" % (job.name, program), FAIL if why else PASS, why))
                results.append(after(job, guest, before))
            except GuestError as why:
                if len(results) < len(programs):
                    raise GuestError("at %s: %s" % (programs[len(results)], why)) from None
                raise
            finally:
                job.log(guest.text)
        return results
    return body


def after(job, guest, before):
    """Programs still run, no frame is lost, and the shell's status reaches the host."""
    why = ""
    if "hello, world" not in type_line(guest, "hello", 20):
        why = "hello no longer runs"
    free = frames_free(guest)
    if free != before:
        why = "%d frames were free before, %d are now" % (before, free)
    guest.send("exit 3\n")
    status = guest.wait(20)
    if status != 3:
        why = "exit 3 in the shell gave status %s" % status
    return Result(job.name + "/the system goes on", FAIL if why else PASS, why)


def run_memory(megabytes):
    """All RAM up to 512 MB is used, the rest is named; a program runs, the audit is content, and no frame is lost."""
    def body(job):
        with boot(job, cmdline="panic=off run=sh", mem=megabytes) as guest:
            try:
                guest.expect(PROMPT, 60)
                type_line(guest, "hello", 20)
                before = frames_free(guest)
                used = min(megabytes, 512)
                if not used - 6 < before / 256 <= used:  # the kernel and its archive of programs take some
                    raise Failure("%d frames are free: not nearly %d MB" % (before, used))
                named = re.findall(r"^memory: (\d+) MB at physical 0x[0-9a-f]{8} stay unused", guest.text, re.MULTILINE)
                unused = megabytes - used
                if sum(map(int, named)) not in (unused, unused - 1) or len(named) != bool(unused):
                    raise Failure("%s MB named as unused, wanted about %d" % (named, unused))
                type_line(guest, "t_pages", 30)
                if frames_free(guest) != before:
                    raise Failure("%d frames were free before, %d are now" % (before, frames_free(guest)))
            finally:
                job.log(guest.text)
    return body


def jobs(slots):
    tests, bad = names("t_*.c"), names("bad_*.c")
    found = []
    for arch in ARCHES:
        plain = Variant(arch)
        found += [Job("program-%s-%s" % (arch, program), run_one(program), 60, [plain]) for program in tests]
        found += [Job("memory-%s-%d" % (arch, mb), run_memory(mb), 120, [plain]) for mb in (16, 256, 300, 512, 1024)]
        found.append(Job("memory-%s-320-debug" % arch, run_memory(320), 180, [Variant(arch, slots[1], TESTS=1, DEBUG=1)]))
        for slot in slots:
            variant = plain if slot == DEFAULT_SLOT else Variant(arch, slot, TESTS=1, DEBUG=1)
            programs = bad if slot == DEFAULT_SLOT else bad + tests
            name = "shell-%s-0x%08X" % (arch, slot << 22)
            found.append(Job(name, run_shell(programs), 240, [variant], programs + ["the system goes on"]))
        found.append(Job("shell-%s-ubsan" % arch, run_shell(bad + tests), 400,
                         [Variant(arch, LAST_SLOT, TESTS=1, DEBUG=1, UBSAN=1)], bad + tests + ["the system goes on"]))
    return found
