# grading/lab4/lab.py: lab 4: its exercises, their points, and what each one needs. (lab 4)
from core.lab import Exercise, Lab, Question

LAB = Lab(number=4, title="Fork, faults and messages", exercises=[
    Exercise("4.1", "Fork through the windows", points=25, needs=("4.2",)),
    Exercise("4.2", "Faults", points=25),
    Exercise("4.3", "A handler of one's own, and ufork", points=25),
    Exercise("4.4", "Messages", points=15),
    Exercise("4.5", "Waiting for a word", points=10, needs=("4.2",)),
], questions=[
    Question("Q4.1", "How many entries does a fork of a shell read, and how many frames does it take before anybody stores?"),
    Question("Q4.2", "Why must both write bits go, and which TLB entries would still let a store pass?"),
    Question("Q4.3", "When may copy_on_write keep the frame, and what goes wrong if it looks at the count after it has copied?"),
    Question("Q4.4", "A fault on the handler's own stack: what would the machine do without the two checks?"),
    Question("Q4.5", "What does ufork do twice that fork does once, and what does that cost?"),
    Question("Q4.6", "Between a program's look at a futex word and its call, the word changes: why is no wake-up lost?"),
])
