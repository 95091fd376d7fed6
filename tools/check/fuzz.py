# tools/check/fuzz.py: random system calls from many processes: no panic, no hang, no frame lost. (lab 3)
"""`fuzz SEED CALLS` in the guest makes the calls (user/fuzz.c); the seed is the run's, so that a failure repeats. A long run
by hand: python3 tools/check/fuzz.py ARCH CALLS [SEED], with the kernel of a plain `make ARCH=...`: in rounds of a million
calls, each with a seed of its own, in one and the same guest."""
import os
import re
import sys

from guest import GuestError, tail
from job import ARCHES, LAST_SLOT, ROOT, Failure, Job, Variant
import programs

CALLS = 1000000        # on the plain kernel
DEBUG_CALLS = 100000   # on the one that checks itself at every turn


def one_round(guest, calls, seed, before, limit):
    """Some calls, after which the guest is what it was: `before` frames are free, and a program runs."""
    try:
        output = programs.type_line(guest, "fuzz %d %d" % (seed, calls), limit)
    except GuestError as why:
        raise Failure("with seed %d: %s" % (seed, why)) from None
    end = re.search(r"^ok: fuzz: (\d+) calls made", output, re.MULTILINE)
    if not end or int(end.group(1)) < calls:
        raise Failure("it did not make its calls\n%s" % tail(output))
    if "hello, world" not in programs.type_line(guest, "hello", 20):
        raise Failure("hello no longer runs\n%s" % tail(guest.text))
    after = programs.frames_free(guest)
    if after != before:
        raise Failure("%d frames were free before, %d are after\n%s" % (before, after, tail(guest.text)))


def fuzz(job, calls, seed, limit, say=lambda line: None):
    with programs.boot(job, cmdline="panic=off run=sh", mem=64) as guest:
        try:
            guest.expect(programs.PROMPT, 60)
            programs.type_line(guest, "true", 20)
            before = programs.frames_free(guest)
            for done in range(0, calls, CALLS):
                one_round(guest, min(CALLS, calls - done), seed + done // CALLS, before, min(limit, job.left()))
                say("%d calls; the last seed is %d" % (min(calls, done + CALLS), seed + done // CALLS))
                guest.console.forget()
        finally:
            job.log(guest.text[-200000:])


def run(calls, seed):
    return lambda job: fuzz(job, calls, seed, job.left())


def jobs(seed):
    found = []
    for arch in ARCHES:
        found.append(Job("fuzz-" + arch, run(CALLS, seed), 300, [Variant(arch)]))
        found.append(Job("fuzz-%s-debug" % arch, run(DEBUG_CALLS, seed + 1), 300, [Variant(arch, LAST_SLOT, TESTS=1, DEBUG=1, UBSAN=1)]))
    return found


def main():
    arch, calls, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1
    variant = Variant(arch)
    job = Job("fuzz-by-hand", lambda job: fuzz(job, calls, seed, 1800, lambda line: print(line, flush=True)), 24 * 3600, [variant])
    job.kernels = {variant: os.path.join(ROOT, "obj", arch, "kernel")}
    for result in job.execute():
        print(result.status, result.name, result.reason)
    print("\n".join(job.notes)[-3000:])


if __name__ == "__main__":
    main()
