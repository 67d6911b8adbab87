"""Hypothesis strategies for scraped Arabic text, for this project's tests and for other projects' own.

They make collisions likely: small alphabets, repeated lines, mojibake made by really mis-encoding, characters that
break cleaners, and then all of Unicode. Needs `pip install hypothesis` (or the extra `arclean[testing]`).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from hypothesis import strategies as st

from arclean import alphabet

# Words whose spelling varies: every form of alef, hamza on each seat, final yeh and heh, and words that differ in one
# letter only, so that a fold that goes too far meets its counterexample.
WORDS = (
    "أحمد إلى آخر امرأة على علي مدرسة مدرسه مؤمن شيء سائل ماء رؤوف مسؤول بئر الرياض القاهرة في من قال قالت هذا هذه الذي"
    " كتاب كتب قلب كلب عمرو عمر الله اللهم ممكن جدا ههه الخبر صورة تعليق شارك اليوم أمس الثلاثاء"
).split()
FOREIGN = ("می\u200cخواهم", "کتاب", "یہ", "ئەم", "café", "naïve", "hello", "Привет", "हिन्दी", "שָׁלוֹם")
CHROME = (
    "شارك",
    "هل أعجبك هذا المقال؟",
    "0 تعليق",
    "٣ تعليقات",
    "اقرأ أيضاً: خبر آخر",
    "Skip to content",
    "XS",
    "SM",
    "آخر تحديث: 12 يونيو 2020",
    "جميع الحقوق محفوظة © 2020",
)
CAPTIONS = (
    "متظاهرون في ساحة التحرير وسط العاصمة بغداد مساء أمس. [رويترز]",
    "متظاهرون في ساحة التحرير وسط العاصمة بغداد مساء الأحد. [رويترز]",
    "صورة: أ ف ب",
)
PROTECTED = ("https://example.com/أخبار_ـ?x=١٢&y=Ab", "@أحمد_علي", "#إيمان", "info@example.com", "```\nأ = 1\n```")
MARKS = tuple("\u064b\u064e\u0650\u0651\u0652\u0653\u0654\u0655\u0656\u0670\u06d6\u06e1\u06e5\u0610\u08f0\u0301")
PIECES = (
    *"ابتسلمنهويىةءأإآٱٲؤئکیہھۀێ",
    *MARKS,
    *"ـ٣۴٫٬٪،؛؟.…«»“-_\t\u00a0\u202f\u2028\x85\x00",
    *(alphabet.INVISIBLES + "\ufe0f"),
    *("\n", "\n\n", "\r\n", " ", "  ", "ههههه", "جداااا", "&amp;", "&#1571;", "&nbsp;", "&amp;amp;lt;"),
    *"ﻻﻷﷲﷺ﷽﷼ﺍﻟ\ufe76\ufe77\ufc5b",
    *("👍🏽", "👨\u200d👩\u200d👧", "❤\ufe0f", "\U0001ee00", "\U0010ffff", "\ufffd", "\ud83d", "\ude00"),
    *("Ø§Ù„Ù", "ط§ظ„ط³", "ÇáÓáÇã", "é", "½", "²", "İ", "ß"),
)

CODECS = ("latin-1", "cp1252", "cp1256", "mac_roman", "cp437", "cp1251")
"""The encodings that UTF-8 is commonly misread in."""


class Damage(NamedTuple):
    """A text and what became of it when its bytes were read in the wrong encoding."""

    text: str
    damaged: str
    codec: str


def words() -> st.SearchStrategy[str]:
    """Draw Arabic words, some of them vocalised or stretched, and now and then a foreign one."""
    plain = st.sampled_from(WORDS)
    return st.one_of(plain, plain, plain.flatmap(spelling_variants), st.sampled_from(FOREIGN))


def sentences(least: int = 1, most: int = 14) -> st.SearchStrategy[str]:
    """Draw `least` to `most` words with spaces between and perhaps a full stop."""
    joined = st.lists(words(), min_size=least, max_size=most).map(" ".join)
    return st.tuples(joined, st.sampled_from(["", "", ".", "؟", "،", "!"])).map("".join)


def scraped_lines() -> st.SearchStrategy[str]:
    """Draw a line as pages have them: story, chrome, caption, address, damage, or blank."""
    return st.one_of(
        sentences(),
        sentences(8, 20),
        st.sampled_from(CHROME),
        st.sampled_from(CAPTIONS),
        st.sampled_from(PROTECTED),
        mojibake().map(lambda d: d.damaged),
        st.just(""),
    )


def scraped_pages() -> st.SearchStrategy[str]:
    r"""Draw whole pages: lines from a small stock, so that twins and repeats are common.

    >>> from hypothesis import find
    >>> "شارك" in find(scraped_pages(), lambda page: "شارك" in page.split("\n")).split("\n")
    True
    """
    stock = st.lists(scraped_lines(), min_size=1, max_size=6)
    lines = stock.flatmap(lambda lines: st.lists(st.sampled_from(lines), max_size=14))
    return st.tuples(lines, st.sampled_from(["\n", "\n\n", "\r\n"])).map(lambda page: page[1].join(page[0]))


def hostile_text() -> st.SearchStrategy[str]:
    """Draw characters that break cleaners, in any order: stray marks, halves of emoji, joiners, controls, forms."""
    return st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def texts() -> st.SearchStrategy[str]:
    """Draw any text that a cleaner may meet: pages, hostile text, all of Unicode with surrogates, and mixtures."""
    anything = st.text(st.characters(), max_size=20)
    part = st.one_of(scraped_pages(), hostile_text(), sentences(), anything)
    return st.one_of(scraped_pages(), hostile_text(), anything, st.lists(part, max_size=3).map("".join))


def mojibake(clean: st.SearchStrategy[str] | None = None, codecs: Sequence[str] = CODECS) -> st.SearchStrategy[Damage]:
    """Draw texts with what mis-encoding makes of them: UTF-8 bytes read as browsers read an old code page.

    Parameters: `clean` gives the texts (sentences by default), `codecs` the encodings that they are misread in.
    """
    return st.builds(_damaged, clean or sentences(2, 8), st.sampled_from(codecs))


def _damaged(text: str, codec: str) -> Damage:
    """Read a text's UTF-8 bytes in `codec`; undefined bytes become the C1 control of the same number (WHATWG)."""
    data = text.encode("utf-8", "replace")
    return Damage(text, "".join(bytes([b]).decode(codec, "ignore") or chr(b) for b in data), codec)


