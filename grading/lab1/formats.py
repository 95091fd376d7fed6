# grading/lab1/formats.py: what printf must print, by the C standard's words, on the host; and arguments as the machines pass them. (lab 1)
import struct

SIZES = {"": 4, "hh": 1, "h": 2, "l": 4, "ll": 8, "j": 8, "z": 4, "t": 4}


class Spec:
    """One conversion. width, precision: None, or a number; star: those that come from the arguments ("w", "p", "wp")."""

    def __init__(self, conversion, flags="", width=None, precision=None, length="", star=""):
        self.conversion, self.flags, self.width, self.precision, self.length, self.star = conversion, flags, width, precision, length, star

    def text(self):
        part = "%" + self.flags
        if self.width is not None:
            part += "*" if "w" in self.star else str(self.width)
        if self.precision is not None:
            part += "." + ("*" if "p" in self.star else "" if self.precision == 0 and "e" in self.star else str(self.precision))
        return part + self.length + self.conversion

    def arguments(self, value):
        """[("word" or "double word", number)]"""
        found = [("word", n) for n, mark in ((self.width, "w"), (self.precision, "p")) if n is not None and mark in self.star]
        wide = self.conversion in "diuxXo" and SIZES[self.length] == 8
        return found + ([] if value is None else [("double word" if wide else "word", value)])


def integer(spec, value):
    flags, conversion, precision = spec.flags, spec.conversion, spec.precision
    if precision is not None and precision < 0:
        precision = None
    bits = 8 * SIZES[spec.length]
    value &= (1 << bits) - 1
    sign = ""
    if conversion in "di":
        if value >> (bits - 1):
            value, sign = (1 << bits) - value, "-"
        else:
            sign = "+" if "+" in flags else " " if " " in flags else ""
    digits = {"d": "%d", "i": "%d", "u": "%d", "x": "%x", "X": "%X", "o": "%o"}[conversion] % value
    if precision is not None:
        digits = digits.rjust(precision, "0") if value or precision else ""
    if "#" in flags and conversion == "o" and not digits.startswith("0"):
        digits = "0" + digits
    if "#" in flags and conversion in "xX" and value:
        sign = "0" + conversion
    return field(spec, sign, digits, zero=precision is None)


def field(spec, sign, digits, zero):
    width, flags = spec.width or 0, spec.flags
    if width < 0:
        width, flags = -width, flags + "-"
    if "-" in flags:
        return (sign + digits).ljust(width)
    if "0" in flags and zero:
        return sign + digits.rjust(width - len(sign), "0")
    return (sign + digits).rjust(width)


def expected(spec, value, text=""):
    """value: of an integer or character; text: of %s."""
    if spec.conversion == "s":
        cut = text if spec.precision is None or spec.precision < 0 else text[:spec.precision]
        return field(spec, "", cut, zero=False)
    if spec.conversion == "c":
        return field(spec, "", chr(value & 0xFF), zero=False)
    if spec.conversion == "p":
        return field(spec, "", "0x%x" % value, zero=False)
    if spec.conversion == "%":
        return "%"
    return integer(spec, value)


def words(arch, arguments, named):
    """Arguments after so many named ones, as words: MIPS gives double words an even place."""
    found = []
    for kind, value in arguments:
        if kind == "word":
            found.append(value & 0xFFFFFFFF)
        else:
            if arch == "mips" and (named + len(found)) % 2:
                found.append(0xDEAD)
            found += struct.unpack("<2I", struct.pack("<Q", value & (1 << 64) - 1))
    return found
