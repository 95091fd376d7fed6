# grading/lab1/keys.py: the console's line discipline once more, on the host, in the plainest words. (lab 1)
RING = 1024
END = 4
ESCAPE, BELL = 0x1B, "\a"
INTERRUPTS = {3: ("^C\n", 2), 0x1A: ("^Z\n", 20), 0x1C: ("^\\\n", 3)}  # key: what shows, the signal's number
MONITOR = 0x1D


class Model:
    """sent: what readers may have, END included; line: what is being typed; shown: what went to the screen; called:
    [("console_signal", number)] and the like."""

    def __init__(self):
        self.sent, self.line, self.shown, self.called, self.escape = [], [], "", [], 0

    def room(self):
        return RING - len(self.sent) - len(self.line)

    def press(self, key):
        if self.in_escape(key):
            return
        if key in (10, 13):
            self.finish(10, "\n")
        elif key == END:
            self.finish(END, "")
        elif key in (8, 127):
            self.erase()
        elif key == 0x15:
            while self.line:
                self.erase()
        elif key in INTERRUPTS:
            self.sent, self.line = [], []
            self.shown += INTERRUPTS[key][0]
            self.called.append(("console_signal", INTERRUPTS[key][1]))
        elif key == MONITOR:
            self.called.append(("monitor", None))
        elif key == 9 or key >= 32:
            if self.room() <= 1:
                self.shown += BELL
            else:
                self.line.append(key)
                self.shown += " " if key == 9 else chr(key)

    def finish(self, last, shows):
        if self.room() < 1:
            self.shown += BELL
            return
        self.sent += self.line + [last]
        self.line = []
        self.shown += shows

    def erase(self):
        if self.line:
            while self.line.pop() & 0xC0 == 0x80 and self.line:
                pass
            self.shown += "\b \b"

    def in_escape(self, key):
        """0 outside, 1 after ESC, 2 inside a sequence."""
        before = self.escape
        if key < 32:
            self.escape = 1 if key == ESCAPE else 0
            return key == ESCAPE
        self.escape = {0: 0, 1: 2 if chr(key) in "[O" else 0, 2: 0 if key >= 64 else 2}[before]
        return before == 2 or self.escape == 2

    def ready(self):
        return bool(self.sent)

    def read(self, n):
        got = []
        while len(got) < n and self.sent and self.sent[0] != END:
            got.append(self.sent.pop(0))
            if got[-1] == 10:
                return bytes(got)
        if n and self.sent and self.sent[0] == END:
            self.sent.pop(0)
        return bytes(got)
