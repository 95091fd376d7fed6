#!/usr/bin/env python3
# tools/check/test_optional.py: where a tool that only some tests use is not installed, those say SKIPPED: none fails, and none
# passes without having looked. Prints a line "PASS name" or "FAIL name: why" for each. (all labs)
import collections
import os
import subprocess
import sys
import tempfile

import hazards
import kernel
import outside
import stack
from job import FAIL, PASS, ROOT, SKIP, pick_slots

OPTIONAL = {"bochs", "bwrap", "gdb", "gdb-multiarch", "i686-elf-gdb", "mipsel-elf-gdb", "grub-mkrescue", "xorriso", "mformat", "munged", "slurmctld",
            "unshare", "z3"}


def hide(folder):
    """From now on PATH has everything but the optional tools, by links in this folder."""
    for part in reversed(os.environ["PATH"].split(os.pathsep)):
        for name in os.listdir(part) if os.path.isdir(part) else []:
            link = os.path.join(folder, name)
            if name not in OPTIONAL:
                if os.path.lexists(link):
                    os.remove(link)
                os.symlink(os.path.join(part, name), link)
    os.environ["PATH"] = folder


def judge(name, statuses):
    """Statuses of results that all need what is hidden."""
    bad = [s for s in statuses if s != SKIP]
    print("PASS without tools: %s" % name if statuses and not bad else
          "FAIL without tools: %s: wanted SKIP, got %s" % (name, " ".join(bad) or "nothing"))
    return bool(bad) or not statuses


def run_script(path, *words):
    done = subprocess.run([sys.executable, os.path.join(ROOT, path)] + list(words), cwd=ROOT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    return judge(path, [line.split()[0] for line in done.stdout.splitlines() if line.startswith((PASS, FAIL, SKIP))])


def run_jobs():
    """Those of make check itself, with no kernel: they must not come to ask for it."""
    slots, failed = pick_slots(1), 0
    for job in kernel.jobs(slots) + hazards.jobs() + stack.jobs(slots):
        if "bochs" in job.name or job.name.startswith("stack-"):
            job.kernels = collections.defaultdict(lambda: "/no/kernel")
            failed += judge(job.name, [result.status for result in job.execute()])
    outside_job = outside.jobs(slots)[0]
    return failed + judge("outside", [r.status for r in outside.run_bochs(outside_job, "/no/image", 0, {}, {})])


def main():
    with tempfile.TemporaryDirectory(prefix="ouros-check-") as folder:
        hide(folder)
        failed = run_jobs() + run_script("boot/i386/test_boot.py", "bochs", "from_cd") + run_script("tools/check/test_z3.py") + \
            run_script("tools/gdb/test_gdb.py") + run_script("grading/try_slurm.py")
    sys.exit(1 if failed else 0)


main()
