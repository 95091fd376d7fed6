#!/usr/bin/env python3
# grading/grade.py: make grade: what a tree would get in a lab. (all labs)
"""Takes the marked regions, and nothing else, from a student's tree, builds kernels with them out of this tree, and runs the
lab's tests on those. The same seed gives the same grade."""
import argparse
import json
import os
import random
import re
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import regions  # noqa: E402
from core import bochs, build, confine, export, lab as labs, ownwords, refuse, report, run  # noqa: E402

LIMIT = 1 << 31
FILLED_IN = re.compile(r"=[ \t]*0x[0-9a-fA-F]")  # in a file that asks for numbers


class GradeError(Exception):
    """Can't be graded: one sentence."""


class Submission:
    """What a tree has for one lab. splices {exercise: {path: text}}, whole {path: text}: staff's files with its regions;
    complaints {exercise: [sentence]}; blank: exercises of which nothing is written."""

    def __init__(self, tree, lab):
        if not os.path.isdir(tree):
            raise GradeError("TREE=%s: there is no such folder" % tree)
        self.tree, self.lab = tree, lab
        found = regions.scan(labs.ROOT)
        mine = {path: [r for r in rs if r.lab == lab.number] for path, rs in found.items()}
        self.regions = {path: rs for path, rs in mine.items() if rs}
        if not self.regions:
            raise GradeError("lab %d: no file of this tree has a region of it" % lab.number)
        everything = [r for rs in self.regions.values() for r in rs]
        taken = regions.take(tree, everything)
        self._refuse(taken, everything)
        self.complaints, written = {}, {}
        for region in everything:
            if region.key in taken.complaints and not region.helpers:  # never staff's text in its place
                self.complaints.setdefault(region.exercise, []).append(taken.complaints[region.key])
                taken.bodies[region.key] = regions.join_lines(region.blank())
            elif not region.helpers:
                written.setdefault(region.exercise, []).append(region.key not in taken.blank)
        self.files = labs.named_files(tree, lab)
        filled = {e.id for e in lab.exercises if any(FILLED_IN.search(self.files.get(path) or "") for path in e.files)}
        self.blank = {e.id for e in lab.exercises if not any(written.get(e.id, [])) and e.id in {r.exercise for r in everything}} - filled
        self.unfinished = {}  # exercise: where something else stands until it is written, which no guest stops at
        for region in everything:
            if region.key in taken.blank and region.stand_in is not None:
                self.unfinished.setdefault(region.exercise, "%s:%d" % (region.path, taken.lines[region.key]))
        self.lines = taken.lines
        self.splices = {e.id: self._splice(taken, lambda region, e=e: region.exercise == e.id) for e in lab.exercises}
        self.whole = self._splice(taken, lambda region: True)

    @staticmethod
    def _refuse(taken, everything):
        """Complain of text that reaches out of its region; helpers that do are left out."""
        staffs = {}
        for region in everything:
            if region.path not in staffs:
                text = regions.read(os.path.join(labs.ROOT, region.path))
                staffs[region.path] = regions.bodies(text, [r for r in everything if r.path == region.path])
            if region.key in taken.bodies:
                found = refuse.reasons(taken.bodies[region.key], region.path.endswith(".S"), staffs[region.path][region.key])
                if found:
                    taken.complaints[region.key] = "%s: %s: %s" % (region.path, region.name, "; ".join(found))
                    del taken.bodies[region.key]

    def _splice(self, taken, wanted):
        files = {}
        for path, rs in self.regions.items():
            if any(wanted(r) for r in rs if not r.helpers):
                given = {r.key: taken.bodies[r.key] for r in rs if (r.helpers or wanted(r)) and r.key in taken.bodies}
                files[path] = regions.splice(regions.read(os.path.join(labs.ROOT, path)), rs, given)
        return files


    def own_words(self, message, replaced):
        """What the compiler says of a file under test, as the student may read it: lines are those of the student's own file, and
        text that is not the student's is left out."""
        return ownwords.translate(message, {path: self._map(path, text) for path, text in replaced.items()})

    def _map(self, path, text):
        """{line of the file under test: line of the student's}"""
        found = {}
        for region in regions.parse(path, text, False):
            if region.key in self.lines:
                found.update({line: line - region.body_from - 1 + self.lines[region.key] for line in range(region.body_from + 1, region.body_to + 1)})
        return found


def grade(lab, tree, seed, archs, only=None, workers=None, say=lambda result: None, staff=None, emu="qemu", at_failure=None):
    """(Submission, [run.Result])"""
    submission = Submission(tree, lab)
    runner = run.Runner(lab, seed, workers=workers, only=only, say=say, staff=staff, emu=emu)
    runner.own_words = submission.own_words
    runner.at_failure = at_failure
    try:
        return submission, runner.run(submission, archs)
    finally:
        runner.close()


def whole_number(text):
    try:
        return int(text, 0)
    except ValueError:
        raise argparse.ArgumentTypeError("a number, not %r" % text) from None


def at_failure(session, test, hint):
    """GDB=1: the guest stands where the test failed; whoever wants can look at it with gdb."""
    machine = session.standing()
    print("%s/%s fails: %s" % (test.exercise, test.name, hint))
    if machine is None:
        print("no guest in QEMU is left to look at")
        return
    machine.gdb.close()
    machine.guest.qmp("stop")
    debugger = next((tool for tool in ("gdb-multiarch", "gdb") if shutil.which(tool)), "gdb-multiarch")
    print("The machine stands there. In another terminal:\n\n    %s %s -ex 'target remote %s'\n\nEnter ends it." % (
        debugger, machine.build.kernel, machine.guest.gdb_socket), flush=True)
    sys.stdin.readline()


