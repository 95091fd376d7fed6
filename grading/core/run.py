# grading/core/run.py: runs a lab's tests on kernels built from a student's regions, side by side on all cores. (all labs)
import concurrent.futures
import copy
import hashlib
import os
import random
import tempfile
import threading
import time
import traceback

from . import api, bochs, build
from .gdb import GdbError
from .lab import LabError, part
from .machine import Fault, Machine, NeverRuns, NotWritten, Stuck
from .puppet import PuppetProgram

PASS, FAIL, NOT_RUN, BROKEN_BUILD = "pass", "fail", "not run", "does not build"


def number(*parts):
    """A number that these parts, and nothing else, decide."""
    return int.from_bytes(hashlib.sha256("\0".join(map(str, parts)).encode()).digest()[:6], "little")


class Result:
    """Of one test in one build. status: PASS, FAIL, NOT_RUN, BROKEN_BUILD; hint: what is broken, in words. bochs: what became
    of it there: PASS, FAIL, or why it was not run; None: nobody asked."""

    def __init__(self, test, arch, mode, status, hint="", seconds=0.0, bochs=None):
        self.test, self.arch, self.mode, self.status, self.hint, self.seconds, self.bochs = test, arch, mode, status, hint, seconds, bochs


class Session:
    """Tests that share one build, and, as long as nothing goes wrong, one guest."""

    def __init__(self, made, program, seed, files, emu="qemu"):
        self.build, self.program, self._seed, self.files, self.emu = made, program, seed, files, emu
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
        self._machine = Machine(self.build, self.program if program else None, emu=self.emu, **how)
        return self._machine

    def standing(self):
        """The guest in QEMU, as it stands; None: there is none."""
        return self._machine if self._machine and self._machine.emu == "qemu" else None

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
    if isinstance(error, bochs.NotHere):
        return NOT_RUN, str(error)
    if isinstance(error, NotWritten):
        return NOT_RUN, "not run: needs %s, which is not written yet" % error.exercise
    if isinstance(error, NeverRuns):
        return NOT_RUN, "not run: %s" % error
    if isinstance(error, Fault):
        return FAIL, "an access that must work faults: 0x%08x (%s)" % (error.addr, ("read", "write", "jump")[error.access % 3])
    return FAIL, str(error)


def naming(hint, exercise):
    """The hint, its first line naming the exercise, if nothing of it does."""
    if exercise in hint:
        return hint
    first, end, rest = hint.partition("\n")
    return "%s (see %s)%s%s" % (first, exercise, end, rest)


def run_test(session, test, seed, at_failure=None):
    t = api.T(session, number(seed, test.exercise, test.name))
    begin = time.monotonic()
    if test.alone:
        session.close()
    try:
        test.function(t)
        status, hint = PASS, ""
    except api.Broken as broken:
        status, hint = FAIL, str(broken)
    except (Stuck, Fault, GdbError, bochs.NotHere) as error:
        status, hint = describe(error)
    except Exception as error:
        status, hint = FAIL, "what the test found is beyond what it expects (%s: %s)" % (type(error).__name__, error)
        if os.environ.get("GRADE_TRACE"):
            traceback.print_exc()
    if status == FAIL or hint.startswith("not run: the kernel"):
        hint = naming(hint, test.exercise)
        if at_failure:
            at_failure(session, test, hint)
    if status != PASS or test.alone:
        session.close()
    return status, hint, time.monotonic() - begin


def in_bochs(session, test, seed):
    """(status, hint, bochs) of a test that has passed in QEMU: what it comes to with what Bochs shows."""
    if test.not_in_bochs:
        return PASS, "", test.not_in_bochs
    status, hint, _ = run_test(session, test, seed)
    if status == FAIL:
        return FAIL, "only Bochs shows it (QEMU forgives flushes that are missing, and drops global translations too early): " + hint, FAIL
    return PASS, "", PASS if status == PASS else hint


class Task:
    """Tests of one exercise in one build. mode: "alone" or "whole"."""

    def __init__(self, exercise, arch, mode, tests, replaced):
        self.exercise, self.arch, self.mode, self.tests, self.replaced = exercise, arch, mode, tests, replaced


