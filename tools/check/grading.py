# tools/check/grading.py: who grades the grader: full marks for the reference, none for attacks, a whole class. (all labs)
"""Each lab and machine: the reference gets all points, and of the mistakes that students make some, other ones by each seed, are
caught (make mutants LAB=n tries all); one of them only in Bochs. Some attacks get no points. A class with broken submissions
among its own costs nobody else a point."""
import json
import os
import random
import re
import shutil
import subprocess
import tarfile
import tempfile

import bochs
from guest import EMULATOR, tail
from host import judge
from job import ARCHES, ROOT, Failure, Job, Skip, Variant, command, need

GRADING = os.path.join(ROOT, "grading")
SAMPLE = 2   # attacks, of those there are
MUTANTS = 3  # of a lab's, on one machine
UNFINISHED = {3: "not all of its mutants say where else they cost points: make mutants LAB=3 shows which"}
BOCHS_ONLY = "reload-for-invlpg"  # a mutant of lab 2


def labs():
    if not os.path.isdir(GRADING):
        return []
    return sorted(int(n[3:]) for n in os.listdir(GRADING) if re.fullmatch(r"lab\d+", n) and os.path.exists(os.path.join(GRADING, n, "tests.py")))


def grade(job, *arguments):
    """grade.py's results, as it writes them for programs."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "result.json")
        done = command(job, ["python3", "grading/grade.py", "--json", path, "--jobs", "1"] + list(arguments))
        if done.code or not os.path.exists(path):
            raise Failure("the grader ended with %s\n%s" % (done.code, tail(done.output)))
        with open(path, encoding="utf-8") as file:
            return json.load(file), done.output


def reference(lab, arch, seed):
    def body(job):
        need(EMULATOR[arch])
        data, output = grade(job, "--lab", str(lab), "--arch", arch, "--seed", str(seed))
        if data["score"] != data["max_score"] or data["max_score"] <= 0:
            raise Failure("the reference gets %g of %g points\n%s" % (data["score"], data["max_score"], tail(output)))
    return body


def mutants(lab, arch, seed):
    def body(job):
        need(EMULATOR[arch])
        if lab in UNFINISHED:
            raise Skip(UNFINISHED[lab])
        done = command(job, ["python3", "grading/mutants.py", "--lab", str(lab), "--arch", arch, "--sample", str(MUTANTS), "--pick", str(seed), "--jobs", "1"])
        if done.code or "%d of %d mutants caught" % (MUTANTS, MUTANTS) not in done.output:
            raise Failure("make mutants LAB=%d ARCH=%s\n%s" % (lab, arch, tail(done.output, 20)))
    return body


def bochs_alone(job):
    """With EMU=both a missing flush of a global page costs points, and all else that lab 2 asks for is so in Bochs, too."""
    need(EMULATOR["i386"])
    bochs.need_bochs()
    done = command(job, ["python3", "grading/mutants.py", "--lab", "2", "--test", BOCHS_ONLY, "--jobs", "1"])
    if done.code or "1 of 1 mutants caught" not in done.output or "SKIPPED" in done.output:
        raise Failure("make mutants LAB=2 TEST=%s\n%s" % (BOCHS_ONLY, tail(done.output, 20)))


def _hostile(folder, lab):
    """What costs nobody else a point: no submission at all, links to somebody else's, text that wants the solution or the machine."""
    os.mkdir(os.path.join(folder, "empty"))
    os.symlink("/etc", os.path.join(folder, "link"))
    with open(os.path.join(folder, "torn.tgz"), "wb") as file:
        file.write(b"\x1f\x8b" + bytes(range(200)))
    with tarfile.open(os.path.join(folder, "twice.tar"), "w") as archive:
        archive.add(os.path.join(folder, "student000"), "handed-in")
    shutil.copytree(os.path.join(folder, "student000"), os.path.join(folder, "twice"))
    shutil.copytree(os.path.join(folder, "student000"), os.path.join(folder, "linked"))
    shutil.copytree(os.path.join(folder, "student000"), os.path.join(folder, "huge"))
    for top, _, names in os.walk(os.path.join(folder, "linked")):
        for name in names:
            at = os.path.join(top, name)
            os.remove(at)
            os.symlink(at.replace("/linked/", "/student000/"), at)
    for top, _, names in os.walk(os.path.join(folder, "huge")):
        for name in names:
            _spoil(os.path.join(top, name), lab)


