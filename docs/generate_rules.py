"""Write docs/rules/*.md from the code: one page for each family of rules, and one for the pipelines.

    python docs/generate_rules.py

Names, sentences, sources and examples come from the docstrings, options from the fields, and the tables from running
each rule on the examples below. What a row says is what the rule did: nothing here says what it ought to do.
"""  # noqa: INP001 (docs are no package)

import ast
import doctest
import inspect
import io
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import fields, is_dataclass
from itertools import pairwise
from pathlib import Path

import arclean
from arclean import Cleaner, Marks, alphabet, presets

RULES = Path(__file__).parent / "rules"

PROMISES = {
    "repair": "restores what the author wrote; loses nothing",
    "strip": "removes marks that carry no letter",
    "fold": "makes spelling variants equal; lossy by design",
    "drop": "removes whole lines that are not the story",
}
"""Family to what its verb promises."""

MEANING = {
    "repair": """\
What a `repair_` rule changes was not the author's doing but a program's, and where it cannot be sure it
abstains. Clean text of any language comes through as it is.""",
    "strip": """\
A `strip_` rule removes and never replaces. The letters of every word stay, and in the same order.
Addresses, @handles, #hashtags and fenced code are left alone unless asked.""",
    "fold": """\
A `fold_` rule is for comparing and searching, not for reading: it writes one letter for several, and with
the variants of one word some pairs of different words become equal. Each section lists such pairs. When not to fold is
the matter of [Spelling variants](../explanation/spelling.md). Addresses, @handles, #hashtags and fenced code are left
alone unless asked.""",
    "drop": """\
A `drop_` rule takes lines and leaves what is in the others untouched. Every reason says what the line was
taken for, so that a person may disagree.""",
}
"""What that means."""

KEPT = {
    "repair": "Not lossy: what the author wrote is there afterwards.",
    "strip": "Not lossy: every letter stays.",
    "drop": "Not lossy: lines go whole, and the others stay as they are.",
}
"""What is said of a rule that is not lossy."""

_CAPTION = "مزارعون يجمعون الزيتون في بستان على أطراف القرية صباح السبت. [صورة: سلمى]"
_STORY = "بدأ موسم الزيتون هذا العام مبكرا."
_SUMMARY = "بدأ موسم الزيتون هذا العام مبكرا في معظم قرى الجبل بعد أمطار"