def spelling_variants(text: str) -> st.SearchStrategy[str]:
    """Draw the same words as another hand would type them: marks, tatweel, alef, yeh and heh forms, digits, forms.

    Parameters: `text` in Arabic. `arclean.FOLD` makes all variants equal.
    """
    changes: list[Callable[[str], st.SearchStrategy[str]]] = [
        lambda c: st.sampled_from(MARKS[:5]).map(lambda mark: c + mark),
        lambda c: st.just(c + alphabet.TATWEEL),
        lambda c: st.just(_OTHER_HAND.get(c, c)),
        st.just,
        st.just,
    ]
    chars = [st.one_of([change(c) for change in changes]) if c in _WRITTEN else st.just(c) for c in text]
    return st.tuples(*chars).map("".join)


_OTHER_HAND = {
    **dict.fromkeys("أإآ", "ا"),
    "ى": "ي",
    "ي": "ی",
    "ة": "ه",
    "ك": "ک",
    **{str(i): chr(0x660 + i) for i in range(10)},
}
_WRITTEN = frozenset("ابتثجحخسشصضطظعغفقكلمنهيىةأإآ")


def near_duplicates(text: str, changed: float = 0.05) -> st.SearchStrategy[str]:
    """Draw copies of a text in which up to the given share of the words is replaced.

    Parameters: `changed` between 0 and 1. With a share c of n words changed, the Jaccard similarity over word
    5-shingles is at least (1 - 5c) / (1 + 5c).
    """
    parts = text.split(" ")
    places = st.lists(st.integers(0, max(0, len(parts) - 1)), max_size=int(len(parts) * changed), unique=True)

    def rewritten(chosen: list[int]) -> str:
        return " ".join("بديل" if i in chosen else word for i, word in enumerate(parts))

    return places.map(rewritten)
