# grading/core/confine.py: runs tools and emulators on what a student wrote: no network, no files but its own, limits. (all labs)
"""By bubblewrap: new namespaces, the system's /usr read-only, and the few folders that are named. As root, an uid that nobody
has is taken first, for limits on the number of processes do not bind root. mode: "bubblewrap", or "none" where a container
forbids it and the flag --unconfined says so; the results record which."""
import ctypes
import os
import pwd
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading

OUTPUT_MAX = 1 << 20  # bytes of what a tool prints that are kept
mode = "none"         # set by choose()
_uid = None
_claims = []          # sockets whose names say which uids are taken


class ConfineError(Exception):
    """Can't be confined here: one sentence with what to do."""


class Done:
    def __init__(self, returncode, stdout, timed_out=False):
        self.returncode, self.stdout, self.timed_out = returncode, stdout, timed_out


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
    done = run(["true"], cwd="/", seconds=20)
    if done.returncode:
        mode = "none"
        raise ConfineError("bubblewrap can't make its namespaces here (%s): say GRADEFLAGS=--unconfined, which the results record" %
                           (done.stdout.strip().splitlines() or ["it failed"])[0])


def wrap(argv, writable=(), readable=(), cwd="/"):
    """argv, confined: it sees /usr, `readable` and `writable` only, and reaches no network."""
    if mode == "none":
        return list(argv)
    words = ["bwrap", "--unshare-all", "--as-pid-1", "--die-with-parent", "--new-session", "--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev",
             "--tmpfs", "/tmp", "--tmpfs", "/var/tmp", "--hostname", "grading"]
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
    return words + ["--chdir", cwd, "--"] + list(argv)


def hand_over(folder):
    """The folder, and what is in it, belongs to the uid under which confined tools run."""
    if mode == "none" or _uid is None:
        return
    for top, folders, files in os.walk(folder):
        os.chown(top, _uid, _uid)
        for name in files:
            os.lchown(os.path.join(top, name), _uid, _uid)


def limits(seconds=60, file_mb=64, memory_mb=2048, processes=64):
    """What a child does to itself before it becomes the tool (subprocess' preexec_fn)."""
    def apply():
        if os.getsid(0) != os.getpid():
            os.setsid()
        try:
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # not to outlive us
        except (OSError, AttributeError):
            pass
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_mb << 20, file_mb << 20))
        if memory_mb:
            resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
        if mode != "none" and _uid is not None:
            os.setgroups([])
            os.setgid(_uid)
            os.setuid(_uid)
            resource.setrlimit(resource.RLIMIT_NPROC, (processes, processes))
    return apply


def environment(folder="/tmp"):
    return {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin" if mode != "none" else os.environ.get("PATH", "/usr/bin:/bin"),
            "LC_ALL": "C", "HOME": "/nonexistent", "TMPDIR": folder}


def run(argv, cwd, writable=(), readable=(), seconds=60):
    """A tool to its end; output is stdout and stderr together, of which 1 MB is kept."""
    child = subprocess.Popen(wrap(argv, writable, readable, cwd), cwd="/" if mode != "none" else cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, preexec_fn=limits(seconds), env=environment(writable[0] if writable else "/tmp"))
    timer_fired = []

    def stop():
        timer_fired.append(True)
        end(child)
    timer = threading.Timer(seconds, stop)
    timer.start()
    kept, size = [], 0
    try:
        while True:
            data = child.stdout.read1(65536)
            if not data:
                break
            size += len(data)
            if size <= OUTPUT_MAX:
                kept.append(data)
            elif size > 16 * OUTPUT_MAX:  # it only wants to fill a disk
                end(child)
                break
    finally:
        timer.cancel()
        child.stdout.close()
        code = child.wait()
        end(child)
    return Done(-1 if timer_fired else code, b"".join(kept).decode("utf-8", "replace"), bool(timer_fired))


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
