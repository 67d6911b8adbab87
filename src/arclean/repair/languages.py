"""Whose word is it: evidence that a text in the Arabic script is Arabic, or Persian, Urdu, Kurdish, Uyghur, Pashto.

Each word votes at most once, by its letters, its shape or by being a function word; a stretch of text reads as what its
votes say. Most words do not vote: where few do, the callers abstain. Nothing here depends on how a letter is composed.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from enum import IntEnum
from functools import cache
from typing import NamedTuple

from arclean import alphabet

# Letters that an Arabic word has when it was typed on a Persian, Urdu or Kurdish keyboard, and what the author meant.
# Loan letters (پ چ ژ گ ڤ) are none of them: ڤيينا and پاريس are written so on purpose.
LOOKALIKES = {
    "\N{ARABIC LETTER FARSI YEH}": alphabet.YEH,  # or alef maksura, at a word's end: see lookalikes.py
    "\N{ARABIC LETTER KEHEH}": alphabet.KAF,
    "\N{ARABIC LETTER SWASH KAF}": alphabet.KAF,
    "\N{ARABIC LETTER HEH DOACHASHMEE}": alphabet.HEH,
    "\N{ARABIC LETTER HEH GOAL}": alphabet.HEH,
    "\N{ARABIC LETTER AE}": alphabet.HEH,
    "\N{ARABIC LETTER TEH MARBUTA GOAL}": "\N{ARABIC LETTER TEH MARBUTA}",
    "\N{ARABIC LETTER YEH BARREE}": alphabet.YEH,
    "\N{ARABIC LETTER NOON GHUNNA}": "\N{ARABIC LETTER NOON}",
}

# Some of them Arabic text hardly ever has, and Urdu and Kurdish in every line: they speak against Arabic unless the
# word is Arabic beyond doubt (ہذا). The others (ی ک ھ) say nothing by themselves.
_FOREIGN_LOOKALIKES = (
    "\N{ARABIC LETTER HEH GOAL}\N{ARABIC LETTER AE}\N{ARABIC LETTER YEH BARREE}\N{ARABIC LETTER NOON GHUNNA}"
)

_ARABIC = "".join(map(chr, (*range(0x621, 0x63B), *range(0x641, 0x64B), 0x671)))
# Maghribi and foreign names in Arabic: ڤيينا, ڨفصة, أڭادير. Kurdish and Uyghur have them too, beside plainer signs.
_LOANS = (
    "\N{ARABIC LETTER VEH}"
    "\N{ARABIC LETTER FEH WITH THREE DOTS BELOW}"
    "\N{ARABIC LETTER QAF WITH THREE DOTS ABOVE}"
    "\N{ARABIC LETTER NG}"
)

UNREAD = alphabet.ALL_MARKS + alphabet.INVISIBLES + alphabet.TATWEEL
"""What stands in a word and is no letter of it."""

WORD = re.compile(f"[{alphabet.LETTERS}][{alphabet.LETTERS}{UNREAD}]*")
"""A word in the Arabic script, with its marks and the invisible characters in it."""

_SEATED = alphabet.HAMZA_MARKS + alphabet.MADDA  # marks that make another letter of the one they stand on
_UNSEEN = "".join(c for c in UNREAD if c not in _SEATED + alphabet.ZWNJ)
_BARED = re.compile(f"[{_UNSEEN}]+")
_UNSEATED = re.compile(f"[{_SEATED}]+")
_FOREIGN_LETTER = re.compile(f"[{_FOREIGN_LOOKALIKES}]")
_HARD_LETTER = re.compile(f"[^{_ARABIC}{_LOANS}{''.join(LOOKALIKES)}{alphabet.ZWNJ}]")
LOOKALIKE = re.compile(f"[{''.join(LOOKALIKES)}]")
_TO_ARABIC = str.maketrans(LOOKALIKES)

# أ and إ begin no Persian, Urdu or Kurdish word (مأمور and رأی have them inside); ة ends none but quotations.
_ARABIC_SHAPE = re.compile("[وفبكلس]{0,2}[أإ]..|(?:..+)ة$")
_WITH_ARTICLE = re.compile("[وف]?(?:ال|كال|لل|بال(?!ا))(?!له).{3}")

# Common words that no neighbour has: من, ما, هو, بعد, بين, غير, كل and قبل are Persian or Urdu too.
_ARABIC_WORDS = frozenset(
    "في إلى عن هذا هذه ذلك تلك التي الذي الذين كان كانت يكون تكون لقد لم لن ليس ليست هي هناك حيث عند منذ كما عندما خلال"
    " لكن قال قالت وقال يتم عليه عليها فيه فيها منه منها وفي ومن وهي وكان وكانت لها لهم على وعلى حتى الى الي لدى ولم"
    " ولا وقد فقد مما كيف أو أن إن أي".split()
)
_PERSIAN_OR_URDU = frozenset(("فی", "علی", "حتی"))  # which are words of Arabic too, and do not vote

_FOREIGN_WORDS = frozenset(
    # Persian, with either yeh and kaf where Arabic has no such word
    "است از را با در برای براي این آن که كه های هاي ها شد شده شود بود خود نیز نيز یک هست نیست دارد اند باشد همه پس چه"
    # Urdu
    " اور کے کی کا کو نے سے میں ہے ہیں یہ وہ اس ایک بھی تھا تھی کر جو پر نہیں"
    # Kurdish and Pashto
    " بۆ ئەو ئەم لە بە کە چې کوردی کردی فارسی اردو پښتو".split()
)
# Persian parts a prefix (mi- before khaham) and suffixes (-ha, -i, -tarin) from the word by a ZWNJ; Kurdish wrote its
# vowel ە as heh + ZWNJ.
_PARTED = re.compile(
    "ن?م[یي]\u200c|.*ه\u200c|.+\u200c(?:ها|ه?ا?[یي]|ها[یي][یيش]|تر|تر[یي]ن|اند|ام|ا[یي]م|شان|شده?|[کك]نن?ده?)$"
)


class Votes(NamedTuple):
    """How many words of a stretch of text speak for Arabic, strongly or weakly, and for another language."""

    sure: int
    """words that only Arabic has: إلى, المدرسة, أحمد"""
    likely: int
    """words with the article, which neighbours borrow: الرياض, but also Persian المپیک and Urdu الزام"""
    foreign: int
    """words that Arabic has not: letters such as گ ٹ ێ, words such as است and ہے"""
    lookalike: int
    """words that do not vote and have ی, ک or the like: the neighbours' usual letters, or Arabic ones mistyped"""

    @property
    def arabic(self) -> int:
        """How many words speak for Arabic."""
        return self.sure + self.likely

    @property
    def evident(self) -> bool:
        """Whether there is enough evidence for Arabic: إلى الرياض is enough, الوزیر alone is not."""
        return 2 * self.sure + self.likely >= _ENOUGH and self.arabic >= _MAJORITY * self.foreign

    @property
    def other(self) -> bool:
        """Whether more speaks for another language than for Arabic; ی and ک do where nothing else speaks."""
        return self.foreign >= max(self.arabic, 1) or (not self.arabic and self.lookalike > 0)


