# grading/lab3/tests.py: the tests of lab 3, in which the host orders puppets about and looks at the machine. (lab 3)
import struct

from core.api import Broken, Fault, Stuck, test
from core.machine import CALLS, PC, SP, TAG
from core.walk import Walk, directories, mapped

PAGE = 4096
UTOP, ULIM = 0x7FC00000, 0x80000000
STACK_PAGES = 8
EPERM, ENOENT, ESRCH, ENOEXEC, EBADF, ECHILD, EFAULT, EEXIST, EINVAL, ENOSYS = 1, 2, 3, 8, 9, 10, 14, 17, 22, 38
SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGKILL, SIGSEGV = 4, 5, 7, 8, 9, 11
WNOHANG = 1
READ, WRITE, EXEC = 1, 2, 4
ACCESSES = ("read", "write", "jump")


# What several exercises use.
def word(p, va):
    """What stands at va, read from RAM by the host's walk."""
    return struct.unpack("<I", p.read(va, 4))[0]


def leave(child, status):
    """child (a puppet) ends; it is not heard of again."""
    child.begin("exit", status)
    child.machine.puppets.pop(child.tag, None)


def ended(p, pid, options=0, at=None, seconds=None):
    """(result, status) of p's wait."""
    at = at or p.data + 512
    p.write(at, struct.pack("<I", 0x5A5A5A5A))
    result = p.syscall("wait", pid, at, options, seconds=seconds)
    return result, word(p, at)


def bury(t, p, pid, what):
    """The status of a child that has ended or is about to."""
    result, status = ended(p, pid)
    t.need(result == pid, "wait(%d) for %s returns %d: see 3.1, proc_reap" % (pid, what, result))
    return status


def put_string(p, at, text):
    data = text.encode() + b"\0"
    p.write(at, data)
    return at


def end_of(p, pid):
    """Whatever became of it: no child stays behind."""
    p.syscall("kill", pid, SIGKILL)
    p.syscall("wait", pid, 0, 0)


# 3.1: numbers, parents, zombies, wait.
@test("3.1", "wait tells how a child has ended", points=2)
def statuses(t):
    p = t.puppet()
    for _ in range(2):
        code = t.rng.randrange(1, 256)
        pid, child = p.spawn()
        leave(child, code | t.rng.randrange(256) << 8)
        result, status = ended(p, t.rng.choice((pid, -1)))
        t.need(result == pid, "wait returns %d when child %d has ended: proc_reap must find it among the ended children" % (result, pid))
        t.need(status == code << 8, "a child that left by exit(%d) has status 0x%x, not 0x%x: proc_exit keeps the status as wait reports it" % (
            code, status, code << 8))
    pid, child = p.spawn()
    t.need(p.syscall("kill", pid, SIGKILL) == 0, "a child can't be killed by its number: see 3.1, proc_find")
    p.machine.puppets.pop(child.tag, None)
    status = bury(t, p, pid, "a killed child")
    t.need(status == SIGKILL, "a child that signal %d has killed has status 0x%x, not 0x%x" % (SIGKILL, status, SIGKILL))


@test("3.1", "children are buried in the order in which they have ended", points=2)
def order(t):
    p = t.puppet()
    children = [p.spawn() for _ in range(4)]
    t.need(ended(p, -1, WNOHANG)[0] == 0, "wait with WNOHANG must return 0 while no child has ended, and not wait: see 3.1, try_wait")
    t.rng.shuffle(children)
    for pid, child in children:
        leave(child, pid & 0x7F)
        p.syscall("sleep", 20)
    for pid, _ in children:
        result, status = ended(p, -1)
        t.need(result == pid, "children ended in the order %s, and wait(-1) returns %d where %d is due: ended_children is a queue, first ended "
               "first" % ([c for c, _ in children], result, pid))
        t.need(status == (pid & 0x7F) << 8, "wait(-1) has returned child %d with another one's status" % pid)


@test("3.1", "wait for one child is not content with another", points=2)
def this_child(t):
    p = t.puppet()
    (first, a), (second, b) = p.spawn(), p.spawn()
    leave(a, 1)
    p.syscall("sleep", 20)
    result, _ = ended(p, second, WNOHANG)
    t.need(result == 0, "wait(%d, WNOHANG) returns %d while only child %d has ended: proc_reap must ask for the pid it was given" % (
        second, result, first))
    at = p.data + 512
    p.write(at, struct.pack("<I", 0))
    p.begin("wait", second, at, 0)
    leave_later(t, p, b, 7)
    result = p.finish()
    t.need(result == second, "a wait for child %d that had to wait returned %d: it must look again whenever a child has ended (finish_wait)" % (
        second, result))
    t.need(word(p, at) == 7 << 8, "a wait that had to wait did not write the status: see 3.1, try_wait")
    t.need(bury(t, p, first, "the other one") == 1 << 8, "the other child's status is lost")


def leave_later(t, p, child, status):
    """p waits in a call; child ends."""
    machine = p.machine
    machine.run_until(lambda: machine.current is child or not p.pending, "the child did not get the CPU while its parent waits")
    t.need(p.pending, "wait came back before its child had ended")
    leave(child, status)


