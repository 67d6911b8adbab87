"""Hypothesis strategies for scraped Arabic text, for this project's tests and for other projects' own.

They make collisions likely: small alphabets, repeated lines, mojibake made by really mis-encoding, characters that
break cleaners, and then all of Unicode. Needs `pip install hypothesis` (or the extra `arclean[testing]`).

Where a strategy knows what became of a text, it draws both: `mojibake` the damage with the text that was damaged,
`near_duplicate_pairs` the copy with the text that was copied. So a test can say what ought to come out.
"""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import strategies as st

from arclean import alphabet
from arclean.dedup import find_duplicates
from arclean.rules.spans import protected_spans

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


class Alike(NamedTuple):
    """A text, a copy of it, and how alike they are: what `arclean.find_duplicates` counts, exactly."""

    text: str
    copy: str
    jaccard: float


def words() -> st.SearchStrategy[str]:
    """Draw Arabic words, some of them vocalised or stretched, and now and then a foreign one."""
    plain = st.sampled_from(WORDS)
    return st.one_of(plain, plain, plain.flatmap(spelling_variants), st.sampled_from(FOREIGN))


def sentences(least: int = 1, most: int = 14) -> st.SearchStrategy[str]:
    """Draw `least` to `most` words with spaces between and perhaps a full stop."""
    joined = st.lists(words(), min_size=least, max_size=most).map(" ".join)
    return st.tuples(joined, st.sampled_from(["", "", ".", "؟", "،", "!"])).map("".join)


def stories(least: int = 40, most: int = 120) -> st.SearchStrategy[str]:
    """Draw texts of `least` to `most` words, none of them twice: long enough to be compared by runs of five words.

    Raises ValueError for more words than there are.
    """
    if most > len(_VOCABULARY):
        raise ValueError(f"most={most}: there are {len(_VOCABULARY)} words; join several stories")
    return st.lists(st.sampled_from(_VOCABULARY), min_size=least, max_size=most, unique=True).map(" ".join)


# A story that repeats one word is a single run of five: then no copy can be alike to it by, say, .8.
_VOCABULARY = tuple(dict.fromkeys(prefix + word for prefix in ("", "و", "ب", "ف") for word in WORDS))


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

    >>> from hypothesis import find, strategies as st
    >>> find(mojibake(st.just("كتاب"), ["cp1256"]), lambda damage: True)
    Damage(text='كتاب', damaged='ظƒطھط§ط¨', codec='cp1256')
    """
    return st.builds(_damaged, sentences(2, 8) if clean is None else clean, st.sampled_from(codecs))


def _damaged(text: str, codec: str) -> Damage:
    """Read a text's UTF-8 bytes in `codec`; undefined bytes become the C1 control of the same number (WHATWG)."""
    data = text.encode("utf-8", "replace")
    return Damage(text, "".join(bytes([b]).decode(codec, "ignore") or chr(b) for b in data), codec)


def spelling_variants(text: str) -> st.SearchStrategy[str]:
    """Draw the same words as another hand would type them, or another program write them.

    Vowel marks and tatweel come in; alef, yeh, heh, kaf, digits and punctuation take their other forms; letters become
    presentation forms. Addresses, @handles and #hashtags stay, as another spelling of them is another address.

    Parameters: `text` is in Arabic. `arclean.FOLD` makes all variants equal, and to `arclean.find_duplicates` they are
    one text.

    >>> from hypothesis import find
    >>> find(spelling_variants("إلى المدرسة"), lambda variant: variant.endswith("ه"))
    'إلى المدرسه'
    """
    kept = {i for start, end in protected_spans(text) for i in range(start, end)}
    return st.tuples(*(st.just(c) if i in kept else _WRITINGS.get(c, st.just(c)) for i, c in enumerate(text))).map(
        "".join
    )


_OTHER_HAND = {
    **dict.fromkeys("أإآ", "ا"),
    "ى": "ي",
    "ي": "ی",
    "ة": "ه",
    "ك": "ک",
    **{str(digit): chr(ord("\N{ARABIC-INDIC DIGIT ZERO}") + digit) for digit in range(10)},
    "،": ",",
    "؛": ";",
    "؟": "?",
}
_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةأإآؤئء"
# The isolated forms of Arabic Presentation Forms-B: what old typesetting programs wrote for letters.
_FORMS = {
    chr(int(parts[1], 16)): chr(point)
    for point in range(0xFE80, 0xFEF3)
    if (parts := unicodedata.decomposition(chr(point)).split())[:1] == ["<isolated>"]
}


