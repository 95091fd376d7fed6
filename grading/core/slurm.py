# grading/core/slurm.py: the class as a job array of Slurm: each task grades every N-th submission. (staff's; all labs)
import os
import subprocess
import sys
import time

from .lab import GRADING

POLL = 2  # seconds


def tasks(count):
    """As many as Slurm says there are CPUs, but no more than submissions."""
    done = subprocess.run(["sinfo", "-h", "-o", "%C"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise ValueError("--slurm: sinfo fails: %s" % (done.stderr.strip().splitlines() or ["is Slurm running?"])[0])
    cpus = sum(int(line.split("/")[3]) for line in done.stdout.split() if line.count("/") == 3)
    return max(1, min(count, cpus))


def run(options, lab, seed, count):
    """Submit, and wait until the last task has ended."""
    try:
        n = tasks(count)
    except FileNotFoundError:
        raise ValueError("--slurm: there is no Slurm here (sinfo is missing): apt-get install slurm-wlm munge, or go without --slurm") from None
    words = [sys.executable, os.path.join(GRADING, "class"), os.path.abspath(options.folder), "--lab", str(lab.number), "--out", os.path.abspath(options.out),
             "--seed", str(seed), "--jobs", "1"] + (["--arch", options.arch] if options.arch else []) + (["--unconfined"] if options.unconfined else [])
    words += ["--regrade"] + options.regrade if options.regrade is not None else []
    script = "#!/bin/sh\nexec %s --part $SLURM_ARRAY_TASK_ID/%d\n" % (" ".join("'%s'" % w.replace("'", "'\\''") for w in words), n)
    logs = os.path.join(os.path.abspath(options.out), "slurm-%a.log")
    done = subprocess.run(["sbatch", "--parsable", "--array=1-%d" % n, "--ntasks=1", "--output=" + logs, "--job-name=ouros-lab%d" % lab.number],
                          input=script, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise ValueError("--slurm: sbatch fails: %s" % done.stderr.strip())
    job = done.stdout.split(";")[0].strip()
    while True:
        state = subprocess.run(["squeue", "-h", "-j", job], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if state.returncode or not state.stdout.strip():
            return
        time.sleep(POLL)
