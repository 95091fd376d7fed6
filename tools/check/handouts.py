# tools/check/handouts.py: students' trees, as make handout makes them: what is in them, how they build, where they stop. (all labs)
import os
import re
import shutil
import sys
import tempfile

from guest import EMULATOR, UNWRITTEN, Guest, GuestError, tail
from job import ARCHES, FAIL, PASS, ROOT, Failure, Job, Result, command, need

sys.path.insert(0, os.path.join(ROOT, "grading"))
import handout
import regions

# What each lab's handout has said on the console before it stops; a later lab's, what lab 3's has.
BANNER = r"^OurOS on \w+: \d+ MB"
BEFORE = {1: "", 2: ""}
# The program that comes to what the lab is about, if not hello.
RUN = {4: "t_fork"}
STAFFS = r"mutants|solution|^grading/(handout|later|keep|patch|class|pack|attacks?)|^\.ci/|^tools/check/(handouts|grading)\.py$"
SENTENCES = [
    (["handout"], "LAB=: is missing, e.g. LAB=1"),
    (["handout", "LAB=x", "OUT=obj/none"], "LAB=x: the number of a lab"),
    (["handout", "LAB=99", "OUT=obj/none"], "LAB=99: there is no such lab: labs with regions are"),
    (["handout", "LAB=1"], "OUT= is missing: a new folder"),
    (["handout", "LAB=1", "OUT=grading"], "OUT=grading: this folder is not empty: give a new one"),
    (["handout", "LAB=1", "OUT=README.md"], "OUT=README.md: this is a file: give a new folder"),
    (["handout", "LAB=1", "OUT=obj/none", "KEEP=obj/nobody"], "KEEP=obj/nobody: there is no such folder"),
    (["patch", "LAB=1", "OUT=obj/none"], "FROM= is missing"),
    (["patch", "LAB=1", "FROM=nosuch", "OUT=obj/none"], "FROM=nosuch: git knows no such commit"),
    (["patch", "LAB=1", "FROM=HEAD"], "OUT= is missing: the patch's file"),
]


def solution():
    found = regions.scan(ROOT)
    bodies = {}
    for path, parts in found.items():
        bodies.update(regions.bodies(regions.read(os.path.join(ROOT, path)), parts))
    return found, bodies


def put_back(tree, found, bodies, wanted):
    """Writes the solution into those regions of a handout for which wanted(region) is true."""
    for path, parts in found.items():
        text = regions.read(os.path.join(tree, path))
        here = regions.parse(path, text, strict=False)
        regions.write(os.path.join(tree, path),
                      regions.splice(text, here, {r.key: bodies[r.key] for r in parts if wanted(r)}))


# Text only.
def differing(tree, found):
    """Files with regions that are not the solution's, byte for byte."""
    wrong = []
    for path in found:
        with open(os.path.join(tree, path), "rb") as one, open(os.path.join(ROOT, path), "rb") as other:
            if one.read() != other.read():
                wrong.append(path)
    return wrong


def dead_links(tree):
    """Files that a handout's README names, and that are not there."""
    text = regions.read(os.path.join(tree, "README.md"))
    names = re.findall(r"\]\(([^)#:]+)\)", text) + re.findall(r"^\| [\d.]+ \| .* \| \d+ \| `(.*)` \|$", text, re.MULTILINE)
    return [n for name in names for n in name.split("`, `") if not os.path.exists(os.path.join(tree, n))]


def secrets_in_objects(found, lab, tree):
    secret = handout.Secret(ROOT, found, lab)
    count = handout.git(tree, "cat-file", "--batch-all-objects", "--batch-check").count("\n")
    if count < 100:
        raise Failure("only %d git objects were read" % count)
    return [where for _, where in secret.look(handout.git(tree, "cat-file", "--batch-all-objects", "--batch"))]


def run_text(job):
    need("git")
    found, bodies = solution()
    result = lambda name, why: Result("%s/%s" % (job.name, name), FAIL if why else PASS, str(why))
    for lab in handout.labs_of(found):
        with tempfile.TemporaryDirectory(prefix="ouros-check-") as tree:
            handout.write_tree(ROOT, found, lab, tree)
            wrong = handout.leaks(ROOT, found, lab, tree)
            job.log("\n".join(wrong))
            yield result("lab %d has no line of the solution" % lab, wrong[0] if wrong else "")
            yield result("lab %d: its README's links" % lab, dead_links(tree))
            staffs = [p for p in handout.handed_out(ROOT, lab) if re.search(STAFFS, p) or re.match(r"grading/lab(\d+)/", p) and
                      int(re.match(r"grading/lab(\d+)/", p).group(1)) > lab]
            yield result("lab %d has nothing that is staff's" % lab, staffs)
            if not wrong:
                handout.commit_tree(ROOT, lab, tree)
                yield result("lab %d: git objects" % lab, secrets_in_objects(found, lab, tree)[:1] or "")
            put_back(tree, found, bodies, lambda region: True)
            yield result("lab %d, all put back, is the solution" % lab, differing(tree, found))


