"""UTF-8 as it looks through a wrong reading: how it is found, and what it says once it is read again."""

import re
from functools import cache
from typing import NamedTuple

from arclean.mojibake.readings import WESTERN, Reading

# Well-formed UTF-8 beyond ASCII (RFC 3629, section 4), so that what matches always decodes.
UTF8_SEQUENCES = (
    ((0xC2, 0xDF), (0x80, 0xBF)),
    ((0xE0, 0xE0), (0xA0, 0xBF), (0x80, 0xBF)),
    ((0xE1, 0xEC), (0x80, 0xBF), (0x80, 0xBF)),
    ((0xED, 0xED), (0x80, 0x9F), (0x80, 0xBF)),
    ((0xEE, 0xEF), (0x80, 0xBF), (0x80, 0xBF)),
    ((0xF0, 0xF0), (0x90, 0xBF), (0x80, 0xBF), (0x80, 0xBF)),
    ((0xF1, 0xF3), (0x80, 0xBF), (0x80, 0xBF), (0x80, 0xBF)),
    ((0xF4, 0xF4), (0x80, 0x8F), (0x80, 0xBF), (0x80, 0xBF)),
)

LOST = "\N{REPLACEMENT CHARACTER}"
SOFT_HYPHEN = "\N{SOFT HYPHEN}"

# More than one fatha in twenty characters: the text is vocalised, and a lost byte may have been a vowel's.
VOCALISED = 0.05
FATHA = "\N{ARABIC FATHA}"
_LAST_LETTERS = ("\N{ARABIC LETTER TEH MARBUTA}", "\N{ARABIC LETTER ALEF MAKSURA}")
FEH, HAH = "\N{ARABIC LETTER FEH}", "\N{ARABIC LETTER HAH}"
_SECOND_HALF = re.compile("[\N{ARABIC LETTER FEH}-\N{ARABIC SUKUN}]")
_ASCII_LETTER = re.compile("[A-Za-z]")
OPENING, CLOSING = "\N{LEFT DOUBLE QUOTATION MARK}", "\N{RIGHT DOUBLE QUOTATION MARK}"


class Sequences(NamedTuple):
    """UTF-8 as it looks through a wrong reading."""

    words: re.Pattern[str]
    """Unbroken runs of units."""
    unit: re.Pattern[str]
    """One sequence: the group that matches says what became of it: `whole`, `quote`, `replaced`, `feh` or `hah`."""


@cache
def sequences(reading: Reading) -> Sequences:
    """Build the patterns by which UTF-8 is found under a reading.

    Three losses leave a clue. Strict windows-1252 has no character for five bytes, and puts U+FFFD or nothing in their
    places: of the letters of unvocalised Arabic only feh (D9 81) has one of them, and of the common punctuation only
    the closing quote (E2 80 9D). And a cleaner that strips soft hyphens (AD) takes the second byte of hah (D8 AD).
    """

    def some(first: int, last: int | None = None) -> str:
        return f"[{reading.characters(first, last or first)}]"

    later = some(0x80, 0xBF)
    units = {"whole": "|".join("".join(some(*ends) for ends in sequence) for sequence in UTF8_SEQUENCES)}
    if reading is WESTERN:
        later = f"[{reading.characters(0x80, 0xBF)}{LOST}]"
        units["quote"] = f"{some(0xE2)}{some(0x80)}(?!{later})"
        heads = {1: some(0xC2, 0xDF), 2: some(0xE0, 0xEF), 3: some(0xF0, 0xF4)}
        units["replaced"] = "|".join(f"{head}{later}{{{count}}}" for count, head in heads.items())
        units["feh"] = f"{some(0xD9)}(?!{later})"
    if reading.to_byte.get(SOFT_HYPHEN) == ord(SOFT_HYPHEN):
        units["hah"] = f"{some(0xD8)}(?!{later})"
    unit = "|".join(f"(?P<{name}>{pattern})" for name, pattern in units.items())
    return Sequences(re.compile(f"(?:{'|'.join(units.values())})+"), re.compile(unit))


def read_again(text: str, reading: Reading) -> tuple[str, int]:
    """Return what the bytes behind `text` say as UTF-8, and how many characters had lost a byte.

    A loss without a clue becomes U+FFFD.

    >>> from arclean.mojibake.readings import WESTERN
    >>> read_again("Ø§Ù„ÙÙ„Ùƒ", WESTERN)
    ('الفلك', 1)
    """
    try:
        return reading.bytes_of(text).decode("utf-8"), 0
    except UnicodeError:
        pass  # something is lost: sequence by sequence, then
    pieces: list[str] = []
    losses: dict[int, str] = {}
    at = 0
    for unit in sequences(reading).unit.finditer(text):
        start, end = unit.span()
        pieces.append(text[at:start])
        at = end
        if unit.lastgroup == "whole":
            pieces.append(reading.bytes_of(unit[0]).decode("utf-8"))
            continue
        beside = text[start - 1 : start] + text[end : end + 1] if start else text[end : end + 1]
        if unit.lastgroup == "replaced" or not _ASCII_LETTER.search(beside):  # the Ù of "OÙ" has lost nothing
            losses[len(pieces)] = _lost_character(unit[0], unit.lastgroup or "", reading)
        pieces.append(unit[0])
    pieces.append(text[at:])
    return _restored(pieces, losses), len(losses)


def _lost_character(unit: str, kind: str, reading: Reading) -> str:
    """Return the character that a damaged sequence stands for, or U+FFFD."""
    if kind in ("feh", "hah"):
        return FEH if kind == "feh" else HAH
    first = [reading.to_byte.get(c) for c in unit[:2]]
    if kind == "quote" or (first == [0xE2, 0x80] and len(unit) == 3):  # noqa: PLR2004
        return CLOSING
    return FEH if first == [0xD9, None] else LOST


def _restored(pieces: list[str], losses: dict[int, str]) -> str:
    """Put the lost characters back where the rest of the text bears them out, U+FFFD elsewhere."""
    if not losses:
        return "".join(pieces)
    kept = "".join(piece for i, piece in enumerate(pieces) if i not in losses)
    vocalised = kept.count(FATHA) > VOCALISED * len(kept)
    # Where all of 80-9F is gone, and not only what strict windows-1252 lacks, most letters of U+0640-065F are bare: no
    # text has more feh than lam, meem, noon, heh, waw and yeh together.
    stripped = sum(c == FEH for c in losses.values()) > 1 + len(_SECOND_HALF.findall(kept))
    open_quotes, before = 0, ""
    for i, piece in enumerate(pieces):
        open_quotes += (OPENING in piece) - (CLOSING in piece)
        if i in losses:
            lost = losses[i]
            ended = before in _LAST_LETTERS  # what a vowel mark may follow, and feh not
            unsure = (lost == FEH and (vocalised or stripped or ended)) or (lost == CLOSING and open_quotes < 1)
            pieces[i] = LOST if unsure else lost
            open_quotes -= pieces[i] == CLOSING
        before = pieces[i][-1:] or before
    return "".join(pieces)