def _writings(char: str) -> st.SearchStrategy[str]:
    """Draw a character as somebody else may write it; itself first, so that failures are shown on what was given."""
    others = [char, char, _OTHER_HAND.get(char, char), _FORMS.get(char, char)]
    if char in _LETTERS:
        others += [char + mark for mark in MARKS[:5]] + [char + alphabet.TATWEEL]
    return st.sampled_from(others)


_WRITINGS = {char: _writings(char) for char in sorted({*_LETTERS, *_OTHER_HAND})}


def near_duplicates(text: str, changed: float = 0.05) -> st.SearchStrategy[str]:
    """Draw copies of a text in which up to the given share of the words is replaced, wherever they stand.

    Parameters: `changed` between 0 and 1. With k of n words replaced, at most 5k of the n - 4 runs of five words
    differ, and the Jaccard similarity is at least (n - 4 - 5k) / (n - 4 + 5k) where no run stands twice in the text.
    For a similarity that you choose, see `near_duplicate_pairs`.
    """
    parts = text.split(" ")
    places = st.lists(st.integers(0, max(0, len(parts) - 1)), max_size=int(len(parts) * changed), unique=True)

    def rewritten(chosen: list[int]) -> str:
        return " ".join("بديل" if i in chosen else word for i, word in enumerate(parts))

    return places.map(rewritten)


def near_duplicate_pairs(jaccard: float, originals: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[Alike]:
    """Draw a text and a copy with one passage rewritten, as alike as you choose.

    The similarity comes as near to `jaccard` as whole words allow: in a story of 40 words within .03, in one of 120
    within .01. The pair says what it is exactly.

    Parameters: `jaccard` between 0 and 1; `originals` gives the texts (stories by default).

    Raises ValueError for a similarity outside of 0 to 1.

    >>> from hypothesis import find
    >>> pair = find(near_duplicate_pairs(0.8), lambda pair: True)
    >>> round(pair.jaccard, 2)
    0.8
    """
    if not 0 <= jaccard <= 1:
        raise ValueError(f"jaccard={jaccard!r}: a similarity is 0 at least and 1 at most, for instance 0.8")
    places = st.floats(0, 1, exclude_max=True)

    def made(text: str, place: float) -> Alike:
        # One word inside a text costs five runs, one at its edge a single run: near to 1 only the edge comes near.
        both = (_rewritten(text, place, jaccard), _rewritten(text, 0, jaccard))
        return min(both, key=lambda pair: abs(pair.jaccard - jaccard))

    return st.builds(made, stories() if originals is None else originals, places)


def _rewritten(text: str, place: float, jaccard: float) -> Alike:
    """Rewrite as long a passage at `place` as brings the similarity nearest to the one that is wanted.

    The passage grows to the right, and from the text's end on to the left: what was shared with a longer one is shared
    with a shorter one, so that the length can be found by halving.
    """
    parts = text.split(" ")

    def with_new(count: int) -> Alike:
        start = min(int(place * len(parts)), len(parts) - count)
        copy = " ".join((*parts[:start], *map(_new_word, range(count)), *parts[start + count :]))
        found = find_duplicates((("text", text), ("copy", copy)), threshold=_ANY).pairs
        return Alike(text, copy, found[0].jaccard if found else 0.0)

    few, many = 0, len(parts)
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (middle, many) if with_new(middle).jaccard >= jaccard else (few, middle)
    return min(with_new(few), with_new(many), key=lambda pair: abs(pair.jaccard - jaccard))


_ANY = 1e-9  # no two texts of under a thousand million runs share less than this and share anything


def _new_word(number: int) -> str:
    """Spell a number in letters that no folding touches: a word that no text has, and none twice.

    >>> _new_word(0), _new_word(17)
    ('ظظبببب', 'ظظببدج')
    """
    digits = f"{number:04o}"
    return "ظظ" + "".join("بجدرسعلم"[int(digit)] for digit in digits)
