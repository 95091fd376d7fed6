#!/usr/bin/env python3
# grading/grade.py: make grade: what a tree would get in a lab. (all labs)
"""Takes the marked regions, and nothing else, from a student's tree, builds kernels with them out of this tree, and runs the
lab's tests on those. The same seed gives the same grade."""
import argparse
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import regions  # noqa: E402
from core import bochs, build, confine, export, lab as labs, refuse, report, run  # noqa: E402

LIMIT = 1 << 31


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
        self.blank = {e.id for e in lab.exercises if not any(written.get(e.id, [])) and e.id in {r.exercise for r in everything}}
        self.splices = {e.id: self._splice(taken, lambda region, e=e: region.exercise == e.id) for e in lab.exercises}
        self.whole = self._splice(taken, lambda region: True)
        self.files = labs.named_files(tree, lab)

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


def grade(lab, tree, seed, archs, only=None, workers=None, say=lambda result: None, staff=None, emu="qemu"):
    """(Submission, [run.Result])"""
    submission = Submission(tree, lab)
    runner = run.Runner(lab, seed, workers=workers, only=only, say=say, staff=staff, emu=emu)
    try:
        return submission, runner.run(submission, archs)
    finally:
        runner.close()


def whole_number(text):
    try:
        return int(text, 0)
    except ValueError:
        raise argparse.ArgumentTypeError("a number, not %r" % text) from None


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
        progress = report.Progress(sys.stderr)
        submission, results = grade(lab, options.tree, seed, archs, options.test, options.jobs, progress.say, emu=options.emu)
        progress.done()
    except (GradeError, labs.LabError, build.StaffError, confine.ConfineError, regions.RegionError) as error:
        print("make grade: %s" % error, file=sys.stderr)
        return 2
    if not results:
        print("make grade: TEST=%s: no test of lab %d is called so" % (options.test, lab.number), file=sys.stderr)
        return 2
    summary = report.Summary(lab, submission, results, archs, seed, options)
    print(summary.text(sys.stdout.isatty()))
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