EXAMPLES: dict[str, tuple[str, ...]] = {
    "repair_entities": (
        "&quot;نعم&quot; &amp; لا",
        "&#1593;&#x644;&#1610;",
        "&amp;amp;quot;",
        "شركة AT&T",
        "ق&ل; ثم",
        "https://example.org/?a=1&copy=2",
        "&#0; &#xD800;",
    ),
    "repair_mojibake": (
        "ط§ظ„ظ‚ط±ظٹط© ظ‡ط§ط¯ط¦ط©",
        "Ø§Ù„Ù‚Ø±ÙŠØ© Ù‡Ø§Ø¯Ø¦Ø©",
        "ÇáÞÑíÉ åÇÏÆÉ",
        "قالت: ط§ظ„ظ‚ط±ظٹط© أولا",
        "خط، ثم طريق",
        "École supérieure",
        "Ã©",
        "ط§",
    ),
    "repair_unicode": (
        "ا\N{ARABIC HAMZA ABOVE}حمد",
        "مو\N{ARABIC HAMZA ABOVE}من",
        "شد\N{ARABIC SHADDA}\N{ARABIC FATHA}",
        "cafe\N{COMBINING ACUTE ACCENT}",
        "x² ½ ™",
        "ﷲ",
        "أحمد",
    ),
    "repair_presentation_forms": (
        "ﺍﻟﻘﺮﻳﺔ",
        "ﻷﻧﻬﺎ ﻻ ﺗﻌﻠﻢ",
        "ﷲ",
        "قال ﷺ نعم",
        "500﷼",
        "ب\N{ARABIC FATHA ISOLATED FORM}",
        "﴿نص﴾",
        "x² ½ №",
        "این ﷼ را می\N{ZERO WIDTH NON-JOINER}خواهم",
    ),
    "repair_spaces": (
        "10\N{NO-BREAK SPACE}000",
        "كلمة\N{NARROW NO-BREAK SPACE}أخرى",
        "سطر\r\nآخر",
        "سطر\N{LINE SEPARATOR}آخر",
        "عمود\tآخر",
        "كلمة  أخرى",
        "سطر\n\nآخر",
    ),
    "repair_lookalikes": (
        "وصل الوزیر إلى القریة مساء أمس",
        "قرأت کتابا عن تاريخ المدينة القديمة",
        "این کتاب را دارم",
        "یہ کتاب بہت اچھی ہے",
        "ئەم کتێبە زۆر باشە",
        "کتاب",
        "سافر إلى ڤيينا مع أخيه",
    ),
    "strip_invisibles": (
        "نعم\N{RIGHT-TO-LEFT MARK}",
        "\N{RIGHT-TO-LEFT EMBEDDING}قال\N{POP DIRECTIONAL FORMATTING}",
        "كتا\N{SOFT HYPHEN}ب",
        "\N{ZERO WIDTH NO-BREAK SPACE}عنوان",
        "هذا الكتا\N{ZERO WIDTH NON-JOINER}ب مفيد جدا",
        "می\N{ZERO WIDTH NON-JOINER}خواهم",
        "👩\N{ZERO WIDTH JOINER}🚀",
        "كلمة\N{NO-BREAK SPACE}أخرى",
        "https://example.org/\N{ZERO WIDTH NON-JOINER}نعم",
    ),
    "strip_tatweel": ("القـــرية", "مـَدرسة", "قال ـ ثم سكت", "الرحمـٰن", "#القـرية", "snake_case - a–b"),
    "strip_diacritics": (
        "مَدْرَسَةٌ",
        "شَدَّ",
        "هٰذا",
        "قَالُوٓا۟ۚ",
        "مو\N{ARABIC HAMZA ABOVE}من",
        "آمن ا\N{ARABIC MADDAH ABOVE}من",
        "ٱلقرية",
        "#عَلَم",
        "café שָׁלוֹם हिन्दी",
    ),
    "fold_alef": (
        "أحمد",
        "إلى",
        "آخر",
        "ٱلقرية",
        "ا\N{ARABIC HAMZA ABOVE}حمد",
        "على",
        "مؤمن",
        "ماء",
        "هٰذا",
        "#أحمد",
        "https://example.org/أ",
    ),
    "fold_hamza": ("مؤمن", "سائل", "بيئة", "مو\N{ARABIC HAMZA ABOVE}من", "رؤوس", "شيء", "أحمد", "ماء"),
    "fold_yeh": ("على", "علی", "مستشفى", "في", "سائل", "كتاب", "@موسى"),
    "fold_teh_marbuta": ("مدرسة", "مدرسةٌ", "مدرسه", "مدرستنا", "كتبت", "#مدرسة"),
    "fold_digits": ("٢٠٢٦", "۱۲", "٣٫١٤", "١٬٠٠٠", "٥٪", "2026", "قال، نعم", "① Ⅳ ½", "#عام_٢٠٢٦"),
    "fold_punctuation": (
        "نعم، لا؛ كيف؟",
        "«نعم»",
        "“نعم” ‘لا’",
        "قال… ثم – سكت",
        "تم۔",
        "٥٪",
        "﴿نص﴾",
        "نعم, لا!",
        "https://example.org/؟،",
    ),
    "fold_elongation": ("جميييييل", "جدااااا", "هههههههه", "ممكن", "الله", "مرر", "1000000", "soooo", "#جدااااا"),
    "fold_lookalikes": ("کتاب", "علی", "ہذا", "مدرسۃ", "خانۀ", "پارك", "كتاب", "#کتاب"),
    "fold_case": ("ABC", "iPhone", "École", "ΑΘΗΝΑ", "كتاب", "#MeToo", "info@Example.org"),
    "drop_repeated_captions": (
        f"{_CAPTION}\n\n{_CAPTION}\n\n{_STORY}",
        f"{_CAPTION}\n\n{_CAPTION.replace('أطراف', 'سفح')}\n\n{_STORY}",
        "يا ليل الصب متى غده\nيا ليل الصب متى غده",
        f"{_STORY}\n{_STORY}",
    ),
    "drop_comment_widgets": (
        f"{_STORY}\n\nهل أعجبك هذا المقال؟\n\n٣ تعليقات\n\nأضف تعليقك",
        "رفض المتحدث أي تعليق على الخبر.\n\nكتب ٣ تعليقات طويلة ثم سكت.",
    ),
    "drop_page_furniture": (
        f"الانتقال إلى المحتوى\n\n{_STORY}\n\nشارك هذا الخبر عبر تويتر\n\nجميع الحقوق محفوظة © 2026",
        "شارك العشرات في جني الزيتون.\n\nطالب الكتّاب بأن تكون جميع الحقوق محفوظة لهم.",
    ),
    "drop_repeated_teasers": (
        f"موسم الزيتون\n\n{_SUMMARY}...\n\n{_SUMMARY} الخريف الغزيرة، وخرجت الأسر إلى البساتين.",
        f"موسم الزيتون\n\nبدأ موسم الزيتون\n\n{_STORY}",
    ),
}
"""For each rule what it is shown at work on: some that it changes, and some beside them that it leaves alone."""

