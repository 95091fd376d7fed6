# grading/lab3/lab.py: what lab 3 consists of. (lab 3)
from core.lab import Exercise, Lab, Question

# Nothing runs before all of these do: a program must be there (3.1), loaded (3.2), chosen (3.6) and entered (3.3), its first touch
# of a page, and the clock, are traps (3.4), and what it asks for beyond its registers is copied (3.5).
ALL = ("3.1", "3.2", "3.3", "3.4", "3.5", "3.6")


def all_but(exercise):
    return tuple(e for e in ALL if e != exercise)


LAB = Lab(
    number=3,
    title="Processes and traps",
    exercises=[
        Exercise("3.1", "Processes: numbers, parents, zombies, wait", points=15, needs=all_but("3.1")),
        Exercise("3.2", "ELF: checking and loading a program", points=20, needs=all_but("3.2")),
        Exercise("3.3", "Trap entry: the way in and out", points=20, needs=all_but("3.3")),
        Exercise("3.4", "Traps: what each one means", points=10, needs=all_but("3.4")),
        Exercise("3.5", "Calls, and the only way to a program's memory", points=20, needs=all_but("3.5")),
        Exercise("3.6", "Scheduling: rings, turns, priorities", points=15, needs=all_but("3.6")),
    ],
    questions=[
        Question("Q3.1", "Why must an ended process stay a zombie until its parent waits? What would go wrong if its number were free at once?"),
        Question("Q3.2", "copyin checks a page and then reads it. Why can no other thread unmap the page in between, here? Name two changes to "
                         "this kernel that would make it possible."),
        Question("Q3.3", "i386: a program can put anything into its registers before int $0x30. Which of the words of the frame does iret take, and "
                         "why can none of them give it more than a program's rights?"),
        Question("Q3.4", "MIPS: what would happen if a page-table window miss came in C code that runs with EXL still set?"),
        Question("Q3.5", "n threads of equal priority have the weights w1 ... wn. How long does one wait for its turn at most? What does going "
                         "ahead change about that?"),
    ])
