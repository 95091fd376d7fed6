# tools/check/host.py: runs the unit tests that need no guest: test_*.c with a main(), and test_*.py. (all labs)
import glob
import os
import re
import sys
import tempfile

from job import ARCHES, FAIL, HANDED_OUT, ROOT, Failure, Job, Result, Variant, command, need, parse_lines

FOLDERS = ("inc", "lib", "kern", "kern/*", "kern/arch/*", "boot", "boot/*", "user", "user/*", "tools", "tools/*",
           "grading", "grading/*")
# Addresses below 4 GB, as far as the host can: kernel code keeps some in 32 bits.
LOW = ["-fno-pie", "-no-pie"]
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
# Warnings about the tested kernel code on a 64-bit host say nothing about the 32-bit kernel.
FLAGS = ["-std=gnu11", "-g", "-O1", "-Wall", "-Wno-int-to-pointer-cast", "-Wno-pointer-to-int-cast",
         "-fno-omit-frame-pointer"]

# In a tree that was handed out: LAB_TODO, for what is not written yet.
UNWRITTEN = ["-include", "inc/lab.h", "tools/check/lab_host.c"] if HANDED_OUT else []


def find(pattern):
    paths = [p for folder in FOLDERS for p in glob.glob(os.path.join(ROOT, folder, pattern))]
    return sorted(os.path.relpath(p, ROOT) for p in set(paths))


def is_host_test(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return re.search(r"^int main\(", file.read(), re.MULTILINE) is not None


def includes(path):
    """Folders for #include. Code in an arch folder, and whoever includes it, sees that machine's headers."""
    arch = next((a for a in ARCHES if "/%s/" % a in path), "i386")
    return ["-I" + folder for folder in ("inc", "inc/" + arch, "kern", "lib", "kern/arch/" + arch)]


def compiler():
    return os.environ.get("HOSTCC") or "cc"


def accepted(job, options):
    """The options, where compiler and libraries have them; else none."""
    with tempfile.TemporaryDirectory(prefix="ouros-check-") as folder:
        source = os.path.join(folder, "probe.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write("int main(void) { return 0; }\n")
        done = command(job, [compiler(), "-Werror", "-o", os.path.join(folder, "probe")] + options + [source])
    return options if done.code == 0 else []


def judge(job, done, prefix):
    results = parse_lines(done.output, prefix)
    failed = [r for r in results if r.status == FAIL]
    if done.timed_out:
        results.append(Result(prefix, FAIL, "not finished after %d s" % job.timeout))
    elif done.code != 0 and not failed:
        last = [line for line in done.output.strip().splitlines() if line.strip()]
        error = next((line for line in last if "ERROR:" in line or "runtime error" in line), last[-1] if last else "")
        results.append(Result(prefix, FAIL, "exit status %d: %s" % (done.code, error.strip())))
    elif done.code == 0 and failed:
        results.append(Result(prefix, FAIL, "printed FAIL, yet its exit status is 0"))
    return results


def run_c(path):
    def run(job):
        need(compiler())
        binary = os.path.join(ROOT, "obj/check/host", path.replace("/", "-")[:-2])
        done = command(job, [compiler()] + FLAGS + accepted(job, LOW) + accepted(job, SANITIZE) + includes(path) + UNWRITTEN +
                       [path, "-o", binary, "-lm"])
        if done.code:
            raise Failure("does not compile: " + first_error(done.output))
        return judge(job, command(job, [binary], env={"ASAN_OPTIONS": "detect_leaks=0"}), job.name)
    return run


def first_error(output):
    return next((line for line in output.splitlines() if "error:" in line), output.strip()[:300])


def run_python(path):
    return lambda job: judge(job, command(job, [sys.executable, path]), job.name)


# These need no kernel. All others may boot the plain ones, or build some by themselves.
WITHOUT_KERNEL = ("tools/test_setup.py", "tools/check/test_z3.py", "grading/core/")


def python_job(path):
    if path.startswith(WITHOUT_KERNEL):
        return Job("host/" + path, run_python(path), 180)
    return Job("host/" + path, run_python(path), 180, [Variant(arch) for arch in ARCHES], makes=True)


def jobs():
    os.makedirs(os.path.join(ROOT, "obj/check/host"), exist_ok=True)
    tests = [Job("host/" + path, run_c(path), 120) for path in find("test_*.c") if is_host_test(path)]
    return tests + [python_job(path) for path in find("test_*.py")]
