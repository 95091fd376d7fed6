#!/usr/bin/env python3
# grading/try_pack.py: do the packs for hosted services work? Gradescope's zip in a simulated /autograder, GitHub's steps. (staff's; all labs)
"""The zip is unpacked to /autograder/source of a system that bubblewrap makes of this one; setup.sh and run_autograder run there,
but for apt-get, which is a stand-in that writes down what it was asked for. PASS, FAIL or SKIP."""
import argparse
import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import make_class  # noqa: E402
import pack  # noqa: E402
from core import lab as labs  # noqa: E402

# https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format
TOP = {"score": (int, float), "execution_time": (int, float), "output": str, "output_format": str, "test_output_format": str, "test_name_format": str,
       "stdout_visibility": str, "visibility": str, "extra_data": dict, "tests": list, "leaderboard": list}
TEST = {"score": (int, float), "max_score": (int, float), "status": str, "name": str, "name_format": str, "number": str, "output": str, "output_format": str,
        "tags": list, "visibility": str, "extra_data": dict}
WORDS = {"status": {"passed", "failed"}, "visibility": {"hidden", "after_due_date", "after_published", "visible"},
         "stdout_visibility": {"hidden", "after_due_date", "after_published", "visible"}, "output_format": {"text", "html", "simple_format", "md", "ansi"},
         "name_format": {"text", "html", "simple_format", "md", "ansi"}}
APT = "#!/bin/sh\necho \"$@\" >>/autograder/apt\n"


class Failed(Exception):
    """The test's verdict."""


def need(condition, what):
    if not condition:
        raise Failed(what)


