# tools/check/bomb.py: types at the shell's prompt while a fork bomb runs: it must answer, and be able to end it. (lab 4)
import re

from guest import tail
from job import ARCHES, Failure, Job, Variant
from monitor import ask, enter
from programs import PROMPT, boot, frames_free, type_line

CROWD = 400  # processes that the bomb must have, or it would prove nothing
SHIFT = 6    # 64 ns an instruction: among so many it takes seconds until each has had its turn


def bombs(guest):
    """How many processes of the bomb there are: the monitor stands still for nobody."""
    enter(guest)
    count = len(re.findall(r"^ +\d+ +\d+  fork_bomb +(?!ended)\w", ask(guest, "processes"), re.MULTILINE))
    ask(guest, "continue", "")
    return count


def run(words, crowd):
    def body(job):
        with boot(job, cmdline="panic=off run=sh", mem=job.megabytes, shift=SHIFT) as guest:
            try:
                guest.expect(PROMPT, 30)
                type_line(guest, "kill -9 1000000", 20)
                type_line(guest, "sleep 0.1", 20)
                before = frames_free(guest)
                started = type_line(guest, words + " &", 20)
                pid = re.search(r"^\[(\d+)\] fork_bomb", started, re.MULTILINE)
                if not pid:
                    raise Failure("the bomb did not start\n" + tail(started))
                most = 0
                for _ in range(3):
                    if "hello, world" not in type_line(guest, "hello", 60):
                        raise Failure("hello does not run beside the bomb\n" + tail(guest.text))
                    type_line(guest, "sleep 0.2", 60)
                    most = max(most, bombs(guest))
                if most < crowd:
                    raise Failure("the bomb had %d processes at most, not %d\n%s" % (most, crowd, tail(guest.text)))
                type_line(guest, "kill -9 -" + pid.group(1), 20)
                type_line(guest, "hello", 60)
                if bombs(guest):
                    raise Failure("the bomb lives on\n" + tail(guest.text))
                if frames_free(guest) != before:
                    raise Failure("%d frames were free before, %d are now" % (before, frames_free(guest)))
            finally:
                job.log(guest.text)
    return body


def jobs(slots):
    found = []
    for arch in ARCHES:
        for name, words, crowd, megabytes, variant in (
                ("spin", "fork_bomb", CROWD, 64, Variant(arch)),
                ("churn", "fork_bomb churn", 3, 64, Variant(arch)),
                ("little-memory", "fork_bomb", 50, 8, Variant(arch))):
            job = Job("bomb-%s-%s" % (arch, name), run(words, crowd), 300, [variant])
            job.megabytes = megabytes
            found.append(job)
    return found
