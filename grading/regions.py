#!/usr/bin/env python3
# grading/regions.py: the marked regions of the sources, which a student writes: parse, list, blank, put back. (all labs)
"""A region is all whole lines between two comments:

    /*
     * [lab 2.4, 6 points] What the student reads: the contract and a hint.
     * [until then] return false;
     */
    ...
    /* [end of lab 2.4] */

The part from "[until then]" on may be left out: it is what a handout has in place of the lines, instead of LAB_TODO(2.4).
At file scope of a C file, "[helpers of lab 2]" and "[end of helpers]" hold an empty region for the student's own functions.

A region's key is (exercise, path, n): the n-th region, from 1 on, of that exercise in that file. A helpers region's
exercise is "helpers N".

    python3 grading/regions.py list [--lab N] [TREE]    what regions there are; status 1 and path:line: what is wrong
"""
import argparse
import collections
import os
import re
import stat
import sys

FOLDERS = ("boot", "inc", "kern", "lib", "user")
ENDINGS = (".c", ".h", ".S")
LARGEST = 1 << 20  # bytes of a source file that is looked at

MARK = re.compile(r"\[(?:lab (?P<exercise>\d+\.\d+), (?P<points>\d+) (?P<unit>points?)|helpers of lab (?P<helpers>\d+)|"
                  r"end of lab (?P<end>\d+\.\d+)|end of (?P<end_helpers>helpers))\]")
LOOKS_LIKE_MARK = re.compile(r"\[\s*(?:lab\s*\d|end\s+of\s+(?:lab|helpers)|helpers\s+of|until\s+then)", re.IGNORECASE)
STAND_IN = "[until then]"


class RegionError(Exception):
    """One or more lines "path:line: what is wrong"."""

    def __init__(self, errors):
        self.errors = list(errors)
        super().__init__("\n".join(self.errors))


class Region:
    """first, last: the line numbers of the comments' first and last lines. The body is lines[body_from:body_to], from 0 on.

    words: what the student reads, a list of lines. stand_in: the lines of "[until then]", or None. points: 0 for helpers.
    """

    def __init__(self, path, exercise, points, first, indent, words, stand_in):
        self.path, self.exercise, self.points = path, exercise, points
        self.helpers = exercise.startswith("helpers ")
        self.lab = int(exercise.split()[1] if self.helpers else exercise.split(".")[0])
        self.first, self.indent, self.words, self.stand_in = first, indent, words, stand_in
        self.n = self.body_from = self.body_to = self.last = 0

    @property
    def key(self):
        return self.exercise, self.path, self.n

    @property
    def name(self):
        """For messages: "exercise 2.4 (region 2) in kern/mem/pmap.c"."""
        what = "helpers of lab %d" % self.lab if self.helpers else "exercise " + self.exercise
        return "%s%s in %s" % (what, " (region %d)" % self.n if self.n > 1 else "", self.path)

    def blank(self):
        """The lines that a handout has in place of the body."""
        if self.helpers:
            return []
        if self.stand_in is not None:
            return [(self.indent + line).rstrip() for line in self.stand_in]
        return ["%sLAB_TODO(%s)%s" % (self.indent, self.exercise, "" if self.path.endswith(".S") else ";")]


def split_lines(text):
    """Lines without their ends. "a\n" is one line; what has no end at the file's end is a line, too."""
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def join_lines(lines):
    return "".join(line + "\n" for line in lines)


def _comment(lines, at):
    """The comment that begins at lines[at] and stands alone in its lines: (its text, a list of lines; the line after it)."""
    text, end = [], at
    while end < len(lines):
        line = lines[end]
        line = line.lstrip()[2:] if end == at else re.sub(r"^\s*\*(?!/) ?", "", line)
        stop = line.find("*/")
        if stop >= 0:
            if line[stop + 2:].strip():
                return None, at
            text.append(line[:stop].strip() if end == at else line[:stop].rstrip())
            break
        text.append(line.strip() if end == at else line.rstrip())
        end += 1
    else:
        return None, at
    while text and not text[0].strip():
        text.pop(0)
    while text and not text[-1].strip():
        text.pop()
    return text, end + 1


def _words_and_stand_in(text, mark):
    text = [text[0].lstrip()[mark.end():].strip()] + text[1:]
    for i, line in enumerate(text):
        at = line.find(STAND_IN)
        if at >= 0:
            first = line[at + len(STAND_IN):].strip()
            return [w for w in text[:i] + [line[:at].rstrip()] if w], ([first] if first else []) + text[i + 1:]
    return [w for w in text if w], None