def system(autograder):
    """bubblewrap's words for a system like this one, in which /autograder is that folder."""
    words = ["bwrap", "--die-with-parent", "--tmpfs", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
    for name in sorted(os.listdir("/")):
        path = "/" + name
        if name in ("dev", "proc", "tmp", "autograder", "sys", "lost+found") or name.startswith("."):
            continue
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            words += ["--ro-bind", path, path]
    return words + ["--bind", autograder, "/autograder", "--chdir", "/autograder"]


def inside(autograder, argv, what, **env):
    """Runs it there; what it prints."""
    done = subprocess.run(system(autograder) + ["--"] + argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=500,
                          env={"PATH": "/autograder/bin:" + os.environ["PATH"], "HOME": "/nonexistent", **env})
    need(done.returncode == 0, "%s ends with %d: %s" % (what, done.returncode, done.stdout[-2000:]))
    return done.stdout


def lay_out(work, lab):
    """As Gradescope does: the zip in source, a submission, a place for results."""
    zipped, autograder = os.path.join(work, "autograder.zip"), os.path.join(work, "autograder")
    pack.gradescope(lab, zipped)
    with zipfile.ZipFile(zipped) as archive:
        for info in archive.infolist():
            path = archive.extract(info, os.path.join(autograder, "source"))
            os.chmod(path, info.external_attr >> 16 & 0o777)
            os.utime(path, (1767225600, 1767225600))
    for name in ("results", "bin"):
        os.makedirs(os.path.join(autograder, name))
    with open(os.path.join(autograder, "bin", "apt-get"), "w", encoding="ascii") as file:
        file.write(APT)
    os.chmod(os.path.join(autograder, "bin", "apt-get"), 0o755)
    shutil.copy(os.path.join(autograder, "source", "run_autograder"), autograder)
    clean = subprocess.run(["git", "status", "--porcelain"], cwd=labs.ROOT, stdout=subprocess.PIPE).stdout == b""
    for arch in labs.ARCHES if clean else ():  # what make would build is there already, of the same sources
        made = os.path.join(labs.ROOT, "obj", arch)
        if os.path.isdir(made):
            shutil.copytree(made, os.path.join(autograder, "source", "ouros", "obj", arch))
    return autograder


def check_fields(data, fields, where):
    for key, value in data.items():
        need(key in fields and isinstance(value, fields[key]), "%s: %s: %r is nothing that Gradescope knows" % (where, key, value))
        need(key not in WORDS or value in WORDS[key], "%s: %s: %r is none of Gradescope's words" % (where, key, value))


def check_gradescope(autograder, lab):
    made = make_class.make(lab.number, os.path.join(autograder, "class"), 2, 1)
    os.rename(os.path.join(autograder, "class", "student001"), os.path.join(autograder, "submission"))
    inside(autograder, ["sh", "/autograder/source/setup.sh"], "setup.sh")
    with open(os.path.join(autograder, "apt"), encoding="ascii") as file:
        need("install -y" in file.read(), "setup.sh installs nothing")
    inside(autograder, ["/autograder/run_autograder"], "run_autograder")
    with open(os.path.join(autograder, "results", "results.json"), encoding="utf-8") as file:
        data = json.load(file)
    check_fields(data, TOP, "results.json")
    need(data["tests"], "results.json has no tests: %s" % data.get("output"))
    for test in data["tests"]:
        check_fields(test, TEST, test["name"])
        need(test["score"] <= test["max_score"] + 1e-6, "%s: more points than there are" % test["name"])
    need(abs(sum(t["score"] for t in data["tests"]) - data["score"]) < 0.1 and abs(sum(t["max_score"] for t in data["tests"]) - 100) < 0.1, "its tests do not sum to its score")
    need(0 < data["score"] < 100, "a tree with a mistake (%s) gets %g points" % (", ".join(made["student001"]), data["score"]))
    os.remove(os.path.join(autograder, "results", "results.json"))
    shutil.rmtree(os.path.join(autograder, "submission"))
    inside(autograder, ["/autograder/run_autograder"], "run_autograder, where nothing was handed in")
    with open(os.path.join(autograder, "results", "results.json"), encoding="utf-8") as file:
        data = json.load(file)
    check_fields(data, TOP, "results.json")
    need(data["score"] == 0 and data["output"], "nothing handed in: %s" % data)


def steps(text):
    """[{key: text}] of the workflow's steps: as far as YAML is used there, by its indentation."""
    need("\t" not in text, "the workflow has a tab, which YAML forbids")
    found, block = [], None
    for line in text[text.index("    steps:\n") + len("    steps:\n"):].splitlines():
        item = re.match(r"      (- |  )(\w+): ?(.*)$", line)
        if item:
            if item.group(1) == "- ":
                found.append({})
            block = item.group(2)
            found[-1][block] = "" if item.group(3) == "|" else item.group(3)
        else:
            need(line.startswith("          "), "a line of the workflow belongs to no step: %r" % line)
            found[-1][block] += line[10:] + "\n"
    return found


def check_github(autograder, lab):
    path = os.path.join(autograder, "grade.yml")
    pack.github(lab, path)
    with open(path, encoding="ascii") as file:
        text = file.read()
    for begin in ("name: ", "on: ", "permissions:\n", "jobs:\n", "    runs-on: "):
        need(re.search("^" + begin, text, re.MULTILINE), "the workflow has no line %r" % begin)
    found = steps(text)
    try:
        import yaml
    except ImportError:
        print("SKIP pack/yaml: python3-yaml is not installed; the workflow was looked at by its indentation")
    else:
        parsed = yaml.safe_load(text)["jobs"]["grade"]["steps"]
        need([s.get("run", "").strip() for s in parsed] == [s.get("run", "").strip() for s in found], "YAML reads the workflow in another way")
    step = next(s for s in found if s.get("id") == "lab")
    need("${{ steps.lab.outputs.result }}" in text, "the points are not handed on")
    inside(autograder, ["sh", "-e", "-c", "cd /autograder/source/ouros\n" + step["run"]], "the workflow's step", GITHUB_OUTPUT="/autograder/output")
    with open(os.path.join(autograder, "output"), encoding="ascii") as file:
        name, _, value = file.read().strip().partition("=")
    data = json.loads(base64.b64decode(value))
    need(name == "result" and data["status"] == "pass" and data["max_score"] == 100 and len(data["tests"]) == len(lab.exercises), "the step hands on %s" % data)


def main():
    parser = argparse.ArgumentParser(prog="grading/try_pack.py", description=__doc__.splitlines()[0])
    parser.add_argument("--lab", type=int, default=2)
    options = parser.parse_args()
    if not shutil.which("bwrap") or subprocess.run(["bwrap", "--ro-bind", "/", "/", "true"], stderr=subprocess.DEVNULL).returncode:
        print("SKIP pack: bubblewrap is not installed, or can't make its namespaces here")
        return 0
    lab, work = labs.load(options.lab), tempfile.mkdtemp(prefix="ouros-pack-")
    try:
        autograder = lay_out(work, lab)
        check_gradescope(autograder, lab)
        print("PASS pack/gradescope")
        check_github(autograder, lab)
        print("PASS pack/github")
    except Failed as why:
        print("FAIL pack: %s" % str(why).replace("\n", " / "))
        return 1
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
