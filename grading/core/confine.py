# grading/core/confine.py: runs tools and emulators on what a student wrote: no network, no files but its own, limits. (all labs)
"""By bubblewrap: new namespaces, the system's /usr read-only, and the few folders that are named. As root, an uid that nobody
has is taken first, for limits on the number of processes do not bind root. mode: "bubblewrap", or "none" where a container
forbids it and the flag --unconfined says so; the results record which."""
import os
import pwd
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

from .lab import ROOT

sys.path.insert(0, os.path.join(ROOT, "tools", "check"))
from guest import die_with  # noqa: E402

OUTPUT_MAX = 1 << 20   # bytes of what a tool prints that are kept; at 16 times as many it is ended
FILE_MB = 64           # of one file
DISK_MB = 256          # of all files in a folder it may write to
FILES = 20000
MEMORY_MB = 2048
PROCESSES = 32 + 16 * (os.cpu_count() or 1)  # threads among them, of all that one grading runs side by side
CPU_SECONDS = 20       # a tool's, however loaded the machine is
mode = "none"          # set by choose()
_uid = None
_claims = []           # sockets whose names say which uids are taken
_more = []             # options that not every bubblewrap or container has


class ConfineError(Exception):
    """Can't be confined here: one sentence with what to do."""


class Done:
    """why: "", or which limit it met, as a sentence's end."""

    def __init__(self, returncode, stdout, why=""):
        self.returncode, self.stdout, self.why = returncode, stdout, why


def unused_uid():
    """One that no account has, and no other grading that is under way here: the system counts processes by uid."""
    for i in range(3000):
        uid = 61500 + (os.getpid() + i) % 3000
        try:
            pwd.getpwuid(uid)
        except KeyError:
            if _claim(uid):
                return uid
    raise ConfineError("every uid from 61500 on is taken")


def _claim(uid):
    """Ours until this process ends: the name of a socket can be had only once."""
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind("\0ouros-grading-uid-%d" % uid)
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    return True


def take_another_uid():
    """For a process that was forked off to grade another tree: what that one starts is not counted as the first one's."""
    global _uid
    if _uid is not None:
        _uid = unused_uid()


def choose(confined):
    """Called once: whether what follows is confined. ConfineError when it should be and can't."""
    global mode, _uid
    mode = "none"
    if not confined:
        return
    if not shutil.which("bwrap"):
        raise ConfineError("bubblewrap is not installed: apt-get install bubblewrap, or say GRADEFLAGS=--unconfined, which the results record")
    _uid = unused_uid() if os.geteuid() == 0 else None
    mode = "bubblewrap"
    _more[:] = ["--unshare-user", "--disable-userns"]  # no namespaces within, where limits could be got round
    if run(["true"], cwd="/", seconds=20).returncode:
        _more.clear()
    done = run(["true"], cwd="/", seconds=20)
    if done.returncode:
        mode = "none"
        raise ConfineError("bubblewrap can't make its namespaces here (%s): say GRADEFLAGS=--unconfined, which the results record" %
                           (done.stdout.strip().splitlines() or ["it failed"])[0])


def wrap(argv, writable=(), readable=(), cwd="/"):
    """argv, confined: it sees /usr, `readable` and `writable` only, and reaches no network."""
    if mode == "none":
        return list(argv)
    words = ["bwrap", "--unshare-all"] + _more + ["--as-pid-1", "--die-with-parent", "--new-session", "--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev",
             "--size", str(FILE_MB << 20), "--tmpfs", "/tmp", "--size", str(FILE_MB << 20), "--tmpfs", "/var/tmp", "--hostname", "grading"]
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"):
        if os.path.islink(name):
            words += ["--symlink", os.readlink(name), name]
        elif os.path.isdir(name):
            words += ["--ro-bind", name, name]
    for name in ("/etc/alternatives", "/etc/ld.so.cache"):
        if os.path.exists(name):
            words += ["--ro-bind", name, name]
    for name in readable:
        words += ["--ro-bind", name, name]
    for name in writable:
        words += ["--bind", name, name]
    return words + ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", cwd, "--"] + list(argv)


def hand_over(folder):
    """The folder, and what is in it, belongs to the uid under which confined tools run."""
    if mode == "none" or _uid is None:
        return
    for top, folders, files in os.walk(folder):
        os.chown(top, _uid, _uid)
        for name in files:
            os.lchown(os.path.join(top, name), _uid, _uid)


