#!/usr/bin/env python3
# grading/try_slurm.py: a Slurm of one node on loopback, for the time of a test: does it grade as one machine does? (staff's; all labs)
"""Starts munged, slurmctld and slurmd of its own (own key, own ports of 127.0.0.1, own folder), grades a small class with
--slurm and without, and ends them. On the way a task is cancelled, one is killed, and the node goes down. PASS, FAIL or SKIP."""
import argparse
import ctypes
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import make_class  # noqa: E402
from core import lab as labs  # noqa: E402

DAEMONS = ("munged", "slurmctld", "slurmd")
COMMANDS = ("sinfo", "squeue", "sbatch", "scancel", "scontrol")
CONF = """ClusterName=ouros
SlurmctldHost=%(host)s(127.0.0.1)
SlurmctldPort=%(port1)d
SlurmdPort=%(port2)d
AuthType=auth/munge
AuthInfo=socket=%(folder)s/munge/socket,cred_expire=5
SlurmUser=%(user)s
SlurmdUser=%(user)s
StateSaveLocation=%(folder)s/state
SlurmdSpoolDir=%(folder)s/spool
SlurmctldPidFile=%(folder)s/slurmctld.pid
SlurmdPidFile=%(folder)s/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
SwitchType=switch/none
ReturnToService=0
SchedulerType=sched/builtin
MailProg=/bin/true
KillWait=2
NodeName=node1 NodeHostname=%(host)s NodeAddr=127.0.0.1 Port=%(port2)d CPUs=2 State=UNKNOWN
PartitionName=class Nodes=node1 Default=YES MaxTime=INFINITE State=UP
"""
# It asks for no control groups, yet its daemon wants to know where they would be.
CGROUPS = "CgroupPlugin=cgroup/v1\nCgroupMountpoint=%s/cgroup\nCgroupAutomount=no\n"


class Failed(Exception):
    """The test's verdict."""


class Missing(Exception):
    """It can't be tried here; the text says why."""


def free_ports(count):
    taken = [socket.socket() for _ in range(count)]
    for one in taken:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports


def orphans_are_ours():
    """What the daemons leave behind becomes our child, so that it can be ended."""
    ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER


def die_with_us():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Cluster:
    """In a `with` block. env: what Slurm's commands are to be started with."""

    def __init__(self, folder):
        self.folder, self.daemons = folder, []
        self.env = dict(os.environ, SLURM_CONF=os.path.join(folder, "slurm.conf"))
        self.env = {name: value for name, value in self.env.items() if name == "SLURM_CONF" or not name.startswith(("SLURM", "SBATCH", "SQUEUE"))}

    def __enter__(self):
        missing = [name for name in DAEMONS + COMMANDS if not shutil.which(name, path=os.environ["PATH"])]
        if missing:
            raise Missing("%s not installed (make deps OPTIONAL=yes: slurm-wlm, munge)" % ", ".join(missing))
        os.chmod(self.folder, 0o755)
        for name in ("munge", "state", "spool", "cgroup"):
            os.mkdir(os.path.join(self.folder, name), 0o755)
        key = os.path.join(self.folder, "munge", "key")
        with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(os.urandom(128))
        port1, port2 = free_ports(2)
        self._write("slurm.conf", CONF % {"host": socket.gethostname(), "port1": port1, "port2": port2, "folder": self.folder, "user": _user()})
        self._write("cgroup.conf", CGROUPS % self.folder)
        try:
            self._start_all(key)
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start_all(self, key):
        munge = os.path.dirname(key)
        self._start("munged", "--foreground", "--socket", munge + "/socket", "--key-file", key, "--pid-file", munge + "/pid", "--seed-file", munge + "/seed",
                    "--log-file", munge + "/log", "--num-threads", "2")
        self._wait(lambda: os.path.exists(munge + "/socket"), "munged makes no socket")
        self._start("slurmctld", "-D", "-f", self.env["SLURM_CONF"])
        self._start("slurmd", "-D", "-N", "node1", "-f", self.env["SLURM_CONF"])
        self._wait(lambda: "idle" in self.ask("sinfo", "-h", "-o", "%t", check=False), "the node does not come up")

    def _write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="ascii") as file:
            file.write(text)

    def _start(self, name, *arguments):
        with open(os.path.join(self.folder, name + ".out"), "w", encoding="utf-8") as out:
            self.daemons.append((name, subprocess.Popen([name] + list(arguments), env=self.env, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out,
                                                        stderr=subprocess.STDOUT, preexec_fn=die_with_us)))

    def said(self, name):
        with open(os.path.join(self.folder, name + ".out"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def _wait(self, done, what, seconds=30):
        deadline = time.monotonic() + seconds
        while not done():
            ended = [name for name, daemon in self.daemons if daemon.poll() is not None]
            if ended or time.monotonic() > deadline:
                name = (ended or [self.daemons[-1][0]])[0]
                raise Missing("%s: %s; its last words: %s" % (name, "it ended" if ended else what, " / ".join(self.said(name).strip().splitlines()[-3:])))
            time.sleep(0.1)

    def ask(self, *words, check=True):
        done = subprocess.run(words, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
        if check and done.returncode:
            raise Failed("%s: %s" % (" ".join(words), done.stdout.strip()))
        return done.stdout

    def __exit__(self, *what):
        for _, daemon in reversed(self.daemons):
            daemon.terminate()
        for _, daemon in reversed(self.daemons):
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        end_children()


def end_children():
    """Until none is left: what their jobs, or a grading that was given up, have left behind."""
    while True:
        left = children()
        if not left:
            return
        for pid in left:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _user():
    import pwd
    return pwd.getpwuid(os.geteuid()).pw_name


def children():
    """Of this process, as the kernel says."""
    with open("/proc/self/task/%d/children" % os.getpid(), encoding="ascii") as file:
        return [int(pid) for pid in file.read().split()]


class Grading:
    """grading/class, under way."""

    def __init__(self, folder, lab, arch, out, seed, *more, env=None):
        argv = [sys.executable, os.path.join(labs.GRADING, "class"), folder, "--lab", str(lab), "--arch", arch, "--out", out, "--seed", str(seed)]
        self._said = tempfile.TemporaryFile("w+")
        self._child = subprocess.Popen(argv + list(more), env=env, stdin=subprocess.DEVNULL, stdout=self._said, stderr=subprocess.STDOUT)

    def text(self):
        self._said.seek(0)
        return self._said.read()

    def says(self, pattern, what, seconds=90):
        deadline = time.monotonic() + seconds
        while not re.search(pattern, self.text()):
            if self._child.poll() is not None or time.monotonic() > deadline:
                raise Failed("%s: it does not say so (%s)\n%s" % (what, pattern, self.text()))
            time.sleep(0.2)

    def ends(self, code, what):
        self._child.wait(300)
        text = self.text()
        if "bubblewrap can't make its namespaces" in text:
            raise Missing("bubblewrap can't make its namespaces here")
        if self._child.returncode != code:
            raise Failed("%s: ended with %d, not %d\n%s" % (what, self._child.returncode, code, text))
        return text


def grades(out):
    """Each student's JSON, without what may differ: times."""
    found = {}
    folder = os.path.join(out, "students")
    for name in sorted(os.listdir(folder)):
        if name.endswith(".json"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                data = json.load(file)
            found[name] = {key: value for key, value in data.items() if key not in ("seconds", "confined")}
    return found


def difference(one, other):
    """In words, the first."""
    if other is None or len(one["tests"]) != len(other["tests"]):
        return "a student, or a test, is missing"
    pairs = [(a, b) for a, b in zip(one["tests"], other["tests"]) if a != b] or [({k: v for k, v in one.items() if k != "tests"}, other)]
    return "%s / %s" % ({k: v for k, v in pairs[0][0].items() if v != pairs[0][1].get(k)}, {k: v for k, v in pairs[0][1].items() if v != pairs[0][0].get(k)})


def running(cluster, number):
    """The job, once its task of that number runs."""
    for _ in range(300):
        for line in cluster.ask("squeue", "-h", "-r", "-t", "R", "-o", "%F %K").splitlines():
            job, task = line.split()
            if int(task) == number:
                return job
        time.sleep(0.1)
    raise Failed("task %d does not start\n%s" % (number, cluster.said("slurmctld")[-1500:]))


def expect(text, pattern, what):
    if not re.search(pattern, text):
        raise Failed("%s: it does not say so (%s)\n%s" % (what, pattern, text))


def try_it(cluster, work, lab, arch, seed):
    folder, alone, spread = (os.path.join(work, name) for name in ("in", "alone", "spread"))
    make_class.make(lab, folder, 2, seed, archs=(arch,))
    os.mkdir(os.path.join(folder, "zz-empty"))
    Grading(folder, lab, arch, alone, seed, "--jobs", "2").ends(0, "without Slurm")

    child = Grading(folder, lab, arch, spread, seed, "--slurm", env=cluster.env)
    job = running(cluster, 2)
    cluster.ask("scancel", job + "_2")
    running(cluster, 1)
    cluster.ask("scancel", "--signal=USR1", "--batch", job + "_1")  # which ends it, as a crash would
    text = child.ends(1, "with a task that is cancelled, and one that dies")
    expect(text, r"task 1 of job %s: failed" % job, "a task died")
    expect(text, r"task 2 of job %s: cancelled" % job, "a task was cancelled")
    expect(text, r"\d are not graded \(", "submissions are not graded")

    child = Grading(folder, lab, arch, spread, seed, "--slurm", env=cluster.env)
    running(cluster, 1)
    cluster.ask("scontrol", "update", "nodename=node1", "state=down", "reason=test")
    child.says(r"job \d+ waits, Slurm says: .*(DOWN|NotAvail)", "the node was down")
    expect(Grading(folder, lab, arch, os.path.join(work, "none"), seed, "--slurm", env=cluster.env).ends(2, "no node is up"), r"no node is up: sinfo -R", "no node is up")
    cluster.ask("scontrol", "update", "nodename=node1", "state=resume")
    child.ends(0, "with a node that was down for a while")

    one, other = grades(alone), grades(spread)
    if len(one) != 3 or one != other:
        raise Failed("grades differ: " + "; ".join(difference(one[name], other.get(name)) for name in one if one[name] != other.get(name)))


def main():
    parser = argparse.ArgumentParser(prog="grading/try_slurm.py", description=__doc__.splitlines()[0])
    parser.add_argument("--lab", type=int, default=1)
    parser.add_argument("--arch", choices=labs.ARCHES, default="i386")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    orphans_are_ours()
    work = tempfile.mkdtemp(prefix="ouros-slurm-")
    try:
        os.chmod(work, 0o755)
        os.mkdir(os.path.join(work, "cluster"))
        with Cluster(os.path.join(work, "cluster")) as cluster:
            try_it(cluster, work, options.lab, options.arch, options.seed)
    except Missing as why:
        print("SKIP slurm: %s" % why)
        return 0
    except Failed as why:
        print("FAIL slurm: %s" % why)
        return 1
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print("PASS slurm")
    return 0


if __name__ == "__main__":
    sys.exit(main())
