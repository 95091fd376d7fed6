#!/usr/bin/env python3
# grading/mutants.py: make mutants LAB=n: does the grader notice the mistakes that students make? (staff's; all labs)
"""Each mutant is the reference with one mistake. On each of its machines a test of its exercise must fail, and say why (its
hint). The other exercises are the reference when they are judged alone; in the whole tree those lose points that the mutant
names (spreads), each of which needs its exercise, and no others. The table shows which test caught it.

First of all: does each exercise need those that its lab says it needs? One by one they are left unwritten."""
import argparse
import concurrent.futures
import os
import random
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import regions  # noqa: E402
from core import bochs, build, lab as labs, run  # noqa: E402


class Mutated:
    """What grade.Submission is, for the reference with one mistake."""

    def __init__(self, lab, mutant):
        path = os.path.join(labs.ROOT, mutant.file)
        text = regions.read(path)
        if text.count(mutant.old) != 1:
            raise labs.LabError("mutant %s: its old text stands %d times in %s, not once" % (mutant.name, text.count(mutant.old), mutant.file))
        changed = text.replace(mutant.old, mutant.new)
        here = [r for r in regions.parse(mutant.file, text) if r.lab == lab.number and not r.helpers]
        before, after = regions.bodies(text, here), regions.bodies(changed, regions.parse(mutant.file, changed))
        touched = [key for key in before if before[key] != after.get(key)]
        if [key[0] for key in touched] != [mutant.exercise]:
            raise labs.LabError("mutant %s: it changes %s, not one region of %s" % (mutant.name, touched or "no region", mutant.exercise))
        strangers = set(mutant.spreads) - dependants(lab, mutant.exercise)
        if strangers:
            raise labs.LabError("mutant %s: it spreads to %s, which %s not need %s" % (
                mutant.name, " ".join(sorted(strangers)), "does" if len(strangers) == 1 else "do", mutant.exercise))
        _reference(self, lab, {mutant.file: changed}, mutant.exercise)


class Unwritten:
    """The reference without one exercise."""

    def __init__(self, lab, exercise):
        files = {}
        for path, found in regions.scan(labs.ROOT).items():
            mine = [r for r in found if r.lab == lab.number and r.exercise == exercise and not r.helpers]
            if mine:
                files[path] = regions.blank(regions.read(os.path.join(labs.ROOT, path)), mine)
        _reference(self, lab, files, exercise)


def _reference(self, lab, whole, exercise):
    self.complaints, self.blank, self.unfinished = {}, set(), {}
    self.splices = {e.id: whole if e.id == exercise else {} for e in lab.exercises}
    self.whole = whole
    self.files = labs.named_files(labs.ROOT, lab)


def dependants(lab, exercise):
    """All that need the exercise."""
    return {e.id for e in lab.exercises if exercise in e.needs}


class Verdict:
    """What became of one mutant. results: run.Results of its whole tree; archs: the machines it was tried on."""

    def __init__(self, mutant, results, archs):
        self.mutant = mutant
        mine = [r for r in results if r.test.exercise == mutant.exercise and r.status != run.PASS]
        others = [r for r in results if r.test.exercise != mutant.exercise and r.status != run.PASS]
        self.caught = sorted({"%s %s/%s" % (r.arch, r.test.exercise, r.test.name) for r in mine})
        self.missed = [a for a in archs if a not in {r.arch for r in mine}]
        self.elsewhere = sorted({"%s %s/%s" % (r.arch, r.test.exercise, r.test.name) for r in others if r.test.exercise not in mutant.spreads})
        alone = set(mutant.archs) - set(archs)  # it may spread on the other machine only
        self.idle = sorted(set(mutant.spreads) - {r.test.exercise for r in others}) if not alone else []
        self.hints = [r.hint for r in mine]
        self.forgiven = [r for r in results if r.bochs == run.FAIL]  # by QEMU

    def matches(self, hint):
        return bool(re.search(self.mutant.hint, hint)) and self.mutant.exercise in hint

    @property
    def complaints(self):
        """Sentences; none: all is as it should be."""
        found = []
        if self.missed:
            found.append("no test of %s fails on %s" % (self.mutant.exercise, " and ".join(self.missed)))
        if self.mutant.emu == "bochs" and self.caught and len(self.forgiven) < len(self.caught):
            found.append("QEMU shows it, too")
        if self.elsewhere:
            found.append("loses points elsewhere, too: " + ", ".join(self.elsewhere))
        if self.idle:
            found.append("is said to cost points in %s, and does not" % " ".join(self.idle))
        if not self.mutant.hint:
            found.append("it does not say what the hint must be")
        elif self.hints and not any(self.matches(hint) for hint in self.hints):
            found.append("no hint names %s and matches %r; the first is: %s" % (self.mutant.exercise, self.mutant.hint, self.hints[0].partition("\n")[0]))
        return found

    def text(self):
        word = "MISSED" if not self.caught else "caught?" if self.complaints else "caught"
        return "\n".join(["%-5s %-7s %-28s %s" % (self.mutant.exercise, word, self.mutant.name, ", ".join(self.caught) or self.mutant.why)] +
                         ["      " + sentence for sentence in self.complaints])


