# grading/lab1/lab.py: lab 1: its exercises, points and questions. (lab 1)
from core.lab import Exercise, Lab, Question

LAB = Lab(
    number=1, title="Boot and console", symbols=True,
    exercises=[
        Exercise("1.1", "Loading the kernel", points=25),
        Exercise("1.2", "printf", points=25, needs=("1.1",)),
        Exercise("1.3", "Backtraces", points=30, needs=("1.1", "1.2", "1.4")),
        Exercise("1.4", "Console input", points=20, needs=("1.1", "1.2")),
    ],
    questions=[
        Question("Q1.1", "Why can the loader neither read the disk straight to 1 MB nor be overwritten by what it loads?"),
        Question("Q1.2", "Virtual and physical addresses of one segment: who uses which, and when?"),
        Question("Q1.3", "memsize, ememsize and the hole at 256 MB: what does a kernel lose that knows only the first?"),
        Question("Q1.4", "One printf for the kernel and for programs: what may it not do?"),
        Question("Q1.5", "Two ways to walk a stack: what does each need of the compiler, and where is each wrong?"),
        Question("Q1.6", "Three counters that only grow: why is no flag needed, and what happens after 4 GB of typing?"),
    ])