class _Parser:
    def __init__(self, path, text, strict):
        self.path, self.strict = path, strict
        self.lines, self.ends = split_lines(text), text.endswith("\n")
        self.regions, self.errors = [], []
        self.open = None

    def error(self, line, what):
        self.errors.append("%s:%d: %s" % (self.path, line, what))

    def run(self):
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            text, after = _comment(self.lines, at) if line.lstrip().startswith("/*") else (None, at)
            mark = MARK.match(text[0].lstrip()) if text else None
            if mark:
                self.mark(mark, text, at, after)
                at = after
                continue
            until = after if text else at + 1
            for i in range(at, until if self.strict else at):
                if LOOKS_LIKE_MARK.search(self.lines[i]):
                    self.error(i + 1, "this looks like a mark, but a mark is the first thing in a comment that stands alone in "
                               "its lines: [lab 2.4, 6 points], [end of lab 2.4], [helpers of lab 2], [end of helpers]")
            at = until
        if self.open:
            self.error(self.open.first, "the region of %s has no end: /* [end of %s] */ is missing" %
                       (self.open.name, "helpers" if self.open.helpers else "lab " + self.open.exercise))
        self.number()
        if self.strict:
            self.check()
        return self

    def mark(self, mark, text, at, after):
        if mark["end"] or mark["end_helpers"]:
            return self.end(mark["end"], at, after)
        exercise = mark["exercise"] or "helpers " + mark["helpers"]
        points = int(mark["points"] or 0)
        indent = re.match(r"\s*", self.lines[at]).group(0)
        words, stand_in = _words_and_stand_in(text, mark)
        region = Region(self.path, exercise, points, at + 1, indent, words, stand_in)
        if self.open:
            self.error(at + 1, "%s begins inside the region of %s, which began in line %d" %
                       (region.name, self.open.name, self.open.first))
        if mark["exercise"]:
            if points < 1 or points > 100 or (mark["unit"] == "point") != (points == 1):
                self.error(at + 1, "\"%s %s\": a region has 1 point, or 2 to 100 points" % (mark["points"], mark["unit"]))
            if mark["exercise"].endswith(".0") or int(mark["exercise"].split(".")[0]) < 1:
                self.error(at + 1, "exercise %s: labs and exercises are numbered from 1 on" % mark["exercise"])
        region.body_from = after
        self.open = region

    def end(self, exercise, at, after):
        if not self.open:
            return self.error(at + 1, "an end without a beginning: no region is open here")
        if self.open.helpers != (exercise is None) or (exercise and exercise != self.open.exercise):
            self.error(at + 1, "this ends %s, but the region of %s is open, from line %d on" %
                       ("exercise " + exercise if exercise else "helpers", self.open.name, self.open.first))
        self.open.body_to, self.open.last = at, after
        self.regions.append(self.open)
        self.open = None

    def number(self):
        seen = collections.Counter()
        for region in self.regions:
            seen[region.exercise] += 1
            region.n = seen[region.exercise]

    def check(self):
        """What holds for the solution, beside balance."""
        for region in self.regions:
            body = self.lines[region.body_from:region.body_to]
            if region.lab != self.regions[0].lab:
                self.error(region.first, "%s, but this file belongs to lab %d: a file has regions of one lab" %
                           (region.name, self.regions[0].lab))
            if not region.helpers and not "".join(body).strip():
                self.error(region.first, "the region of %s is empty: there is nothing to write" % region.name)
            if region.helpers and (self.path.endswith(".S") or region.indent):
                self.error(region.first, "helpers stand at file scope of a C file")
            if region.helpers and "".join(body).strip():
                self.error(region.first, "the helpers region is the student's: leave it empty")
            if region.helpers and region.stand_in is not None:
                self.error(region.first, "helpers have no %s: they are empty until then" % STAND_IN)
            if not region.words:
                self.error(region.first, "the region of %s tells the student nothing" % region.name)
            for what in unbalanced(join_lines(body), self.path):
                self.error(region.first, "the region of %s: %s" % (region.name, what))
        doubled = [r for r in self.regions if r.helpers and r.n > 1]
        for region in doubled:
            self.error(region.first, "a second helpers region in this file")
        if self.regions:
            if self.lines and not self.ends:
                self.error(len(self.lines), "the last line has no end, in a file with regions")
            for i, line in enumerate(self.lines):
                if not line.isascii():
                    self.error(i + 1, "a character that is not ASCII, in a file with regions")
                if line.endswith("\r"):
                    self.error(i + 1, "a line that ends with a carriage return, in a file with regions")


def parse(path, text, strict=True):
    """The regions of one file, in order. strict: judge all else, too; else only whether beginnings and ends match.
    Raises RegionError."""
    done = _Parser(path, text, strict).run()
    if done.errors:
        raise RegionError(done.errors)
    return done.regions