_ENOUGH = 3  # a sure word and any other one, or three that are likely: الحسيني السيستاني is a name in Persian too
_MAJORITY = 3  # an Arabic page that quotes a Persian sentence stays Arabic; half and half is neither


class Vote(IntEnum):
    """What one word says."""

    SURE = 0
    LIKELY = 1
    FOREIGN = 2
    LOOKALIKE = 3
    NONE = 4


def bare(text: str) -> str:
    r"""Give text without marks, tatweel and invisible characters but ZWNJ; a hamza composed first, so that it stays.

    >>> bare("مُؤمِن") == bare("مو\N{ARABIC HAMZA ABOVE}من") == "مؤمن"
    True
    """
    text = _BARED.sub("", text)
    return _UNSEATED.sub("", unicodedata.normalize("NFC", text)) if _UNSEATED.search(text) else text


def votes(text: str) -> Votes:
    """Count the votes of the words of `text`.

    >>> votes("وصل الوزیر إلى الریاض مساء أمس").evident
    True
    >>> votes("این کتاب را دارم").other
    True
    """
    found = [0] * len(Vote)
    for word, times in Counter(WORD.findall(bare(text))).items():
        found[vote(word)] += times
    return Votes(*found[:-1])


def count(each: Iterable[Vote]) -> Votes:
    """Count votes.

    >>> count([Vote.SURE, Vote.NONE])
    Votes(sure=1, likely=0, foreign=0, lookalike=0)
    """
    found = [0] * len(Vote)
    for one in each:
        found[one] += 1
    return Votes(*found[:-1])


@cache
def _functional() -> dict[str, Vote]:
    """Give the votes of the function words."""
    return {
        **dict.fromkeys(_ARABIC_WORDS, Vote.SURE),
        **dict.fromkeys(_FOREIGN_WORDS, Vote.FOREIGN),
        **dict.fromkeys(_PERSIAN_OR_URDU, Vote.NONE),
    }


def vote(word: str) -> Vote:
    """Say what a `bare` word speaks for.

    >>> vote("المدرسۃ"), vote("الوزیر"), vote("گفتگو"), vote("وزیر"), vote("ڤيينا")
    (<Vote.SURE: 0>, <Vote.LIKELY: 1>, <Vote.FOREIGN: 2>, <Vote.LOOKALIKE: 3>, <Vote.NONE: 4>)
    """
    word = word.strip(alphabet.ZWNJ)
    if (found := _functional().get(word)) is not None:
        return found
    if has_letters_arabic_lacks(word) or (alphabet.ZWNJ in word and _PARTED.match(word)):
        return Vote.FOREIGN
    arabic = word.translate(_TO_ARABIC)
    if _ARABIC_SHAPE.match(arabic) or (len(arabic) > 2 and arabic in _ARABIC_WORDS):  # noqa: PLR2004 (ہے is not هي)
        return Vote.SURE
    if _WITH_ARTICLE.match(arabic):
        return Vote.LIKELY
    if arabic == word:
        return Vote.NONE
    return Vote.FOREIGN if _FOREIGN_LETTER.search(word) else Vote.LOOKALIKE


def has_letters_arabic_lacks(word: str) -> bool:
    """Whether a `bare` word has a letter that is neither Arabic nor mistaken for an Arabic one: گ, ٹ, ێ.

    >>> has_letters_arabic_lacks("گفتگو"), has_letters_arabic_lacks("کتابی")
    (True, False)
    """
    return _HARD_LETTER.search(word) is not None
