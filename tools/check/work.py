# tools/check/work.py: builds kernels and runs jobs side by side, each job as soon as its kernels are there. (all labs)
import concurrent.futures
import os
import re
import subprocess
import threading
import time

from job import ROOT, Variant, environment


def without_hazard(variant):
    rest = {name: value for name, value in variant.variables.items() if name not in ("HAZARD", "PT_BASE")}
    return Variant(variant.arch, variant.slot, **rest)


def in_order(variants):
    """The variants, and what they need; those that lack a guard last."""
    found = []
    for variant in variants:
        found += [without_hazard(variant), variant]
    return sorted(dict.fromkeys(found), key=lambda variant: "HAZARD" in variant.variables)


def before(variant, variants):
    """What is built before: folders that two kernels share (see tools/make/build.mk) are filled by one make alone."""
    if "HAZARD" in variant.variables:
        return without_hazard(variant)
    earlier = [v for v in variants[:variants.index(variant)] if v.arch == variant.arch]
    same_slot = [v for v in earlier if v.slot == variant.slot]
    return (same_slot + earlier + [None])[0]


class Build:
    """The kernel of one variant. Once done: kernel, its path, or why there is none."""

    def __init__(self, variant, logs):
        self.variant, self.done, self.kernel, self.why = variant, False, None, ""
        self.log = os.path.join(logs, "build-%s.log" % re.sub(r"[^\w.]+", "-", str(variant)))

    def run(self, at_once):
        argv = ["make", "--no-print-directory", "-j%d" % at_once, "check-kernel"] + self.variant.arguments
        made = subprocess.run(argv, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace")
        with open(self.log, "w", encoding="utf-8") as file:
            file.write("$ %s\n%s" % (" ".join(argv), made.stdout))
        path = re.search(r"^check-kernel: (.*)$", made.stdout, re.MULTILINE)
        if made.returncode == 0 and path:
            self.kernel = os.path.join(ROOT, path.group(1))
            return
        error = re.search(r".*(error: |undefined reference|\*\*\* ).*", made.stdout)
        error = error.group(0) if error else "make failed"
        self.why = "make %s: %s (%s)" % (self.variant, error.strip(), os.path.relpath(self.log, ROOT))


class Work:
    """run_job(job, kernels, broken) is called for each job, kernels and broken being {variant: path} and {variant: why}."""

    def __init__(self, jobs, logs, run_job):
        order = in_order(v for job in jobs for v in job.variants)
        self.builds = {variant: Build(variant, logs) for variant in order}
        self.first = {variant: before(variant, order) for variant in order}
        self.waiting = list(order)  # to be built
        self.jobs = sorted(jobs, key=lambda job: -job.timeout)  # the long ones first: the end is not one worker's wait
        self.run_job = run_job
        self.changed = threading.Condition()

    def _startable(self):
        """Variants whose build may begin."""
        return [v for v in self.waiting if not self.first[v] or self.builds[self.first[v]].done]

    def _ready(self, job):
        return all(b.done for b in (self.builds.values() if job.makes else [self.builds[v] for v in job.variants]))

    def _take(self):
        """(variant to build, how many at once) or (job, 0); None: nothing is left. Waits while nothing can begin."""
        with self.changed:
            while self.waiting or self.jobs:
                startable = self._startable()
                if startable:
                    self.waiting.remove(startable[0])
                    return startable[0], len(startable)
                for job in self.jobs:
                    if self._ready(job):
                        self.jobs.remove(job)
                        return job, 0
                self.changed.wait()
        return None

    def _build(self, variant, at_once):
        begin = time.monotonic()
        build = self.builds[variant]
        try:
            build.run(at_once)
        except OSError as error:
            build.why = "make %s: %s" % (variant, error)
        with self.changed:
            build.done = True
            self.changed.notify_all()
            done = sum(b.done for b in self.builds.values())
            print("built %d of %d: %s%s, %.1f s" % (done, len(self.builds), variant, "" if build.kernel else ": FAILED",
                  time.monotonic() - begin), flush=True)

    def _worker(self, workers):
        while True:
            task = self._take()
            if not task:
                return
            if task[1]:
                self._build(task[0], max(1, workers // task[1]))
            else:
                kernels = {v: b.kernel for v, b in self.builds.items() if b.kernel}
                self.run_job(task[0], kernels, {v: b.why for v, b in self.builds.items() if b.why})

    def run(self, workers):
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            for done in [pool.submit(self._worker, workers) for _ in range(workers)]:
                done.result()