# A body must not reach out of its region.
def _without_text(text, assembler):
    """text without comments, strings and characters; what is left open there, or ""."""
    text = re.sub(r"\\[ \t]*\n", "", text)
    # In assembler, # begins a comment on one machine only, and ' need not be closed.
    parts = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"' + ("" if assembler else r"|'(?:\\.|[^'\\\n])*'")
    text = re.sub(parts, lambda m: " ", text, flags=re.DOTALL)
    if "/*" in text:
        return text, "a comment is not closed"
    if '"' in text:
        return text, "a string is not closed"
    return text, ""


def unbalanced(text, path):
    """Reasons, as sentences, why this body would change what stands behind it. None: an empty list."""
    assembler = path.endswith(".S")
    rest, wrong = _without_text(text, assembler)
    found = [wrong] if wrong else []
    if re.search(r"\\[ \t]*\n?$", text):
        found.append("its last line ends with a backslash")
    depth = 0
    for word in re.findall(r"^[ \t]*(?:#|%:)[ \t]*(if|ifdef|ifndef|elif|else|endif)\b", rest, re.MULTILINE):
        depth += word.startswith("if")
        if depth == 0:
            found.append("#%s without an #if" % word)
        depth -= word == "endif" and depth > 0
    if depth > 0:
        found.append("an #if without its #endif")
    if not assembler:
        found += _braces(rest)
    else:
        for begin, end in (("macro", "endm"), ("rept|irpc?", "endr"), ("if\\w*", "endif")):
            begins = len(re.findall(r"(?:^|;)[ \t]*\.(?:%s)\b" % begin, rest, re.MULTILINE))
            ends = len(re.findall(r"(?:^|;)[ \t]*\.%s\b" % end, rest, re.MULTILINE))
            if end != "endr" and begins != ends:
                found.append("%d .%s for %d .%s" % (ends, end, begins, begin.split("|")[0].rstrip("\\w*")))
    return found


def _braces(text):
    pairs = {"}": "{", ")": "(", "]": "["}
    stack = []
    for c in re.sub("<%", "{", re.sub("%>", "}", text)):
        if c in "{([":
            stack.append(c)
        elif c in pairs:
            if not stack or stack.pop() != pairs[c]:
                return ["a %s without its %s" % (c, pairs[c])]
    return ["a %s is not closed" % stack[-1]] if stack else []


# Files and trees.
def read(path):
    """A source file as text; what is no UTF-8 comes through unchanged. OSError, if it can't be read or is no plain file."""
    status = os.lstat(path)
    if not stat.S_ISREG(status.st_mode):
        raise OSError("not a plain file")
    if status.st_size > LARGEST:
        raise OSError("larger than %d bytes" % LARGEST)
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(text)


def sources(root):
    """Paths, below root, of all files that may have regions."""
    found = []
    for top in FOLDERS:
        for folder, folders, names in os.walk(os.path.join(root, top)):
            folders.sort()
            found += [os.path.relpath(os.path.join(folder, name), root) for name in sorted(names) if name.endswith(ENDINGS)]
    return found


def scan(root, strict=True):
    """{path: [Region]} of a whole tree, files without regions left out. Raises RegionError with all that is wrong."""
    found, errors = {}, []
    for path in sources(root):
        try:
            text = read(os.path.join(root, path))
            regions = parse(path, text, strict) if "[" in text else []
        except RegionError as wrong:
            errors += wrong.errors
            continue
        except OSError as wrong:
            errors.append("%s:1: can't be read: %s" % (path, wrong))
            continue
        if regions:
            found[path] = regions
    if errors:
        raise RegionError(errors)
    return found


def bodies(text, regions):
    """{key: body} of one file."""
    lines = split_lines(text)
    return {r.key: join_lines(lines[r.body_from:r.body_to]) for r in regions}


def extract(root, strict=True):
    """{key: body} of a whole tree."""
    found = {}
    for path, regions in scan(root, strict).items():
        found.update(bodies(read(os.path.join(root, path)), regions))
    return found


def replace(text, regions, new):
    """text with other bodies. new(region): the new one, or None: as it was."""
    lines = split_lines(text)
    for region in sorted(regions, key=lambda r: -r.first):
        body = new(region)
        if body is not None:
            lines[region.body_from:region.body_to] = split_lines(body)
    return join_lines(lines)


def blank(text, regions, labs=None):
    """text as a handout has it: the bodies of these labs (None: of all) blank, the comments kept."""
    return replace(text, regions, lambda r: join_lines(r.blank()) if labs is None or r.lab in labs else None)


def is_blank(region, body):
    """Has nobody written anything there? White space does not count."""
    squeeze = lambda text: "".join(text.split())
    return squeeze(body) == squeeze(join_lines(region.blank())) or not body.strip()


def splice(text, regions, given):
    """text with the bodies of given, {key: body}; regions that it does not name stay as they are."""
    return replace(text, regions, lambda r: given.get(r.key))


