# grading/core/ownwords.py: a compiler's words about a student's text in staff's file, without staff's text. (all labs)
import re

PLACE = re.compile(r"(?P<path>[\w./-]+\.[chS]):(?P<line>\d+)(?P<column>:\d+)?")
NUMBERED = re.compile(r"^(?P<begin>\s*)(?P<line>\d+)(?P<end> \|.*)$")  # the text of a line, as gcc shows it
LINES, LONGEST = 30, 240


def translate(message, maps):
    """maps: {path: {line there: line in the student's file}}. What stands in other lines of these files is staff's: it is named, not shown."""
    shown, own, hidden = [], None, ""
    for line in message.splitlines():
        place = PLACE.search(line)
        if place and re.match(r"(\S+: )*(In function|In file|At top level)|.*:\s*$", line) and not place["line"]:
            place = None
        if place:
            known = maps.get(place["path"])
            own = known
            if known is not None and int(place["line"]) not in known:
                own = {}
                hidden = hidden or line.partition(": ")[2]
                line = line.replace(place.group(0), place["path"] + " (not in what you write)")
                if not re.search(r"\b(error|undefined reference)\b", line):
                    continue
            elif known is not None:
                line = line.replace(place.group(0), "%s:%d%s" % (place["path"], known[int(place["line"])], place["column"] or ""))
        elif own is not None and not re.match(r"\S+: In function|compiling |linking |\d+ (errors?|warnings?)", line):
            numbered = NUMBERED.match(line)
            if not own or numbered and int(numbered["line"]) not in own:
                continue
            if numbered:
                line = "%s%d%s" % (numbered["begin"], own[int(numbered["line"])], numbered["end"])
        shown.append(line[:LONGEST])
    if len(shown) > LINES:
        shown[LINES:] = ["... and %d lines more" % (len(shown) - LINES)]
    return "\n".join(shown)
