#!/usr/bin/env python3
# grading/make_class.py: a class that nobody taught: trees with mistakes in them, and what they ought to get. (staff's; all labs)
"""grading/make_class.py DIR --lab N --count 100      writes trees: the solution, with up to three of the lab's mutants in each
grading/make_class.py DIR --check RESULTS            is each graded (by grading/class) as its mutants say?

An exercise without a mistake must get all its points where it is judged alone, and in the whole tree, too, unless it needs
one with a mistake; an exercise with a mistake must lose some. DIR/mutants.json says which tree has which. Same seed, same class."""
import argparse
import json
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mutants as judge  # noqa: E402
import regions  # noqa: E402
from core import harvest, lab as labs  # noqa: E402

MOST = 3  # mistakes in a tree
LIST = "mutants.json"


def reference(lab):
    """{path: text} of what is taken from a tree; files to fill in are filled in."""
    wanted = harvest.wanted_files(lab, regions.scan(labs.ROOT))
    found = {path: regions.read(os.path.join(labs.ROOT, path)) for path in wanted if os.path.exists(os.path.join(labs.ROOT, path))}
    found.update({path: text for path, text in labs.named_files(labs.ROOT, lab).items() if text is not None})
    return found


def spoil(files, chosen):
    """(files with these mutants, names of those that could be put in: an earlier one may have changed the place)"""
    files, names = dict(files), []
    for mutant in chosen:
        if files[mutant.file].count(mutant.old) == 1:
            files[mutant.file] = files[mutant.file].replace(mutant.old, mutant.new)
            names.append(mutant.name)
    return files, names


def write(folder, files):
    for path, text in files.items():
        at = os.path.join(folder, path)
        os.makedirs(os.path.dirname(at), exist_ok=True)
        with open(at, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)


def make(lab_number, out, count, seed, archs=labs.ARCHES, most=MOST):
    """{student: names of mutants}; the first of the class is faultless."""
    lab = labs.load(lab_number)
    rng, files = random.Random(seed), reference(lab)
    pool = [m for m in labs.mutants(lab_number) if m.emu != "bochs" and m.file in files and set(m.archs) & set(archs)]
    os.makedirs(out)
    made = {}
    for i in range(count):
        chosen = rng.sample(pool, min(len(pool), rng.randrange(1, most + 1) if i else 0))
        text, names = spoil(files, chosen)
        student = "student%03d" % i
        write(os.path.join(out, student), text)
        made[student] = names
    with open(os.path.join(out, LIST), "w", encoding="utf-8") as file:
        json.dump({"lab": lab_number, "seed": seed, "mutants": made}, file, indent=1)
    return made


class Expected:
    """What one tree's mutants say, for one machine."""

    def __init__(self, lab, chosen, arch):
        self.spoilt = {m.exercise for m in chosen if arch in m.archs}
        self.unknown = {m.exercise for m in chosen} - self.spoilt  # on this machine it may show or not
        self.shaken = {m.exercise for m in chosen}.union(*[judge.dependants(lab, m.exercise) for m in chosen])

    def complaint(self, exercise, mode, points, most):
        full = points > most - 0.001
        if exercise in self.spoilt and mode == "alone" and full:
            return "has a mistake in it, and all its points"
        clean = exercise not in (self.spoilt | self.unknown if mode == "alone" else self.shaken)
        return "has no mistake in it, and %g of %g points" % (points, most) if clean and not full else ""


def check_one(lab, chosen, data):
    """Sentences on one student's JSON that can't be."""
    sums, hints, found = {}, {}, []
    for test in data["tests"]:
        exercise, arch, mode = test["name"].split("/")[0], *test["name"].split(" ")[1:3]
        points, most = sums.get((exercise, arch, mode), (0.0, 0.0))
        sums[exercise, arch, mode] = points + test["points"], most + test["max"]
        if test["status"] != "pass":
            hints.setdefault((exercise, arch, mode), "%s: %s" % (test["name"], test["hint"]))
    for (exercise, arch, mode), (points, most) in sorted(sums.items()):
        complaint = Expected(lab, chosen, arch).complaint(exercise, mode, points, most)
        if complaint:
            found.append("%s on %s, %s, %s" % (exercise, arch, "alone" if mode == "alone" else "in the whole tree", complaint))
            found[-1] += "".join("\n    | " + line for line in hints.get((exercise, arch, mode), "").splitlines())
    if not sums:
        found.append(data.get("error", "no test was run"))
    elif abs(sum(points for points, _ in sums.values()) - data["score"]) > 0.06:
        found.append("its tests do not sum to its score, %g" % data["score"])
    return found


def check(folder, results):
    """(how many are right, [what is wrong])"""
    with open(os.path.join(folder, LIST), encoding="utf-8") as file:
        listed = json.load(file)
    lab = labs.load(listed["lab"])
    known = {m.name: m for m in labs.mutants(lab.number)}
    right, wrong = 0, []
    for student, names in sorted(listed["mutants"].items()):
        path = os.path.join(results, "students", student + ".json")
        try:
            with open(path, encoding="utf-8") as file:
                found = check_one(lab, [known[name] for name in names], json.load(file))
        except (OSError, ValueError) as error:
            found = ["not graded: %s" % error]
        right += not found
        wrong += ["%s (%s): %s" % (student, ", ".join(names) or "no mistake", what) for what in found]
    return right, wrong


def main():
    parser = argparse.ArgumentParser(prog="grading/make_class.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("--lab", type=int)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=MOST, help="mistakes in a tree (%d)" % MOST)
    parser.add_argument("--arch", choices=labs.ARCHES, help="only mistakes that show on this machine")
    parser.add_argument("--check", metavar="RESULTS", help="what grading/class made of DIR")
    options = parser.parse_args()
    try:
        if options.check:
            right, wrong = check(options.folder, options.check)
            print("\n".join(wrong + ["%d trees are graded as their mutants say%s" % (right, "; %d complaints" % len(wrong) if wrong else "")]))
            return 1 if wrong or not right else 0
        made = make(options.lab if options.lab is not None else labs.default(), options.folder, options.count, options.seed,
                    (options.arch,) if options.arch else labs.ARCHES, options.most)
        print("%s: %d trees with %d mistakes" % (options.folder, len(made), sum(map(len, made.values()))))
    except (OSError, ValueError, labs.LabError, regions.RegionError) as error:
        print("grading/make_class.py: %s" % error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
