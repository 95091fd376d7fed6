# grading/core/test_confine.py: tests what a tool can't do that the grader runs: shell scripts take the tool's place. (all labs)
import multiprocessing
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from core import confine  # noqa: E402
from core.lab import ROOT  # noqa: E402

failures = []


def check(condition, what):
    if not condition:
        failures.append(what)


def script(text, writable=(), seconds=20, cpu=None):
    return confine.run(["sh", "-c", text], cwd="/", writable=writable, seconds=seconds, cpu=cpu)


def processes(uid, dead=False):
    """How many there are of this uid; dead: those that nobody has buried among them."""
    count = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/status" % pid, encoding="ascii", errors="replace") as file:
                text = file.read()
            count += bool(re.search(r"^Uid:\t%d\t" % uid, text, re.MULTILINE)) and (dead or "\nState:\tZ" not in text)
        except OSError:
            pass
    return count


def settles(condition, seconds=5):
    """Is it true soon? What was killed may take a moment to go."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def check_nothing_left(what):
    """No process. Where we are not root there is no uid of its own to count by."""
    if confine._uid is not None:
        check(settles(lambda: not processes(confine._uid)), "%s: a process is left behind" % what)


def check_files(folder):
    done = script("cat %s/kern/mem/pmap.c %s/obj/*/kern/mem/pmap.o; ls %s /root /home; find / -name 'pmap.[chio]*' -o -name 'staff_*' 2>/dev/null; true" %
                  (ROOT, ROOT, ROOT))
    found = [line for line in done.stdout.splitlines() if not re.search(r"No such file|cannot access|Permission denied", line)]
    check(not found, "it sees the solution: %s" % found[:2])
    places = ["/written", "/usr/written", "/dev/written", "/dev/shm/written", "/proc/written", "/etc/written", ROOT + "/written"]
    done = script("".join("touch %s 2>/dev/null && echo wrote %s\n" % (place, place) for place in places) + "touch %s/written" % folder, [folder])
    check(done.stdout == "" and done.returncode == 0, "it writes outside, or can't write in its own folder: %s" % done.stdout)
    check(os.path.exists(folder + "/written"), "what it wrote in its own folder is not there")
    beside = os.path.dirname(folder) + "/written"  # its /tmp is another one
    script("touch " + beside, [folder])
    check(not [place for place in places + [beside] if os.path.exists(place)], "what it wrote stands outside")


def check_network():
    with socket.socket() as server, socket.socket(socket.AF_UNIX) as named_socket:
        server.bind(("127.0.0.1", 0))
        server.listen()
        name = "ouros-test-%d" % os.getpid()
        named_socket.bind("\0" + name)
        named_socket.listen()
        tries = ["socket.create_connection(('127.0.0.1', %d), 2)" % server.getsockname()[1], "socket.create_connection(('192.0.2.1', 80), 2)",
                 "socket.socket(socket.AF_UNIX).connect('\\0%s')" % name]
        for text in tries:
            done = confine.run(["python3", "-c", "import socket\n%s\nprint('reached')" % text], "/", seconds=20)
            check(done.returncode and "Error" in done.stdout and "reached" not in done.stdout, "it reaches the network: %s: %s" % (text, done.stdout))
    check(script("kill -0 %d" % os.getpid()).returncode, "it can send a signal to the grader")


FORKS = r"""
import os, time
n = 0
try:
    for n in range(10000):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
except OSError:
    pass