class _Shared:
    """One build, made by whoever comes first; the others wait for it."""

    def __init__(self):
        self.lock, self.made, self.error = threading.Lock(), None, None


class Runner:
    """For one lab. emu: "qemu"; "both": what i386 tests find must be so in Bochs, too. slot: of the self entry. only: "2.4", "2.4/name" or a test's name. say: is told each result.
    enough: asked (exercise, status, hint) after each test whether the rest of that exercise's tests tell nothing new."""

    enough = staticmethod(lambda exercise, status, hint: False)
    own_words = staticmethod(lambda message, replaced: message)  # a compiler's message, as the student may read it
    at_failure = None  # called with (session, test, hint) while the guest still stands where the test failed

    def __init__(self, lab, seed, slot=0x300, workers=None, only=None, say=lambda result: None, staff=None, emu="qemu"):
        self.emu = emu
        self.lab, self.seed, self.slot, self.only, self.say = lab, seed, slot, only, say
        self.workers = workers or os.cpu_count() or 1
        api.TESTS.clear()
        if part(lab.number, "tests") is None:
            raise LabError("lab %d has no tests" % lab.number)
        self.tests = list(api.TESTS)
        self.staff = dict(staff or {})  # {arch: build.Staff}, laid out; those that are missing are built
        self._own_folder()

    def _own_folder(self):
        self._lock, self._builds = threading.Lock(), {}  # (arch, build.key): a _Shared
        self.folder = tempfile.mkdtemp(prefix="ouros-grade-")
        os.chmod(self.folder, 0o711)

    def another(self):
        """One that shares our tests and staff's builds: several trees can be run at the same time."""
        other = copy.copy(self)
        other._own_folder()
        return other

    def close(self):
        build.remove(self.folder)

    def tests_of(self, exercise, arch):
        return [t for t in self.tests if t.exercise == exercise.id and arch in t.archs and
                (not self.only or self.only in ("%s" % t.exercise, t.name, "%s/%s" % (t.exercise, t.name)))]

    def prepare(self, archs):
        """Build what staff's trees of these machines share."""
        for arch in [a for a in archs if a not in self.staff]:
            self.staff[arch] = build.Staff(arch, self.slot)
            self.staff[arch].lay_out(os.path.join(self.folder, "staff-" + arch))

    def run(self, submission, archs, modes=("alone", "whole")):
        """The Results of a grade.Submission on these machines."""
        self.prepare(archs)
        self.files = submission.files
        groups = {}  # the same files under test: built and run once
        results = []
        for exercise in self.lab.exercises:
            for arch in archs:
                tests = self.tests_of(exercise, arch) if arch in exercise.archs else []
                for mode, replaced in (("alone", submission.splices[exercise.id]), ("whole", submission.whole)):
                    if mode not in modes:
                        continue
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
        return [self._judged(result, submission) for result in results]

    def _judged(self, result, submission):
        """What fails while something else stands where a part is not written yet is not run, whatever it said."""
        exercise = result.test.exercise
        wanted = [exercise] + [e for e in self.lab.exercise(exercise).needs if result.mode == "whole"]
        for missing in [e for e in wanted if e in submission.unfinished] if result.status == FAIL else []:
            result.status = NOT_RUN
            result.hint = "not run: needs %s, which is not written yet (%s)\n%s" % (missing, submission.unfinished[missing], result.hint)
            break
        return result

    def _run_group(self, tasks):
        first = tasks[0]
        results = []
        for result in self._run_task(first):
            for task in tasks:
                results.append(Result(result.test, task.arch, task.mode, result.status, result.hint, result.seconds, result.bochs))
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
            return [Result(test, task.arch, task.mode, BROKEN_BUILD, self.own_words(str(error), task.replaced)) for test in task.tests]
        session, strict = [Session(made, program, self.seed, self.files, emu) for emu in ("qemu", "bochs")]
        found = []
        try:
            for test in task.tests:
                result = Result(test, task.arch, task.mode, *run_test(session, test, self.seed, self.at_failure))
                found.append(result)
                if self.emu == "both" and task.arch == "i386" and result.status == PASS:
                    result.status, result.hint, result.bochs = in_bochs(strict, test, self.seed)
                if self.enough(task.exercise.id, result.status, result.hint):
                    break
            return found
        finally:
            session.close()
            strict.close()
