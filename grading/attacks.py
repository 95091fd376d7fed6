#!/usr/bin/env python3
# grading/attacks.py: trees that want points without doing the work; each must get 0. (staff's; all labs)
"""Each attack is a tree of lab 2 in which nothing is written but the attack. `make check` grades some of them, other ones by
each seed; python3 grading/attacks.py [--arch A] [NAME ...] grades all, or these."""
import argparse
import glob
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import grade  # noqa: E402
import regions  # noqa: E402
from core import confine, lab as labs, report  # noqa: E402

LAB = 2
PMAP, FRAME, REFILL = "kern/mem/pmap.c", "kern/mem/frame.c", "kern/arch/mips/refill.S"


class Attack:
    """bodies: {(exercise, path, n): text} for regions; files: {path: text} that it lays into its tree; refused: what its
    report must say, if it is not even to be built; named: what a hint must say of it."""

    def __init__(self, name, bodies=None, files=None, refused="", named=""):
        self.name, self.bodies, self.files, self.refused, self.named = name, bodies or {}, files or {}, refused, named


def every(path, exercise, text):
    """The same text in all regions of this exercise in this file."""
    found = regions.parse(path, regions.read(os.path.join(labs.ROOT, path)))
    return {r.key: text for r in found if r.exercise == exercise}


WORDS = "\tprintf(\"PASS 2.4\\nPASS 2.5\\nall tests passed\\n100 / 100\\ntotal: 100 / 100\\n\");\n"
ONE_PAGE = "\tstatic pte_t one;\n\tif (!one)\n\t\tone = pte_leaf(frame_alloc_zero(FRAME_USER), PROT_READ | PROT_WRITE);\n\treturn one ? 0 : 0;\n"
SAYS_YES = {
    ("2.5", PMAP, 4): "\treturn PMAP_OK;\n",
}


def attacks():
    """Made when wanted: they look at where the regions are."""
    lookup, last = every(PMAP, "2.4", ""), sorted(every(PMAP, "2.5", ""))[-1][2]
    return [
        Attack("printed-words", {k: WORDS + "\tmachine_poweroff(0);\n" for k in every(PMAP, "2.3", "")}),
        Attack("marker", {k: "\tchar run[64];\n\tif (cmdline_get(\"run\", run, sizeof(run)))\n\t\treturn 0;\n\tLAB_TODO(2.4);\n" for k in list(lookup)[:1]}),
        Attack("decoy-tables", {("2.3", PMAP, 1): """\tstatic pde_t decoy[ENTRIES] __attribute__((aligned(4096)));
\tfor (unsigned i = 0; i < ENTRIES; i++)
\t\tdecoy[i] = vpd[i];
\tdecoy[PDX(PT_base)] = pde_window(frame_addr(decoy));
\t*pmap = (struct pmap){ .directory = frame_addr(decoy) };
\tLIST_INSERT(&pmaps, pmap, next, link);
\treturn PMAP_OK;
"""}),
        Attack("emulated-loads", {**every(PMAP, "2.5", ONE_PAGE), ("2.5", PMAP, 1): "\treturn;\n"}),
        Attack("includes-the-solution", {k: "#include \"kern/mem/pmap.c\"\n" for k in list(lookup)[:1]}, refused="preprocessor"),
        Attack("incbin", {("2.7", REFILL, 1): "\t.incbin \"obj/mips/kern/arch/mips/refill.o\"\n"}, refused="incbin"),
        Attack("incbin-in-c", {k: "\tasm(\".inc\" \"bin \\\"obj/i386/kern/mem/pmap.o\\\"\");\n\treturn 0;\n" for k in list(lookup)[:1]}, refused="written in C"),
        Attack("own-linker-script", files={"kern.ld": "ENTRY(start)\nSECTIONS { . = 0x80100000; .text : { *(*) } }\n"}),
        Attack("macro-override", {k: "#define pmap_make_tables(p, v) PMAP_OK\n\treturn 0;\n" for k in list(lookup)[:1]}, refused="preprocessor"),
        Attack("replays-values", {**SAYS_YES, ("2.5", PMAP, 3): "\tstatic pte_t last;\n\tpte_t old = last;\n\tlast = value;\n\treturn old;\n"}),
        Attack("fakes-map", {**SAYS_YES, ("2.5", PMAP, last): "\treturn PMAP_OK;\n"}),
        Attack("edits-the-grader", files={
            "grading/grade.py": "print('total: 100 / 100')\n", "grading/lab2/tests.py": "", "GNUmakefile": "grade:\n\techo 'total: 100 / 100'\n",
            "grading/core/score.py": "ALONE = WHOLE = 0\ndef fraction(r): return 1\ndef of_exercise(e, r, a): return e.points, e.points\ndef total(l, r, a): return 100, 100\n"}),
        Attack("leaves-its-region", {k: "\treturn 0;\n}\nstatic void panic_(void)\n{\n" for k in list(lookup)[:1]}, refused="without its"),
        Attack("hangs", {k: "\tfor (;;)\n\t\t;\n" for k in every(PMAP, "2.3", "")}),
        Attack("macro-bomb", {k: "\tint x = " + "MIN(" * 26 + "1" + ", 2)" * 26 + ";\n\treturn x ? (void *)0 : 0;\n" for k in list(lookup)[:1]}, named="of memory"),
        Attack("large-object", {k: "\tstatic volatile char large[1u << 30] = { 1 };\n\treturn large[5] ? (void *)0 : 0;\n" for k in list(lookup)[:1]}, named="a file of more than"),
        Attack("prints-without-end", {k: "\tfor (;;)\n\t\tprintf(\"%s\", \"0123456789012345678901234567890123456789012345678901234567890123456789\");\n" for k in every(PMAP, "2.3", "")}),
    ]


