# grading/lab4/lab.py: lab 4: its exercises, their points, and what each one needs. (lab 4)
from core.lab import Exercise, Lab, Question

LAB = Lab(number=4, title="Fork, faults and messages", exercises=[
    Exercise("4.1", "Fork through the windows", points=25, needs=("4.2",)),
    Exercise("4.2", "Faults", points=25),
    Exercise("4.3", "A handler of one's own, and ufork", points=25, needs=("4.2",)),
    Exercise("4.4", "Messages", points=15),
    Exercise("4.5", "Waiting for a word", points=10, needs=("4.2",)),
], questions=[
    Question("Q4.1", "How many entries does a fork of the shell read, and how many frames does it take before anybody stores?"),
    Question("Q4.2", "What goes wrong without the flush at fork's end, and can it be left out here?"),
    Question("Q4.3", "Parent and child store to one page in turn: how many frames, how many copies?"),
    Question("Q4.4", "A fault whose handler's stack is read-only: what does the kernel do, with and without g->entry = 0?"),
    Question("Q4.5", "What does ufork do twice that fork does once, and what does that cost?"),
    Question("Q4.6", "Where would a futex lose a wake-up on two processors?"),
])
