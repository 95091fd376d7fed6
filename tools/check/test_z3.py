# tools/check/test_z3.py: z3 proves inc/selfmap.h for every address and every 4 MB aligned base. (lab 2)
"""The claims are C expressions. The host's preprocessor expands the header's own macros in them, parse() turns the
result into bit-vector terms, and z3 is asked for a counterexample: `unsat` is the proof. Wrong forms, as C would
read them, must be found `sat`: they show that the question is not vacuous."""
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROVE, REFUTE = "unsat", "sat"

# name, answer wanted, assumption, claim. base is 4 MB aligned; va, x, k are any 32-bit numbers. ==> is not C, hence two
# columns. Operators are C's, all of them unsigned, except sra(a, n): the signed shift.
F = "SELFMAP_PTE_OF(base, %s)"
CLAIMS = [
    ("f(0) is PT_base", PROVE, "", F % "0" + " == base"),
    ("f(PT_base) is PD_base", PROVE, "", F % "base" + " == SELFMAP_PD_BASE(base)"),
    ("f(PD_base) is PDE_self", PROVE, "", F % "SELFMAP_PD_BASE(base)" + " == SELFMAP_PDE_SELF(base)"),
    ("f(PDE_self) is PDE_self", PROVE, "", F % "SELFMAP_PDE_SELF(base)" + " == SELFMAP_PDE_SELF(base)"),
    ("PDE_self is the only fixed point", PROVE, F % "x" + " == x", "x == SELFMAP_PDE_SELF(base)"),
    ("f(f(va)) is the PDE of va", PROVE, "", F % (F % "va") + " == SELFMAP_PDE_OF(base, va)"),
    ("f(f(f(va))) is PDE_self", PROVE, "", F % (F % (F % "va")) + " == SELFMAP_PDE_SELF(base)"),
    ("the inverse gives va's page", PROVE, "", "SELFMAP_PAGE_OF(base, %s) == va - (va & 0xFFF)" % (F % "va")),
    ("the inverse of an entry in the window comes back", PROVE, "x - base < 0x400000",
     F % "SELFMAP_PAGE_OF(base, x)" + " == x - (x & 3)"),
    ("formulas.h: PD_base", PROVE, "", "base + (base >> 10) == SELFMAP_PD_BASE(base)"),
    ("formulas.h: PDE_self", PROVE, "", "base + (base >> 10) + (base >> 20) == SELFMAP_PDE_SELF(base)"),
    ("formulas.h: the entry of va", PROVE, "", "base + (va >> 12 << 2) == " + F % "va"),
    ("formulas.h: the page of an entry", PROVE, "x - base < 0x400000", "(x - base) >> 2 << 12 == SELFMAP_PAGE_OF(base, x)"),
    ("PTEs lie in the window", PROVE, "", F % "va" + " - base < 0x400000"),
    ("PDEs lie in the directory", PROVE, "", "SELFMAP_PDE_OF(base, va) - SELFMAP_PD_BASE(base) < 0x1000"),
    ("digits of a PTE's address", PROVE, "",
     "(%s) == (PDX(base) << 22) + (PDX(va) << 12) + (PTX(va) << 2)" % (F % "va")),
    ("digits of a PDE's address", PROVE, "",
     "SELFMAP_PDE_OF(base, va) == (PDX(base) << 22) + (PDX(base) << 12) + (PDX(va) << 2)"),
    ("table k begins with the PTE of k << 22", PROVE, "k < 1024", "SELFMAP_TABLE(base, k) == " + F % "(k << 22)"),
    ("the directory is table t", PROVE, "", "SELFMAP_TABLE(base, SELFMAP_SLOT(base)) == SELFMAP_PD_BASE(base)"),
    ("the other directory is table t^1", PROVE, "",
     "SELFMAP_TABLE(base, SELFMAP_SLOT(base ^ 0x400000)) == " + F % "(base ^ 0x400000)"),
    ("both self entries are one TLB pair", PROVE, "",
     "SELFMAP_PDE_OF(base, base ^ 0x400000) == (SELFMAP_PDE_SELF(base) ^ 4)"),
    ("PTE slots differ unless pages are equal", PROVE, "va >> 12 != x >> 12", F % "va" + " != " + F % "x"),
    ("MIPS: Context, shifted, is the pair's address", PROVE, "base >= 0xC0000000",
     "sra(base << 1 | va >> 13 << 4, 1) == " + F % "(va - (va & 0x1FFF))"),
    ("MIPS: mending a nested miss finds the pair missed first", PROVE, "x == " + F % "(va - (va & 0x1FFF))",
     "(x - base) << 10 == va - (va & 0x1FFF)"),
    ("wrong: PT_base + PT_base >> 10", REFUTE, "", "base + base >> 10 == SELFMAP_PD_BASE(base)"),
    ("wrong: signed shift", REFUTE, "", "base + sra(base, 10) == SELFMAP_PD_BASE(base)"),
    ("wrong: shift by 9", REFUTE, "", "base + (va >> 9 & ~3) == " + F % "va"),
    ("wrong: PTE one level early", REFUTE, "", F % "va" + " == SELFMAP_PDE_OF(base, va)"),
    ("wrong: f(f(va)) is already PDE_self", REFUTE, "", F % (F % "va") + " == SELFMAP_PDE_SELF(base)"),
    ("wrong: Context with an unsigned shift", REFUTE, "base >= 0xC0000000",
     "(base << 1 | va >> 13 << 4) >> 1 == " + F % "(va - (va & 0x1FFF))"),
]

