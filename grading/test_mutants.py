#!/usr/bin/env python3
# grading/test_mutants.py: each lab's mutants are enough, and apply; and whoever is not caught as it should be fails the command.
# Prints a line "PASS name" or "FAIL name: why" for each case.
import argparse
import contextlib
import io
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mutants
import regions
from core import lab as labs, run
from core.lab import Exercise, Lab, Mutant, Question

LEAST, LEAST_OF_EXERCISE, LEAST_OF_MACHINE = 25, 2, 5

failed = 0


def check(name, condition, why=""):
    global failed
    failed += not condition
    print("PASS " + name if condition else "FAIL %s: %s" % (name, why))


class Test:
    def __init__(self, exercise, name="some_test"):
        self.exercise, self.name = exercise, name


def result(exercise, arch, status, hint="", bochs=None):
    return run.Result(Test(exercise), arch, "whole", status, hint, 0.0, bochs)


def mutant(**more):
    return Mutant(**dict(dict(name="m", exercise="9.2", file="f.c", old="a", new="b", why="because", hint=r"entry 5 is wrong"), **more))


CAUGHT = [result("9.2", arch, run.FAIL, "entry 5 is wrong: see 9.2") for arch in labs.ARCHES]
OTHERS = [result(e, arch, run.PASS) for e in ("9.1", "9.3") for arch in labs.ARCHES]
LOST = [result("9.3", "mips", run.NOT_RUN, "did not boot")]
BY_BOCHS = [result("9.2", "i386", run.FAIL, "entry 5 is wrong: see 9.2", run.FAIL)]

# Results, and what the one complaint must say; None: all is well.
CASES = [
    ("caught", mutant(), CAUGHT + OTHERS, None),
    ("not caught", mutant(), [result("9.2", a, run.PASS) for a in labs.ARCHES] + OTHERS, r"no test of 9\.2 fails on i386 and mips"),
    ("caught on one machine only", mutant(), CAUGHT[:1] + [result("9.2", "mips", run.PASS)] + OTHERS, r"no test of 9\.2 fails on mips"),
    ("caught elsewhere, too", mutant(), CAUGHT + OTHERS + LOST, r"elsewhere, too: mips 9\.3/some_test"),
    ("caught elsewhere, as it says", mutant(spreads=("9.3",)), CAUGHT + OTHERS + LOST, None),
    ("harmless where it is said to cost points", mutant(spreads=("9.3",)), CAUGHT + OTHERS, r"said to cost points in 9\.3, and does not"),
    ("another hint", mutant(hint="entry 6 is wrong"), CAUGHT + OTHERS, r"no hint names 9\.2 and matches 'entry 6 is wrong'"),
    ("a hint that names no exercise", mutant(), [result("9.2", a, run.FAIL, "entry 5 is wrong") for a in labs.ARCHES], r"no hint names 9\.2"),
    ("no hint asked for", mutant(hint=""), CAUGHT + OTHERS, r"does not say what the hint must be"),
    ("Bochs alone shows it", mutant(emu="bochs", archs=("i386",)), BY_BOCHS, None),
    ("Bochs is not needed", mutant(emu="bochs", archs=("i386",)), CAUGHT[:1], r"QEMU shows it, too"),
]


def bookkeeping():
    for name, m, results, wanted in CASES:
        verdict = mutants.Verdict(m, results, [a for a in labs.ARCHES if a in m.archs])
        said = verdict.complaints
        check(name, len(said) == 1 and re.search(wanted, said[0]) if wanted else not said, "it says %r" % said)
        check(name + ", in the table", ("caught " in verdict.text()) == (not wanted) and all(s in verdict.text() for s in said), verdict.text())


def lab_of(*needs):
    return Lab(9, "Test", [Exercise("9.1", "", 40), Exercise("9.2", "", 30, needs=needs), Exercise("9.3", "", 30, needs=needs)], [Question("Q9.1", "?")])


def graphs():
    lab = lab_of("9.1")
    check("needs as they are", not mutants.graph(lab, {"9.1": {"9.2", "9.3"}, "9.2": set(), "9.3": set()}))
    said = mutants.graph(lab, {"9.1": {"9.2"}, "9.2": {"9.3"}, "9.3": set()})
    check("a need too many, a need too few", len(said) == 2 and "9.3 is said to need 9.1" in said[0] and said[1].startswith("9.3 needs 9.2"), said)


class Runner:
    """In place of run.Runner: everything passes, but for what fails."""

    fails, hint = (), ""

    def __init__(self, *arguments, **more):
        self.arguments = arguments

    def prepare(self, archs):
        pass

    def another(self):
        return Runner()

    def close(self):
        pass

    def run(self, submission, archs, modes):
        return [result(e, a, run.FAIL if e in self.fails else run.PASS, self.hint) for e in ("2.1", "2.2") for a in archs]


def command():
    """The exit status, with the real lab 2 and a runner that runs nothing."""
    def status(test):
        options = argparse.Namespace(test=test, arch="i386", sample=None, pick=1, seed=1, jobs=1, every=False)
        with contextlib.redirect_stdout(io.StringIO()):
            return mutants.try_all(labs.load(2), options)
    true, run.Runner = run.Runner, Runner
    try:
        check("a mutant that is missed fails the command", status("precedence") == 1)
        check("no mutant at all fails the command", status("no such mutant") == 1)
        Runner.fails = ("2.1",)
        check("a mutant without its hint fails the command", status("precedence") == 1)
        Runner.hint = "PD_base is wrong: + binds tighter than >>: see 2.1"
        check("a mutant that is caught does not", status("precedence") == 0)
        Runner.fails = ("2.1", "2.2")
        check("a mutant that is caught elsewhere, too, fails the command", status("precedence") == 1)
    finally:
        run.Runner = true


def applies(lab, m):
    try:
        mutants.Mutated(lab, m)
    except labs.LabError as error:
        return str(error)
    return None


def enough(number):
    lab, every = labs.load(number), labs.mutants(number)
    name = "lab %d: " % number
    check(name + "%d mutants" % LEAST, len(every) >= LEAST, "there are %d" % len(every))
    check(name + "each mutant has its own name and does its own thing", len({m.name for m in every}) == len({(m.file, m.old, m.new) for m in every}) == len(every))
    check(name + "each mutant has a reason, and a hint to be asserted", all(m.why and m.hint for m in every), [m.name for m in every if not (m.why and m.hint)])
    few = [e.id for e in lab.exercises if sum(m.exercise == e.id for m in every) < LEAST_OF_EXERCISE]
    check(name + "%d mutants an exercise" % LEAST_OF_EXERCISE, not few, "too few for " + " ".join(few))
    files = [path for path, found in regions.scan(labs.ROOT).items() if any(r.lab == number for r in found)]
    for arch in labs.ARCHES:
        apart = any("/%s/" % arch in path for path in files)  # else the lab's code is the same on all machines, and so are its mistakes
        own = [m.name for m in every if m.archs == (arch,) or (not apart and arch in m.archs)]
        check(name + "%d mutants that %s shows" % (LEAST_OF_MACHINE, "only " + arch if apart else arch), len(own) >= LEAST_OF_MACHINE, "there are %d: %s" % (len(own), " ".join(own)))
    broken = [why for why in (applies(lab, m) for m in every) if why]
    check(name + "each mutant changes one region of its exercise", not broken, "; ".join(broken))


def main():
    bookkeeping()
    graphs()
    command()
    for number in labs.numbers():
        enough(number)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