PAIRS = (
    ("علي", "على", "Ali; on"),
    ("كتبه", "كتبة", "his books; scribes"),
    ("عالمه", "عالمة", "his world; a learned woman"),
    ("فأر", "فار", "a mouse; it boiled over"),
    ("آن", "إن", "it is time; if"),
    ("أن", "إن", "that; if"),
    ("سأل", "سال", "he asked; it flowed"),
    ("آية", "أية", "a verse; which"),
    ("سئل", "سيل", "he was asked; a flood"),
    ("بؤس", "بوس", "misery; kisses"),
    ("لئن", "لين", "if indeed; soft"),
    ("رأي", "رأى", "an opinion; he saw"),
    ("كَتَبَ", "كُتُب", "he wrote; books"),
    ("عِلْم", "عَلَم", "knowledge; a flag"),
    ("مُدرِّسة", "مَدرسة", "a teacher; a school"),
    ("US", "us", "the country; the pronoun"),
    ("قلب", "كلب", "a heart; a dog"),
    ("عمرو", "عمر", "Amr; Umar"),
)
"""Different words, to be watched for becoming equal."""

PIPED = (
    "القـــرية&nbsp;هادئة",
    "ط§ظ„ظ‚ط±ظٹط© ظ‡ط§ط¯ط¦ط©",
    "كَتَبَتِ المُعَلِّمَةُ إلى أخيها، على مَهَلٍ",
    "٣٫١٤ و ١٬٠٠٠ دينار",
    "علی الطريق إلى القریة رأى أحمد مدرسة جديدة",
    "این کتاب را می\N{ZERO WIDTH NON-JOINER}خواهم",
    "بدأ الموسم.\n\nهل أعجبك هذا المقال؟",
    "راجع https://example.org/أخبار و #أخبار_القرية",
)
"""What the pipelines are shown at work on."""

PIPELINES = """\
A pipeline is cleaners in order, repeated until none of them finds anything more, and is a cleaner itself.
Pipelines are values: they compare equal, print, pickle, and go to JSON and back."""

YOUR_OWN = (
    "import arclean\n",
    'arclean.WEB.without("strip_tatweel")("القـــرية&nbsp;هادئة")\n',
    "shadda = arclean.StripDiacritics(keep=arclean.Marks.SHADDA)\n",
    "mine = arclean.Pipeline(arclean.REPAIR, arclean.fold_alef, shadda)\n",
    'mine("إنَّ القـــرية")\n',
    "arclean.Pipeline.from_json(mine.to_json()) == mine\n",
    'list(arclean.FOLD.batch(["إلى القرية", "الى القريه"]))\n',
)
"""What a reader may try."""

HEADER = "<!-- Generated from the code by docs/generate_rules.py: change the docstring or the examples, and run it. -->"


def pages() -> dict[str, str]:
    """Give the text of every page by its name."""
    return {**{verb: family_page(verb) for verb in PROMISES}, "pipelines": pipelines_page()}


def family_page(verb: str) -> str:
    """Write the page of a family of rules."""
    rules = [rule for rule in presets.RULES if rule.name.startswith(f"{verb}_")]
    table = rows(
        ("rule", "what it does", "in"),
        ((f"[`{r.name}`](#{r.name})", prose(r)[0], ", ".join(members(r.name)) or "no pipeline") for r in rules),
    )
    parts = [f"# `{verb}_` {PROMISES[verb]}", HEADER, MEANING[verb], *table]
    for rule in rules:
        parts += section(rule)
    return "\n\n".join(parts) + "\n"


def section(rule: arclean.Rule) -> Iterator[str]:
    """Yield the parts of a rule's section: sentences, facts, examples, tables."""
    yield f"## `{rule.name}`"
    yield from prose(rule)
    where = members(rule.name)
    loss = "Lossy: a distinction that the author made is lost." if rule.lossy else KEPT[rule.name.split("_")[0]]
    yield f"{loss} {'In ' + ', '.join(where) + '.' if where else 'In none of the pipelines: ask for it.'}"
    yield from options(rule)
    yield block(examples(rule))
    if rule.name == "strip_diacritics":
        yield from classes_of_marks()
    shown = drop_tables(rule) if rule.name.startswith("drop_") else table_of_changes(rule)
    yield from shown
    yield from pairs(rule)