# C's binary operators, loosest first, and their SMT-LIB names.
C_ORDER = [{"|": "bvor"}, {"^": "bvxor"}, {"&": "bvand"}, {"==": "=", "!=": "distinct"}, {"<": "bvult", ">=": "bvuge"},
           {"<<": "bvshl", ">>": "bvlshr"}, {"+": "bvadd", "-": "bvsub"}, {"*": "bvmul"}]
TOKEN = re.compile(r"\s*(?:(0x[0-9a-fA-F]+|\d+)[uU]?|(\w+|<<|>>|==|!=|>=|[-+*&|^~()<,]))")


def expand(expressions):
    """The header's macros replaced in each expression, by the C preprocessor."""
    text = '#include "selfmap.h"\n' + "".join("@%s\n" % e for e in expressions)
    done = subprocess.run([os.environ.get("HOSTCC", "cc"), "-E", "-P", "-I", os.path.join(ROOT, "inc"), "-"],
                          input=text, capture_output=True, text=True, check=True)
    lines = " ".join(done.stdout.split("\n")).split("@")[1:]
    if len(lines) != len(expressions):
        sys.exit("FAIL z3: the preprocessor lost lines")
    return lines


class Parser:
    """C expression of unsigned 32-bit numbers -> SMT-LIB term."""

    def __init__(self, text):
        text = re.sub(r"\(\s*uint32_t\s*\)", "", text).strip()
        self.tokens, self.at, at = [], 0, 0
        while at < len(text):
            match = TOKEN.match(text, at)
            if not match:
                raise ValueError("cannot read %r" % text[at:])
            self.tokens.append(match.group(1) or match.group(2))
            at = match.end()

    def next(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def parse(self):
        term = self.binary(0)
        if self.peek():
            raise ValueError("left over: " + " ".join(self.tokens[self.at:]))
        return term

    def binary(self, level):
        if level == len(C_ORDER):
            return self.unary()
        term = self.binary(level + 1)
        while self.peek() in C_ORDER[level]:
            operator = C_ORDER[level][self.next()]
            term = "(%s %s %s)" % (operator, term, self.binary(level + 1))
        return term

    def expect(self, token):
        if self.next() != token:
            raise ValueError("expected %s" % token)

    def unary(self):
        token = self.next()
        if token == "~":
            return "(bvnot %s)" % self.unary()
        if token == "(":
            term = self.binary(0)
            self.expect(")")
            return term
        if token == "sra":
            self.expect("(")
            term = self.binary(0)
            self.expect(",")
            shift = self.binary(0)
            self.expect(")")
            return "(bvashr %s %s)" % (term, shift)
        if token[0].isdigit():
            return "#x%08x" % int(token, 0)
        return token


def question(assumption, claim):
    lines = ["(declare-const %s (_ BitVec 32))" % name for name in ("base", "va", "x", "k")]
    lines.append("(assert (= (bvand base #x003fffff) #x00000000))")
    if assumption:
        lines.append("(assert %s)" % Parser(assumption).parse())
    lines.append("(assert (not %s))" % Parser(claim).parse())
    return "\n".join(lines) + "\n(check-sat)\n(get-value (base va x k))\n"


def ask(text):
    done = subprocess.run(["z3", "-T:60", "-in"], input=text, capture_output=True, text=True)
    answer, _, values = done.stdout.partition("\n")
    return answer.strip(), " ".join(values.split())


def main():
    if not shutil.which("z3"):
        print("SKIP z3: the prover z3 is not installed (make deps OPTIONAL=yes)")
        return 0
    failed = 0
    sides = expand([side for claim in CLAIMS for side in (claim[2], claim[3])])
    for number, (name, wanted, _, _) in enumerate(CLAIMS):
        answer, values = ask(question(sides[2 * number].strip(), sides[2 * number + 1].strip()))
        if answer == wanted:
            print("PASS z3 %s" % name)
        else:
            print("FAIL z3 %s: z3 says %s %s, wanted %s" % (name, answer, values, wanted))
            failed += 1
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