def limits(seconds=60, file_mb=FILE_MB, memory_mb=MEMORY_MB):
    """What a child does to itself before it becomes the tool (subprocess' preexec_fn). seconds: of processor time."""
    parent = os.getpid()

    def apply():
        if os.getsid(0) != os.getpid():
            os.setsid()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_mb << 20, file_mb << 20))
        if memory_mb:
            resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
        if mode != "none" and _uid is not None:
            os.setgroups([])
            os.setgid(_uid)
            os.setuid(_uid)
            resource.setrlimit(resource.RLIMIT_NPROC, (PROCESSES, PROCESSES))
        if mode == "none":  # bubblewrap sees to it by itself: ended before it has told its inner half, it would leave that behind
            die_with(parent)
    return apply


def environment(folder="/tmp"):
    return {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin" if mode != "none" else os.environ.get("PATH", "/usr/bin:/bin"),
            "LC_ALL": "C", "HOME": "/nonexistent", "TMPDIR": folder}


def _size(folders):
    """(bytes, files) below these folders."""
    size = count = 0
    for folder in folders:
        for top, _, names in os.walk(folder):
            count += len(names)
            for name in names:
                try:
                    size += os.lstat(os.path.join(top, name)).st_blocks * 512
                except OSError:
                    pass
    return size, count


class _Watch:
    """Ends a tool that meets a limit which the system does not keep: time, what it prints, what all its files are together."""

    def __init__(self, child, seconds, writable):
        self.child, self.folders, self.why = child, writable, ""
        self.seconds, self.deadline = seconds, time.monotonic() + seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self):
        before = None  # looking through folders takes time: most tools are done earlier
        while not self._over.wait(min(0.2, max(0, self.deadline - time.monotonic()))):
            if time.monotonic() >= self.deadline:
                return self.end("it is not finished after %g s" % self.seconds)
            size, count = _size(self.folders)
            before = before or (size, count)
            if size - before[0] > DISK_MB << 20 or count - before[1] > FILES:
                return self.end("it fills the disk (more than %d MB, or %d files)" % (DISK_MB, FILES))

    def end(self, why):
        self.why = self.why or why
        end(self.child)

    def stop(self):
        self._over.set()
        self._thread.join()


# What a tool says, or how it ends, when it has met a limit that the system keeps.
_SIGNS = [("it takes more than %(cpu)d s of the processor's time", r"CPU time limit exceeded", signal.SIGXCPU),
          ("it writes a file of more than %(file)d MB", r"File size limit exceeded|[Ff]ile too large", signal.SIGXFSZ),
          ("it fills the disk (more than %(file)d MB in /tmp)", r"No space left on device", None),
          ("it takes more than %(memory)d MB of memory", r"out of memory|[Cc]annot allocate memory|virtual memory exhausted|memory exhausted", None)]


def _which_limit(code, text, cpu):
    for why, words, number in _SIGNS:
        if number and code in (128 + number, -number) or re.search(words, text):
            return why % {"cpu": cpu, "file": FILE_MB, "memory": MEMORY_MB}
    return ""


def run(argv, cwd, writable=(), readable=(), seconds=60, cpu=None):
    """A tool to its end; output is stdout and stderr together, of which 1 MB is kept."""
    cpu = cpu or CPU_SECONDS
    child = subprocess.Popen(wrap(argv, writable, readable, cwd), cwd="/" if mode != "none" else cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, preexec_fn=limits(cpu), env=environment(writable[0] if writable else "/tmp"))
    watch = _Watch(child, seconds, writable)
    kept, size = [], 0
    try:
        while True:
            data = child.stdout.read1(65536)
            if not data:
                break
            size += len(data)
            if size <= OUTPUT_MAX:
                kept.append(data)
            elif size > 16 * OUTPUT_MAX:
                watch.end("it prints without end (more than %d MB)" % (16 * OUTPUT_MAX >> 20))
                break
        code = child.wait()  # it may have closed its output long before
    finally:
        end(child)
        watch.stop()
        child.stdout.close()
        child.wait()
    text = b"".join(kept).decode("utf-8", "replace")
    why = watch.why or (_which_limit(code, text, cpu) if code else "")
    return Done(-1 if watch.why else code, text, why)


def end(child):
    """The child (bwrap, or the tool itself) and all below it. What runs inside goes first: bwrap then waits for it, and nothing is left
    that only the system's first process could bury; many are no good at that, and the dead count as processes, too."""
    inside = _below(child.pid) if mode != "none" and child.poll() is None else []
    for pid in inside:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    try:
        child.wait(5 if inside else 0)
    except subprocess.TimeoutExpired:
        pass
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _below(pid):
    """Its children, as the kernel says."""
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as file:
            return [int(word) for word in file.read().split() if int(word) > 1]
    except OSError:
        return []


if __name__ == "__main__":
    choose(True)
    sys.stdout.write(run(sys.argv[1:], "/").stdout)
