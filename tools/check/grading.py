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


def _tree(out):
    """The sources, as the tree of a student who has done everything; what else is to be filled in (sheet.txt) is, too."""
    listed = subprocess.run(["git", "ls-files", "-z", "boot", "inc", "kern", "lib", "grading"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if listed.returncode:
        raise Skip("this tree is no git repository")
    for name in sorted(filter(None, listed.stdout.decode().split("\0")), key=lambda name: "-solution." in name):
        if os.path.isfile(os.path.join(ROOT, name)):
            os.makedirs(os.path.dirname(os.path.join(out, name)), exist_ok=True)
            shutil.copy(os.path.join(ROOT, name), os.path.join(out, name))
            begin, end = os.path.splitext(name)
            if begin.endswith("-solution"):
                shutil.copy(os.path.join(ROOT, name), os.path.join(out, begin[:-len("-solution")] + end))


def _submissions(folder, lab):
    """A class: the reference as a folder and as a tarball; and nothing that could be graded."""
    _tree(os.path.join(folder, "anna"))
    with tarfile.open(os.path.join(folder, "ben.tar.gz"), "w:gz") as archive:
        archive.add(os.path.join(folder, "anna"), "handed-in")
    os.mkdir(os.path.join(folder, "empty"))
    os.symlink("/etc", os.path.join(folder, "link"))
    with open(os.path.join(folder, "torn.tgz"), "wb") as file:
        file.write(b"\x1f\x8b" + bytes(range(200)))
    linked = os.path.join(folder, "linked")
    _tree(linked)
    for path in {line.split(":")[0].strip().split()[-1] for line in subprocess.run(
            ["python3", "grading/regions.py", "list", "--lab", str(lab)], cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout.splitlines() if ":" in line and "/" in line}:
        os.remove(os.path.join(linked, path))
        os.symlink(os.path.join(folder, "anna", path), os.path.join(linked, path))


def class_of(lab, arch, seed):
    def body(job):
        need(EMULATOR[arch], "bwrap")
        with tempfile.TemporaryDirectory(prefix="ouros-class-") as folder:
            os.chmod(folder, 0o755)
            os.mkdir(os.path.join(folder, "in"))
            _submissions(os.path.join(folder, "in"), lab)
            out = os.path.join(folder, "out")
            argv = ["python3", "grading/class", os.path.join(folder, "in"), "--lab", str(lab), "--arch", arch, "--out", out, "--seed", str(seed), "--jobs", "1"]
            done = command(job, argv)
            if "bubblewrap can't make its namespaces" in done.output:
                raise Skip("bubblewrap can't make its namespaces here")
            if done.code:
                raise Failure("grading/class ended with %d\n%s" % (done.code, tail(done.output)))
            scores = {}
            for name in ("anna", "ben", "empty", "link", "linked", "torn"):
                with open(os.path.join(out, "students", name + ".json"), encoding="utf-8") as file:
                    data = json.load(file)
                scores[name] = data["score"]
                if name in ("anna", "ben") and (data["score"] != data["max_score"] or data["confined"] != "bubblewrap"):
                    raise Failure("%s hands in the reference and gets %g of %g, confined by %s" % (name, data["score"], data["max_score"], data["confined"]))
                if name not in ("anna", "ben") and data["score"]:
                    raise Failure("%s hands in nothing, and gets %g points" % (name, data["score"]))
                if name in ("empty", "link", "torn") and not data.get("error"):
                    raise Failure("%s can't be graded, and is not told why" % name)
            os.remove(os.path.join(out, "students", "ben.json"))  # as if it had been killed there
            again = command(job, argv)
            graded = re.findall(r"^\d+ of \d+: (\w+)", again.output, re.MULTILINE)
            if again.code or graded != ["ben"]:
                raise Failure("started again, it graded %s, not only what was missing\n%s" % (graded, tail(again.output)))
            for name in ("grades.csv", "index.html"):
                with open(os.path.join(out, name), encoding="utf-8") as file:
                    if "anna" not in file.read():
                        raise Failure("%s does not name the students" % name)
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


def jobs(seed):
    found, chosen = [], random.Random(seed)
    for lab in labs():
        for arch in ARCHES:
            found.append(Job("grade-lab%d-%s" % (lab, arch), reference(lab, arch, seed), 300, [Variant(arch)]))
            if os.path.exists(os.path.join(GRADING, "mutants.py")):
                found.append(Job("mutants-lab%d-%s" % (lab, arch), mutants(lab, arch, seed), 300, [Variant(arch)]))
    if 2 in labs() and os.path.exists(os.path.join(GRADING, "mutants.py")):
        found.append(Job("grade-bochs", bochs_alone, 300, [Variant("i386")]))
    if labs() and os.path.exists(os.path.join(GRADING, "class")):
        arch = chosen.choice(ARCHES)
        found.append(Job("attacks-" + arch, attacks(arch, seed), 400, [Variant(arch)]))
        found.append(Job("class-slurm", slurm(2, "i386", seed), 400, [Variant("i386")]))  # the quickest to grade
        found.append(Job("class-" + arch, class_of(chosen.choice(labs()), arch, seed), 400, [Variant(arch)]))
    return found
