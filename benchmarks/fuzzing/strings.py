"""The strings that cleaners are tried on: hostile, mutated, repeated, and anything at all."""

import html
import random
import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import islice
from pathlib import Path

import arclean
from arclean import folding
from arclean.repair import forms
from arclean.rules.tables import LONG
from arclean.testing import CAPTIONS, CHROME, CODECS, FOREIGN, PIECES, PROTECTED, WORDS

AT_ONCE = 200  # strings of a job and of a batch: some 8,000 characters, half a second of work
LONG_EVERY = 100  # jobs: a string of more than LONG characters costs as much as some hundreds of others

SENTENCES = (
    "وصل وفد من المهندسين إلى القرية مساء أمس لمعاينة الجسر القديم الذي تضرر في السيول.",
    "قالت المعلمة إن مدرسة الحي ستفتح أبوابها يوم الأحد، وإن عدد التلاميذ بلغ ٣٥٠ تلميذاً.",
    "هل يؤثر ارتفاع أسعار القمح على موائد الأسر؟ سؤال طرحه مسؤولون في ندوة عن الغذاء.",
    "بلغت نسبة الزيادة ٣٫١٤٪ مقارنة بالعام الماضي، أي ما يعادل ١٬٢٥٠٬٠٠٠ دينار.",
    "كَتَبَ الطَّالِبُ رِسَالَةً إِلَى أُسْتَاذِهِ فَشَكَرَهُ عَلَى مُسَاعَدَتِهِ.",
    "سُئِلَ الشَّيْخُ عَنْ هٰذَا فَقَالَ: «رُؤْيَتُهُ أَوْضَحُ مِنْ أَنْ تُوصَفَ».",
    "ذَٰلِكَ ٱلۡكِتَٰبُ عَلَىٰ ٱلطَّاوِلَةِۖ فَٱقۡرَأۡ مَا تَيَسَّرَ مِنۡهُۚ",
    "والله جميييييل جدااااا هههههههه يا سلاااام عليكم!!!",
    "أكد اللاعب أن الفريق سيعود أقوى في الموسم المقبل… وقال لـ«الملاعب»: لن نستسلم.",
    "تابعونا على https://example.com/أخبار/محلية?p=12&lang=ar أو @akhbar_alhay و #أخبار_الحي",
    "مراسلة التحرير: tahrir@example.org - هاتف 00962/6/5550123",
    "صورة من الأرشيف لسوق المدينة القديمة قبل ترميمها في ربيع عام 1998. [أ ف ب]",
    "متطوعون يزرعون الأشجار على سفح الجبل المطل على الوادي صباح يوم الجمعة. (رويترز)",
    "این کتاب را می\u200cخواهم برای دوستم بخرم و خانه\u0654 ما نزدیک است.",
    "یہ کتاب بہت اچھی ہے اور میں اسے کل پڑھوں گا۔",
    "ئەم کتێبە زۆر باشە و دەمەوێت بیخوێنمەوە.",
    "La réunion s'est tenue à Genève; 25 % des élèves étaient présents – «très bien».",
    "Der Bürgermeister sagte: Straße, Öl und Übermut — naïve façade, ½ Liter, x² + y².",
    "اقرأ أيضا: كيف تختار هاتفا جديدا؟",
    "شارك هذا الخبر عبر فيسبوك وتويتر وواتساب",
    "سياسة الموقع بشأن التعليقات: نرحب بآرائكم ونعتذر عن نشر ما فيه إساءة.",
    "```\nassert كلمة == 'أـ١'\n```",
)

