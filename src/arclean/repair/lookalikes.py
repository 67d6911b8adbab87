"""Letters of the neighbours' keyboards in Arabic words, and the Arabic letters that were meant.

The evidence comes from three circles: the text must be Arabic beyond doubt, the line must not be another language's,
and the word must be Arabic by itself or stand among Arabic words. A name or phrase quoted in Persian has none of that.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from arclean import alphabet
from arclean.edits import Edit
from arclean.lines import split_lines
from arclean.repair.languages import LOOKALIKE, LOOKALIKES, UNREAD, WORD, Vote, bare, count, vote, votes

MAKSURA = "\N{ARABIC LETTER ALEF MAKSURA}"
_YEH = "\N{ARABIC LETTER FARSI YEH}"
_DAGGER = "\N{ARABIC LETTER SUPERSCRIPT ALEF}"

_NEAR, _CLOSE = 3, 2  # words on each side whose evidence counts for, and against
_HABIT = 3  # so many words that are Arabic by themselves and mistyped show that the whole text was typed so

# Between these stands a phrase of its own: a Persian name in brackets has nothing to do with the words around them.
_PHRASE = re.compile('[^()\\[\\]{}«»"“”‹›:.!؟?|•\N{EN DASH}\N{EM DASH}\t]+')


def mistyped_letters(text: str) -> Iterator[Edit]:
    """Yield an edit for each letter that an Arabic word has from another keyboard.

    >>> [text for *_, text, _ in mistyped_letters("قرأ الطالب کتاب التاريخ في مكتبة المدرسة")]
    ['ك']
    """
    if not any(map(text.__contains__, LOOKALIKES)):
        return
    whole = votes(text)
    if not whole.evident:
        return
    reason = f"in Arabic text, {whole.arabic} words of it are Arabic and {whole.foreign} are not"
    spelt = frozenset(WORD.findall(bare(text)))
    lines = [line for line in split_lines(text) if LOOKALIKE.search(line.text)]
    judged = [(line, list(_phrases(line.text))) for line in lines]
    habit = sum(w.arabic_by_itself and w.mistyped for _, phrases in judged for p in phrases for w in p) >= _HABIT
    for line, phrases in judged:
        here = count(w.vote for phrase in phrases for w in phrase)
        if here.foreign * 2 > here.arabic:
            continue
        for phrase in phrases:
            plain = here.evident and not here.foreign and any(w.arabic_by_itself for w in phrase)
            for i, word in enumerate(phrase):
                if word.mistyped and (word.arabic_by_itself or _among_arabic(phrase, i, habit or plain)):
                    neighbours = {w.bare for w in phrase[max(0, i - 1) : i + 2]}
                    yield from _letters(word, line.start, reason, spelt, neighbours)


class _Word:
    """A word of a line, with what it says."""

    __slots__ = ("arabic_by_itself", "bare", "mistyped", "start", "text", "vote")

    def __init__(self, text: str, start: int, *, of_number: bool) -> None:
        self.text = text
        self.start = start
        self.bare = bare(text)
        self.vote = vote(self.bare)
        # A letter that stands alone is spoken of, not used ("the letter ی"), unless it is the era of a year: 1436ھ.
        self.mistyped = (len(self.bare) > 1 or of_number) and LOOKALIKE.search(text) is not None
        self.arabic_by_itself = self.vote in (Vote.SURE, Vote.LIKELY)


def _phrases(line: str) -> Iterator[list[_Word]]:
    for phrase in _PHRASE.finditer(line):
        words = WORD.finditer(line, *phrase.span())
        if found := [_Word(w[0], w.start(), of_number=line[w.start() - 1].isdigit()) for w in words]:
            yield found


def _among_arabic(phrase: list[_Word], i: int, likely: bool) -> bool:
    """Whether a word that does not vote is Arabic: likely so or near words that are, and not close to foreign ones."""
    if phrase[i].vote is Vote.FOREIGN:
        return False
    if any(w.vote is Vote.FOREIGN for w in phrase[max(0, i - _CLOSE) : i + _CLOSE + 1]):
        return False
    near = count(w.vote for w in phrase[max(0, i - _NEAR) : i + _NEAR + 1])
    return likely or near.sure > 0 or near.likely > 1


def _letters(word: _Word, offset: int, reason: str, spelt: frozenset[str], neighbours: set[str]) -> Iterator[Edit]:
    """Yield an edit for each look-alike letter of a word."""
    last = len(word.text.rstrip(UNREAD)) - 1
    for found in LOOKALIKE.finditer(word.text):
        at = offset + word.start + found.start()
        new = LOOKALIKES[found[0]]
        if found[0] == _YEH and found.start() == last:
            stem = word.bare.rstrip(alphabet.ZWNJ)[:-1].translate(_TO_ARABIC)
            new = MAKSURA if _DAGGER in word.text[last:] or _ends_in_maksura(stem, spelt, neighbours) else alphabet.YEH
        yield Edit(at, at + 1, new, f"{_name(found[0])} {reason}")


_TO_ARABIC = str.maketrans(LOOKALIKES)


@cache
def _name(char: str) -> str:
    return unicodedata.name(char).removeprefix("ARABIC LETTER ").lower()


def _ends_in_maksura(stem: str, spelt: frozenset[str], neighbours: set[str]) -> bool:
    """Whether the word of this stem is written with ى rather than ي after it.

    Persian has one final yeh without dots for both. The commonest words and patterns in ى are listed; else the word's
    spelling elsewhere in the text decides, else ي: ten words end in it for one in ى.
    """
    if stem == "عل" and not _NAMES.isdisjoint(neighbours):
        return False  # محمد علي, علي بن: the name
    particle = _CONJUNCTION.sub("", stem, count=1)
    verb = _FUTURE.sub("", particle, count=1)
    nouns = (stem, particle, _ARTICLE.sub("", stem, count=1), _ARTICLE.sub("", particle, count=1))
    if particle in _PARTICLES or verb in _VERBS or _VERB_PATTERN.fullmatch(verb) or not _NOUNS.isdisjoint(nouns):
        return True
    if stem + alphabet.YEH in spelt or stem + MAKSURA in spelt:
        return stem + alphabet.YEH not in spelt
    return _PATTERN.fullmatch(particle) is not None


_NAMES = frozenset(
    "محمد أحمد بن ابن أبو ابو حسن حسين الحسن الحسين عبد عبدالله الإمام الامام السيد الشيخ الملا مير آغا حاج الرئيس"
    " اللواء العميد العقيد باي باشا صالح ناصر سالم مهدي".split()
)
_CONJUNCTION = re.compile("^[وف](?=..)")
_FUTURE = re.compile("^[سل](?=[يتنأ].)")
_ARTICLE = re.compile("^(?:[بك]?ال|لل|[بلك])(?=..)")

# Stems of words in ى, without it.
_PARTICLES = frozenset(
    "عل إل ال حت مت لد سو شت موس عيس يحي ليل لبن مصطف مرتض نينو ديال سقطر رضو"
    # perfects; those of pattern V have a verbal noun in ي, which takes the article or ل: تولى, but لتولي
    " جر مض قض رأ رو حك أت بك رع طغ عان لاق أد صل غط أجر أبد ألق أعط أفض أنه أمض أوص أخف أهد أوح أدل أثن"
    " أضح أبق تلق تول تخط تصد تبن تمن تجل تخل انته التق اكتف اختف ارتق اشتر اعتد احتو ادع استول استدع"
    " القو القا تعال ألغ أضف نف كف".split()
)
_VERBS = frozenset(
    "يسم تسم يدع تدع يسع تسع نسع يبق تبق نبق يحظ تحظ ينس تنس ننس أنس يخش تخش نخش أخش ير تر نر أر يرض يرع ترع يبن"
    " يخف يقو يعز تعز تحص يستثن ترق يطغ تطغ تقو".split()
)
_VERB_PATTERN = re.compile("[يتنأ]ت(?:..|.ا.)")
"""يتولى, تتلقى, نتمنى, يتعافى: the imperfects of patterns V and VI"""

_NOUNS = frozenset(
    "مستشف مستو مستثن ملتق منتد محتو مبن معن مغز مأو منف مجر مسع مقه مله مرم متوف مسم مثن مقتض مصل مكن"
    " أخر اخر آخر كبر صغر عظم قصو وسط أول اول إحد أعل أدن أقص أقو أغن أسم أذك أحل أغل اعل ادن اقص أعم"
    " مرض قتل جرح أسر موت نصار يتام قدام أنث فصح جماد ذكر شكو دعو فتو جدو تقو عدو فوض موسيق شكاو"
    " فتاو دعاو حم مد صد رب قر رؤ ضح هو نو ثر سد قصار مول مفد أفع شور هد حلو أرق أقس أذ فت منح مشف مرع أضح".split()
)
_PATTERN = re.compile("ا[^ل]ت.|است..|مست..")
"""اشترى, انتهى; استولى; مستوى: what has this shape and ends in yeh is written with ى"""
