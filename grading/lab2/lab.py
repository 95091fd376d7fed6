# grading/lab2/lab.py: what lab 2 consists of. (lab 2)
from core.lab import Exercise, Lab, Question

# Frames are looked at before there is any address space, most formulas, too; a program runs only when everything works. On MIPS
# the kernel itself does not come far without its TLB handler.
ALL = ("2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7")


def all_but(exercise):
    return tuple(e for e in ALL if e != exercise)


LAB = Lab(
    number=2,
    title="Frames and page tables",
    exercises=[
        Exercise("2.1", "The self-map: the sheet and the formulas", points=15, needs=("2.2", "2.3", "2.6", "2.7"), files=("grading/lab2/sheet.txt",)),
        Exercise("2.2", "Frames", points=15, needs=("2.7",)),
        Exercise("2.3", "A directory that names itself", points=15, needs=all_but("2.3")),
        Exercise("2.4", "Finding and making tables", points=15, needs=all_but("2.4")),
        Exercise("2.5", "Map, unmap, protect; and flush", points=15, needs=all_but("2.5")),
        Exercise("2.6", "The second window, and tables that go", points=10, needs=all_but("2.6")),
        Exercise("2.7", "MIPS: refilling the TLB in nine instructions", points=15, archs=("mips",), needs=all_but("2.7")),
    ],
    questions=[
        Question("Q2.1", "Why does f(f(f(va))) not depend on va? Which page walk does the processor make when it reads that address?"),
        Question("Q2.2", "A program's pages and the window could both be taken for \"memory\". Name two operations that must refuse window "
                         "addresses, and for each what would happen if it did not."),
        Question("Q2.3", "i386 allows what both levels allow; MIPS asks the entry in its TLB alone. Which protection bit of which entry "
                         "therefore keeps a program from writing to its own tables, on each machine?"),
        Question("Q2.4", "pmap_unmap() flushes, then drops the reference, then frees an empty table. Take each pair of these in the wrong order: "
                         "who reads or writes what it should not, and when?"),
        Question("Q2.5", "How many TLB misses can one load of a MIPS program take before it succeeds, and why does that number not grow "
                         "with the number of pages mapped?"),
    ],
    files=["grading/student.txt", "grading/lab2/sheet.txt"],
)
