# grading/core/lab.py: what a lab is: exercises with points, questions, mutants; grading/labN/lab.py fills it in. (all labs)
import importlib.util
import os

GRADING = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(GRADING)
ARCHES = ("i386", "mips")


class LabError(Exception):
    """A lab's own files are wrong, or there is no such lab: one sentence."""


class Exercise:
    """id "2.4"; points of the lab's 100; archs it exists on; needs: those without which not all of its tests can
    pass in a student's whole tree (make mutants finds out whether that is so). files: of the lab's named files, those that
    are filled in for this exercise."""

    def __init__(self, id, title, points, archs=ARCHES, needs=(), files=()):
        self.id, self.title, self.points, self.archs, self.needs = id, title, points, tuple(archs), tuple(needs)
        self.files = tuple(files)


class Question:
    def __init__(self, id, text):
        self.id, self.text = id, text


class Lab:
    """files: named files that the grader takes from the student's tree beside the marked regions.
    symbols: the kernel under test carries its own symbol table (its backtraces name functions)."""

    def __init__(self, number, title, exercises, questions=(), files=(), symbols=False):
        self.number, self.title, self.exercises = number, title, list(exercises)
        self.questions, self.files, self.symbols = list(questions), list(files), symbols
        total = sum(e.points for e in self.exercises)
        if total != 100:
            raise LabError("lab %d: its exercises have %d points, not 100" % (number, total))

    def exercise(self, id):
        for exercise in self.exercises:
            if exercise.id == id:
                return exercise
        raise LabError("lab %d has no exercise %s; it has %s" % (self.number, id, " ".join(e.id for e in self.exercises)))


class Mutant:
    """A mistake that students make: `old`, which stands once in the file, becomes `new`. hint: what the report must say
    about it, a regular expression. spreads: the exercises beside its own that lose points by it where the whole tree is
    tested. emu: "bochs" if only Bochs shows it."""

    def __init__(self, name, exercise, file, old, new, why, archs=ARCHES, hint="", emu="qemu", spreads=()):
        self.name, self.exercise, self.file, self.old, self.new = name, exercise, file, old, new
        self.why, self.archs, self.hint, self.emu, self.spreads = why, tuple(archs), hint, emu, tuple(spreads)


def numbers():
    """The labs there are."""
    found = [name[3:] for name in os.listdir(GRADING) if name.startswith("lab")]
    return sorted(int(n) for n in found if n.isdigit() and os.path.exists(os.path.join(GRADING, "lab" + n, "lab.py")))


def part(number, name):
    """The module grading/labN/<name>.py; None where there is no such file."""
    path = os.path.join(GRADING, "lab%d" % number, name + ".py")
    if not os.path.exists(path):
        return None
    spec = importlib.util.spec_from_file_location("lab%d_%s" % (number, name), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load(number):
    if number not in numbers():
        raise LabError("LAB=%s: there is no such lab; there are %s" % (number, " ".join(map(str, numbers())) or "none"))
    return part(number, "lab").LAB


def default():
    """The lab that is meant when none is named: that of a student's tree, else the only one."""
    there = numbers()
    if handed_out():
        return handed_out()
    if len(there) != 1:
        raise LabError("say which lab: LAB= one of %s" % " ".join(map(str, there)))
    return there[0]


def handed_out():
    """The number of the lab for which this tree was handed out; None in staff's own tree."""
    try:
        with open(os.path.join(GRADING, "handed-out"), encoding="ascii") as file:
            return int(file.read())
    except (OSError, ValueError):
        return None


def named_files(tree, lab):
    """{path: text} of the lab's named files in that tree; None: not there, or no plain text. Staff's own tree has, beside a file
    that students fill in, e.g. sheet.txt, how it is filled in: sheet-solution.txt."""
    found, root = {}, os.path.realpath(tree)
    for path in lab.files:
        solution = "-solution".join(os.path.splitext(path))
        own = root == os.path.realpath(ROOT) and os.path.exists(os.path.join(root, solution))
        at = os.path.join(root, solution if own else path)
        try:
            with open(at, "rb") as file:
                plain = os.path.realpath(at) == at and os.path.isfile(at)
                found[path] = file.read(1 << 20).decode("utf-8", "surrogateescape") if plain else None
        except OSError:
            found[path] = None
    return found


def mutants(number):
    module = part(number, "mutants")
    return module.MUTANTS if module else []
