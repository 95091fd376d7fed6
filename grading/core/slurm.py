# grading/core/slurm.py: the class as a job array of Slurm: each task grades every N-th submission. (staff's; all labs)
import os
import subprocess
import sys
import time

from .lab import GRADING

POLL = 2      # seconds
PATIENCE = 60  # seconds without an answer of Slurm's after which nothing more is expected
WELL = ("PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "COMPLETED")
OVER = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY", "BOOT_FAIL", "DEADLINE", "PREEMPTED")


class SlurmError(ValueError):
    """One line for whoever called."""


def ask(*words, **how):
    """A command of Slurm's; SlurmError with its own words when it fails."""
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how)
    except FileNotFoundError:
        raise SlurmError("--slurm: there is no Slurm here (%s is missing): apt-get install slurm-wlm munge, or go without --slurm" % words[0]) from None
    if done.returncode:
        raise SlurmError("--slurm: %s fails: %s" % (words[0], (done.stderr.strip().splitlines() or ["it says nothing"])[0]))
    return done.stdout


def tasks(count):
    """As many as Slurm has CPUs that are up, but no more than submissions."""
    cpus = 0
    for line in ask("sinfo", "-h", "-o", "%C").split():  # allocated/idle/other/all; other: of nodes that are down
        used, idle = line.split("/")[:2]
        cpus += int(used) + int(idle)
    if not cpus:
        raise SlurmError("--slurm: no node is up: sinfo -R says why; scontrol update nodename=... state=resume brings it back")
    return max(1, min(count, cpus))


def command(options, lab, seed, n):
    """What a task runs, as a shell script."""
    words = [sys.executable, os.path.join(GRADING, "class"), os.path.abspath(options.folder), "--lab", str(lab.number), "--out", os.path.abspath(options.out),
             "--seed", str(seed), "--jobs", "1"] + (["--arch", options.arch] if options.arch else []) + (["--unconfined"] if options.unconfined else [])
    return "#!/bin/sh\nexec %s --part $SLURM_ARRAY_TASK_ID/%d\n" % (" ".join("'%s'" % w.replace("'", "'\\''") for w in words), n)


def states(job):
    """{task's number: (state, exit code, reason)}; None: Slurm does not know the job any more."""
    try:
        text = ask("squeue", "-h", "-r", "-t", "all", "-j", job, "-O", "ArrayTaskID:10|,State:20|,exit_code:10|,Reason:120")
    except SlurmError as error:
        if "Invalid job id" in str(error):
            return None
        raise
    rows = [[word.strip() for word in line.split("|")] for line in text.splitlines() if line.count("|") >= 3]
    return {int(row[0]): (row[1], row[2], row[3]) for row in rows if row[0].isdigit()}


def waits_for(now):
    """Why nothing goes on: Slurm's reason, when tasks wait and none runs."""
    if any(state in ("RUNNING", "COMPLETING", "CONFIGURING") for state, _, _ in now.values()):
        return ""
    return next((reason for state, _, reason in now.values() if state == "PENDING" and reason not in ("", "None", "Priority", "Resources", "BeginTime")), "")


def say(text):
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def watch(job, missing):
    """Until the last task has ended: the states at the end. missing(): how many submissions have no grade yet."""
    told, left, last, heard = "", missing(), {}, time.monotonic()
    total = left
    while True:
        try:
            now = states(job)
            heard = time.monotonic()
        except SlurmError as error:  # its controller may be starting again
            if time.monotonic() - heard > PATIENCE:
                raise SlurmError("%s; job %s may still run: scancel %s ends it" % (error, job, job)) from None
            time.sleep(POLL)
            continue
        if now is None:
            return last
        last = now
        if missing() != left:
            left = missing()
            say("%d of %d graded" % (total - left, total))
        why = waits_for(now)
        if why and why != told:
            say("job %s waits, Slurm says: %s (Ctrl-C cancels it; what is graded stays)" % (job, why))
        told = why
        if now and all(state in OVER for state, _, _ in now.values()):
            return now
        time.sleep(POLL)


def failures(job, ended, out):
    """A line for each task that did not do its part."""
    lines = []
    for number, (state, code, _) in sorted(ended.items()):
        if state not in WELL:
            log = os.path.join(out, "slurm-%d.log" % number)
            try:
                with open(log, encoding="utf-8", errors="replace") as file:
                    said = [line for line in file.read().splitlines() if line.strip()][-1:]
            except OSError:
                said = []
            lines.append("task %d of job %s: %s%s%s" % (number, job, state.lower().replace("_", " "), ": " + said[0] if said else "",
                                                        "" if not said else " (%s)" % log))
    return lines


def run(options, lab, seed, count, missing):
    """Submit, and wait until the last task has ended. Lines that say what went wrong."""
    n = tasks(count)
    out = os.path.abspath(options.out)
    job = ask("sbatch", "--parsable", "--array=1-%d" % n, "--ntasks=1", "--requeue", "--open-mode=append", "--output=" + os.path.join(out, "slurm-%a.log"),
              "--job-name=ouros-lab%d" % lab.number, input=command(options, lab, seed, n)).split(";")[0].strip()
    say("job %s: %d tasks" % (job, n))
    try:
        return failures(job, watch(job, missing), out)
    except KeyboardInterrupt:
        ask("scancel", job)
        raise SlurmError("--slurm: job %s is cancelled; started again, it goes on with what is missing" % job) from None
