# grading/patch.py: make patch: a fix for trees that are handed out already, in which students have written. (all labs)
"""What stands in a region is the student's: such lines are no part of the patch, not even as context. What is left of a
hunk's context must name its place: it grows until it fits at one place only."""
import os
import re
import shutil
import tempfile

import regions

LEAST, MOST = 3, 40  # lines of context


class PatchError(Exception):
    pass


class Line:
    def __init__(self, sign, text, old, new):
        self.sign, self.text, self.old, self.new = sign, text, old, new  # old, new: its number there, or the next one's


def parse_hunk(header, lines):
    old, old_count, new, new_count = (int(n or 1) for n in re.match(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", header).groups())
    old, new = old + (old_count == 0), new + (new_count == 0)  # of no lines, the one before is named
    found = []
    for text in lines:
        if text.startswith("\\"):
            found[-1].text += "\n" + text
            continue
        found.append(Line(text[0], text[1:], old, new))
        old += text[0] in " -"
        new += text[0] in " +"
    return found


def segments(lines, bodies):
    """The hunk, cut where a student's lines stand between its own."""
    part = []
    for line in lines:
        if line.sign == " " and line.old in bodies:
            yield part
            part = []
        else:
            part.append(line)
    yield part


def occurrences(needle, lines):
    first = needle[0]
    return sum(lines[at:at + len(needle)] == needle for at, line in enumerate(lines) if line == first)


def is_unique(part, lines):
    old = [line.text for line in part if line.sign != "+"]
    return bool(old) and occurrences(old, lines) == 1


def cut(part, lines):
    """Between changes that lie far from each other, a hunk is cut in two, if each of them still names its place."""
    same = 0
    for i, line in enumerate(part):
        if line.sign == " ":
            same += 1
            continue
        middle = i - same // 2
        before, behind = part[:middle], part[middle:]
        if same > 2 * LEAST and any(l.sign != " " for l in before) and is_unique(before, lines) and is_unique(behind, lines):
            return [before] + cut(behind, lines)
        same = 0
    return [part]


def narrow(part, lines):
    """With as little context as names one place in the file."""
    changed = [i for i, line in enumerate(part) if line.sign != " "]
    first, last = changed[0], changed[-1]
    for context in range(LEAST, MOST + 1):
        near = part[max(0, first - context):last + 1 + context]
        if is_unique(near, lines):
            break
    return near


def header(part):
    old, new = (sum(line.sign in signs for line in part) for signs in (" -", " +"))
    at_old, at_new = part[0].old - (old == 0), part[0].new - (new == 0)
    return "@@ -%d,%d +%d,%d @@" % (at_old, old, at_new, new)


def body_lines(path, text, labs_from):
    """Numbers of the lines that stand in regions of labs from that one on."""
    if not path.endswith(regions.ENDINGS):
        return set()
    return {n + 1 for r in regions.parse(path, text, strict=False) if r.lab >= labs_from
            for n in range(r.body_from, r.body_to)}


def trim(diff, old, labs_from):
    """A diff of one file, without lines that are the student's in these labs. old: the folder that it begins from."""
    lines = diff.split("\n")
    path = re.search(r"^--- a/(.*)$", diff, re.MULTILINE)
    at = next((i for i, line in enumerate(lines) if line.startswith("@@ ")), None)
    if at is None or path is None:  # a new file, one that goes away as a whole, a binary one
        return diff
    text = regions.read(os.path.join(old, path.group(1)))
    bodies, whole = body_lines(path.group(1), text, labs_from), regions.split_lines(text)
    result = lines[:at]
    while at < len(lines) and lines[at].startswith("@@ "):
        end = at + 1
        while end < len(lines) and lines[end][:1] in (" ", "+", "-", "\\"):
            end += 1
        for part in segments(parse_hunk(lines[at], lines[at + 1:end]), bodies):
            for piece in cut(part, whole) if any(line.sign != " " for line in part) else ():
                piece = narrow(piece, whole)
                result += [header(piece)] + [line.sign + line.text for line in piece]
        at = end
    return "\n".join(result) + "\n"


def same_bodies(old, new, out, labs=None):
    """out becomes new, with the bodies that old has. labs: only of these; None: of all."""
    shutil.copytree(new, out)
    for path in regions.sources(new):
        if not os.path.isfile(os.path.join(old, path)):
            continue
        texts = [regions.read(os.path.join(tree, path)) for tree in (old, new)]
        if not all("[lab " in text for text in texts):
            continue
        was, now = (regions.parse(path, text, strict=False) for text in texts)
        count = lambda found, r: sum(other.exercise == r.exercise for other in found)
        keys = {r.key for r in now if count(was, r) == count(now, r) and (labs is None or r.lab in labs)}
        bodies = {key: body for key, body in regions.bodies(texts[0], was).items() if key in keys}
        regions.write(os.path.join(out, path), regions.splice(texts[1], now, bodies))


def diff_trees(git, repository, old, new):
    """The difference, cut into files."""
    trees = []
    for tree in (old, new):
        git(repository, "--work-tree=" + tree, "add", "-A", "-f", ".")
        trees.append(git(repository, "write-tree").strip())
    whole = git(repository, "diff", "--full-index", "--binary", "--no-renames", "--no-color", "--no-ext-diff", "-U%d" % MOST, *trees)
    return [part for part in re.split(r"^(?=diff --git )", whole, flags=re.MULTILINE) if part]


def mail(subject, text, parts):
    """As git am reads it."""
    return "From %s Mon Sep 17 00:00:00 2001\nFrom: OurOS <ouros@localhost>\nDate: Thu, 1 Jan 2026 00:00:00 +0000\n" \
        "Subject: [PATCH] %s\n\n%s\n---\n\n%s-- \nOurOS\n\n" % ("0" * 40, subject, text, "".join(parts))


def write_patch(git, old, new, labs_from, out, subject, text):
    """True: there is a difference."""
    with tempfile.TemporaryDirectory(prefix="patch-") as repository:
        git(repository, "init", "-q", "--template=")
        parts = [trim(part, old, labs_from) for part in diff_trees(git, repository, old, new)]
    if parts:
        regions.write(out, mail(subject, text, parts))
    return bool(parts)


def make(git, old, new, lab, out):
    """The patch from the folder old to new, both handouts of that lab, into the file out. What there is to say, as lines."""
    said = []
    with tempfile.TemporaryDirectory(prefix="patch-") as temporary:
        given = os.path.join(temporary, "given")
        same_bodies(old, new, given)
        if write_patch(git, old, given, 1, out, "lab %d: a fix" % lab, "What you have written stays as it is."):
            said.append("%s: in a student's tree: git am %s" % (out, os.path.basename(out)))
        solved = os.path.join(temporary, "solved")
        same_bodies(given, new, solved, range(lab, 1000))
        more = out + ".solved"
        if write_patch(git, given, solved, lab, more, "lab %d: a fix of earlier labs' solutions" % lab, "For trees that have them."):
            said.append("%s: after that, for trees made without KEEP: earlier labs' solutions have changed" % more)
    if not said:
        raise PatchError("the handout of lab %d has not changed since: there is nothing to patch" % lab)
    return said
