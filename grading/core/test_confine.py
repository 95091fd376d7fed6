# grading/core/test_confine.py: tests what confined tools can and can't do, and that nothing of them is left. (all labs)
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from core import confine  # noqa: E402

failures = []


def check(condition, what):
    if not condition:
        failures.append(what)


def processes(uid):
    """How many the system counts for it, dead ones that nobody has buried among them."""
    return sum(os.stat("/proc/" + name).st_uid == uid for name in os.listdir("/proc") if name.isdigit() and os.path.exists("/proc/" + name))


def run(script, **how):
    return confine.run(["sh", "-c", script], "/", **how)


def check_reach():
    check(run("echo hello; exit 3").stdout == "hello\n", "output is kept")
    check(run("exit 3").returncode == 3, "so is the status")
    check(run("touch /var/tmp/a /tmp/a && echo yes").stdout == "yes\n", "both temporary folders are there: QEMU's snapshots of a disk use /var/tmp")
    check("yes" not in run("cat /etc/shadow /root/* /work/* && echo yes").stdout, "no files but the system's")
    check("lo" in run("cat /proc/net/dev").stdout and "eth" not in run("cat /proc/net/dev").stdout, "no network")
    begin = time.monotonic()
    check(run("sleep 60", seconds=1).timed_out and time.monotonic() - begin < 10, "a tool that takes too long is ended")


def check_ends():
    """As root, where processes of an uid can be counted."""
    uid = confine._uid
    for _ in range(30):
        run("true")
    for _ in range(10):
        child = subprocess.Popen(confine.wrap(["sleep", "60"]), preexec_fn=confine.limits())
        while not confine._below(child.pid):
            time.sleep(0.01)
        confine.end(child)
    check(processes(uid) == 0, "nothing is left, dead or alive")
    run("for i in 1 2 3 4 5 6 7 8 9; do sh -c 'while :; do sleep 9 & sleep 9 & done' & done; wait", seconds=2)
    deadline = time.monotonic() + 5
    while processes(uid) and time.monotonic() < deadline:
        time.sleep(0.1)
    check(run("echo fine").stdout == "fine\n", "after one that forks without end, the next one runs")


def check_uids():
    mine = confine._uid
    pid = os.fork()
    if pid == 0:
        confine.take_another_uid()
        os._exit(0 if confine._uid != mine and run("id -u").stdout.strip() == str(confine._uid) else 1)
    check(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, "a process that grades another tree has another uid")
    check(confine.unused_uid() != mine, "an uid is given out once")


def main():
    try:
        confine.choose(True)
    except confine.ConfineError as why:
        print("SKIP confine: %s" % why)
        return 0
    check_reach()
    if os.geteuid() == 0:
        check_ends()
        check_uids()
    else:
        print("SKIP confine/uids: only root can take another uid")
    for what in failures:
        print("FAIL confine: " + what)
    if not failures:
        print("PASS confine")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
