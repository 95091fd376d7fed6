# tools/check/check.py: make check: builds what the tests need, runs them side by side, counts. (all labs)
import argparse
import fcntl
import os
import re
import sys
import threading
import time

from job import DEFAULT_SLOT, FAIL, HANDED_OUT, PASS, ROOT, SKIP, Result
import bomb
import coverage
import failframe
import fuzz
import guest
import hazards
import host
import kernel
import keyboard
import machines
import makefiles
import monitor
import outside
import programs
import stack
import unix
import work

LOGS = os.path.join(ROOT, "obj", "check")
# What students don't wait for: tests of the tools, of what hardly ever happens, and in more than two slots.
STAFF_ONLY = re.compile(r"make-|hazard|host/tools/|fuzz|failframe|bomb|outside|memory-|machine-|words-|.*ubsan|.*bochs")


class Report:
    """Counts results and prints: a line for each job, and for each failure its reason and how to repeat it."""

    def __init__(self, seed, verbose):
        self.counts = {PASS: 0, FAIL: 0, SKIP: 0}
        self.seed, self.verbose = seed, verbose
        self.results = {}
        self._lock = threading.Lock()

    def repeat(self, job, name):
        if not re.fullmatch(r"[\w./=:+,@ -]+", name):  # what a shell or make would read differently
            name = job.name
        return "make check TEST='%s' SEED=%d" % (name, self.seed)

    def add(self, job, results, log):
        with self._lock:
            for result in results:
                self.counts[result.status] += 1
                self.results[result.name] = result
                if result.status == FAIL:
                    print("FAIL %s: %s\n     repeat: %s\n     log: %s" %
                          (result.name, result.reason, self.repeat(job, result.name), os.path.relpath(log, ROOT)))
                elif result.status == SKIP:
                    print("SKIPPED %s: %s" % (result.name, result.reason))
                elif self.verbose:
                    print("PASS %s" % result.name)
            passed = sum(r.status == PASS for r in results)
            print("%-60s %4d of %d passed, %5.1f s" % (job.name, passed, len(results), job.seconds), flush=True)


def log_path(job):
    return os.path.join(LOGS, re.sub(r"[^\w.-]+", "-", job.name) + ".log")


def only_one():
    """Two would write the same files: wait until no other runs in this tree. The lock lives as long as what is returned."""
    lock = open(os.path.join(LOGS, "lock"), "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print("waiting: another make check, hazards or coverage is running in this tree", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def run_job(job, kernels, broken, wanted, report):
    missing = [broken[v] for v in job.variants if v in broken]
    if missing:
        results = [Result(job.name, FAIL, missing[0])]
    else:
        job.kernels = kernels
        results = job.execute()
    if wanted and wanted not in job.name:
        results = [r for r in results if wanted in r.name or r.status == FAIL and r.name == job.name]
    log = log_path(job)
    with open(log, "w", encoding="utf-8") as file:
        file.write("\n".join(job.notes) + "\n")
        file.writelines("%s %s: %s\n" % (r.status, r.name, r.reason) for r in results)
    report.add(job, results, log)


def collect(seed):
    from job import pick_slots
    slots = pick_slots(seed)[:2 if HANDED_OUT else None]
    print("slots under test: %s (SEED=%d)" % (" ".join("0x%08X" % (s << 22) for s in slots), seed), flush=True)
    guests = kernel.jobs(slots) + programs.jobs(slots) + failframe.jobs() + outside.jobs(slots) + monitor.jobs() + machines.jobs() + \
        keyboard.jobs(slots) + stack.jobs(slots[:2]) + bomb.jobs(slots) + fuzz.jobs(seed) + unix.jobs()
    if guest.COVERAGE:  # what boots a kernel of ours under QEMU, in one slot
        others = re.compile(r"bochs|^grade-|^mutants-|^class-|^attacks-|-t_long$")  # t_long counts instructions: the recorder's, too
        return [job for job in guests if not others.search(job.name) and
                all(v.slot == DEFAULT_SLOT and "UBSAN" not in v.variables for v in job.variants)]
    found = host.jobs() + makefiles.jobs() + guests + hazards.jobs()
    if HANDED_OUT:
        return [job for job in found if not STAFF_ONLY.match(job.name)]
    import grading  # these two are not in such a tree
    import handouts
    return found + grading.jobs(seed) + handouts.jobs()


def main():
    options = argparse.ArgumentParser(prog="make check", description="Run OurOS' tests.")
    options.add_argument("--test", default="", help="only tests whose name contains this")
    options.add_argument("--seed", default="", help="repeats a run's random choices")
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options.add_argument("--list", action="store_true", help="print the names of the tests, run nothing")
    options.add_argument("--hazards", action="store_true", help="take out the guards; end with a table")
    options.add_argument("--coverage", action="store_true", help="which lines of the kernel do the tests run?")
    options.add_argument("--verbose", action="store_true", help="name each test that passes")
    chosen = options.parse_args()
    if chosen.seed and not chosen.seed.isdigit():
        sys.exit("SEED=%s: a seed is a decimal number" % chosen.seed)
    seed = int(chosen.seed) if chosen.seed else int.from_bytes(os.urandom(3), "big")
    os.makedirs(LOGS, exist_ok=True)
    lock = None if chosen.list else only_one()
    begin = time.monotonic()
    if chosen.hazards:
        chosen.test = "hazard-" + chosen.test
    if chosen.coverage:
        guest.COVERAGE = coverage.empty_folder(LOGS)
    jobs = [job for job in collect(seed) if job.matches(chosen.test)]
    if chosen.list:
        for job in jobs:
            print("\n".join(["%s/%s" % (job.name, part) for part in job.parts] or [job.name]))
        return 0
    report = Report(seed, chosen.verbose)
    work.Work(jobs, LOGS, lambda job, kernels, broken: run_job(job, kernels, broken, chosen.test, report)).run(chosen.jobs)
    if chosen.hazards:
        for line in hazards.table(report.results):
            print(line)
    if chosen.coverage:
        failed = report.counts[FAIL]
        if failed:
            print("%d tests failed, and have not run what they were to run" % failed)
        return coverage.report(guest.COVERAGE, not chosen.test) or bool(failed)
    if not any(report.counts.values()):
        print("no test's name contains '%s': make check-list names them all" % chosen.test)
    print("%.0f s, SEED=%d" % (time.monotonic() - begin, seed))
    print("%d passed, %d failed, %d skipped" % tuple(report.counts[s] for s in (PASS, FAIL, SKIP)))
    return 0 if (report.counts[PASS] or HANDED_OUT and report.counts[SKIP]) and not report.counts[FAIL] else 1


if __name__ == "__main__":
    sys.exit(main())
