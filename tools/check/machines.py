# tools/check/machines.py: machines with something missing, and command lines with something odd. (labs 1 and 3)
import re
import time

from guest import tail
from job import ARCHES, Failure, Job, Variant
from programs import MEMORY_MB, boot

MISSING = r"^\[1 t_float\] floating point, which this CPU does not have at pc 0x\w{8}; process ended$"


def finish(job, guest, wanted):
    """It powers off with this status."""
    try:
        status = guest.wait(min(30, job.left()))
    finally:
        job.log(guest.text)
    if status != wanted:
        raise Failure("status %s, not %s\n%s" % (status, wanted, tail(guest.text)))


def without_fpu(job):
    """Who computes with floating point is ended with a line that says why; others run."""
    with boot(job, cmdline="panic=off run=t_float", mem=MEMORY_MB, cpu="24Kc") as guest:
        finish(job, guest, 128 + 4)
        if not re.search(MISSING, guest.text, re.MULTILINE):
            raise Failure("no /%s/\n%s" % (MISSING, tail(guest.text)))
    with boot(job, cmdline="panic=off run=hello", mem=MEMORY_MB, cpu="24Kc") as guest:
        finish(job, guest, 0)


def without_sse(job):
    """A CPU from before fxsave and SSE: the older instructions do."""
    for program in ("t_float", "t_math", "t_sigregs"):
        with boot(job, cmdline="panic=off run=" + program, mem=MEMORY_MB, cpu="qemu32,-fxsr,-sse,-sse2,-pni") as guest:
            finish(job, guest, 0)


def without_acpi(job):
    """A PC that can't switch itself off says so."""
    with boot(job, cmdline="panic=off run=hello", mem=MEMORY_MB, extra=("-machine", "acpi=off")) as guest:
        guest.expect(r"^hello, world", 30)
        guest.expect(r"^It is now safe to turn off the computer\.$", 30)
        job.log(guest.text)
        status = guest.status()
        if status != 0:
            raise Failure("status %s, not 0" % status)


def shows(job, guest, *rows):
    """Wait until these rows, patterns, are on the screen one below the other."""
    wanted = re.compile("^" + "\n".join(rows) + "$", re.MULTILINE)
    for _ in range(200):
        screen = "\n".join(guest.screen())
        if wanted.search(screen):
            return
        time.sleep(0.05)
    job.log(screen)
    raise Failure("not on the screen: %s\n%s" % (wanted.pattern, screen))


def without_serial(job):
    """Keyboard and screen are all that this PC has."""
    with boot(job, cmdline="panic=off run=sh", mem=MEMORY_MB, serial=False, qmp=True) as guest:
        shows(job, guest, r"ouros\$")
        guest.press_text('printf "ab\\rc\\nx\\ty\\n"\n')
        shows(job, guest, "cb", "x       y")
        guest.press_text("echo 12\b3\n")
        shows(job, guest, r"ouros\$ echo 13", "13")
        guest.press_text("seq 60 90\n")  # more than a screen
        shows(job, guest, "89", "90", r"ouros\$")
        if any(row == "66" for row in guest.screen()):
            raise Failure("the screen has not scrolled\n" + "\n".join(guest.screen()))
        guest.press_text("exit 3\n")
        finish(job, guest, 3)


def words(cmdline, status, *patterns):
    """Boot with these words: the status, and what must have been printed."""
    def body(job):
        with boot(job, cmdline=cmdline, mem=MEMORY_MB) as guest:
            finish(job, guest, status)
            for pattern in patterns:
                if not re.search("^%s$" % pattern, guest.text, re.MULTILINE):
                    raise Failure("no /%s/\n%s" % (pattern, tail(guest.text)))
    return body


WORDS = {
    "blanks": words('panic=off run="  echo   a  b "', 0, "a b"),
    "quoted": words('"run=echo a b" panic=off', 0, "a b"),
    "environment": words('panic=off run=env env.X=1 env.GREETING="good day" env.PATH=/other env.', 0, "X=1", "GREETING=good day",
                         "PATH=/other", "HOME=/"),
    "number": words("panic=off run=hello failframe=many", 0, "command line: failframe=many is no number; 0 is used"),
    "nobody": words("panic=off run=no_such_program", 127, 'can\'t start "no_such_program": no such .*'),
}


def jobs():
    found = [Job("machine-i386-" + body.__name__, body, 120, [Variant("i386")])
             for body in (without_sse, without_acpi, without_serial)]
    found.append(Job("machine-mips-without_fpu", without_fpu, 60, [Variant("mips")]))
    for arch in ARCHES:
        found += [Job("words-%s-%s" % (arch, name), body, 60, [Variant(arch)]) for name, body in WORDS.items()]
    return found
