# tools/check/monitor.py: talks to the kernel's monitor: at the prompt, over a running program, after a panic. (lab 1)
import re
import time

import coverage
from guest import tail
from job import ARCHES, Failure, Job, Variant
from programs import PROMPT, boot, type_line

KEY = "\x1d"
READY = r"^K> "


def enter(guest):
    """Press the key; what the monitor says first."""
    begin = guest.console.position
    guest.send(KEY)
    guest.expect(READY, 20)
    return guest.text[begin:guest.console.position]


def ask(guest, line, ready=READY):
    begin = guest.console.position
    guest.send(line + "\n")
    guest.expect(ready, 20)
    return guest.text[begin:guest.console.position].replace("\r", "")


def check(guest, line, pattern):
    """One command, whose whole answer must hold the pattern."""
    answer = ask(guest, line)
    if not re.search(pattern, answer, re.MULTILINE):
        raise Failure("%s: no /%s/ in its answer\n%s" % (line, pattern, tail(answer)))
    return answer


def session(body, **how):
    def run(job):
        with boot(job, **how) as guest:
            try:
                guest.expect(PROMPT, 30)
                body(job, guest)
            finally:
                job.log(guest.text)
    return run


def number(guest, line, pattern):
    return int(re.search(pattern, check(guest, line, pattern), re.MULTILINE).group(1), 16)


def idle(job, guest):
    """Each command once, while the shell waits for its user; then the shell goes on."""
    pt_base = job.variants[0].pt_base
    self_entry = pt_base + (pt_base >> 10) + (pt_base >> 20)
    enter_when(guest, r"^ +1 +0  sh +waiting +console")
    check(guest, "help", r"^  walk address +each step")
    check(guest, "help dump", r"^  dump \[-p\] address")
    check(guest, "backtrace", r"^  #\d 0x8[0-9a-f]{7} uart_interrupt\+0x[0-9a-f]+ \(kern/dev/uart\.c:\d+\)$")
    check(guest, "map", r"^0x00400000-0x0040[0-9a-f]{4} .* user r-x")
    check(guest, "map 1", r"^0x%08x-0x%08x .* PD_base" % (pt_base + (pt_base >> 10), pt_base + (pt_base >> 10) + 4095))
    entry = number(guest, "walk 0x%x" % self_entry, r"^  pde at 0x%08x = 0x([0-9a-f]{8})" % self_entry)
    # The self entry names the directory: as a page of the window, as an entry, and in physical memory, it is one word.
    page = number(guest, "walk %x" % self_entry, r"^  physical 0x([0-9a-f]{8})")
    word = entry.to_bytes(4, "little").hex()
    check(guest, "dump %x 4" % self_entry, r"^0x%08x  %s " % (self_entry, word))
    check(guest, "dump -p %x 4" % page, r"^0x%08x  %s " % (page, word))
    check(guest, "frames %x" % page, r"^frame 0x%08x: directory, 1 reference, \d+ entries used" % (page & ~4095))
    check(guest, "frames", r"audit: 0 frames disagree")
    check(guest, "dump 400000 14", r"^0x00400000  7f454c46 .*\.ELF.*\n0x00400010  [0-9a-f ]{9} +[^ ]")
    check(guest, "dump 0", r"^0x00000000  not mapped$")
    check(guest, "dump 7ffff000", r"^0x7ffff000  not mapped$")
    check(guest, "dump fffffff0 20", r"^0xfffffff0  not mapped$")
    check(guest, "dump -p ffffff00", r"^0xffffff00  not RAM$")
    check(guest, "dump a0000000 4", r"^0xa0000000  \w")
    check(guest, "dump -p", r"^dump -p needs a physical address$")
    # One clear line for each mistake.
    check(guest, "foo", r'^no command "foo"; help lists them$')
    check(guest, "p", r"^p could be .*processes.*protect")
    check(guest, "frames fffff000", r"^0xfffff000: not RAM; the last frame is 0x[0-9a-f]{8}$")
    check(guest, "dump 0 1 2", r"^usage: dump \[-p\] address \[bytes\]$")
    if check(guest, "dump 0 fffff", r"^0xfffff bytes are too many; the first 0x10000:$").count("not mapped") != 16:
        raise Failure("dump does not stop after 64 KB\n" + tail(guest.text))
    check(guest, "dump fffffff0 20", r"^the address space ends here$")
    check(guest, "walk", r"^usage: walk address$")
    check(guest, "walk xyz", r"^xyz: not a hexadecimal number of 32 bits$")
    check(guest, "walk 100000000", r"^100000000: not a hexadecimal number")
    check(guest, "map 4711", r"^no process 4711;")
    check(guest, "protect 400000 s", r"^s: write the permissions as rwx")
    check(guest, "protect 80000000 r", r"^0x80000000: not a program's page")
    check(guest, "protect 1000 r", r"^0x00001000: nothing is mapped there")
    check(guest, "step", r"^no program was interrupted")
    check(guest, "a b c d e f g h i j", r"^too many words")
    segment = r"no table|large page" if guest.arch == "i386" else r"^  no entry: this segment is not mapped; physical 0x00123456$"
    check(guest, "walk 80123456", segment)
    # Ctrl-C gives up the line; Ctrl-d is continue.
    guest.send("quit\x03")
    guest.expect(r"\^C\n" + READY[1:], 20)
    guest.send("\x04")
    enter_when(guest, r"^ +1 +0  sh +waiting +console")
    # Editing: both kinds of backspace, the whole line, a cursor key.
    check(guest, "wakl\b\b\x7f\x7fhelp walk", r"^  walk address")
    check(guest, "nonsense\x15he\x1b[Dlp walk", r"^  walk address")
    guest.send("cont\n")
    if "hello, world" not in type_line(guest, "\x15hello", 20):
        raise Failure("the shell does not go on\n" + tail(guest.text))