def repeat(lab, options, seed, archs):
    """The same tree with N seeds, seed, seed + 1, ...: is each grade the same?"""
    found = []
    for n in range(options.repeat):
        submission, results = grade(lab, options.tree, seed + n, archs, options.test, options.jobs, emu=options.emu)
        summary = report.Summary(lab, submission, results, archs, seed + n, options)
        found.append(summary.points)
        print("%d of %d: %g / %g   seed %d" % (n + 1, options.repeat, summary.points, summary.most, seed + n), flush=True)
        for line in [] if summary.points == found[0] and (n or summary.points == summary.most) else summary.text().splitlines():
            print("    " + line)
    alike = found.count(found[0])
    print("%d of %d times %g points" % (alike, len(found), found[0]))
    return 0 if alike == len(found) else 1


def changes(summary):
    """What has changed since this tree was last graded; kept in obj/grade/ of staff's tree, one file a tree and lab."""
    tree = os.path.realpath(summary.options.tree)
    path = os.path.join(labs.ROOT, "obj", "grade", "lab%d-%s.json" % (summary.lab.number, run.number(tree)))
    now = {t["name"]: t["status"] == "pass" for t in summary.tests()}
    try:
        with open(path, encoding="utf-8") as file:
            before = json.load(file)["passed"]
    except (OSError, ValueError, KeyError):
        before = {}
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump({"tree": tree, "passed": {**before, **now}}, file)
        os.replace(path + ".new", path)
    except OSError as error:
        yield "the next grade can't tell what has changed: %s" % error
    both = [name for name in now if name in before]
    for word, wanted in (("now passes", True), ("passes no more", False)):
        for name in sorted({" ".join(name.split()[:2]) for name in both if now[name] == wanted and before[name] != wanted}):
            yield "since last time: %s %s" % (name, word)
    if both and all(now[name] == before[name] for name in both):
        yield "since last time: nothing has changed"


def main():
    parser = argparse.ArgumentParser(prog="make grade", description=__doc__.splitlines()[0])
    parser.add_argument("--lab", type=whole_number, help="LAB=n")
    parser.add_argument("--test", help="TEST=2.4 or TEST=2.4/name: only that exercise or test")
    parser.add_argument("--seed", type=whole_number, help="SEED=n: the same random choices again")
    parser.add_argument("--json", metavar="FILE", help="JSON=file: the result, for programs")
    parser.add_argument("--export", action="append", default=[], metavar="FORMAT=FILE", help="FORMAT: %s" % ", ".join(export.FORMATS))
    parser.add_argument("--tree", default=labs.ROOT, help="TREE=dir: a student's tree (this one)")
    parser.add_argument("--arch", choices=labs.ARCHES, help="ARCH=: one machine only")
    parser.add_argument("--emu", choices=("qemu", "both"), default="qemu", help="EMU=both: i386 tests in Bochs, too")
    parser.add_argument("--unconfined", action="store_true", help="without bubblewrap (the results record it)")
    parser.add_argument("--gdb", action="store_true", help="GDB=1: stop where the first test fails, for gdb")
    parser.add_argument("--repeat", type=whole_number, metavar="N", help="so many times, each with another seed: is it always the same?")
    parser.add_argument("--jobs", type=whole_number, help="guests at a time (one for each core)")
    options = parser.parse_args()
    for item in options.export:
        if item.partition("=")[0] not in export.FORMATS or not item.partition("=")[2]:
            parser.error("--export %s: FORMAT=FILE is wanted, FORMAT one of %s" % (item, ", ".join(export.FORMATS)))
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(LIMIT)
    archs = (options.arch,) if options.arch else labs.ARCHES
    try:
        if options.lab is None and options.test and options.test[:1].isdigit():
            options.lab = int(options.test.split(".")[0])
        if options.lab is None:
            options.lab = labs.default()
        lab = labs.load(options.lab)
        if options.emu == "both" and bochs.missing():
            raise GradeError("EMU=both: " + bochs.missing())
        mine = os.path.realpath(options.tree) == os.path.realpath(labs.ROOT)  # one's own work needs no cage
        confine.choose(not (options.unconfined or mine))
        if options.repeat:
            return repeat(lab, options, seed, archs)
        progress = report.Progress(sys.stderr)
        submission, results = grade(lab, options.tree, seed, archs, options.test, 1 if options.gdb else options.jobs, progress.say, emu=options.emu,
                                    at_failure=at_failure if options.gdb else None)
        progress.done()
    except (GradeError, labs.LabError, build.StaffError, confine.ConfineError, regions.RegionError) as error:
        print("make grade: %s" % error, file=sys.stderr)
        return 2
    if not results:
        print("make grade: TEST=%s: no test of lab %d is called so" % (options.test, lab.number), file=sys.stderr)
        return 2
    summary = report.Summary(lab, submission, results, archs, seed, options)
    print(summary.text(sys.stdout.isatty()))
    for line in changes(summary):
        print(line)
    try:
        if options.json:
            report.write_json(options.json, summary)
        for name, _, path in (item.partition("=") for item in options.export):
            with open(path, "w", encoding="utf-8") as file:
                file.write(export.FORMATS[name](summary))
    except OSError as error:
        print("make grade: can't write the results: %s" % error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
