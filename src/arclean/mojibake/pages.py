"""Single-byte code pages taken for one another: windows-1256 or ISO-8859-6 read as western text, or as each other.

Nothing about such a text is malformed, so the letters alone must tell: the measure is how much likelier the words are
as Arabic than as letters drawn at random, and a word must be long enough to carry that evidence.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from arclean.mojibake.letters import ALPHABET, MARK_COST, MARKS, plausibility, word_cost
from arclean.mojibake.readings import WESTERN, WINDOWS_1256, Reading, Repair, western_name

# A letter drawn at random from the 64 accented letters of C0-FF: the rival explanation of "ÇáÓ", a list of letters.
# European words are no rival: not one in a thousand of them has three accented letters and no other.
RANDOM_LETTER = -math.log(64)
# A word of three letters is the shortest that may speak for itself, and it must be likelier than chance at all: of the
# frequent words of news that long 96 in 100 are, of accented letters drawn at random 3 in 100, and of the lists that
# people write ("ÀÉÈÙÇ", "ÄÖÜ") next to none.
SHORTEST, SURE_ALONE = 3, 0.0
# Beside words in plain Latin letters, where accented ones are at home.
SURE_BESIDE_LATIN = 8.0
# ISO-8859-6 read as windows-1256 has readable Arabic as its rival: e^12, one in 160,000.
SURE_WITHIN_ARABIC = 12.0
# A run as sure as this (e^4, one in 50) takes along the words around it that are no Latin words.
FAR = 4.0
# A run ends where the words after it speak against it by more than this.
DROP = 12.0
# The most that one word may speak against its run: names are spelt as they sound ("دزاغويف"), and the line goes on.
WORST = -8.0
# A character that the right code page does not have cannot come from it.
IMPOSSIBLE = -20.0
# Letters in alphabetical order are a list: "ÇÈÊ" is not ابت.
LIST_STEP, LISTED = 2, -10.0
# A Latin letter and an Arabic one in one word, as in "الـBBC".
MIXED = -5.0
# windows-1256 is some hundred times as common on the web as ISO-8859-6.
RARER = -4.0

_ARABIC = re.compile(f"[{ALPHABET[1:]}{MARKS}]+")
_LETTER = re.compile(f"[{ALPHABET[1:]}]")
_C1 = frozenset(map(chr, range(0x80, 0xA0)))
_ASCII_LETTER = re.compile("[A-Za-z]")
_FRENCH = "àâçèéêëîïôùûü"
"""Letters that windows-1256 has for French: within an Arabic word they are bytes of ISO-8859-6, as in "قضéة"."""


class Page(NamedTuple):
    """A code page, what it was taken for, and what to search for."""

    written: str
    read: Reading
    table: dict[int, str]
    """What each character should have been; those that the right code page does not define are missing."""
    prior: float
    gain: Callable[["Page", str], float]
    hint: re.Pattern[str]
    """What a line must have to be looked at."""
    word: re.Pattern[str]
    outside: re.Pattern[str]
    """What the wrong reading cannot have given: it ends a run."""
    signs: re.Pattern[str]
    """Changed signs after a word, with other signs and digits between, which its run takes along."""


class Token(NamedTuple):
    """A word of the line and what speaks for its repair."""

    start: int
    end: int
    gain: float
    letters: int
    """How many Arabic letters it has in the right reading."""


class Run(NamedTuple):
    """Words that are likelier as Arabic together."""

    tokens: list[Token]
    gain: float
    certain: bool


def relabelled(line: str) -> Iterator[Repair]:
    """Yield the runs of a line that are likelier as Arabic in another single-byte code page.

    >>> [(r.new, r.chain) for r in relabelled("ãÑÍÈÇ ÈÇáÚÇáã") if r.certain]
    [('مرحبا بالعالم', ('windows-1256 read as windows-1252',))]
    """
    for page in pages():
        if page.hint.search(line):
            end = 0
            for region in _regions(page, line):
                for run in _grown(page, line, region, list(_runs(region))):
                    for repair in _repairs(page, line, run, end):
                        end = repair.end
                        yield repair


def _regions(page: Page, line: str) -> Iterator[list[Token]]:
    """Cut the line where a character stands that the wrong reading cannot have given; yield the words between."""
    region: list[Token] = []
    at = 0
    for found in page.word.finditer(line):
        if region and page.outside.search(line, at, found.start()):
            yield region
            region = []
        at = found.end()
        word = found[0]
        new = word.translate(page.table)
        if new == word:
            region.append(Token(*found.span(), 0.0, 0))
        else:
            region.append(Token(*found.span(), page.gain(page, word), len(_LETTER.findall(new))))
    if region:
        yield region


def _runs(tokens: list[Token]) -> Iterator[tuple[int, int]]:
    """Yield the runs of words whose gains sum to a maximum, ended where the sum has dropped by `DROP`: one pass."""
    first, last, total, best = 0, -1, 0.0, 0.0
    for i, token in enumerate(tokens):
        total += token.gain
        if total > best:
            best, last = total, i
        if total <= 0 or total < best - DROP:
            if best > 0:
                yield first, last
            first, total, best = i + 1, 0.0, 0.0
    if best > 0:
        yield first, last


def _grown(page: Page, line: str, region: list[Token], runs: list[tuple[int, int]]) -> Iterator[Run]:
    """Yield the runs of a region with what they take along; runs that meet become one."""
    latin = any(not token.letters and _ASCII_LETTER.search(line, token.start, token.end) for token in region)
    grown: list[tuple[int, int, float]] = []
    for core_first, core_last in runs:
        gain = math.fsum(token.gain for token in region[core_first : core_last + 1])
        first = _extended(page, line, region, core_first, -1) if gain >= FAR else core_first
        last = _extended(page, line, region, core_last, 1) if gain >= FAR else core_last
        if grown and first <= grown[-1][1] + 1:
            before = grown.pop()
            first, gain = min(first, before[0]), gain + before[2]
        grown.append((first, last, gain))
    for first, last, gain in grown:
        run = region[first : last + 1]
        if page.read is WINDOWS_1256:
            certain = gain >= SURE_WITHIN_ARABIC
        else:
            floor = SURE_BESIDE_LATIN if latin else SURE_ALONE
            # What is no more than likely needs the rest of its line: "ÃÕÇ ãõç" lists letters, though أصا may be a word.
            borne_out = gain >= FAR or math.fsum(token.gain for token in region) >= 0
            certain = gain >= floor and borne_out and max(token.letters for token in run) >= SHORTEST
        # The prior is between the two pages; against chance either may speak for itself.
        yield Run(run, gain + page.prior, certain)


def _extended(page: Page, line: str, region: list[Token], at: int, step: int) -> int:
    """Return the last word that a run takes along in one direction, because nothing but the run explains it.

    A rare name or a single letter speaks against the run that it belongs to: "æ" is a letter of Danish, and after six
    words in which it was و it is و. Only what readable Arabic surrounds can end before the line does.
    """
    spent = 0.0
    while 0 <= at + step < len(region):
        token = region[at + step]
        spent += min(token.gain, 0.0)
        if _foreign(line, token) or token.gain < WORST or (page.read is WINDOWS_1256 and spent < -DROP):
            break
        at += step
    return at


def _repairs(page: Page, line: str, run: Run, floor: int) -> Iterator[Repair]:
    """Yield the repair of a run, in pieces where a Latin word stands in it that the repair would spoil.

    Parameters: `floor` is where the last repair ended.
    """
    span = line[run.tokens[0].start : run.tokens[-1].end]
    read = western_name(span) if page.read is WESTERN else page.read.name
    for piece in _pieces(line, run.tokens):
        signs = page.signs.match(line, piece[-1].end)
        start, end = piece[0].start, signs.end() if signs else piece[-1].end
        while start > floor and line[start - 1] in _C1 and ord(line[start - 1]) in page.table:
            start -= 1  # an opening quote: nobody writes a control character
        floor = end
        new = line[start:end].translate(page.table)
        if new != line[start:end]:
            yield Repair(start, end, new, (f"{page.written} read as {read}",), run.gain, run.certain)


def _pieces(line: str, run: list[Token]) -> Iterator[list[Token]]:
    piece: list[Token] = []
    for token in run:
        if _foreign(line, token):
            if piece:
                yield piece
            piece = []
        else:
            piece.append(token)
    if piece:
        yield piece


def _foreign(line: str, token: Token) -> bool:
    """Tell whether a word is better left: "São" beside damaged words is whole, "ÇáÜBBC" is الـBBC."""
    return token.gain < 0 and token.letters < 2 and bool(_ASCII_LETTER.search(line, token.start, token.end))  # noqa: PLR2004


def _gain_over_chance(page: Page, word: str) -> float:
    """Return how much likelier a western word is as Arabic than as letters drawn at random."""
    if any(not c.isascii() and ord(c) not in page.table for c in word):
        return IMPOSSIBLE
    new = word.translate(page.table)
    arabic = _ARABIC.findall(new)
    total = (len(arabic) * 2 - bool(_ARABIC.match(new)) - bool(_ARABIC.match(new[-1]))) * MIXED
    if len(word) >= SHORTEST and all(0 < ord(b) - ord(a) <= LIST_STEP for a, b in pairwise(word)):
        total += LISTED
    for part in arabic:
        # Marks speak neither way where they may stand: "åäö", the end of an alphabet, would be a vocalised هنِ.
        letters = len(_LETTER.findall(part))
        total += word_cost(part) - letters * RANDOM_LETTER - (len(part) - letters) * MARK_COST
    return max(WORST, total)


def _gain_over_plain(page: Page, word: str) -> float:
    """Return how much likelier a word is in the right reading than as it stands."""
    if any(not c.isascii() and ord(c) not in page.table for c in word):
        return IMPOSSIBLE
    return plausibility(word.translate(page.table)) - plausibility(word)


@cache
def pages() -> tuple[Page, ...]:
    """Return the confusions searched for."""
    return (
        _page("windows-1256", "cp1256", WESTERN, 0.0, _gain_over_chance),
        _page("ISO-8859-6", "iso8859-6", WESTERN, RARER, _gain_over_chance),
        _page("ISO-8859-6", "iso8859-6", WINDOWS_1256, 0.0, _gain_over_plain),
    )


def _page(written: str, codec: str, read: Reading, prior: float, gain: Callable[[Page, str], float]) -> Page:
    right = {ord(c): bytes([byte]).decode(codec, "ignore") for c, byte in read.to_byte.items()}
    table = {point: c for point, c in right.items() if c}
    # Bytes 80-FF are words where windows-1256 or the wrong reading has a letter or a mark for them.
    letters = {c for c, byte in read.to_byte.items() if c.isalpha() or _is_wordly(bytes([byte]).decode("cp1256"))}
    signs = {c for c in read.to_byte if c not in letters and table.get(ord(c), c) != c}
    kept = set(read.to_byte) - letters - signs
    word = _characters(letters)
    within_arabic = f"[{ALPHABET[1:]}][{_FRENCH}]|[{_FRENCH}][{ALPHABET[1:]}]"
    return Page(
        written,
        read,
        table,
        prior,
        gain,
        re.compile(within_arabic if read is WINDOWS_1256 else f"[{word}]{{2}}"),
        re.compile(f"[A-Za-z{word}]+"),
        re.compile(f"[^\x00-\x7f{_characters(read.to_byte)}]"),
        re.compile(f"(?:[\x00-@\\[-`{{-\x7f{_characters(kept)}]*[{_characters(signs)}]+)*"),
    )


def _is_wordly(character: str) -> bool:
    # The multiplication sign is where ISO-8859-6 has the letter tah.
    return character.isalpha() or character == "\N{MULTIPLICATION SIGN}" or bool(_ARABIC.match(character))


def _characters(characters: Iterable[str]) -> str:
    return "".join(re.escape(c) for c in sorted(characters))