BLOCKS = (  # of code points: where the script lives, what joins or combines, then everything
    *[(0x600, 0x6FF)] * 4,
    (0x750, 0x77F),
    (0x870, 0x8FF),
    (0xFB50, 0xFDFF),
    (0xFE70, 0xFEFF),
    (0x20, 0x7E),
    (0x00, 0x17F),
    (0x300, 0x36F),
    (0x1100, 0x11FF),
    (0x2000, 0x206F),
    (0xD800, 0xDFFF),
    (0x1EE00, 0x1EEFF),
    (0x1F300, 0x1FAFF),
    (0xE0000, 0xE01EF),
    (0x00, 0xFFFF),
    (0x00, 0x10FFFF),
)
WRITTEN_IN = ("utf-8", "utf-8", "utf-8", "cp1256", "iso8859-6")
PARTS = ("\n", "\n", "\n\n", "\r\n", "\n \n", "\u2028")
TORN = tuple(  # signs of addresses and code that come together once what stands within is removed
    f"{sign[0]}{within}{sign[1:]}{after}"
    for sign in ("://", "www.", "```")
    for within in ("\N{ARABIC FATHA}", "\N{ARABIC TATWEEL}", "\N{RIGHT-TO-LEFT MARK}")
    for after in ("أ", "example.com/إ ")
)
AROUND = (*"-.-.٣۔٫Z@", "@ا-", "ا۔C", "Z٣", "- ", "ـ ```\nأ", "\n```")  # what spans grow by when folded
STOCK = (*PIECES, *PIECES, *TORN, *AROUND, *WORDS, *FOREIGN, *CHROME, *CAPTIONS, *PROTECTED)
LINES = (*SENTENCES, *CHROME, *CAPTIONS, *PROTECTED)
SHORT, LEAST = 6, 15  # characters of what is repeated, and of what is mutated
LONGEST_LINE, MOST_LINES, MOST_DOCUMENTS = 300, 4_000, 2_000  # what is taken of a corpus