def prose(rule: object) -> list[str]:
    """Give the paragraphs of a docstring, examples excepted."""
    text = inspect.getdoc(rule) or ""
    plain = (p for p in re.split(r"\n\s*\n", text) if not p.lstrip().startswith((">>>", "...")))
    return [escaped(" ".join(p.split())) for p in plain if not _is_output(p, text)]


def _is_output(paragraph: str, text: str) -> bool:
    return any(paragraph.strip() and paragraph in e.want for e in doctest.DocTestParser().get_examples(text))


def options(rule: arclean.Rule) -> Iterator[str]:
    """Yield the table of a rule's options, if it has any."""
    if is_dataclass(rule) and fields(rule):
        kind = type(rule).__name__
        cells = (
            (f"`{f.name}`", f"`{_type(f.type)}`", f"`{_value(f.default)}`", _meaning(rule, f.name))
            for f in sorted(fields(rule), key=lambda f: f.name)
        )
        yield f"Options of `arclean.{kind}`, of which `{rule.name}` has the defaults:"
        yield from rows(("option", "type", "default", "what it says"), cells)


def _type(annotation: object) -> str:
    return re.sub(r"\b(?:typing|arclean\.\w+)\.", "", inspect.formatannotation(annotation))


def _meaning(rule: object, option: str) -> str:
    """Find what the docstring of the rule, or of what it is made from, says of an option."""
    for kind in type(rule).__mro__:
        said = " ".join((inspect.getdoc(kind) or "").split())
        if found := re.search(rf"`{option}` (?:says|names) (.*?)(?:;|\.$|\. [A-Z>])", said):
            return escaped(found[1])
    return ""


def _value(default: object) -> str:
    return str(default) if isinstance(default, Marks) else repr(default)


def examples(rule: object) -> Iterator[str]:
    """Yield the docstring's examples with what they give now, after importing the names that they need."""
    found = doctest.DocTestParser().get_examples(inspect.getdoc(rule) or "")
    used = {node.id for e in found for node in ast.walk(ast.parse(e.source)) if isinstance(node, ast.Name)}
    names = sorted(used & set(arclean.__all__))
    yield from run((f"from arclean import {', '.join(names)}\n", *(escaped(e.source) for e in found)))


def run(sources: Iterable[str]) -> Iterator[str]:
    """Run statements one after the other, as a person at the prompt would, and yield what the screen shows."""
    names: dict[str, object] = {}
    for source in sources:
        first, *more = source.rstrip("\n").split("\n")
        yield "\n".join((f">>> {first}", *(f"... {line}".rstrip() for line in more)))
        with redirect_stdout(io.StringIO()) as screen:
            exec(compile(source, "<example>", "single"), names)  # noqa: S102 (the project's own docstrings)
        if out := screen.getvalue().rstrip("\n"):
            yield re.sub(r"(?m)^$", "<BLANKLINE>", escaped(out))


def block(lines: Iterable[str]) -> str:
    """Write a session; the blank line before the fence ends the last output."""
    return "\n".join(("```pycon", *lines, "", "```"))


def table_of_changes(rule: Cleaner) -> Iterator[str]:
    """Yield what the rule did to its examples: the changed ones with the reason, and the others."""
    changed, kept = [], []
    for text in EXAMPLES[rule.name]:
        cleaned = rule.explain(text)
        why = "; ".join(dict.fromkeys(r.reason for r in cleaned.removals))
        if cleaned.text == text:
            kept.append(text)
        else:
            changed.append((code(text), code(cleaned.text), escaped(why)))
    yield from rows(("changes", "into", "reason given"), changed)
    yield from rows(("leaves alone",), ((code(text),) for text in kept))


def drop_tables(rule: Cleaner) -> Iterator[str]:
    """Yield for each example page its lines, and which of them went."""
    for number, text in enumerate(EXAMPLES[rule.name], 1):
        removals = rule.explain(text).removals
        cells, at = [], 0
        for line in text.split("\n"):
            gone = [r.reason for r in removals if line and r.start <= at and at + len(line) <= r.end and not r.new]
            if line:
                cells.append((escaped(line), f"goes: {gone[0]}" if gone else "stays"))
            at += len(line) + 1
        yield from rows((f"page {number}", "the line"), cells)