def _spoil(path, lab):
    """All its regions of the lab: a gigabyte to compile, and then no C."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"(/\* \[end of lab %d\.)" % lab, r"static char big[1 << 30] = { 1 }; } } }\n\1", text)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


BROKEN = {"empty": "none of the files", "link": "neither a folder", "torn": "can't be read", "twice": "more than once", "linked": "none of the files"}


def _results(out):
    found = {}
    for name in sorted(os.listdir(os.path.join(out, "students"))):
        if name.endswith(".json"):
            with open(os.path.join(out, "students", name), encoding="utf-8") as file:
                found[name[:-5]] = json.load(file)
            found[name[:-5]].pop("seconds", None)
    return found


def _grade_class(job, folder, lab, arch, out, seed):
    done = command(job, ["python3", "grading/class", folder, "--lab", str(lab), "--arch", arch, "--out", out, "--seed", str(seed), "--jobs", "2"])
    if "bubblewrap can't make its namespaces" in done.output:
        raise Skip("bubblewrap can't make its namespaces here")
    if done.code:
        raise Failure("grading/class ended with %d\n%s" % (done.code, tail(done.output)))
    return _results(out), done.output


def class_of(lab, arch, seed):
    """A dozen trees, each with mistakes that are known; graded as those say, and the same beside what is hostile as without it."""
    def body(job):
        need(EMULATOR[arch], "bwrap")
        with tempfile.TemporaryDirectory(prefix="ouros-class-of-") as work:
            os.chmod(work, 0o755)
            few, full, out = (os.path.join(work, name) for name in ("few", "full", "out"))
            make = ["python3", "grading/make_class.py"]
            if command(job, make + [full, "--lab", str(lab), "--arch", arch, "--seed", str(seed), "--count", "12", "--most", "1"]).code:
                raise Failure("grading/make_class.py makes no class")
            shutil.copytree(full, few, ignore=lambda _, names: [name for name in names if re.fullmatch(r"student\d+", name) and name > "student001"])
            before, _ = _grade_class(job, few, lab, arch, os.path.join(work, "before"), seed)
            _hostile(full, lab)
            after, _ = _grade_class(job, full, lab, arch, out, seed)
            checked = command(job, make + [full, "--check", out])
            if checked.code or "12 trees" not in checked.output:
                raise Failure("not graded as their mistakes say\n%s" % tail(checked.output))
            for name, data in before.items():
                for test in data["tests"]:
                    test["repeat"] = test["repeat"].replace(few, full)
                if data != after[name] or data["confined"] != "bubblewrap":
                    raise Failure("%s is graded in another way beside hostile trees: %g, not %g" % (name, after[name]["score"], data["score"]))
            for name, word in BROKEN.items():
                if word not in after[name].get("error", "") or after[name]["score"]:
                    raise Failure("%s is not named for what it is: %s" % (name, after[name].get("error")))
            if after["huge"]["score"] > 0 or not after["huge"]["tests"]:
                raise Failure("what does not compile gets %g points" % after["huge"]["score"])
            os.remove(os.path.join(out, "students", "student001.json"))  # as if it had been killed there
            again, output = _grade_class(job, full, lab, arch, out, seed)
            if re.findall(r"^\d+ of \d+: (\w+)", output, re.MULTILINE) != ["student001"] or again != after:
                raise Failure("started again, it does not grade what is missing, and only that, as before\n%s" % tail(output))
    return body


def attacks(arch, seed):
    def body(job):
        need(EMULATOR[arch], "bwrap")
        listed = command(job, ["python3", "grading/attacks.py", "--list"]).output.split()
        names = random.Random(seed).sample(listed, SAMPLE)
        done = command(job, ["python3", "grading/attacks.py", "--arch", arch, "--seed", str(seed)] + names)
        if "bubblewrap can't make its namespaces" in done.output:
            raise Skip("bubblewrap can't make its namespaces here")
        if done.code or "%d of %d attacks get nothing" % (SAMPLE, SAMPLE) not in done.output:
            raise Failure("%s: one gets points\n%s" % (" ".join(names), tail(done.output, 20)))
    return body


def slurm(lab, arch, seed):
    def body(job):
        need(EMULATOR[arch], "bwrap")
        done = command(job, ["python3", "grading/try_slurm.py", "--lab", str(lab), "--arch", arch, "--seed", str(seed)])
        return judge(job, done, job.name)
    return body


def packs(job):
    need("bwrap", *EMULATOR.values())
    return judge(job, command(job, ["python3", "grading/try_pack.py", "--lab", "2"]), job.name)


def jobs(seed):
    found, chosen = [], random.Random(seed)
    for lab in labs():
        for arch in ARCHES:
            found.append(Job("grade-lab%d-%s" % (lab, arch), reference(lab, arch, seed), 300, [Variant(arch)]))
        if os.path.exists(os.path.join(GRADING, "mutants.py")):
            arch = chosen.choice(ARCHES)
            found.append(Job("mutants-lab%d-%s" % (lab, arch), mutants(lab, arch, seed), 300, [Variant(arch)]))
    if 2 in labs() and os.path.exists(os.path.join(GRADING, "mutants.py")):
        found.append(Job("grade-bochs", bochs_alone, 300, [Variant("i386")]))
    if labs() and os.path.exists(os.path.join(GRADING, "class")):
        arch = chosen.choice(ARCHES)
        found.append(Job("attacks-" + arch, attacks(arch, seed), 400, [Variant(arch)]))
        found.append(Job("class-pack", packs, 600, [Variant(a) for a in ARCHES]))
        found.append(Job("class-slurm", slurm(2, "i386", seed), 600, [Variant("i386")]))  # the quickest to grade
        # Lab 3's tests watch the scheduler for seconds: two of them are worth a dozen of others.
        found.append(Job("class-" + arch, class_of(chosen.choice([lab for lab in labs() if lab != 3]), arch, seed), 900, [Variant(arch)]))
    return found