class Taken:
    """What a student's tree has: bodies {key: text}, and complaints {key: sentence} of the regions that can't be used.
    blank: keys of regions in which nothing was written (they are in bodies, too). lines: where each body begins in the student's file."""

    def __init__(self):
        self.bodies, self.complaints, self.blank, self.lines = {}, {}, set(), {}


def take(root, regions):
    """Take the bodies of regions (of staff's tree) out of the student's tree at root. Only what stands between the marks is
    taken, and only if it can't reach out of its region; comments, points and everything else in the file are not looked at.
    Line ends of Windows become ours."""
    taken = Taken()
    files = {}
    for region in regions:
        files.setdefault(region.path, []).append(region)
    for path, wanted in files.items():
        try:
            text = read(os.path.join(root, path)).replace("\r\n", "\n")
            have, broken = _lenient(path, text)
        except OSError as wrong:
            lost = isinstance(wrong, FileNotFoundError)
            for region in wanted:
                taken.complaints[region.key] = "%s is missing" % path if lost else "%s can't be read: %s" % (path, wrong)
            continue
        _take_file(taken, path, text, wanted, have, broken)
    return taken


def _lenient(path, text):
    """All regions that have a beginning and an end, and {exercise: error} of those that have not."""
    done = _Parser(path, text, False).run()
    broken = {}
    for error in done.errors:
        for exercise in re.findall(r"exercise (\d+\.\d+)|helpers of lab (\d+)", error):
            broken.setdefault(exercise[0] or "helpers " + exercise[1], error)
    if done.errors and not broken:
        broken[None] = done.errors[0]
    return done, broken


def _take_file(taken, path, text, wanted, have, broken):
    found = bodies(text, have.regions)
    for region in wanted:
        exercise = region.exercise
        count = sum(r.exercise == exercise for r in have.regions)
        expected = sum(r.exercise == exercise for r in wanted)
        body = found.get(region.key)
        if exercise in broken:
            why = broken[exercise]
        elif count < expected:
            why = "%s: %s: the comments around it are damaged or gone: %d of %d are there" % (path, region.name, count, expected)
            if region.helpers:
                continue  # nobody needs them
        elif count > expected:
            why = "%s: %s: the comments around it are there %d times, not %s" % \
                (path, region.name, count, "once" if expected == 1 else "%d times" % expected)
        else:
            wrong = unbalanced(body, path)
            why = "%s:%d: %s: %s" % (path, found_line(have, region.key), region.name, wrong[0]) if wrong else ""
        if why:
            taken.complaints[region.key] = why
            continue
        taken.bodies[region.key], taken.lines[region.key] = body, found_line(have, region.key)
        if is_blank(region, body):
            taken.blank.add(region.key)


def found_line(have, key):
    return next(r.body_from + 1 for r in have.regions if r.key == key)


def splice_tree(staff, student, out=None, wanted=lambda region: True):
    """Write into the tree out (None: staff itself) those of staff's files that have regions, with the student's bodies of
    the regions for which wanted() is true. Returns the Taken; regions with a complaint stay staff's."""
    found = scan(staff)
    taken = take(student, [r for regions in found.values() for r in regions if wanted(r)])
    for path, regions in found.items():
        if any(r.key in taken.bodies for r in regions):
            target = os.path.join(out or staff, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            write(target, splice(read(os.path.join(staff, path)), regions, taken.bodies))
    return taken


def exercises(found):
    """{lab: {exercise: [Region]}}, in numerical order, helpers left out. found: what scan() returned."""
    labs = {}
    order = sorted((r for regions in found.values() for r in regions if not r.helpers),
                   key=lambda r: ([int(n) for n in r.exercise.split(".")], r.path, r.n))
    for region in order:
        labs.setdefault(region.lab, {}).setdefault(region.exercise, []).append(region)
    return labs


def show(root, lab=None):
    found = scan(root)
    labs = exercises(found)
    for number in sorted(labs):
        if lab in (None, number):
            points = sum(r.points for regions in labs[number].values() for r in regions)
            print("lab %d: %d points in regions" % (number, points))
            for exercise, regions in labs[number].items():
                print("  %-5s %3d points" % (exercise, sum(r.points for r in regions)))
                for r in regions:
                    print("        %3d  %s:%d  %d lines%s" % (r.points, r.path, r.first, r.body_to - r.body_from,
                          "" if r.stand_in is None else ", until then: " + " ".join(r.stand_in)))
    if not labs:
        print("no regions")


def main():
    options = argparse.ArgumentParser(prog="regions.py", description="The regions that students write.")
    options.add_argument("command", choices=["list"])
    options.add_argument("tree", nargs="?", default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    options.add_argument("--lab", type=int)
    chosen = options.parse_args()
    try:
        show(chosen.tree, chosen.lab)
    except RegionError as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