def enter_when(guest, pattern):
    """Press the key until the list of processes holds the pattern: the shell may still be at work; the list."""
    for _ in range(100):
        enter(guest)
        found = re.search(pattern, ask(guest, "processes"), re.MULTILINE)
        if found:
            return found
        guest.send("continue\n")
        guest.expect(r"continue\r?\n", 20)
        time.sleep(0.05)  # a key that waits already when the program goes on would stop it before its next instruction
    raise Failure("never so: /%s/\n%s" % (pattern, tail(guest.text)))


def interrupt_spin(guest):
    """Start spin and stop it; its process id."""
    guest.send("spin\n")
    return int(enter_when(guest, r"^ +(\d+) +1  spin +running").group(1))


def running(job, guest):
    """A program that keeps the CPU: stopped, stepped, ended by the kernel for a changed page, ended by a command."""
    pid = interrupt_spin(guest)
    check(guest, "regs", r"\b(004|0x004)[0-9a-f]{5}\b")
    check(guest, "backtrace", r"^  #0 0x004[0-9a-f]{5} \(the program\)$")
    steps = re.findall(r"^(0x[0-9a-f]{8}) -> (0x[0-9a-f]{8})$", ask(guest, "step 6"), re.MULTILINE)
    if len(steps) != 6 or any(a[1] != b[0] or a[0] == a[1] for a, b in zip(steps, steps[1:])):
        raise Failure("step 6 went %s" % steps)
    if ask(guest, "map") != ask(guest, "map %d" % pid).replace("map %d" % pid, "map"):
        raise Failure("map and map %d differ, though %d is the loaded one" % (pid, pid))
    page = int(steps[-1][1], 16) & ~0xFFF
    check(guest, "map 1", r" user r-x")
    check(guest, "walk %x" % page, r" user r-x")
    check(guest, "protect %x rw" % page, r"^  pte at .* user r")
    check(guest, "protect %x -" % page, r"^  pte at .* held ")
    guest.send("continue\n")
    guest.expect(r"^\[%d spin\] .*0x004[0-9a-f]{5}.*; process ended" % pid, 20)
    guest.expect(PROMPT, 20)
    pid = interrupt_spin(guest)
    frame = number(guest, "walk %x" % page, r"^  physical 0x([0-9a-f]{8})")
    stack = number(guest, "walk 7fbffffc", r"^  physical 0x([0-9a-f]{8})")
    check(guest, "protect %x rx" % page, r"^  pte at .* user r-x")
    check(guest, "frames %x" % frame, r"^frame 0x%08x: " % (frame & ~0xFFF))
    check(guest, "kill %d" % pid, r"")
    check(guest, "kill %d" % pid, r"^no process %d is running" % pid)
    check(guest, "map %d" % pid, r"^process %d has ended: its memory is gone$" % pid)
    check(guest, "processes", r"^ +%d +1  spin +ended +status \d+$" % pid)
    check(guest, "frames %x" % stack, r"^frame 0x%08x: free, 0 references, not cleared, next free 0x" % (stack & ~0xFFF))
    check(guest, "regs", r"^no program was interrupted$")
    check(guest, "backtrace", r"^  #\d 0x8[0-9a-f]{7} monitor\+0x")
    check(guest, "step", r"^no program was interrupted")
    check(guest, "frames", r"audit: 0 frames disagree")
    guest.send("continue\n")
    guest.expect(PROMPT, 20)
    if "hello, world" not in type_line(guest, "hello", 20):
        raise Failure("the shell does not go on\n" + tail(guest.text))


