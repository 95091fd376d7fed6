# tools/check/keyboard.py: the keyboard's signals, and the shell's jobs: Ctrl-C, Ctrl-Z, fg, bg, kill. (lab 4)
import re

from job import ARCHES, Failure, Job, Variant
from monitor import session
from programs import PROMPT, type_line


def reaches(guest, keys, pattern):
    guest.send(keys)
    guest.expect(pattern, 20)


def started(guest):
    """cat runs once it answers."""
    reaches(guest, "cat\n", r"cat\r?\n")
    reaches(guest, "there\n", r"there\r?\nthere")


def foreground(job, guest):
    """Who runs is ended; the shell is not, and says how it was."""
    for _ in range(3):
        started(guest)
        reaches(guest, "half a line\x03", r"\^C\r?\ncat: killed: interrupted")
        guest.expect(PROMPT, 20)
    started(guest)
    reaches(guest, "\x1c", r"cat: killed: quit")
    guest.expect(PROMPT, 20)
    started(guest)
    reaches(guest, "half", r"half")
    reaches(guest, "\x04", r"half")  # what was typed so far
    reaches(guest, "\x04", r"ouros\$ ")  # nothing: the end of its input
    reaches(guest, "no such line\x03", PROMPT)
    if "hello, world" not in type_line(guest, "hello", 20):
        raise Failure("hello no longer runs")
    reaches(guest, "cat | cat\n", r"cat\r?\n")
    reaches(guest, "there\n", r"there\r?\nthere")
    reaches(guest, "\x03", r"cat: killed: interrupted")
    guest.expect(PROMPT, 20)
    guest.send("exit\n")
    if guest.wait(20) != 130:
        raise Failure("a program that Ctrl-C ended did not leave 130 as the shell's status")


def background(job, guest):
    """Stopped, continued, killed; and Ctrl-C is not for who runs in the background."""
    started(guest)
    reaches(guest, "\x1a", r"cat: stopped")
    guest.expect(PROMPT, 20)
    reaches(guest, "fg\n", r"fg\r?\n")
    reaches(guest, "again\n", r"again\r?\nagain")
    reaches(guest, "\x03", r"cat: killed: interrupted")
    guest.expect(PROMPT, 20)
    guest.send("sleep 1000 &\n")
    pid = guest.expect(r"^\[(\d+)\] sleep", 20).group(1)
    guest.expect(PROMPT, 20)
    reaches(guest, "\x03", PROMPT)
    type_line(guest, "kill -STOP " + pid, 20)
    type_line(guest, "bg " + pid, 20)
    if "killed" in type_line(guest, "hello", 20):
        raise Failure("Ctrl-C or bg ended a program in the background")
    type_line(guest, "kill " + pid, 20)
    type_line(guest, "hello", 20)
    if "killed: terminated" not in guest.text:
        raise Failure("kill %s did not end it" % pid)
    for line, answer in (("kill -l", "SEGV"), ("kill 99999", "no such process"), ("kill -FOO 1", "no such signal"),
                         ("fg 99999", "no such job"), ("kill -1 -1", "not permitted")):
        if answer not in type_line(guest, line, 20):
            raise Failure("%s did not say: %s" % (line, answer))
    guest.send("exit 0\n")
    if guest.wait(20) != 0:
        raise Failure("the shell's status is not 0")


def keys(job, guest):
    """The PC's own keyboard: both rows of each key, Caps Lock, Ctrl, the keypad, and keys that mean nothing here."""
    line = "echo abXYZ 0123456789 `-=[];,./ ~@#%^*_+{}:? done"
    guest.press_text(line)
    for silent in ("left", "up", "f1", "alt", "home", "delete"):
        guest.press(silent)
    guest.press_text("x\b\n")
    guest.expect("^" + re.escape(line.partition(" ")[2]) + "$", 20)
    guest.press_text("echo ")
    guest.press("shift_r", "q")
    guest.press("caps_lock")
    guest.press_text("aB1")
    guest.press("caps_lock")
    guest.press_text("c")
    for name in ("kp_7", "kp_subtract", "kp_add", "kp_0", "kp_decimal", "kp_divide", "kp_enter"):
        guest.press(name)
    guest.expect(r"^QAb1c7-\+0\./$", 20)
    guest.expect(PROMPT, 20)
    guest.press_text("cat\n")
    guest.press("ctrl", "1")  # no character of its own
    guest.press_text("there\n")
    guest.expect(r"^there$", 20)
    guest.expect(r"^there$", 20)
    guest.press("ctrl_r", "c")
    guest.expect(r"cat: killed: interrupted", 20)
    guest.expect(PROMPT, 20)
    guest.press("ctrl", "bracket_right")
    guest.expect(r"^K> ", 20)
    guest.press_text("help walk\n")  # the monitor looks at the keyboard by itself
    guest.expect(r"^  walk address", 20)
    guest.press_text("continue\n")
    guest.press_text("exit 5\n")
    if guest.wait(20) != 5:
        raise Failure("exit 5 at the keyboard did not give status 5")


def jobs(slots):
    found = [Job("keyboard-i386-keys", session(keys, cmdline="panic=off run=sh", qmp=True), 120, [Variant("i386")])]
    return found + [Job("keyboard-%s-%s" % (arch, name), session(body, cmdline="panic=off run=sh"), 120, [Variant(arch)])
            for arch in ARCHES for name, body in (("foreground", foreground), ("background", background))]
