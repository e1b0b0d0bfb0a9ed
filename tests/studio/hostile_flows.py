"""Flow files that somebody wrote to do harm, or that do harm by being strange: each says what it tries.

Most must be refused. Those marked `harmless` are only odd: their texts are sent to a resident letter by letter.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

_FILE = "flow: hostile\nabout: Hostile on purpose.\nstart: first\nsteps:\n"
_END = "  last:\n    say: Thank you.\n    next: end\n"


@dataclass(frozen=True)
class Hostile:
    """`tries`: what it would do if it were let. `shown`: what a resident reads if it is harmless, else None."""

    name: str
    tries: str
    text: str
    shown: str | None = None

    def __str__(self) -> str:
        return self.name


def flow(steps: str) -> str:
    """A flow of these steps; `last` ends it."""
    return f"{_FILE}{steps}{_END}"


def says(yaml: str) -> str:
    """A flow that says this, as it stands in the file."""
    return flow(f"  first:\n    say: {yaml}\n    next: last\n")


def step(name: str) -> str:
    """A flow with a step of this name, as it stands in the file."""
    return f"{_FILE}  first:\n    say: Hello.\n    next: {name}\n  {name}:\n    say: Bye.\n    next: end\n"


def field(lines: str) -> str:
    """A flow with one more field of its first step."""
    return flow(f"  first:\n    say: Hello.\n    {lines}\n    next: last\n")


def kept(name: str) -> str:
    """A flow that saves an answer under this name."""
    return flow(f"  first:\n    collect: What was lost?\n    save: {name}\n    next: last\n")


def choices(*lines: str, more: str = "") -> str:
    listed = "".join(f"      - {line}\n" for line in lines)
    return flow(f"  first:\n    ask: Which one?\n{more}    choices:\n{listed}")


def head(lines: str) -> str:
    """A flow with this between its first line and its steps."""
    return f"flow: hostile\nabout: Hostile on purpose.\n{lines}start: first\nsteps:\n  first:\n    say: Hello.\n    next: end\n"


def named(name: str) -> str:
    return says("Hello.").replace("flow: hostile", f"flow: {name}", 1)


def corpus() -> list[Hostile]:
    kinds: tuple[Callable[[], Iterator[Hostile]], ...] = (
        references, tags, documents, no_yaml, large, names, answers, templates, signs, circles, shapes, numbers, questions,
        ways_out,
    )  # fmt: skip
    return [one for kind in kinds for one in kind()]


def references() -> Iterator[Hostile]:
    laughs = "a: &a [ha, ha, ha, ha, ha, ha, ha, ha, ha]\n" + "".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    yield Hostile("laughs", "grows to a billion texts by references", laughs + says("*i"))
    long = "x" * 4000
    square = f"about: &long {long}\nstart: first\nsteps:\n" + "".join(f"  s{n}: {{say: *long}}\n" for n in range(2000))
    yield Hostile("square", "grows by the square: one long text, referred to very often", f"flow: hostile\n{square}")
    yield Hostile("merged", "takes fields from elsewhere by `<<`", "base: &base {say: Evil., next: last}\n" + flow("  first:\n    <<: *base\n"))
    yield Hostile("merged_in_place", "the same without a reference", flow("  first:\n    <<: {say: Evil.}\n    next: last\n"))
    yield Hostile("merged_first", "a step whose first key is a merge", flow("  first: {<<: [{say: a}, {say: b}], next: last}\n"))
    yield Hostile("anchor", "names a text for later", says("&later Hello."))
    yield Hostile("anchor_of_step", "names a whole step", flow("  first: &first\n    say: Hello.\n    next: last\n"))
    yield Hostile("anchor_of_file", "names the whole file", f"&all\n{says('Hello.')}")
    yield Hostile("nowhere", "refers to what is not there", says("*nothing"))
    yield Hostile("itself", "a list that holds itself", says("&me [*me]"))
    yield Hostile("name_by_reference", "a step named by a reference", f"x: &x first\n{_FILE}  *x :\n    say: Hello.\n    next: end\n")


def tags() -> Iterator[Hostile]:
    for name, yaml in {
        "os_system": "!!python/object/apply:os.system ['touch /tmp/hostile']",
        "popen": "!!python/object/apply:subprocess.Popen [['touch', '/tmp/hostile']]",
        "new_object": "!!python/object/new:os.system ['touch /tmp/hostile']",
        "object": "!!python/object:bot.config.Config {}",
        "python_name": "!!python/name:os.system ''",
        "module": "!!python/module:os ''",
        "tuple": "!!python/tuple [a, b]",
        "eval": "!!python/object/apply:eval ['1+1']",
        "verbatim": "!<tag:yaml.org,2002:python/object/apply:os.system> ['true']",
        "binary": "!!binary aGVsbG8=",
        "set": "!!set {a, b}",
        "omap": "!!omap [a: b]",
        "timestamp": "!!timestamp 2026-01-01",
        "float": "!!float .inf",
        "whole_number": "!!int 0x7fffffffffffffff",
        "null": "!!null ''",
        "text": "!!str Hello.",
        "javascript": "!!js/function 'function () { return 1 }'",
        "ruby": "!ruby/object:Gem::Installer {i: x}",
        "java": "!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL ['http://127.0.0.1/']]]]",
        "include": "!include /etc/passwd",
        "include_file": "!include ../../.env",
        "environment": "!ENV ${SEAL_KEYS}",
        "vault": "!vault |\n      $ANSIBLE_VAULT;1.1;AES256",
        "no_specific": "! Hello.",
    }.items():
        yield Hostile(f"tag_{name}", f"makes something of a tag: {yaml[:40]}", says(yaml))
    yield Hostile("tag_of_key", "a tag before a name", flow("  !!python/name:os.system first:\n    say: Hello.\n    next: last\n"))
    yield Hostile("tag_of_file", "a tag before the whole file", f"--- !!python/object:bot.config.Config\n{says('Hello.')}")
    yield Hostile("tag_of_list", "a tag before the choices", flow("  first:\n    ask: Which?\n    choices: !!python/tuple\n      - {label: A, next: last}\n"))
    yield Hostile("tag_by_handle", "a short name for Python's tags", f"%TAG !p! tag:yaml.org,2002:python/\n---\n{says('!p!name:os.system x')}")


def documents() -> Iterator[Hostile]:
    good = says("Hello.")
    yield Hostile("two_flows", "a second flow behind the first", f"{good}---\n{good}")
    yield Hostile("two_kinds", "words that weaken STOP behind a flow", f"{good}---\nwords: x\nlist:\n  stop: zzz\n")
    yield Hostile("empty_first", "an empty document before the flow", f"---\n---\n{good}")
    yield Hostile("after_the_end", "text after the end of the document", f"{good}...\n{{7*7}}\n")
    yield Hostile("version", "another version of YAML", f"%YAML 9.9\n---\n{good}")
    yield Hostile("no_text", "nothing at all", "")
    yield Hostile("comments", "only comments", "# flow: hostile\n# say: Hello.\n")
    yield Hostile("blanks", "only blanks", "  \n\n \n")
    yield Hostile("a_list", "a list instead of a flow", "- flow: hostile\n- say: Hello.\n")
    yield Hostile("a_text", "a text instead of a flow", "flow\n")
    yield Hostile("a_null", "nothing, said in YAML", "~\n")
    yield Hostile("json", "a flow as JSON", '{"flow": "hostile", "about": "x", "start": "first", "steps": {"first": {"say": "Hello.", "next": "end"}}}', "Hello.")
    yield Hostile("one_document", "the marks of one document", f"---\n{good}...\n", "Hello. Thank you.")
    yield Hostile("comment_of_code", "code in a comment", f"# !!python/object/apply:os.system ['true']\n{good}", "Hello. Thank you.")
    yield Hostile("html", "a page instead of a flow", "<!doctype html><html><body onload=alert(1)></body></html>")
    yield Hostile("program", "a program instead of a flow", "import os\nos.system('true')\n")
    yield Hostile("archive", "the beginning of a zip file", "PK\x03\x04\x14\x00\x00\x00")
    yield Hostile("pickle", "the beginning of a pickle", "cos\nsystem\n(S'true'\ntR.")


def no_yaml() -> Iterator[Hostile]:
    yield Hostile("quote", "a quote without an end", says('"Hello.'))
    yield Hostile("bracket", "a list without an end", says("[Hello."))
    yield Hostile("brace", "a mapping without an end", says("{Hello."))
    yield Hostile("tab", "a tab before a step", f"{_FILE}\tfirst:\n\t\tsay: Hello.\n")
    yield Hostile("tab_inside", "a tab between a name and its text", flow("  first:\n    say:\tHello.\n    next: last\n"), "Hello. Thank you.")
    yield Hostile("stairs", "a step that stands too far left", f"{_FILE}    first:\n      say: Hello.\n   next: end\n")
    yield Hostile("percent", "a text that begins with %", says("%x Hello."))
    yield Hostile("backquote", "a text that begins with a backquote", says("`id`"))
    yield Hostile("at_sign", "a text that begins with @", says("@(1+1)"))
    yield Hostile("escape", "an escape that there is none of", says(r'"\q"'))
    yield Hostile("long_name", "a name longer than names may be", f"{_FILE}  {'n' * 1500}:\n    say: Hello.\n    next: end\n")
    yield Hostile("key_of_list", "a name that is a list", f"{_FILE}  ? [first, second]\n  : {{say: Hello., next: end}}\n")
    yield Hostile("key_of_mapping", "a name that is a mapping", f"{_FILE}  ? {{first: 1}}\n  : {{say: Hello., next: end}}\n")
    yield Hostile("no_key", "a name that is not there", f"{_FILE}  : {{say: Hello., next: end}}\n")
    yield Hostile("flow_twice", "two names of the flow", says("Hello.") + "flow: other\n")
    yield Hostile("steps_twice", "two lists of steps, the second wins", says("Hello.") + "steps:\n  first: {say: Evil., next: end}\n")
    yield Hostile("step_twice", "two steps of one name, the second wins", says("Hello.") + "  first:\n    say: Evil.\n    next: end\n")
    yield Hostile("field_twice", "two texts of one step, the second wins", flow("  first:\n    say: Hello.\n    say: Evil.\n    next: last\n"))
    yield Hostile("field_twice_quoted", "the same, in quotes", flow("  first:\n    say: Hello.\n    \"say\": Evil.\n    'next': last\n"))


def large() -> Iterator[Hostile]:
    many = range(200_000)
    yield Hostile("a_megabyte", "one character more than a file may have", says("Hello.").ljust(1_000_001, "\n"))
    yield Hostile("ten_megabytes", "a very large file", "x" * 10_000_000)
    yield Hostile("deep_lists", "lists in lists, a hundred thousand deep", says("[" * 100_000))
    yield Hostile("deep_mappings", "mappings in mappings", says("{a: " * 50_000))
    yield Hostile("deep_dashes", "lists in lists, by dashes", "- " * 400_000)
    yield Hostile("deep_questions", "names in names", "? " * 400_000)
    yield Hostile("deep_blocks", "steps in steps", "".join(f"{' ' * n}a:\n" for n in range(1000)))
    yield Hostile("closed_lists", "lists in lists, closed again", says("[" * 5000 + "]" * 5000))
    yield Hostile("many_items", "very many texts", flow("  first:\n    say:\n" + "".join(f"      - t{n}\n" for n in range(80_000))))
    yield Hostile("many_names", "very many fields", flow("  first:\n    say: a\n" + "".join(f"    k{n}: 1\n" for n in range(60_000))))
    yield Hostile("many_empty", "very many nothings", says(f"[{',' * 500_000}]"))
    yield Hostile("many_scalars", "very many single letters", says(f"[{'a,' * 400_000}]"))
    yield Hostile("many_steps", "more steps than a flow can need", _FILE + "".join(f"  s{n}: {{say: a, next: b}}\n" for n in range(35_000)))
    yield Hostile("one_text", "one text of nearly a megabyte", says("x" * 900_000))
    yield Hostile("one_block", "the same, in lines", flow("  first:\n    say: |\n" + "      a line of a text\n" * 40_000))
    yield Hostile("one_folded", "the same, folded", flow("  first:\n    say: >\n" + "      word\n" * 80_000))
    yield Hostile("quotes", "a text of quotes", says("'" + "''" * 400_000 + "'"))
    yield Hostile("escapes", "a text of escapes", says('"' + r"\x41" * 200_000 + '"'))
    yield Hostile("comment", "a comment of nearly a megabyte", f"# {'x' * 900_000}\n{says('Hello.')}", "Hello. Thank you.")
    yield Hostile("empty_lines", "very many empty lines", says("Hello.") + "\n" * 900_000, "Hello. Thank you.")
    yield Hostile("colons", "very many colons", ": " * 400_000)
    yield Hostile("hashes", "very many marks of comments", "#\n" * 400_000)
    yield Hostile("ten_thousand_choices", "a menu of ten thousand", choices(*(f"{{label: Choice {n}, next: last}}" for n in range(10_000))))
    yield Hostile("one_choice_too_many", "a menu of one more than may be", choices(*(f"{{label: Choice {n}, next: last}}" for n in range(21))))
    yield Hostile("long_menu", "a menu that fills three messages", choices(*(f"{{label: {'long ' * 40}{n}, next: last}}" for n in range(20))))
    yield Hostile("many_texts", "one step that talks without end", flow("  first:\n    say:\n" + "".join(f"      - Text {n}.\n" for n in range(11)) + "    next: last\n"))
    yield Hostile("long_text", "a text a little too long", says("word " * 61))
    yield Hostile("stars", "words to look for, all of stars", choices(f"{{label: A, words: '{'*' * 4900}', next: last}}", f"{{label: B, words: '{'*|' * 2400}a*', wish: none, next: last}}"))
    yield Hostile("dots", "dots, for a search that begins again at each", says("Hello" + "." * 4800 + "x"))
    yield Hostile("letters", "one letter, very often, for the same", says("a" * 4900))
    yield Hostile("blanks_and_bar", "words to type, of blanks", choices(f"{{label: A, words: '{'| ' * 2400}', next: last}}", "{label: '', next: last}"))
    words = "|".join(f"w{n}" for n in range(700))
    yield Hostile("many_words", "words to type that are many", choices(f"{{label: A, words: {words}, next: last}}"), "Which one? 1 A")
    doubled = "".join(f"  s{n}:\n    ask: Which?\n    choices:\n" + "".join(f"      - {{label: L{m}, words: {'x' * 230}, next: s{n + 1}}}\n" for m in range(20)) for n in range(180))
    yield Hostile("alike_words", "thousands of words that are all the same", _FILE.replace("first", "s0") + doubled)
    numbers = "".join(f"    - {{is: '{'|'.join(map(str, many[:900]))}', next: last}}\n" for _ in range(30))
    yield Hostile("many_cases", "branches by hundreds of values", flow(f"  first:\n    branch: nobody\n    cases:\n{numbers}    otherwise: last\n"))


def names() -> Iterator[Hostile]:
    for name, yaml in {
        "path": "../../etc/passwd", "absolute": "/etc/shadow", "windows": r"C:\Windows\system32", "url": "'http://127.0.0.1/'",
        "nul": r'"first\0.yml"', "long": "a" * 61, "very_long": "a" * 900, "large": "Second", "digit": "2nd", "number": "1",
        "zeros": "007", "exponent": "1e999", "nan": ".nan", "tilde": "'~'", "empty": "''", "blank": "two words", "dot": "hostile.words",
        "dash": "a-b", "dunder": "__class__", "dollar": "$yes", "placeholder": "'{dept}'", "percent": "'%s'", "homoglyph": "fіrst",
        "wide": "ｆｉｒｓｔ", "marks": "fir\u0301st", "dotless": "fırst", "zero_width": "fir\u200bst", "joiner": "fir\u2060st",
        "turned": "'\u202etsrif'", "emoji": "👮", "line": r'"fir\nst"', "end": "end", "stay": "(stay)", "question": "'?'",
        "script": "'<script>alert(1)</script>'", "sql": "\"x'; DROP TABLE drafts; --\"", "formula": "'=1+1'", "tab": r'"a\tb"',
    }.items():  # fmt: skip
        yield Hostile(f"step_{name}", f"a step called {yaml[:30]}", step(yaml))
    for name in ("con", "nul", "true", "null", "constructor", "a__class__", "x" * 60):
        yield Hostile(f"step_plain_{name[:12]}", f"a step called {name[:12]}, which is only a word here", step(name), "Hello. Bye.")
    for name in ("../../flows/menu", "/tmp/menu", "menu", "words", "notices", "wishes", "line", "phrases", "Hostile", "''", "con", "hostile.yml", "hоstile"):
        yield Hostile(f"flow_{name.strip(chr(39))[:12] or 'empty'}", f"a flow called {name}", named(name))


def answers() -> Iterator[Hostile]:
    for name, yaml in {
        "path": "../x", "dunder": "__class__", "placeholder": "'{phone}'", "empty": "''", "blank": "a b", "homoglyph": "tоpic", "large": "Topic",
    }.items():  # fmt: skip
        yield Hostile(f"save_{name}", f"an answer kept as {yaml}", kept(yaml))
    for name in ("dept", "phone", "oversight_phone", "url", "lang", "summary", "next_open", "record_law"):
        yield Hostile(f"save_over_{name}", f"a resident's words stand wherever {name} is said", kept(name))
    yield Hostile("give_phone", "gives another flow a number to call", flow("  first:\n    go: menu\n    with: {phone: 1-900-555-0100}\n").replace(_END, ""))
    yield Hostile("give_path", "gives another flow an answer with a name like a path", flow("  first:\n    go: menu\n    with: {../x: a}\n").replace(_END, ""))
    yield Hostile("give_unknown", "gives another flow what nobody said", flow("  first:\n    go: menu\n    with: {topic: '{secret}'}\n").replace(_END, ""))
    yield Hostile("branch_on_code", "goes where a program leads", flow("  first:\n    branch: __import__('os').getcwd()\n    cases:\n      - {is: /, next: last}\n    otherwise: last\n"))
    yield Hostile("branch_on_setting", "goes by a secret", flow("  first:\n    branch: SEAL_KEYS\n    cases:\n      - {is: '', next: last}\n    otherwise: last\n"))


def templates() -> Iterator[Hostile]:
    for name, text in {
        "jinja": "{{7*7}}", "jinja_config": "{{config.items()}}", "jinja_block": "{% for x in range(9) %}x{% endfor %}", "class": "{x.__class__}",
        "globals": "{dept.__init__.__globals__}", "item": "{dept[0]}", "zero": "{0}", "nothing": "{}", "repr": "{dept!r}", "wide": "{dept:>99999999}",
        "doubled": "{{dept}}", "open": "{dept", "close": "dept}", "large": "{DEPT}", "letters": "{имя}", "shell": "${HOME}", "shell_name": "${secret}",
        "ruby": "#{7*7}", "jndi": "${jndi:ldap://127.0.0.1/a}", "spring": "*{T(java.lang.Runtime)}", "nested": "{de{dept}pt}", "secret": "{seal_keys}",
        "blank": "{ dept }", "angular": "{{constructor.constructor('alert(1)')()}}", "walrus": "{a:=1}", "self": "{self}",
    }.items():  # fmt: skip
        yield Hostile(f"template_{name}", f"is run as a template: {text}", says(f"'Hi {text.replace(chr(39), chr(39) * 2)}'"))
    for name, text in {
        "percent": "Hi %s %(dept)s %n", "erb": "Hi <%= 7*7 %>", "expression": "Hi @(1+1) @contact.name", "command": "Hi $(id) `id`",
        "sql": "Hi '; DROP TABLE residents; --", "script": "Hi <script>alert(1)</script>", "twiml": "Hi </Message><Message to='+15005550006'>x",
        "entity": "Hi &lt;&#0; <!ENTITY x SYSTEM 'file:///etc/passwd'> &x;", "formula": "=cmd|' /C calc'!A0", "header": "Hi Set-Cookie: a=b",
        "backslash": r"Hi \x00 \u202e \N", "fstring": "Hi f'1+1'", "path": "Hi ../../../../etc/passwd", "markdown": "Hi [x](javascript:alert(1))",
        "shell_list": "Hi; rm -rf / && true | cat", "yaml_inside": "Hi steps: [first: !!python/name:os.system]", "json": 'Hi "],"x":["', "log": "Hi ESC[31m",
    }.items():  # fmt: skip
        yield Hostile(f"plain_{name}", f"is taken for more than a text: {text}", says(f"'{text.replace(chr(39), chr(39) * 2)}'"), f"{text} Thank you.")


def signs() -> Iterator[Hostile]:
    raw = {
        "nul": "\x00", "bell": "\x07", "escape": "\x1b[31m", "delete": "\x7f", "c1": "\x9b", "vertical_tab": "\x0b", "form_feed": "\x0c",
        "mark_inside": "Hel\ufefflo", "half": "\ud800", "other_half": "\udc00", "no_sign": "\ufffe", "no_sign_either": "\uffff", "replaced": "\ufffd", "no_plane": "\U0001ffff",
        "arabic_no_sign": "\ufdd0", "override": "Call \u202e119", "embedding": "\u202bHello.", "left_override": "\u202dHello.",
    }  # fmt: skip
    for name, text in raw.items():
        yield Hostile(f"sign_{name}", "a sign that nobody sees, as it is", says(f"Hello {text}."))
    written = {
        "nul": r"\0", "bell": r"\a", "escape": r"\e[31m", "return": r"\r\nSet-Cookie: a=b", "c1": r"\x9b", "half": r"\ud800", "pair": r"\ud83d\udc6e",
        "no_sign": r"\uffff", "beyond": r"\U00110000", "far_beyond": r"\UFFFFFFFF", "line": r"\L", "paragraph": r"\P", "override": r"Call \u202e119",
    }  # fmt: skip
    for name, text in written.items():
        yield Hostile(f"written_{name}", "the same, written so that only a reader of YAML sees it", says(f'"Hello {text}."'))
    good = says("Hello.")
    yield Hostile("mark_first", "a byte order mark", f"\ufeff{good}", "Hello. Thank you.")
    yield Hostile("utf_16", "UTF-16, read as UTF-8", good.encode("utf-16").decode("utf-8", "replace"))
    yield Hostile("utf_16_swapped", "UTF-16 the other way round", good.encode("utf-16-be").decode("utf-8", "replace"))
    yield Hostile("latin", "Latin-1, read as UTF-8", says("Policía").encode("latin-1").decode("utf-8", "replace"))
    yield Hostile("returns", "lines that end as on Windows", good.replace("\n", "\r\n"), "Hello. Thank you.")
    yield Hostile("only_returns", "lines that end as on old machines", good.replace("\n", "\r"), "Hello. Thank you.")
    yield Hostile("blank_label", "a choice that cannot be seen", choices("{label: '\u200b\u200b', next: last}", "{label: B, next: last}"))
    yield Hostile("marks_label", "a choice of marks without letters", choices("{label: '\u0301\u0301', next: last}"))
    yield Hostile("no_break_label", "a choice of a blank that is no blank", choices("{label: '\u00a0', next: last}"))
    yield Hostile("turned_label", "a choice read backwards", choices("{label: '\u202eseY', next: last}"))
    yield Hostile("turned_words", "words to type, read backwards", choices("{label: A, words: '\u202epots', next: last}"))
    yield Hostile("joined_emoji", "a sign made of many", says("'Hi 👩🏽\u200d🚒'"), "Hi 👩🏽\u200d🚒 Thank you.")
    yield Hostile("zalgo", "a letter under a heap of marks", says("H" + "\u0300\u0301\u0302" * 30), "H" + "\u0300\u0301\u0302" * 30 + " Thank you.")
    yield Hostile("right_to_left", "letters that run the other way", says("مرحبا"), "مرحبا Thank you.")
    yield Hostile("homoglyph_text", "letters that look like others", says("Саll 9ll"), "Саll 9ll Thank you.")


def circles() -> Iterator[Hostile]:
    yield Hostile("self", "a step that says the same for ever", flow("  first:\n    say: Hello.\n    next: first\n"))
    yield Hostile("two", "two steps that talk to each other", flow("  first:\n    say: a\n    next: second\n  second:\n    say: b\n    next: first\n"))
    yield Hostile("branches", "a branch that goes back in every case", flow("  first:\n    branch: officer_now\n    cases:\n      - {is: 'yes', next: second}\n    otherwise: last\n  second:\n    say: Again.\n    next: first\n"))
    yield Hostile("by_go", "a flow that begins itself again", f"{_FILE}  first:\n    say: Hello.\n    next: again\n  again:\n    go: hostile\n")
    yield Hostile("by_step", "a flow that begins itself in the middle", f"{_FILE}  first:\n    go: hostile\n    step: first\n")
    yield Hostile("part_of_itself", "a part that walks itself", flow("  first:\n    do: hostile\n    next: last\n").replace("start:", "part: yes\nstart:", 1))
    yield Hostile("part_after_question", "a part that asks, and walks itself, deeper at each answer", flow("  first:\n    collect: More?\n    save: more\n    next: deeper\n  deeper:\n    do: hostile\n    next: last\n").replace("start:", "part: yes\nstart:", 1))
    yield Hostile("hall", "a hall that only leads into a circle", flow("  first:\n    say: In.\n    next: second\n  second:\n    erase: report\n    next: third\n  third:\n    erase: report\n    next: second\n"))
    ring = "".join(f"  s{n}:\n    say: Ring.\n    next: s{(n + 1) % 3000}\n" for n in range(3000))
    yield Hostile("ring", "a ring of three thousand steps", _FILE.replace("first", "s0") + ring)
    ladder = "".join(f"  s{n}:\n    branch: officer_now\n    cases:\n      - {{is: a, next: s{max(n - 1, 0)}}}\n      - {{is: b, next: s0}}\n    otherwise: s{n + 1}\n" for n in range(1500))
    yield Hostile("ladder", "fifteen hundred branches back and forth", _FILE.replace("first", "s0") + ladder + "  s1500:\n    say: Out.\n    next: end\n")
    yield Hostile("island", "steps that nobody comes to, which hide what they say", says("Hello.") + "  island:\n    say: Evil.\n    next: end\n")
    yield Hostile("asks_itself", "a question that only leads to itself; 0 leads out", flow("  first:\n    ask: Again?\n    choices:\n      - {label: Again, words: once more, next: first}\n      - {label: Out, words: out, next: last}\n"), "Again? 1 Again 2 Out")


def shapes() -> Iterator[Hostile]:
    for name, yaml in {
        "exec": "exec: os.system", "python": "python: print(1)", "import": "import: os", "proto": "__proto__: {admin: yes}", "constructor": "constructor: x",
        "include": "include: /etc/passwd", "url": "webhook: http://127.0.0.1/", "text_again": "Say: Evil.", "blank": "'say ': Evil.", "list": "texts: [a, b]",
        "homoglyph": "nехt: last", "number": "1: one", "empty": "'': x",
    }.items():  # fmt: skip
        yield Hostile(f"field_{name}", f"a field that no step has: {yaml}", field(yaml))
    for name, yaml in {
        "shell": "shell: rm -rf /", "read": "read: /etc/passwd", "send": "send: +15005550006", "proto": "__proto__: x", "large": "SAY: Hello.", "number": "1: x", "empty": "'': x",
    }.items():  # fmt: skip
        yield Hostile(f"kind_{name}", f"a kind of step that there is none of: {yaml}", flow(f"  first:\n    {yaml}\n    next: last\n"))
    yield Hostile("step_of_list", "a step that is a list", flow("  first: [say, Hello., next, last]\n"))
    yield Hostile("step_of_text", "a step that is a text", flow("  first: say Hello\n"))
    yield Hostile("step_of_nothing", "a step with nothing in it", flow("  first: {}\n"))
    yield Hostile("steps_of_list", "steps in a list", f"{_FILE}  - first: {{say: Hello., next: end}}\n")
    yield Hostile("no_steps", "no steps", "flow: hostile\nabout: x\nstart: first\n")
    yield Hostile("empty_steps", "steps that are none", "flow: hostile\nabout: x\nstart: first\nsteps: {}\n")
    yield Hostile("choices_of_mapping", "choices by name", flow("  first:\n    ask: Which?\n    choices: {a: last, b: last}\n"))
    yield Hostile("choices_of_text", "choices in one text", flow("  first:\n    ask: Which?\n    choices: a, b, c\n"))
    yield Hostile("texts_in_texts", "texts in texts", says("[[Hello.], {a: b}]"))
    yield Hostile("text_of_mapping", "a text that is a mapping", says("{text: Hello.}"))
    yield Hostile("next_of_list", "many ways on at once", flow("  first:\n    say: Hello.\n    next: [last, end]\n"))
    yield Hostile("next_of_path", "goes on to a file", flow("  first:\n    say: Hello.\n    next: ../../etc/passwd\n"))
    yield Hostile("next_stay", "stays where it is by a word of the code", flow("  first:\n    say: Hello.\n    next: (stay)\n"))
    yield Hostile("go_of_path", "goes on in a file", flow("  first:\n    go: ../../flows/menu\n").replace(_END, ""))
    yield Hostile("do_of_path", "walks a file", flow("  first:\n    do: /etc/passwd\n    next: last\n"))
    yield Hostile("start_of_path", "begins at a file", says("Hello.").replace("start: first", "start: ../menu"))
    yield Hostile("extra_head", "a field that no flow has", head("import: os\n"))
    yield Hostile("other_part", "a part, perhaps", head("part: maybe\n"))
    yield Hostile("find_files", "finds something else than help", flow("  first:\n    find: files\n    need: a\n    near: b\n    item: c\n    no_more: d\n    unknown_place: e\n    note: f\n    none: last\n    next: last\n"))
    yield Hostile("list_residents", "lists something else than meetings", flow("  first:\n    list: residents\n    intro: a\n    item: b\n    outro: c\n    save: d\n    none: last\n    next: last\n"))
    yield Hostile("erase_all", "erases more than a report", flow("  first:\n    erase: everything\n    next: last\n"))
    yield Hostile("opt_in_all", "writes to people who asked for nothing", flow("  first:\n    opt_in: everything\n    asked: first\n    next: last\n"))
    yield Hostile("other_notice", "a notice that there is none of", flow("  first:\n    notice: all_is_well\n    next: last\n"))
    yield Hostile("other_answer", "a kind of answer that there is none of", flow("  first:\n    collect: What?\n    save: what\n    as: eval\n    next: last\n"))


def numbers() -> Iterator[Hostile]:
    for name, days in {
        "exponent": "1e999", "infinite": ".inf", "nan": "nan", "negative": "-1", "digits": "9" * 4400, "million": "1000000", "hex": "0x10", "arabic": "٣", "square": "²", "float": "1.5", "empty": "''", "underscore": "1_0",
    }.items():  # fmt: skip
        yield Hostile(f"days_{name}", f"a report kept for {days[:9]} days", head(f"report: {{kind: x, topic: y, keep_days: {days}}}\n"))
    yield Hostile("key_huge", "a choice with a number that no list has", choices("{key: 99999999999, label: A, next: last}"))
    yield Hostile("key_negative", "a choice with a number below nothing", choices("{key: -1, label: A, next: last}"))
    yield Hostile("keys_alike", "two choices of one number", choices("{key: 1, label: A, next: last}", "{key: 1, label: B, next: last}"))
    yield Hostile("most_huge", "counts to a number with thousands of digits", flow(f"  first:\n    collect: How many?\n    save: n\n    as: count\n    most: {'9' * 4999}\n    next: last\n"))


def questions() -> Iterator[Hostile]:
    for name, text in {
        "number": "What is your Social Security number?", "status": "Are you a citizen?", "birth": "When were you born?", "country": "Where are you from?", "license": "Your license number, please.",
    }.items():  # fmt: skip
        yield Hostile(f"asks_{name}", f"asks what is never asked: {text}", flow(f"  first:\n    collect: {text}\n    save: told\n    next: last\n"))
    yield Hostile("asks_before", "the same, said right before a harmless question", flow("  first:\n    say: Send your Social Security number now.\n    next: second\n  second:\n    collect: Ready?\n    save: told\n    next: last\n"))
    yield Hostile("asks_while_waiting", "the same, while an officer is awaited", flow("  first:\n    handoff: x\n    say: What is your immigration status?\n    next: last\n"))
    yield Hostile("asks_in_label", "the same, as a choice", choices("{label: 'Are you a citizen?', words: a, next: last}"))


def ways_out() -> Iterator[Hostile]:
    for word in ("stop", "STOPALL", "cancel", "help", "unstop", "delete my data", "quit|end"):
        yield Hostile(f"word_{word.split()[0].lower()[:9]}", f"takes `{word}` for itself", choices(f"{{label: Go on, words: {word}, next: last}}"))
    yield Hostile("label_stop", "a choice called STOP", choices("{label: STOP, next: last}"))
    for name in ("stop", "help", "start", "delete"):
        yield Hostile(f"shared_{name}", f"takes every language's words for {name}", choices(f"{{label: Go on, words: ${name}, next: last}}"))
    yield Hostile("words_again", "says again what stops, in words nobody knows", "words: x\nlist:\n  stop: zzz\n")
    yield Hostile("help_again", "says again what asks for help", "words: x\nabout: x\nlist:\n  help: zzz\n")
    yield Hostile("notice_again", "says a safety text again, without its number", "phrases: notices\nabout: x\ntexts:\n  em_fire: All is well.\n")
    yield Hostile("welcome_again", "says the welcome again, without STOP", "phrases: line\ntexts:\n  welcome: Hi.\n")
    yield Hostile("phrase_of_list", "a phrase that is a list", "phrases: line\ntexts:\n  hello: [a, b]\n")
    yield Hostile("wish_to_nowhere", "catches every text and leads nowhere", "wishes: x\nlist:\n  - {wish: all, label: All, hints: 'a*|e*|i*|o*|u*', go: nowhere}\n")
    yield Hostile("wish_with_phone", "gives a number to call to the flow that it leads to", "wishes: x\nlist:\n  - {wish: all, label: All, hints: call, go: menu, with: {phone: 1-900-555-0100}}\n")
    yield Hostile("wish_twice", "two wishes of one name", "wishes: x\nlist:\n  - {wish: a, label: A, hints: one, go: menu}\n  - {wish: a, label: B, hints: two, go: menu}\n")