# Built and booted. One tree a machine, which becomes one handout after the other: what is equal is compiled once.
class Tree:
    def __init__(self, job, arch):
        self.job, self.arch = job, arch
        self.path = os.path.join(ROOT, "obj/check/handout", arch)
        self.found, self.bodies = solution()

    def become(self, lab, wanted=lambda region: False):
        """The handout of that lab, with the solution in those regions."""
        with tempfile.TemporaryDirectory(prefix="ouros-check-") as new:
            handout.write_tree(ROOT, self.found, lab, new)
            put_back(new, self.found, self.bodies, wanted)
            names = files_of(new)
            for name in sorted(set(files_of(self.path)) - set(names)):
                os.remove(os.path.join(self.path, name))
            for name in names:
                one, other = os.path.join(new, name), os.path.join(self.path, name)
                if not os.path.exists(other) or not same(one, other):
                    os.makedirs(os.path.dirname(other), exist_ok=True)
                    shutil.copy(one, other)

    def build(self):
        """"" or what make warns of."""
        done = command(self.job, ["make", "--no-print-directory", "-j2", "CI=true", "DEPS=no", "ARCH=" + self.arch, "check-kernel"],
                       cwd=self.path)
        wrong = [line for line in done.output.splitlines() if re.search(r"\b(warning|error): |\*\*\* ", line)]
        return wrong[0] if wrong else "" if done.code == 0 else done.output.strip()[-300:]

    def built(self, name):
        return os.path.join(self.path, "obj", self.arch, name)

    def boot(self, cmdline="panic=off run=hello", **how):
        if "disk" not in how:
            how.update(kernel=self.built("kernel"), cmdline=cmdline)
        guest = Guest(self.arch, **how)
        guest.console.stops_at_unwritten = False
        self.job.log("$ " + " ".join(guest.argv))
        return guest

    def at_unwritten(self, text, exercises):
        """Does the first line that says what is not written name one of these exercises, and its place? "" or what is wrong."""
        found = re.search(r"^lab (\d+), exercise (\S+) is not written yet: (\S+):(\d+)$", text, re.MULTILINE)
        if not found:
            return "no line says what is not written\n" + tail(text)
        lab, exercise, path, line = found.groups()
        if exercise not in exercises or not exercise.startswith(lab + "."):
            return "%s: expected one of %s" % (found.group(0), ", ".join(exercises))
        lines = regions.split_lines(regions.read(os.path.join(self.path, path)))
        if int(line) > len(lines) or "LAB_TODO(%s)" % exercise not in lines[int(line) - 1]:
            return "%s: there is no LAB_TODO(%s)" % (found.group(0), exercise)
        return ""


def files_of(tree):
    return [os.path.relpath(os.path.join(folder, name), tree) for folder, _, names in os.walk(tree) for name in names
            if not os.path.relpath(folder, tree).startswith("obj")]


def same(one, other):
    with open(one, "rb") as a, open(other, "rb") as b:
        return a.read() == b.read() and os.stat(one).st_mode == os.stat(other).st_mode


def stops(tree, lab, exercises):
    """Without a terminal: the line, and the machine is off."""
    with tree.boot("panic=off run=" + RUN.get(lab, "hello")) as guest:
        status = 255
        try:
            if lab == 1:  # it may not have read yet that it should not wait for keys
                guest.expect(UNWRITTEN.pattern + r"\n", min(60, tree.job.left()))
            else:
                status = guest.wait(min(60, tree.job.left()))
        finally:
            tree.job.log(guest.text)
        before = BEFORE.get(lab, BANNER)
        if before and not re.search(before, guest.text, re.MULTILINE):
            return "it stopped before /%s/\n%s" % (before, tail(guest.text))
        return tree.at_unwritten(guest.text, exercises) or ("" if status == 255 else "status %s, not 255" % status)


def opens_the_monitor(tree):
    """With somebody at the terminal, all of lab 1 being there."""
    with tree.boot("run=hello") as guest:
        try:
            guest.expect(UNWRITTEN.pattern, 30)
            guest.expect(r"^  #0 0x", 20)
            for _ in range(2):
                guest.expect(r"^K> ", 20)
                guest.send("help\n")
                guest.expect(r"^  walk address", 20)
        finally:
            tree.job.log(guest.text)


def does_not_loop(tree):
    """Nothing of lab 1 is there: neither printing nor the monitor works. A key tries again, once."""
    with tree.boot("run=hello") as guest:
        try:
            for _ in range(3):
                guest.expect(r"A key tries the monitor", 30)
                guest.send(" ")
            guest.expect(r"A key tries the monitor", 30)
        finally:
            tree.job.log(guest.text)
        count = len(UNWRITTEN.findall(guest.text))
        return "" if count < 9 else "%d times is said that something is not written\n%s" % (count, tail(guest.text))


