# tools/check/job.py: what a test run is made of: jobs, their results, the kernels they need. (all labs)
import os
import random
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import guest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ARCHES = ("i386", "mips")
DEFAULT_SLOT = 0x300
LAST_SLOT = 0x3FF
HANDED_OUT = os.path.exists(os.path.join(ROOT, "inc/lab.h"))  # a student's tree

PASS, FAIL, SKIP = "PASS", "FAIL", "SKIP"


class Skip(Exception):
    """Raised by a job that can't run here; the text says what is missing."""


class Failure(Exception):
    """Raised by a job; the text says what is wrong."""


class Result:
    def __init__(self, name, status, reason=""):
        self.name, self.status, self.reason = name, status, reason


class Variant:
    """One way to build the kernel: a machine and make variables that differ from the default."""

    def __init__(self, arch, slot=DEFAULT_SLOT, **variables):
        self.arch, self.slot = arch, slot
        self.variables = dict(variables)
        if guest.COVERAGE:
            self.variables["COVERAGE"] = 1
        if slot != DEFAULT_SLOT:
            self.variables["PT_BASE"] = "0x%08X" % (slot << 22)

    @property
    def pt_base(self):
        return self.slot << 22

    @property
    def arguments(self):
        return ["ARCH=" + self.arch] + ["%s=%s" % item for item in sorted(self.variables.items())]

    def __eq__(self, other):
        return self.arguments == other.arguments

    def __hash__(self):
        return hash(tuple(self.arguments))

    def __str__(self):
        return " ".join(self.arguments)


class Job:
    """Something that runs by itself and gives one or more results.

    run(job) returns Results, or None: the job's name passed. It may raise Skip, Failure or GuestError. It keeps the
    deadlines itself: job.left() is what remains of job.timeout seconds.
    parts: names of its results, where they are known beforehand; TEST= may name one of them.
    makes: it runs make in this tree itself, and begins when no kernel is being built any more.
    """

    def __init__(self, name, run, timeout=60, variants=(), parts=(), makes=False):
        self.name, self.run, self.makes = name, run, makes
        self.timeout = timeout * (2 if guest.COVERAGE else 1)  # the recorder takes its time
        self.variants, self.parts = list(variants), list(parts)
        self.kernels = {}  # Variant -> path of the kernel, once built
        self.notes = []
        self.seconds = 0.0

    def log(self, text):
        self.notes.append(text.rstrip("\n"))

    def left(self):
        remaining = self.started + self.timeout - time.monotonic()
        if remaining <= 0:
            raise Failure("not finished after %d s" % self.timeout)
        return remaining

    def kernel(self, variant=None):
        return self.kernels[variant or self.variants[0]]

    def matches(self, wanted):
        return not wanted or wanted in self.name or any(wanted in "%s/%s" % (self.name, p) for p in self.parts) or \
            wanted.startswith(self.name + "/")

    def execute(self):
        self.started = time.monotonic()
        try:
            results = self.run(self)
            results = [Result(self.name, PASS)] if results is None else list(results)
            if not results:
                results = [Result(self.name, FAIL, "nothing was tested")]
        except Skip as why:
            results = [Result(self.name, SKIP, str(why))]
        except (Failure, guest.GuestError) as why:
            results = [Result(self.name, FAIL, str(why))]
        except Exception as error:  # a defect of the test itself must not stop the others
            import traceback
            self.log(traceback.format_exc())
            results = [Result(self.name, FAIL, "the test itself broke: %s: %s" % (type(error).__name__, error))]
        self.seconds = time.monotonic() - self.started
        return [self.waits(result) for result in results]

    def waits(self, result):
        """In a tree that was handed out: what fails because something is not written yet is skipped."""
        unwritten = result.status == FAIL and HANDED_OUT and guest.UNWRITTEN.search(result.reason)
        return Result(result.name, SKIP, "needs %s" % unwritten.group(1)) if unwritten else result


def environment():
    """The environment for a child: nothing of the make that may have started us, and no test filter."""
    drop = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "TEST", "SEED", "ARCH", "PT_BASE", "TESTS", "DEBUG",
            "HAZARD", "UBSAN", "COVERAGE", "V", "RUN", "TIMEOUT", "MEM", "CPU", "WALK")
    return {key: value for key, value in os.environ.items() if key not in drop}


class Done:
    def __init__(self, code, output, timed_out):
        self.code, self.output, self.timed_out = code, output, timed_out


def command(job, argv, timeout=None, cwd=ROOT, env=None, stdin=subprocess.DEVNULL):
    """Run argv to its end (killed with its children at the deadline); output is stdout and stderr together."""
    shown = " ".join(argv)
    job.log("$ " + shown)
    timeout = min(timeout or job.left(), job.left())
    with tempfile.TemporaryFile() as file:  # not a pipe: that would be read until the last one who has it, wherever it is, is gone
        child = guest.spawn(argv, cwd=cwd, stdin=stdin, stdout=file, stderr=subprocess.STDOUT, env=dict(environment(), **(env or {})))
        timed_out = False
        try:
            child.wait(timeout)
        except subprocess.TimeoutExpired:
            timed_out = True
        finally:
            guest.end(child)
        file.seek(0)
        output = file.read().decode("utf-8", "replace").replace("\r\n", "\n")
    job.log(output)
    return Done(child.returncode, output, timed_out)


LINE = re.compile(r"^(PASS|FAIL|SKIP) ([^:\n]+?)(?:: (.*))?$", re.MULTILINE)


def parse_lines(text, prefix):
    """Results from "PASS name", "FAIL name: why" and "SKIP name: why" lines."""
    return [Result("%s/%s" % (prefix, m.group(2).strip()), m.group(1), m.group(3) or "") for m in LINE.finditer(text)]


def pick_slots(seed):
    """The slots under test: the first, the last, and two more, one odd and one even, that the seed chooses."""
    choose = random.Random(seed)
    odd = choose.randrange(DEFAULT_SLOT + 1, LAST_SLOT, 2)
    even = choose.randrange(DEFAULT_SLOT + 2, LAST_SLOT, 2)
    return [DEFAULT_SLOT, LAST_SLOT, odd, even]


def need(*programs):
    for program in programs:
        if not guest.have(program):
            raise Skip("%s is not installed (make deps)" % program)
