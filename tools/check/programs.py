# tools/check/programs.py: runs user/t_*.c, which must succeed, and user/bad_*.c, which must be stopped. (lab 3)
import glob
import os
import re

from guest import EMULATOR, Guest, GuestError, tail
from job import ARCHES, DEFAULT_SLOT, FAIL, PASS, ROOT, Failure, Job, Result, Variant, need

PROMPT = r"^ouros\$ "
EXPECTED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bad_programs.txt")


def names(pattern):
    return sorted(os.path.basename(path)[:-2] for path in glob.glob(os.path.join(ROOT, "user", pattern)))


def expected():
    """{(program, arch): regular expression} of the line that the kernel must print."""
    table = {}
    with open(EXPECTED, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                program, arch, pattern = line.rstrip("\n").split(None, 2)
                for one in ARCHES if arch == "both" else (arch,):
                    table[program, one] = pattern
    return table


def boot(job, **how):
    variant = job.variants[0]
    need(EMULATOR[variant.arch])
    guest = Guest(variant.arch, kernel=job.kernel(), **how)
    job.log("$ " + " ".join(guest.argv))
    return guest


def run_one(program):
    """A program alone, as the machine's first: it must end with status 0."""
    def body(job):
        with boot(job, cmdline="panic=off run=%s" % program) as guest:
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
    trouble = re.search(r"^%s: (killed|status \d+)|KERNEL PANIC|no such program" % program, output, re.MULTILINE)
    return "%s\n%s" % (trouble.group(0), tail(output)) if trouble else ""


def judge_bad(program, arch, output, table):
    pattern = table.get((program, arch))
    if pattern is None:
        return "no line for %s on %s in %s" % (program, arch, os.path.relpath(EXPECTED, ROOT))
    if not re.search(r"^%s: killed$" % program, output, re.MULTILINE):
        return "it was not killed\n" + tail(output)
    if not re.search(r"^\[\d+ %s\] %s; process ended$" % (program[:15], pattern), output, re.MULTILINE):
        return "no line \"[pid %s] %s; process ended\"\n%s" % (program, pattern, tail(output))
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
        arch, table, results = job.variants[0].arch, expected(), []
        with boot(job, cmdline="panic=off run=sh") as guest:
            try:
                guest.expect(PROMPT, 30)
                type_line(guest, "hello", 20)
                before = frames_free(guest)
                for program in programs:
                    output = type_line(guest, program, min(60, job.left()))
                    why = judge_bad(program, arch, output, table) if program.startswith("bad_") else \
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


def jobs(slots):
    tests, bad = names("t_*.c"), names("bad_*.c")
    found = []
    for arch in ARCHES:
        plain = Variant(arch)
        found += [Job("program-%s-%s" % (arch, program), run_one(program), 60, [plain]) for program in tests]
        for slot in slots:
            variant = plain if slot == DEFAULT_SLOT else Variant(arch, slot, TESTS=1, DEBUG=1)
            programs = bad if slot == DEFAULT_SLOT else bad + tests
            name = "shell-%s-0x%08X" % (arch, slot << 22)
            found.append(Job(name, run_shell(programs), 240, [variant], programs + ["the system goes on"]))
    return found