def loader_stops(tree, exercises):
    with tree.boot(disk=tree.built("disk.img")) as guest:
        try:
            guest.expect(UNWRITTEN.pattern + r"\n", 30)
        finally:
            tree.job.log(guest.text)
        return tree.at_unwritten(guest.text, exercises)


def runs(tree):
    with tree.boot() as guest:
        try:
            status = guest.wait(min(60, tree.job.left()))
        finally:
            tree.job.log(guest.text)
        return "" if status == 0 and "hello, world" in guest.text else "status %s\n%s" % (status, tail(guest.text))


def says_needs(tree):
    """make check there: what can't pass yet is skipped, with the exercise that it waits for; nothing fails."""
    done = command(tree.job, ["make", "--no-print-directory", "DEPS=no", "check", "TEST=host/kern/core/test_console.c"], cwd=tree.path)
    if not re.search(r"^SKIPPED host/kern/core/test_console\.c.*: needs 1\.\d+$", done.output, re.MULTILINE) or \
            not re.search(r"^\d+ passed, 0 failed, [1-9]\d* skipped$", done.output.strip().splitlines()[-1]):
        return done.output.strip()[-300:]
    return ""


def in_assembler(found, lab, arch):
    """Exercises of which a part is written in this machine's assembler."""
    return sorted({r.exercise for path, parts in found.items() for r in parts
                   if r.lab == lab and path.endswith(".S") and ("/%s/" % arch in path)})


def tried(call):
    try:
        return call() or ""
    except GuestError as why:
        return str(why)


def run_boot(arch):
    def body(job):
        need("git", EMULATOR[arch])
        tree = Tree(job, arch)
        result = lambda name, why: Result("%s/%s" % (job.name, name), FAIL if why else PASS, why)
        labs = regions.exercises(tree.found)
        for lab in sorted(labs):
            tree.become(lab)
            wrong = tree.build()
            yield result("lab %d builds without a warning" % lab, wrong)
            if wrong:
                continue
            # QEMU loads a PC's kernel by itself, which then prints nothing before it comes to lab 2.
            first = list(labs[lab]) + (list(labs.get(2, ())) if lab == 1 and arch == "i386" else [])
            yield result("lab %d stops where it should" % lab, tried(lambda: stops(tree, lab, first)))
            if lab == 1:
                yield result("lab 1 does not stop for ever", tried(lambda: does_not_loop(tree)))
                yield result("lab 1: make check says what is needed", tried(lambda: says_needs(tree)))
            if lab == 1 and arch == "i386":
                yield result("lab 1 stops in the boot loader", tried(lambda: loader_stops(tree, ["1.1"])))
            if lab == 2:
                yield result("lab 2 opens the monitor", tried(lambda: opens_the_monitor(tree)))
            assembler = in_assembler(tree.found, lab, arch)
            if assembler:
                tree.become(lab, lambda region: region.lab > lab or not region.path.endswith(".S"))
                wrong = tree.build()
                yield result("lab %d stops in assembler" % lab, wrong or tried(lambda: stops(tree, lab, assembler)))
        tree.become(1, lambda region: True)
        yield result("all put back, it runs", tree.build() or tried(lambda: runs(tree)))
    return body


def run_sentences(job):
    for arguments, sentence in SENTENCES:
        done = command(job, ["make", "--no-print-directory"] + arguments)
        lines = [line for line in done.output.splitlines() if not line.startswith("make: ***")]
        right = done.code != 0 and len(lines) == 1 and sentence in lines[0]
        yield Result("%s/%s" % (job.name, " ".join(arguments)), PASS if right else FAIL, "" if right else done.output.strip()[-300:])
    with tempfile.TemporaryDirectory(prefix="ouros-check-") as folder:
        out = os.path.join(folder, "a tree")
        done = command(job, ["make", "--no-print-directory", "handout", "LAB=1", "OUT=" + out])
        fine = done.code == 0 and os.path.isfile(os.path.join(out, "inc/lab.h"))
        yield Result(job.name + "/a folder with a blank", PASS if fine else FAIL, "" if fine else done.output.strip()[-300:])
        done = command(job, ["make", "--no-print-directory", "DEPS=no", "help"], cwd=out)
        fine = done.code == 0 and "make handout" not in done.output and "  check " in done.output
        yield Result(job.name + "/make help there", PASS if fine else FAIL, "" if fine else done.output.strip()[-300:])


def jobs():
    return [Job("handout-text", run_text, 300), Job("handout-make", run_sentences, 120)] + \
        [Job("handout-" + arch, run_boot(arch), 900) for arch in ARCHES]
