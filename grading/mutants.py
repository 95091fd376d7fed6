#!/usr/bin/env python3
# grading/mutants.py: make mutants LAB=n: does the grader notice the mistakes that students make? (staff's; all labs)
"""Each mutant is the reference with one mistake. It must lose points in its exercise, by a test that says why (its hint), and
nowhere else but in exercises that need that one. The table shows which test caught it."""
import argparse
import os
import random
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import regions  # noqa: E402
from core import lab as labs, run  # noqa: E402


class Mutated:
    """What grade.Submission is, for the reference with one mistake."""

    def __init__(self, lab, mutant):
        path = os.path.join(labs.ROOT, mutant.file)
        text = regions.read(path)
        if text.count(mutant.old) != 1:
            raise labs.LabError("mutant %s: its old text stands %d times in %s, not once" % (mutant.name, text.count(mutant.old), mutant.file))
        changed = text.replace(mutant.old, mutant.new)
        here = [r for r in regions.scan(labs.ROOT)[mutant.file] if r.lab == lab.number and not r.helpers]
        before, after = regions.bodies(text, here), regions.bodies(changed, regions.parse(mutant.file, changed))
        touched = [key for key in before if before[key] != after.get(key)]
        if [key[0] for key in touched] != [mutant.exercise]:
            raise labs.LabError("mutant %s: it changes %s, not one region of %s" % (mutant.name, touched or "no region", mutant.exercise))
        self.complaints, self.blank = {}, set()
        self.splices = {e.id: {mutant.file: changed} if e.id == mutant.exercise else {} for e in lab.exercises}
        self.whole = {mutant.file: changed}
        self.files = labs.named_files(labs.ROOT, lab)


def dependants(lab, exercise):
    """The exercise and all that need it."""
    found = {exercise}
    while True:
        more = {e.id for e in lab.exercises if found & set(e.needs)} - found
        if not more:
            return found
        found |= more


class Verdict:
    def __init__(self, mutant, caught, elsewhere, hint_ok, hint):
        self.mutant, self.caught, self.elsewhere, self.hint_ok, self.hint = mutant, caught, elsewhere, hint_ok, hint

    @property
    def good(self):
        return bool(self.caught) and not self.elsewhere and self.hint_ok


def judge(lab, mutant, seed, archs, workers=None):
    runner = run.Runner(lab, seed, workers=workers)
    try:
        results = runner.run(Mutated(lab, mutant), [a for a in archs if a in mutant.archs])
    finally:
        runner.close()
    failed = [r for r in results if r.status != "pass"]
    caught = sorted({"%s %s/%s" % (r.arch, r.test.exercise, r.test.name) for r in failed if r.test.exercise == mutant.exercise})
    mine = dependants(lab, mutant.exercise)
    elsewhere = sorted({"%s/%s" % (r.test.exercise, r.test.name) for r in failed if r.test.exercise not in mine})
    hints = [r.hint for r in failed if r.test.exercise == mutant.exercise]
    hint = next((h for h in hints if mutant.hint and re.search(mutant.hint, h)), hints[0] if hints else "")
    return Verdict(mutant, caught, elsewhere, not mutant.hint or any(re.search(mutant.hint, h) for h in hints), hint)


def main():
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("--lab", type=int)
    parser.add_argument("--test", help="only mutants with this in their name or exercise")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int, help="only so many of them, chosen by the seed")
    parser.add_argument("--arch", choices=labs.ARCHES)
    options = parser.parse_args()
    try:
        lab = labs.load(options.lab if options.lab is not None else labs.default())
        mutants = [m for m in labs.mutants(lab.number) if not options.test or options.test in m.name or options.test == m.exercise]
        if options.arch:
            mutants = [m for m in mutants if options.arch in m.archs and m.emu == "qemu"]
        if options.sample:
            mutants = random.Random(options.seed).sample(mutants, min(options.sample, len(mutants)))
        bad = 0
        for mutant in mutants:
            verdict = judge(lab, mutant, options.seed, (options.arch,) if options.arch else labs.ARCHES)
            bad += not verdict.good
            print("%-5s %-7s %-28s %s" % (mutant.exercise, "caught" if verdict.good else "caught?" if verdict.caught else "MISSED", mutant.name,
                                          ", ".join(verdict.caught) or mutant.why))
            if verdict.elsewhere:
                print("      loses points elsewhere, too: " + ", ".join(verdict.elsewhere))
            if verdict.caught and not verdict.hint_ok:
                print("      no hint matches %r; the first is: %s" % (mutant.hint, verdict.hint.splitlines()[0]))
            sys.stdout.flush()
    except labs.LabError as error:
        print("make mutants: %s" % error, file=sys.stderr)
        return 2
    print("%d of %d mutants caught as they should be" % (len(mutants) - bad, len(mutants)))
    return 1 if bad or not mutants else 0


if __name__ == "__main__":
    sys.exit(main())
