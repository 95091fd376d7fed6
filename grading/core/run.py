# grading/core/run.py: runs a lab's tests on kernels built from a student's regions, side by side on all cores. (all labs)
import concurrent.futures
import hashlib
import os
import random
import shutil
import tempfile
import threading
import time
import traceback

from . import api, build
from .gdb import GdbError
from .lab import LabError, part
from .machine import Fault, Machine, NotWritten, Stuck
from .puppet import PuppetProgram

PASS, FAIL, NOT_RUN, BROKEN_BUILD = "pass", "fail", "not run", "does not build"


def number(*parts):
    """A number that these parts, and nothing else, decide."""
    return int.from_bytes(hashlib.sha256("\0".join(map(str, parts)).encode()).digest()[:6], "little")


class Result:
    """Of one test in one build. status: PASS, FAIL, NOT_RUN, BROKEN_BUILD; hint: what is broken, in words."""

    def __init__(self, test, arch, mode, status, hint="", seconds=0.0):
        self.test, self.arch, self.mode, self.status, self.hint, self.seconds = test, arch, mode, status, hint, seconds


class Session:
    """Tests that share one build, and, as long as nothing goes wrong, one guest."""

    def __init__(self, made, program, seed, files):
        self.build, self.program, self._seed, self.files = made, program, seed, files
        self._machine = self._puppet = None
        self._used = []

    def close(self):
        if self._machine:
            self._machine.close()
        self._machine = self._puppet = None
        self._used = []

    def machine(self):
        if self._machine is None:
            self.fresh()
        return self._machine

    def fresh(self, program=True, **how):
        self.close()
        self._machine = Machine(self.build, self.program if program else None, **how)
        return self._machine

    def puppet(self):
        machine = self.machine()
        if self._puppet is None:
            self._puppet = machine.first()
            self._puppet.catch_faults()
        return self._puppet

    def page(self, rng, n, align):
        while True:
            at = rng.randrange(0x10000000 // align, 0x60000000 // align) * align
            if all(at + n * 4096 <= begin or end <= at for begin, end in self._used):
                self._used.append((at - 4096, at + (n + 1) * 4096))
                return at


def describe(error):
    """(status, hint) of what ended a test."""
    if isinstance(error, NotWritten):
        return NOT_RUN, "not run: needs %s, which is not written yet" % error.exercise
    if isinstance(error, Fault):
        return FAIL, "an access that must work faults: 0x%08x (%s)" % (error.addr, ("read", "write", "jump")[error.access % 3])
    return FAIL, str(error)


def run_test(session, test, seed):
    t = api.T(session, number(seed, test.exercise, test.name))
    begin = time.monotonic()
    if test.alone:
        session.close()
    try:
        test.function(t)
        status, hint = PASS, ""
    except api.Broken as broken:
        status, hint = FAIL, str(broken)
    except (Stuck, Fault, GdbError) as error:
        status, hint = describe(error)
    except Exception as error:
        status, hint = FAIL, "what the test found is beyond what it expects (%s: %s)" % (type(error).__name__, error)
        if os.environ.get("GRADE_TRACE"):
            traceback.print_exc()
    if status != PASS or test.alone:
        session.close()
    return status, hint, time.monotonic() - begin


class Task:
    """Tests of one exercise in one build. mode: "alone" or "whole"."""

    def __init__(self, exercise, arch, mode, tests, replaced):
        self.exercise, self.arch, self.mode, self.tests, self.replaced = exercise, arch, mode, tests, replaced


class _Shared:
    """One build, made by whoever comes first; the others wait for it."""

    def __init__(self):
        self.lock, self.made, self.error = threading.Lock(), None, None


class Runner:
    """For one lab. slot: of the self entry. only: "2.4", "2.4/name" or a test's name. say: is told each result."""

    def __init__(self, lab, seed, slot=0x300, workers=None, only=None, say=lambda result: None, staff=None):
        self.lab, self.seed, self.slot, self.only, self.say = lab, seed, slot, only, say
        self.workers = workers or os.cpu_count() or 1
        api.TESTS.clear()
        if part(lab.number, "tests") is None:
            raise LabError("lab %d has no tests" % lab.number)
        self.tests = list(api.TESTS)
        self.staff = dict(staff or {})  # {arch: build.Staff}, laid out; those that are missing are built
        self._lock, self._builds = threading.Lock(), {}  # (arch, build.key): a _Shared
        self.folder = tempfile.mkdtemp(prefix="ouros-grade-")
        os.chmod(self.folder, 0o711)

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def tests_of(self, exercise, arch):
        return [t for t in self.tests if t.exercise == exercise.id and arch in t.archs and
                (not self.only or self.only in ("%s" % t.exercise, t.name, "%s/%s" % (t.exercise, t.name)))]

    def run(self, submission, archs):
        """The Results of a grade.Submission on these machines."""
        for arch in [a for a in archs if a not in self.staff]:
            self.staff[arch] = build.Staff(arch, self.slot)
            self.staff[arch].lay_out(os.path.join(self.folder, "staff-" + arch))
        self.files = submission.files
        groups = {}  # the same files under test: built and run once
        results = []
        for exercise in self.lab.exercises:
            for arch in archs:
                tests = self.tests_of(exercise, arch) if arch in exercise.archs else []
                for mode, replaced in (("alone", submission.splices[exercise.id]), ("whole", submission.whole)):
                    if tests and exercise.id in submission.complaints:
                        results += [Result(test, arch, mode, NOT_RUN, submission.complaints[exercise.id][0]) for test in tests]
                    elif tests and exercise.id in submission.blank:
                        results += [Result(test, arch, mode, NOT_RUN, "%s is not written yet" % exercise.id) for test in tests]
                    elif tests:
                        real = {p: s for p, s in replaced.items() if self.staff[arch].files.get(p) != build.data(s)}
                        groups.setdefault((arch, exercise.id, build.key(real)), []).append(Task(exercise, arch, mode, tests, real))
        with concurrent.futures.ThreadPoolExecutor(self.workers) as pool:
            for found in pool.map(self._run_group, groups.values()):
                results += found
        return results

    def _run_group(self, tasks):
        first = tasks[0]
        results = []
        for status, hint, seconds, test in self._run_task(first):
            for task in tasks:
                results.append(Result(test, task.arch, task.mode, status, hint, seconds))
                self.say(results[-1])
        return results

    def _build(self, task):
        """(Build, PuppetProgram): one for all exercises with the same files under test. BuildError."""
        with self._lock:
            shared = self._builds.setdefault((task.arch, build.key(task.replaced)), _Shared())
        with shared.lock:
            if not shared.made and not shared.error:
                try:
                    shared.made = self._build_new(task.arch, task.replaced)
                except build.BuildError as error:
                    shared.error = error
        if shared.error:
            raise shared.error
        return shared.made

    def _build_new(self, arch, replaced):
        tests = [t for t in self.tests if arch in t.archs]
        rng = random.Random(number(self.seed, arch, build.key(replaced), "puppet"))
        keep = sorted({name for test in tests for name in test.keep})
        program = PuppetProgram(rng, keep, "\n".join(dict.fromkeys(test.code for test in tests if test.code)))
        extra = sorted({name for test in tests for name in test.programs})
        folder = tempfile.mkdtemp(prefix=arch + "-", dir=self.folder)
        return build.Build(self.staff[arch], folder, replaced, [program], extra, self.lab.symbols), program

    def _run_task(self, task):
        try:
            made, program = self._build(task)
        except build.BuildError as error:
            return [(BROKEN_BUILD, str(error), 0.0, test) for test in task.tests]
        session = Session(made, program, self.seed, self.files)
        try:
            return [run_test(session, test, self.seed) + (test,) for test in task.tests]
        finally:
            session.close()