def step_to_the_end(job, guest):
    """A step that ends its program is over with it: the next program to be stopped has not been stepped."""
    for _ in range(2):
        guest.send("spin &\n")
        guest.expect(PROMPT, 20)
    first, page = enter_when(guest, r"^ +(\d+) +1  spin +running").group(1), 0x400000
    check(guest, "protect %x -" % page, r"^  pte at .* held ")
    guest.send("step\n")
    if "can't be stepped" in guest.expect(r"can't be stepped|; process ended", 20).group(0):
        guest.send("continue\n") # MIPS puts a break there, and can't
        guest.expect(r"; process ended", 20)
    before = len(guest.text)
    second = enter_when(guest, r"^ +(\d+) +1  spin +running").group(1)
    if re.search(r"^monitor: step|^0x\w+ -> ", guest.text[before:], re.MULTILINE):
        raise Failure("the step went on in the next program\n" + tail(guest.text))
    if first == second:
        raise Failure("process %s has survived\n" % first + tail(guest.text))
    check(guest, "frames", r"audit: 0 frames disagree")


def deep(job, guest):
    """A backtrace has an end, however many have called each other."""
    guest.send("spin 40\n")
    enter_when(guest, r"^ +(\d+) +1  spin +running")
    frames = re.findall(r"^  #(\d+) 0x004[0-9a-f]{5} \(the program\)$",
                        check(guest, "backtrace", r"^  \.\.\. \(no more than 32 are shown\)$"), re.MULTILINE)
    if frames != [str(n) for n in range(32)]:
        raise Failure("frames %s\n%s" % (frames, tail(guest.text)))


def threads(job, guest):
    """A process of several threads has a line for each."""
    guest.send("psum -t 3\n")
    guest.expect(r"psum -t 3\r?\n", 20)
    pid = enter_when(guest, r"^ +(\d+) +1  psum +threads:\n(?: +\d+ {25}waiting +(?:console|futex) +\d+\n){4}").group(1)
    check(guest, "kill " + pid, r"")
    check(guest, "frames", r"audit: 0 frames disagree")
    guest.send("continue\n")
    guest.expect(PROMPT, 20)
    guest.send("poweroff 7\n")
    status = guest.wait(20)
    if status != 7:
        raise Failure("poweroff 7 in the shell gave status %s" % status)


def nobody_reads(job, guest):
    """Input that nobody takes fills its buffer: then keys ring the bell, and those that end a line do, too."""
    guest.send("spin\n")
    guest.expect(r"spin\r?\n", 20)
    before = len(guest.text)
    guest.send("x" * 1030 + "\n" + "\n" + "\x04")
    deadline = time.monotonic() + 20
    while guest.text.count("\a") < 9 and time.monotonic() < deadline:
        time.sleep(0.05)
    text = guest.text[before:]
    if text.count("x") != 1023 or text.count("\a") != 9:
        raise Failure("%d characters and %d bells, wanted 1023 and 7 + 2" % (text.count("x"), text.count("\a")))
    guest.send("\x03")
    guest.expect(r"spin: killed: interrupted", 20)
    guest.expect(PROMPT, 20)
    if "hello, world" not in type_line(guest, "hello", 20):
        raise Failure("what was typed has not been forgotten\n" + tail(guest.text))


def panic_inside(job, guest):
    """The kernel's table of symbols is destroyed: a panic's backtrace panics. That is the end, at once."""
    enter(guest)
    table = coverage.symbols(job.kernel())["ksyms_start"] - coverage.KERNEL_BASE
    guest.write(table + 4, b"\x04\0\0\0" * 5)  # its pointers
    guest.send("panic 4\n")
    status = guest.wait(20)
    if status != 255 or not re.search(r"^KERNEL PANIC: .*\n(?:.*\n)*panic inside a panic: .*, pc 0x8[0-9a-f]{7}, address 0x\w+$",
                                      guest.text, re.MULTILINE):
        raise Failure("status %s\n%s" % (status, tail(guest.text)))


