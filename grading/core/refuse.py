# grading/core/refuse.py: text that reaches out of its region, and therefore is not built: other files, other symbols. (all labs)
"""A region is compiled in the middle of staff's file. What it could do there that no exercise asks for is refused, with a
sentence, before anything is compiled: preprocessor lines (a macro would rewrite staff's functions behind it, an #include
would fetch other files), assembler directives that do the same, attributes that place or rename symbols."""
import re

PLAIN_ESCAPES = re.compile(r"\\[ntr0\"'\\abfve]")
DIRECTIVES = r"\.\s*(?:incbin|include|macro|irpc?|rept|altmacro|purgem|req|org|globl|global|weak\w*|set\s+\w+\s*,|equ\w*|section|pushsection|popsection|previous|subsection|text|data|bss|symver)(?:\b|(?<=,))"
ATTRIBUTES = re.compile(r"\b_*(section|constructor|destructor|alias|ifunc|weak|weakref|naked|interrupt|init_priority|visibility|copy|retain|used)_*\b\s*(?=[(),])")


def _code(text, assembler):
    """(text without comments and with its strings emptied, the strings with neighbours joined)"""
    text = text.replace("??/", "\\").replace("??=", "#")
    text = re.sub(r"\\[ \t]*\n", "", text)
    strings = []
    parts = r'(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<string>"(?:\\.|[^"\\\n])*")' + ("" if assembler else r"|(?P<char>'(?:\\.|[^'\\\n])*')")

    def put(match):
        if match.group("string") is not None:
            strings.append(match.group("string"))
            return '""'
        return " " if match.group("comment") is not None else "'0'"
    return re.sub(parts, put, text, flags=re.DOTALL), strings


def reasons(body, assembler, reference=""):
    """Sentences that say what may not be in this body; none: it may be built. reference: staff's body, whose means are allowed."""
    code, strings = _code(body, assembler)
    staff, _ = _code(reference, assembler)
    found = []
    for match in re.finditer(r"^[ \t]*(?:#|%:)[ \t]*(\w*)", code, re.MULTILINE):
        if assembler and match.group(1) not in ("include", "define", "undef", "pragma", "if", "ifdef", "ifndef", "else", "elif", "endif", "line", "import"):
            continue  # a comment
        found.append("#%s: no preprocessor lines here: use an enum, or a static function among the helpers" % match.group(1))
    words = set(re.findall(r"\w+", code))
    if not assembler:
        for word in words & {"_Pragma", "__pragma", "__COUNTER__", "__FILE__", "__BASE_FILE__", "__INCLUDE_LEVEL__", "__has_include", "__has_embed"}:
            found.append("%s: a region has no use for it" % word)
        if words & {"asm", "__asm", "__asm__"} and not re.search(r"\b(asm|__asm__)\b", staff):
            found.append("asm: this exercise is written in C")
        found += ["__attribute__((%s)): symbols and sections are placed by the kernel's own files" % m.group(1)
                  for m in ATTRIBUTES.finditer(code) if "__attribute" in code and m.group(1) not in staff]
        if words & {"asm", "__asm", "__asm__"}:
            text = "".join(s[1:-1] for s in strings)
            if re.search(DIRECTIVES, text) or "\\" in PLAIN_ESCAPES.sub("", text):
                found.append("asm with directives: only instructions can stand in it")
    else:
        for match in re.finditer(DIRECTIVES, code):
            if not re.search(re.escape(match.group(0)), staff):
                found.append("%s: only instructions, labels and .set reorder/noreorder/at/noat can stand here" % match.group(0))
    return found