def judge(lab, mutant, runner, archs, every=False):
    """A Verdict. The exercise's own tests end with the first that says what it must, another one's with the first that fails;
    every: none is left out."""
    def enough(exercise, status, hint):
        return status != run.PASS and (exercise != mutant.exercise or bool(re.search(mutant.hint, hint)))
    archs = [a for a in archs if a in mutant.archs]
    runner.emu = "both" if mutant.emu == "bochs" else "qemu"
    if not every:
        runner.enough = enough
    return Verdict(mutant, runner.run(Mutated(lab, mutant), archs, modes=("whole",)), archs)


def needed_by(lab, exercise, runner, archs):
    """The exercises that lose points when this one is not written."""
    runner.enough = lambda other, status, hint: status != run.PASS
    results = runner.run(Unwritten(lab, exercise), archs, modes=("whole",))
    return {r.test.exercise for r in results if r.status != run.PASS} - {exercise}


def graph(lab, found):
    """Sentences about what a lab says of its exercises' needs. found: {exercise: those that were seen to need it}"""
    wrong = []
    for exercise, seen in found.items():
        said = dependants(lab, exercise)
        wrong += ["%s is said to need %s, but all its tests pass without it" % (other, exercise) for other in sorted(said - seen)]
        wrong += ["%s needs %s, and lab.py does not say so" % (other, exercise) for other in sorted(seen - said)]
    return wrong


def untried(mutant):
    """Why it can't be tried here, or None."""
    return bochs.missing() if mutant.emu == "bochs" else None


class Each:
    """Calls of a function (with a runner of its own, first) side by side; the results in order, as soon as there are any."""

    def __init__(self, runner, jobs):
        self.runner, self.jobs = runner, jobs

    def __call__(self, function, things):
        def one(thing):
            mine = self.runner.another()
            try:
                return function(mine, thing)
            finally:
                mine.close()
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            yield from pool.map(one, things)


def chosen(lab, options):
    """The mutants that the options name."""
    mutants = [m for m in labs.mutants(lab.number) if not options.test or options.test in m.name or options.test == m.exercise]
    if options.arch:
        mutants = [m for m in mutants if options.arch in m.archs]
    if options.sample:
        mutants = [m for m in mutants if m.emu == "qemu"]
        mutants = random.Random(options.pick).sample(mutants, min(options.sample, len(mutants)))
    return mutants


def try_all(lab, options):
    """The command's exit status."""
    archs = (options.arch,) if options.arch else labs.ARCHES
    every, mutants = chosen(lab, options), []
    for mutant in every:
        if untried(mutant):
            print("%-5s SKIPPED %-28s %s" % (mutant.exercise, mutant.name, untried(mutant)))
        else:
            mutants.append(mutant)
    runner = run.Runner(lab, options.seed, workers=1)
    wrong = []
    try:
        runner.prepare(archs)
        each = Each(runner, options.jobs)
        if not options.test and not options.sample and not options.arch:
            names = [e.id for e in lab.exercises]
            wrong = graph(lab, dict(zip(names, each(lambda mine, name: needed_by(lab, name, mine, archs), names))))
            print("\n".join(wrong) or "each exercise needs those that it is said to need", flush=True)
        bad = 0
        for verdict in each(lambda mine, mutant: judge(lab, mutant, mine, archs, options.every), mutants):
            bad += bool(verdict.complaints)
            print(verdict.text(), flush=True)
    finally:
        runner.close()
    print("%d of %d mutants caught as they should be%s" % (
        len(mutants) - bad, len(every), ", %d SKIPPED" % (len(every) - len(mutants)) if len(mutants) < len(every) else ""))
    return 1 if bad or wrong or not mutants else 0


def main():
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("--lab", type=int)
    parser.add_argument("--test", help="only mutants with this in their name or exercise")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int, help="only so many of them, none that needs Bochs")
    parser.add_argument("--pick", type=int, default=1, help="another number, another sample")
    parser.add_argument("--every", action="store_true", help="run all tests, and name all that catch a mutant")
    parser.add_argument("--arch", choices=labs.ARCHES)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at a time (one for each core)")
    options = parser.parse_args()
    try:
        return try_all(labs.load(options.lab if options.lab is not None else labs.default()), options)
    except (labs.LabError, build.StaffError) as error:
        print("make mutants: %s" % error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