@test("3.1", "who has no such child is told so", points=1, refusal=True)
def no_child(t):
    p = t.puppet()
    result, _ = ended(p, -1, WNOHANG)
    t.need(result == -ECHILD, "wait(-1) of a process without children returns %d, not -ECHILD: it would wait for ever" % result)
    pid, child = p.spawn()
    grandpid, grandchild = child.spawn()
    for stranger in (grandpid, pid + 512, p.syscall("getpid")):
        result, _ = ended(p, stranger, WNOHANG)
        t.need(result == -ECHILD, "wait(%d) returns %d, not -ECHILD, though that is no child of the caller's" % (stranger, result))
    leave(grandchild, 0)
    t.need(ended(child, grandpid)[0] == grandpid, "the grandchild's own parent can't wait for it")
    leave(child, 0)
    bury(t, p, pid, "a child")
    result, _ = ended(p, pid, WNOHANG)
    t.need(result == -ECHILD, "a buried child can be waited for again: wait returns %d, not -ECHILD" % result)


@test("3.1", "a bad status pointer costs no child", points=1)
def bad_pointer(t):
    p = t.puppet()
    pid, child = p.spawn()
    leave(child, 9)
    p.syscall("sleep", 20)
    for bad in (t.page(), ULIM + t.rng.randrange(1 << 20) * 4, 8):
        result = p.syscall("wait", pid, bad, 0)
        t.need(result == -EFAULT, "wait with a status pointer to nowhere (0x%08x) returns %d, not -EFAULT" % (bad, result))
    result, status = ended(p, pid, WNOHANG)
    t.need(result == pid and status == 9 << 8, "after a wait that failed with -EFAULT the child's status is lost (wait: %d, status 0x%x): "
           "try_wait must check the pointer before proc_reap buries the child" % (result, status))


@test("3.1", "numbers are used again as late as can be", points=2)
def late_numbers(t):
    p = t.puppet()
    seen = []
    for _ in range(5):
        pid, child = p.spawn()
        leave(child, 0)
        bury(t, p, pid, "a child")
        seen.append(pid)
    t.need(all(a < b for a, b in zip(seen, seen[1:])), "five children that ended one after the other had the numbers %s: a number is used "
           "again although others have never been: take_id goes on from last_id" % seen)


@test("3.1", "a number whose place is taken is passed over, and numbers begin anew behind the last", points=2)
def taken_numbers(t):
    p = t.puppet()
    own = p.syscall("getpid")
    machine = p.machine
    at = machine.kernel.address("last_id") - 0x80000000
    was = machine.read32(at)
    machine.write32(at, own + 512 * 2 * t.rng.randrange(3, 1000) + 511)  # next: a thread slot that is free, a process slot that is own's
    pid, child = p.spawn()
    t.need(pid > 0, "spawn fails (%d) when the next number's place is taken" % pid)
    t.need(pid % 512 != own % 512, "child %d stands in the same place of the table of processes as %d, which lives: take_id must pass over numbers "
           "that also() does not take" % (pid, own))
    t.need(p.syscall("getpgid", own) == p.syscall("getpgid", 0), "process %d can't be found by its number any more" % own)
    leave(child, 0)
    bury(t, p, pid, "a child")
    machine.write32(at, 0x3FFFFFFF)
    pid, child = p.spawn()
    t.need(0 < pid < 0x1000, "after the last number (0x3fffffff) comes %d, where numbers begin again at 1" % pid)
    leave(child, 0)
    bury(t, p, pid, "a child")
    machine.write32(at, was)


@test("3.1", "a number means one process, and not whoever has its place", points=1, refusal=True)
def whose_number(t):
    p = t.puppet()
    own = p.syscall("getpid")
    for wrong in (own + 512, own + 1024, own + 512 * t.rng.randrange(3, 1000), -own):
        result = p.syscall("kill", wrong, 0) if wrong > 0 else p.syscall("getpgid", wrong)
        t.need(result == -ESRCH, "%s(%d) returns %d, not -ESRCH: no such process; %d stands in its place: proc_find must compare numbers" % (
            "kill" if wrong > 0 else "getpgid", wrong, result, own))


@test("3.1", "orphans live on, and zombies without a parent don't", points=2)
def orphans(t):
    p = t.puppet()
    own = p.syscall("getpid")
    pid, child = p.spawn()
    orphan, a = child.spawn()
    zombie, b = child.spawn()
    t.need(a.syscall("getppid") == pid, "a grandchild's parent is not who has started it")
    leave(b, 1)
    child.syscall("sleep", 20)
    leave(child, 2)
    t.need(bury(t, p, pid, "a child with children") == 2 << 8, "the status of a child with children is wrong")
    parent = a.syscall("getppid")
    t.need(parent == own, "an orphan's parent is %d, not the first process, %d: orphan_children leaves it with none (NULL)" % (parent, own))
    result = p.syscall("kill", zombie, 0)
    t.need(result == -ESRCH, "process %d ended, and so did its parent, which never waited: nobody can wait for it, and it is still there (kill: %d): "
           "orphan_children frees ended children" % (zombie, result))
    t.need(p.syscall("kill", orphan, 0) == 0, "an orphan that lives can't be found by its number")
    leave(a, 0)
    p.syscall("sleep", 20)
    result = p.syscall("kill", orphan, 0)
    t.need(result == -ESRCH, "an orphan that has ended stays for ever (kill: %d): with no parent, proc_exit frees it at once" % result)
    t.need(ended(p, -1, WNOHANG)[0] == -ECHILD, "the first process is expected to wait for orphans that it has not started")


@test("3.1", "what ends gives everything back", points=1)
def nothing_lost(t):
    p = t.puppet()

    def family():
        pid, child = p.spawn()
        grandpid, grandchild = child.spawn()
        leave(grandchild, 0)
        child.syscall("sleep", 20)
        leave(child, 0)
        bury(t, p, pid, "a child")
    family()
    before = t.frames_free()
    for _ in range(3):
        family()
    lost = before - t.frames_free()
    t.need(lost <= 2, "three families lived and ended, and %d frames are gone: what does proc_exit not give back?" % lost)
