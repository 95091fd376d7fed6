# grading/lab2/staff_sheet.py: the self-map sheet's expected values, for the slot of a student's identity. Staff's. (lab 2)
"""    python3 grading/lab2/staff_sheet.py grading/student.txt             the right values
    python3 grading/lab2/staff_sheet.py grading/student.txt SHEET       what of this sheet is right

The slot is 0x300 + the first two hexadecimal digits of the identity file's SHA-256. Nothing is computed in the guest."""
import hashlib
import re
import sys

IDENTITY, SHEET = "grading/student.txt", "grading/lab2/sheet.txt"
VA = 0x08048123  # the address that the sheet asks about


def slot_of(identity):
    """identity: the file's bytes."""
    return 0x300 + hashlib.sha256(identity).digest()[0]


def f(base, va):
    return base + (va >> 12) * 4


def values(identity):
    """{field: number}, in the sheet's order."""
    slot = slot_of(identity)
    base = slot << 22
    directory = f(base, base)
    table_of_7 = base + (7 << 12)
    entry = f(base, VA) | 1 << 19  # an address in the window, to be taken back
    self = f(base, directory)
    return {
        "slot": slot, "PT_base": base, "PD_base": directory, "PDE_self": self,
        "PTE": f(base, VA), "PDE": f(base, f(base, VA)), "table_7": table_of_7, "page": (self - 4 - base) // 4 << 12,
        "APT_base": base ^ 1 << 22, "PDE_APT": self ^ 4,
    }


FIELDS = ["slot", "PT_base", "PD_base", "PDE_self", "PTE", "PDE", "table_7", "page", "APT_base", "PDE_APT"]
WRONG_FORMS = {
    "PD_base": lambda v: {(2 * v["PT_base"] & 0xFFFFFFFF) >> 10: "PT_base + PT_base was added before it was shifted",
                          v["PT_base"]: "that is one level early", v["PDE_self"]: "that is one level too far"},
    "PDE_self": lambda v: {v["PD_base"]: "that is one level early"},
    "PDE": lambda v: {v["PTE"]: "that is the page's entry; the directory's is the entry of that"},
    "PTE": lambda v: {v["PDE"]: "that is the directory's entry"},
}


def read_sheet(text):
    """{field: number or None} of a sheet's lines "field = 0x..."."""
    found = {}
    for name, value in re.findall(r"^\s*(\w+)\s*=[ \t]*(\S*)", text, re.MULTILINE):
        try:
            found[name] = int(value.replace("_", ""), 16) if value else None
        except ValueError:
            found[name] = None
    return found


def wrong_fields(identity, sheet, fields):
    """Sentences about the fields that are wrong or missing; they don't give the answer."""
    right, found, sentences = values(identity), read_sheet(sheet), []
    for name in fields:
        value = found.get(name)
        if value is None:
            sentences.append("%s is not filled in" % name)
        elif value != right[name]:
            why = WRONG_FORMS.get(name, lambda v: {})(right).get(value, "")
            if name == "slot":
                why = "see how the slot is drawn, at the sheet's head; has %s changed since?" % IDENTITY
            sentences.append("%s = 0x%x is wrong%s" % (name, value, ": " + why if why else ""))
    return sentences


def judge_sheet(t, fields):
    """In a test: the student's own two files."""
    identity, sheet = t.file(IDENTITY), t.file(SHEET)
    t.need(identity and identity.strip(), "%s is missing or empty: it says whose sheet this is" % IDENTITY)
    t.need(sheet, "%s is missing" % SHEET)
    wrong = wrong_fields(identity.encode("utf-8", "surrogateescape"), sheet, fields)
    t.need(not wrong, "%s, exercise 2.1: %s" % (SHEET, "; ".join(wrong)))


def main(argv):
    if len(argv) not in (2, 3):
        print(__doc__)
        return 2
    with open(argv[1], "rb") as file:
        identity = file.read()
    if len(argv) == 2:
        for name, value in values(identity).items():
            print("%-9s = 0x%03x" % (name, value) if name == "slot" else "%-9s = 0x%08x" % (name, value))
        return 0
    with open(argv[2], encoding="utf-8") as file:
        wrong = wrong_fields(identity, file.read(), FIELDS)
    print("\n".join(wrong) or "all right")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