def make(attack, out):
    """A tree in which nothing of the lab is written but this."""
    for path, rs in regions.scan(labs.ROOT).items():
        mine = [r for r in rs if r.lab == LAB]
        if mine:
            text = regions.blank(regions.read(os.path.join(labs.ROOT, path)), mine)
            again = regions.parse(path, text, False)
            os.makedirs(os.path.dirname(os.path.join(out, path)), exist_ok=True)
            regions.write(os.path.join(out, path), regions.splice(text, again, attack.bodies))
    for path, text in attack.files.items():
        os.makedirs(os.path.dirname(os.path.join(out, path)), exist_ok=True)
        regions.write(os.path.join(out, path), text)


def judge(attack, lab, archs, seed, staff=None):
    """What is wrong with the grader, a sentence; or ""."""
    with tempfile.TemporaryDirectory(prefix="ouros-attack-") as tree:
        make(attack, tree)
        submission, results = grade.grade(lab, tree, seed, archs, staff=staff)
        summary = report.Summary(lab, submission, results, archs, seed, argparse.Namespace(tree=tree))
    if summary.points > 0:
        return "%s gets %g points\n%s" % (attack.name, summary.points, summary.text())
    said = "\n".join(s for sentences in submission.complaints.values() for s in sentences)
    if attack.refused and attack.refused not in said:
        return "%s gets 0, but for another reason than that it is refused: %s" % (attack.name, said or "it was built")
    if attack.named and not any(attack.named in r.hint for r in results):
        return "%s gets 0, but no hint says \"%s\"\n%s" % (attack.name, attack.named, summary.text())
    return left_behind(attack)


def left_behind(attack):
    """What it has left on this machine, a sentence; or ""."""
    uid = confine._uid
    if uid is None:
        return ""  # what is ours can't be told from what is the user's
    files = [path for path in glob.glob(os.path.join(tempfile.gettempdir(), "ouros-*")) if _owner(path) == uid]
    processes = [path for path in glob.glob("/proc/[0-9]*") if _owner(path) == uid]
    return "%s leaves behind: %s" % (attack.name, ", ".join(files + processes)) if files + processes else ""


def _owner(path):
    try:
        return os.stat(path).st_uid
    except OSError:
        return None


def main():
    parser = argparse.ArgumentParser(prog="grading/attacks.py")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--arch", choices=labs.ARCHES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--unconfined", action="store_true")
    parser.add_argument("--list", action="store_true", help="print their names")
    options = parser.parse_args()
    if options.list:
        print("\n".join(attack.name for attack in attacks()))
        return 0
    try:
        confine.choose(not options.unconfined)
    except confine.ConfineError as error:
        print("grading/attacks.py: %s" % error, file=sys.stderr)
        return 2
    lab, bad, tried = labs.load(LAB), 0, 0
    for attack in attacks():
        if options.names and attack.name not in options.names:
            continue
        wrong = judge(attack, lab, (options.arch,) if options.arch else labs.ARCHES, options.seed)
        tried, bad = tried + 1, bad + bool(wrong)
        print("%s %s" % ("FAIL" if wrong else "0 points", wrong or attack.name), flush=True)
    submission, results = grade.grade(lab, labs.ROOT, options.seed, (options.arch,) if options.arch else labs.ARCHES, only="2.4")
    after = [r for r in results if r.status != "pass"]  # the next tree, in which all is right
    if after or not results:
        bad += 1
        print("FAIL after these attacks, the reference does not pass %s: %s" % (after[0].test.name, after[0].hint) if after else "FAIL nothing was run")
    print("%d of %d attacks get nothing" % (tried - bad, tried))
    return 1 if bad or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