def pairs(rule: arclean.Rule) -> Iterator[str]:
    """Yield the different words that the rule makes equal."""
    equal = [(code(a), code(b), what) for a, b, what in PAIRS if rule(a) == rule(b)]
    if equal:
        yield "Different words that become equal:"
        yield from rows(("word", "word", "meaning"), equal)


def classes_of_marks() -> Iterator[str]:
    """Yield the classes that may be kept, as the enumeration has them."""
    yield "The classes of marks that `keep` may name:"
    cells = (
        (f"`Marks.{kind.name}`", str(len(alphabet.marks(kind))), ", ".join(_spans(alphabet.marks(kind))))
        for kind in Marks
    )
    yield from rows(("class", "marks", "code points"), cells)


def _spans(chars: str) -> Iterator[str]:
    points = sorted(map(ord, chars))
    starts = [p for p in points if p - 1 not in points]
    ends = [p for p in points if p + 1 not in points]
    yield from (f"{a:04X}" if a == b else f"{a:04X}–{b:04X}" for a, b in zip(starts, ends, strict=True))


def pipelines_page() -> str:
    """Write the page of the pipelines."""
    said = promises_of_presets()
    parts = [
        "# Pipelines, from careful to lossy",
        HEADER,
        PIPELINES,
        *rows(
            ("pipeline", "what it gives", "lossy"),
            ((f"[`{p.name}`](#{p.name.lower()})", said[p.name], "yes" if p.lossy else "no") for p in presets.PIPELINES),
        ),
        "## Which rule is where",
        *rows(("rule", *(p.name for p in presets.PIPELINES)), map(_membership, presets.RULES)),
    ]
    for pipeline in presets.PIPELINES:
        parts += [f"## `{pipeline.name}`", said[pipeline.name]]
        parts.append(block(run(("import arclean\n", f"print(arclean.{pipeline.name})\n"))))
        cells = ((code(text), code(pipeline(text)) if pipeline(text) != text else "the same") for text in PIPED)
        parts += rows(("text", "becomes"), cells)
    shown = block(run(YOUR_OWN))
    parts += ["## Your own", "Leave rules out, nest pipelines, set options, clean many texts at once:", shown]
    return "\n\n".join(parts) + "\n"


def _membership(rule: arclean.Rule) -> tuple[str, ...]:
    link = f"[`{rule.name}`]({rule.name.split('_')[0]}.md#{rule.name})"
    return link, *("✓" if p.name in members(rule.name) else "" for p in presets.PIPELINES)


def promises_of_presets() -> dict[str, str]:
    """Read the sentence that stands under each pipeline in presets.py."""
    body = ast.parse(inspect.getsource(presets)).body
    found = {}
    for made, said in pairwise(body):
        if isinstance(made, ast.Assign) and isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant):
            found[ast.unparse(made.targets[0])] = str(said.value.value)
    return found


def members(name: str) -> list[str]:
    """Give the pipelines that a rule is in."""
    return [p.name for p in presets.PIPELINES if name in (c.name for c in p.flat())]


def rows(head: tuple[str, ...], cells: Iterable[tuple[str, ...]]) -> list[str]:
    """Write a table, or nothing where there are no rows."""
    body = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in cells]
    rule = f"|{'---|' * len(head)}"
    return ["\n".join((f"| {' | '.join(head)} |", rule, *body))] if body else []


def code(text: str) -> str:
    """Write a text as code for a table's cell; marks that are not where composition has them are named."""
    shown = escaped(text, marks=text != unicodedata.normalize("NFC", text)).replace("\n", "\\n")
    return f"``{shown}``" if "`" in text else f"`{shown}`"


def escaped(text: str, *, marks: bool = False) -> str:
    """Name the characters that nobody sees, and combining marks if asked; line feeds stay."""
    return "".join(_named(c) if c != "\n" and (_unseen(c) or (marks and unicodedata.combining(c))) else c for c in text)


def _unseen(char: str) -> bool:
    return not char.isprintable() or unicodedata.category(char) == "Cf"


def _named(char: str) -> str:
    return {"\r": "\\r", "\t": "\\t"}.get(char) or f"\\N{{{unicodedata.name(char)}}}"


def main() -> int:
    """Write the pages."""
    RULES.mkdir(exist_ok=True)
    for name, text in pages().items():
        (RULES / f"{name}.md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