def strings(seed: int, job: int, count: int = AT_ONCE, corpus: Sequence[str] = ()) -> list[str]:
    """Draw the strings of a job: the same ones for the same seed, job and corpus."""
    rng = random.Random(f"{seed} {job}")  # noqa: S311 (no secret)
    lines = (*LINES, *corpus)
    kinds = (*(hostile, mutated, anything) * 3, page, mixture)  # the longest are dearest
    drawn = [rng.choice(kinds)(rng, lines) for _ in range(count)]
    if job % LONG_EVERY == 0 and count == AT_ONCE:  # whole tables are looked up at once in it
        page_of_all = "\n".join(text for text in drawn if encodable(text)) + "\n"
        drawn[-1] = (page_of_all * (LONG // len(page_of_all) + 1))[: LONG + rng.randint(1, 99)]
    return drawn


def encodable(text: str) -> bool:
    """Whether a text has no half of a surrogate pair: one of them sends a whole batch another way."""
    return not any("\ud800" <= c <= "\udfff" for c in text)


def hostile(rng: random.Random, _: Sequence[str]) -> str:
    """Draw pieces that break cleaners, now and then a piece many times."""
    pieces = rng.choices(STOCK, k=rng.randint(1, 8))
    return "".join(p * rng.choice((1, 1, 1, 1, 1, 2, 3, 9)) if len(p) <= SHORT else p for p in pieces)


def anything(rng: random.Random, _: Sequence[str]) -> str:
    """Draw from all of Unicode, halves of surrogate pairs included."""
    few = [rng.choice(BLOCKS) for _ in range(rng.randint(1, 4))]
    return "".join(chr(rng.randint(*rng.choice(few))) for _ in range(rng.randint(1, 24)))


def mutated(rng: random.Random, lines: Sequence[str]) -> str:
    """Draw a line, more often a part of one, and change it in one to six ways."""
    text = rng.choice(lines)
    if rng.random() < 0.7:  # noqa: PLR2004
        start = rng.randint(0, max(0, len(text) - LEAST))
        text = text[start : start + rng.randint(LEAST, 50)]
    for _ in range(rng.randint(1, 6)):
        text = rng.choice(MUTATIONS)(rng, text, lines)
    return text[:1_000]


def page(rng: random.Random, lines: Sequence[str]) -> str:
    """Draw lines from a small stock, some of them mutated, so that twins and near-twins are common."""
    stock = [rng.choice(lines) if rng.random() < 0.7 else mutated(rng, lines) for _ in range(rng.randint(1, 4))]  # noqa: PLR2004
    part = rng.choice(PARTS)
    return part.join(rng.choice((*stock, "")) for _ in range(rng.randint(1, 5)))


def mixture(rng: random.Random, lines: Sequence[str]) -> str:
    """Draw two strings of the other kinds, one after the other."""
    return "".join(rng.choice((hostile, anything, mutated, page))(rng, lines) for _ in range(2))


def _span(rng: random.Random, text: str) -> tuple[int, int]:
    start = rng.randint(0, len(text))
    return start, min(len(text), start + rng.choice((1, 1, 2, 5, 20, 80)))


def _insert(rng: random.Random, text: str, _: Sequence[str]) -> str:
    at = rng.randint(0, len(text))
    return text[:at] + rng.choice(STOCK) + text[at:]


def _delete(rng: random.Random, text: str, _: Sequence[str]) -> str:
    start, end = _span(rng, text)
    return text[:start] + text[end:]


def _double(rng: random.Random, text: str, _: Sequence[str]) -> str:
    start, end = _span(rng, text)
    return text[:start] + text[start:end] * rng.choice((2, 2, 3, 6)) + text[end:]


def _swap(rng: random.Random, text: str, _: Sequence[str]) -> str:
    start, middle, end = sorted(rng.randint(0, len(text)) for _ in range(3))
    return text[:start] + text[middle:end] + text[start:middle] + text[end:]


def _splice(rng: random.Random, text: str, lines: Sequence[str]) -> str:
    other = rng.choice(lines)
    return text[: rng.randint(0, len(text))] + other[rng.randint(0, len(other)) :]


def _normalize(rng: random.Random, text: str, _: Sequence[str]) -> str:
    start, end = _span(rng, text) if rng.random() < 0.5 else (0, len(text))  # noqa: PLR2004
    return text[:start] + unicodedata.normalize(rng.choice(("NFD", "NFD", "NFC", "NFKD")), text[start:end]) + text[end:]


def _misread(rng: random.Random, text: str, _: Sequence[str]) -> str:
    start, end = _span(rng, text) if rng.random() < 0.5 else (0, len(text))  # noqa: PLR2004
    data = text[start:end].encode(rng.choice(WRITTEN_IN), rng.choice(("replace", "ignore")))
    table, codec = rng.choice(("whatwg", "replace", "ignore")), rng.choice(CODECS)
    read = data.decode(codec, table) if table != "whatwg" else "".join(map(_as_browsers_read(codec).__getitem__, data))
    return text[:start] + read + text[end:]


def _respell(rng: random.Random, text: str, _: Sequence[str]) -> str:
    variants = _variants()
    return "".join(rng.choice(variants[c]) if c in variants and rng.random() < 0.3 else c for c in text)  # noqa: PLR2004


def _escape(rng: random.Random, text: str, _: Sequence[str]) -> str:
    start, end = _span(rng, text)
    hard = "".join(f"&#{ord(c)};" for c in text[start:end])
    return text[:start] + rng.choice((hard, html.escape(text[start:end]))) + text[end:]


MUTATIONS = (_insert, _insert, _insert, _delete, _double, _swap, _splice, _normalize, _misread, _respell, _escape)


@cache
def _as_browsers_read(codec: str) -> list[str]:
    return [bytes([b]).decode(codec, "ignore") or chr(b) for b in range(256)]


@cache
def _variants() -> dict[str, str]:
    """For each character all that a fold or a repair of forms would make it of."""
    found: dict[str, str] = {}
    for variant, plain in (*folding.fold_table().items(), *forms.letter_forms().items()):
        found[plain] = found.get(plain, "") + variant
    return {plain: variants for plain, variants in found.items() if len(plain) == 1}


@cache
def corpus_lines(path: Path) -> tuple[str, ...]:
    """Read lines of a corpus, some thousands at most."""
    documents = arclean.read_documents(path, on_reject=lambda _: None)
    lines = (line for d in islice(documents, MOST_DOCUMENTS) for line in d.text.split("\n") if line.strip())
    return tuple(line[:LONGEST_LINE] for line in islice(lines, MOST_LINES))