def breakpoint(job, guest):
    """A breakpoint in the kernel, put there from outside, leads to the monitor."""
    enter(guest)
    help_at = coverage.symbols(job.kernel())["run_help"]
    guest.write(help_at - coverage.KERNEL_BASE, b"\xcc" if guest.arch == "i386" else b"\x0d\0\0\0")
    guest.send("help\n")
    guest.expect(r"^monitor: breakpoint, pc 0x%08x" % (help_at + (1 if guest.arch == "i386" else 4)), 20)
    guest.expect(READY, 20)
    check(guest, "backtrace", r"^  #0 0x8[0-9a-f]{7} run_help\+0x")
    guest.send("quit\n")
    status = guest.wait(20)
    if status != 0:
        raise Failure("quit gave status %s" % status)


def panicked(job, guest):
    """A fault in the kernel, and panic() itself: what is printed, and that there is no way back."""
    enter(guest)
    text = ask(guest, "panic 10203040")
    for pattern in (r"^KERNEL PANIC: .* in the kernel, pc 0x8[0-9a-f]{7}, address 0x10203040$",
                    r"^  #0 0x8[0-9a-f]{7} run_panic\+0x[0-9a-f]+ \(kern/core/monitor\.c:\d+\)$",
                    r"^  #\d 0x8[0-9a-f]{7} monitor\+0x[0-9a-f]+ \(kern/core/monitor\.c:\d+\)$",
                    r"^walk 0x10203040: directory index 0x040, table index 0x203, offset 0x040",
                    r"^monitor: panic, pc 0x8"):
        if not re.search(pattern, text, re.MULTILINE):
            raise Failure("no /%s/ in the panic\n%s" % (pattern, tail(text)))
    check(guest, "regs", r"[0-9a-f]{8}")
    check(guest, "step", r"^no program was interrupted")
    check(guest, "continue", r"^nothing to continue after a panic")
    own = r"cr0 [0-9a-f]{8}  cr2 10203040" if guest.arch == "i386" else r"status [0-9a-f]{8} .* badvaddr 10203040"
    check(guest, "panic", r"^KERNEL PANIC: asked for in the monitor\nrunning: .*\n  pc 8[0-9a-f]{7} .*\n  %s .*\n"
          r"  #0 .* panic\+.*\n  #1 0x8[0-9a-f]{7} run_panic" % own)
    guest.send("quit\n")
    status = guest.wait(20)
    if status != 255:
        raise Failure("quit after a panic gave status %s, not 255" % status)


def before_all_else(job):
    """monitor=1: input, output and backtraces when there are no page tables yet; and a panic there."""
    with boot(job, cmdline="monitor=1") as guest:
        try:
            guest.expect(READY, 30)
            check(guest, "backtrace", r"^  #\d 0x8[0-9a-f]{7} kernel_init\+0x[0-9a-f]+ \(kern/init\.c:\d+\)$")
            check(guest, "panic", r"^  #1 0x8[0-9a-f]{7} run_panic\+0x[0-9a-f]+ \(.*\)\n(  #.*\n)*  #\d .* kernel_init\+")
            guest.send("quit\n")
            status = guest.wait(20)
        finally:
            job.log(guest.text)
    if status != 255:
        raise Failure("quit after a panic gave status %s, not 255" % status)


def panic_off(job, guest):
    """panic=off: no monitor, but status 255. Who was interrupted by all that is named."""
    pid = interrupt_spin(guest)
    guest.send("panic 4\n")
    status = guest.wait(20)
    if status != 255 or "address 0x00000004" not in guest.text or "monitor: panic" in guest.text or \
            "running: process %d (spin), user pc 0x004" % pid not in guest.text:
        raise Failure("status %s\n%s" % (status, tail(guest.text)))


def jobs():
    found = []
    for arch in ARCHES:
        for body, cmdline in ((idle, ""), (running, ""), (step_to_the_end, ""), (deep, ""), (threads, ""), (nobody_reads, ""), (panicked, ""),
                              (panic_inside, ""), (breakpoint, ""), (panic_off, "panic=off")):
            name = "monitor-%s-%s" % (arch, body.__name__)
            found.append(Job(name, session(body, cmdline=cmdline, ram=body in (panic_inside, breakpoint)), 120, [Variant(arch)]))
        found.append(Job("monitor-%s-before_all_else" % arch, before_all_else, 120, [Variant(arch)]))
    return found
