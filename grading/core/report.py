# grading/core/report.py: a grade for people and for programs. (all labs)
import json
import os

from . import confine, score

COLOURS = {"pass": "\033[32m", "fail": "\033[31m", "not run": "\033[33m", "does not build": "\033[31m"}


class Progress:
    """One line that counts, on a terminal only."""

    def __init__(self, stream):
        self.stream, self.count, self.shown = stream, 0, stream.isatty()

    def say(self, result):
        self.count += 1
        if self.shown:
            self.stream.write("\r%4d tests run" % self.count)
            self.stream.flush()

    def done(self):
        if self.shown:
            self.stream.write("\r%s\r" % (" " * 20))


class Summary:
    def __init__(self, lab, submission, results, archs, seed, options):
        self.lab, self.submission, self.results, self.archs, self.seed, self.options = lab, submission, results, archs, seed, options
        self.points, self.most = score.total(lab, results, archs)

    def repeat(self, result):
        """The command that runs this one test again."""
        tree = " TREE=%s" % self.options.tree if os.path.realpath(self.options.tree) != os.path.realpath(".") else ""
        emu = " EMU=both" if result.bochs else ""
        return "make grade LAB=%d TEST=%s/%s ARCH=%s SEED=%d%s%s" % (self.lab.number, result.test.exercise, result.test.name, result.arch, self.seed, emu, tree)

    def of(self, exercise):
        return [r for r in self.results if r.test.exercise == exercise.id]

    def failures(self, exercise):
        """One result for each test and machine that failed: what failed in the whole tree as well as alone is told once."""
        seen, found = set(), []
        for r in sorted(self.of(exercise), key=lambda r: (r.mode, r.arch)):
            if r.status != "pass" and (r.test.name, r.arch) not in seen:
                seen.add((r.test.name, r.arch))
                found.append(r)
        return found

    def text(self, colour=False):
        def paint(status, text):
            return COLOURS[status] + text + "\033[0m" if colour else text
        lines = ["lab %d: %s" % (self.lab.number, self.lab.title), ""]
        for exercise in self.lab.exercises:
            builds, told, results = set(), set(), self.of(exercise)
            if not results:
                continue
            points, most = score.of_exercise(exercise, results, self.archs)
            lines.append("%-5s%-44s %5.1f / %g" % (exercise.id, exercise.title, points, most))
            for sentence in self.submission.complaints.get(exercise.id, []):
                lines.append("     " + paint("fail", sentence))
            if exercise.id in self.submission.blank:
                lines.append("     nothing is written yet")
                continue
            for r in self.failures(exercise):
                if r.status == "does not build":
                    if (r.arch, r.hint) in builds:
                        continue
                    builds.add((r.arch, r.hint))
                where = r.arch + (", in the whole tree only" if r.mode == "whole" else "")
                lines.append("     %s (%s): %s" % (paint(r.status, r.status), where, r.test.title))
                words = r.hint.splitlines()
                lines += ["         " + line for line in (words if r.hint not in told else words[:1] + ["(as above)"] * (len(words) > 1))]
                told.add(r.hint)
                lines.append("         repeat: %s%s" % (self.repeat(r), "   (GDB=1: in gdb)" if r.status == "fail" else ""))
        lines += self._in_bochs()
        lines += ["", "total: %g / %g   seed %d" % (self.points, self.most, self.seed)]
        return "\n".join(lines)

    def _in_bochs(self):
        """How many tests Bochs agreed to, and which it was not asked."""
        asked = {(r.test.exercise, r.test.name): r.bochs for r in sorted(self.results, key=lambda r: r.bochs == "fail") if r.bochs}
        if not asked:
            return []
        verdicts = list(asked.values())
        return ["", "Bochs, too: %d tests passed, %d failed" % (verdicts.count("pass"), verdicts.count("fail"))] + \
            ["     %s/%s was run in QEMU only: %s" % (exercise, name, why) for (exercise, name), why in sorted(asked.items()) if why not in ("pass", "fail")]

    def tests(self):
        """One entry a test, machine and mode: name, points, max, status, hint, repeat."""
        found = []
        for exercise in self.lab.exercises:
            results = self.of(exercise)
            for arch in exercise.archs:
                for mode, share in (("alone", score.ALONE), ("whole", score.WHOLE)):
                    mine = [r for r in results if r.arch == arch and r.mode == mode]
                    weight = sum(r.test.points for r in mine)
                    works = any(r.status == "pass" and not r.test.refusal for r in mine)
                    for r in mine:
                        most = exercise.points / len(exercise.archs) * share * r.test.points / weight
                        paid = r.status == "pass" and (works or not r.test.refusal)
                        found.append({"name": "%s/%s %s %s" % (exercise.id, r.test.name, arch, mode), "title": r.test.title,
                                      "points": round(most if paid else 0.0, 4), "max": round(most, 4), "status": r.status,
                                      "hint": r.hint, "repeat": self.repeat(r), "staff_only": r.test.staff, **({"bochs": r.bochs} if r.bochs else {})})
        return found

    def data(self):
        return {"lab": self.lab.number, "score": self.points, "max_score": self.most, "seed": self.seed, "confined": confine.mode, "tests": self.tests()}


def write_json(path, summary):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(summary.data(), file, indent=1, sort_keys=True)
        file.write("\n")
