# grading/core/confine.py: runs a tool on what a student wrote: limited in time, memory and what it can reach. (all labs)
import os
import resource
import signal
import subprocess

OUTPUT_MAX = 1 << 20


class Done:
    def __init__(self, returncode, stdout, timed_out=False):
        self.returncode, self.stdout, self.timed_out = returncode, stdout, timed_out


def _limits():
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(argv, cwd, writable=(), readable=(), seconds=60):
    """To its end; output is stdout and stderr together, cut at 1 MB."""
    child = subprocess.Popen(argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=_limits,
                             env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "HOME": "/nonexistent", "TMPDIR": writable[0] if writable else "/tmp"})
    try:
        output = child.communicate(timeout=seconds)[0]
        timed_out = False
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        output, timed_out = child.communicate()[0], True
    return Done(-1 if timed_out else child.returncode, output[:OUTPUT_MAX].decode("utf-8", "replace"), timed_out)