time.sleep(0)
print("forked", n)
"""


def check_processes():
    done = confine.run(["python3", "-c", FORKS], "/", seconds=20)
    count = int((re.findall(r"forked (\d+)", done.stdout) or ["99999"])[0])
    check(confine._uid is None or count <= confine.PROCESSES, "it starts %d processes: %s" % (count, done.stdout[-200:]))
    check_nothing_left("a fork bomb")
    check(script("true").returncode == 0, "after a fork bomb nothing can be started")


def named(text, why, writable=(), seconds=20, cpu=None):
    done = script(text, writable, seconds, cpu)
    check(done.returncode and re.search(why, done.why), "%s: it ends with %d, and the reason is %r" % (text, done.returncode, done.why))
    check(len(done.stdout) <= confine.OUTPUT_MAX, "%s: %d characters are kept" % (text, len(done.stdout)))
    check_nothing_left(text)


def check_limits(folder):
    named("yes", "prints without end")
    named("head -c 100000000 /dev/zero > %s/large" % folder, "a file of more than", [folder])
    named("i=0; while :; do i=$((i+1)); head -c 30000000 /dev/zero > %s/$i || exit; sleep 0.01; done" % folder, "fills the disk", [folder])
    named("head -c 40000000 /dev/zero > /tmp/a; head -c 40000000 /dev/zero 2>&1 >/tmp/b || exit 1", "fills the disk")
    named("sleep 600", "not finished after 1 s", seconds=1)
    named("exec >/dev/null 2>&1; setsid sleep 600 & exec sleep 600", "not finished after 1 s", seconds=1)
    named("python3 -c 'while True: pass'; exit $?", "more than 1 s of the processor", cpu=1)
    named("python3 -c 'bytearray(4 << 30)' 2>&1 | grep -q MemoryError && { echo out of memory; exit 1; }", "of memory")
    check(script("touch /var/tmp/a /tmp/a").returncode == 0, "a temporary folder is missing: QEMU's snapshots of a disk use /var/tmp")
    check(script("echo it goes on").stdout == "it goes on\n", "after all that nothing can be started")


def one_of_ten(number, answers):
    confine.take_another_uid()
    bad = ""
    if number == 0:
        confine.run(["python3", "-c", FORKS.replace("sleep(0)", "sleep(3)")], "/", seconds=20)
    else:
        bad = "".join(done.stdout or "it failed" for done in (script("true | true | true") for _ in range(10)) if done.returncode)
    answers.put((confine._uid, bad))


def check_ends():
    """Not even dead ones are left that nobody has buried: they count, too."""
    for _ in range(10):
        script("true")
        child = subprocess.Popen(confine.wrap(["sleep", "60"]), preexec_fn=confine.limits())
        settles(lambda: confine._below(child.pid))
        confine.end(child)
    check(confine._uid is None or not processes(confine._uid, dead=True), "dead processes are left behind")


def check_ten():
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    children = [context.Process(target=one_of_ten, args=(i, answers)) for i in range(10)]
    for child in children:
        child.start()
    found = [answers.get(timeout=100) for _ in children]
    for child in children:
        child.join()
    check(not any(bad for _, bad in found), "of ten gradings side by side, one's fork bomb disturbs another: %s" % [bad for _, bad in found if bad][:1])
    if confine._uid is not None:
        check(len({uid for uid, _ in found} | {confine._uid}) == 11, "of ten gradings side by side two have one uid")


def check_death():
    """The grader is killed: what it had started ends, too."""
    code = "import sys; sys.path.insert(0, %r); from core import confine; confine.choose(True); print(confine._uid, flush=True); confine.run(['sleep', '600'], '/')"
    child = subprocess.Popen([sys.executable, "-c", code % os.path.join(ROOT, "grading")], stdout=subprocess.PIPE, text=True)
    uid = child.stdout.readline().strip()
    if uid != "None":
        check(settles(lambda: processes(int(uid)), 10), "a tool is not run by the uid that was taken for it")
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    check(uid == "None" or settles(lambda: not processes(int(uid))), "the grader is killed, and what it had started runs on")


def main():
    try:
        confine.choose(True)
    except confine.ConfineError as error:
        print("SKIP confine: %s" % error)
        return 0
    with tempfile.TemporaryDirectory(prefix="ouros-confine-") as above:
        os.chmod(above, 0o711)
        folder = os.path.join(above, "own")
        os.mkdir(folder)
        confine.hand_over(folder)
        check_files(folder)
        check_limits(folder)
    check_network()
    check_ends()
    check_processes()
    check_ten()
    check_death()
    for what in failures:
        print("FAIL confine: " + what)
    if not failures:
        print("PASS confine")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
