"""Decode bytes by what they say, not by what is said of them.

UTF-8 and UTF-16 are known by their form. The single-byte code pages of Arabic have none: each is tried, and the letters
of the result tell, by the same measure that finds mojibake (`arclean.mojibake.letters`). A charset that a server or a
page declares counts as one more piece of evidence, worth about one word.
"""

import codecs
import math
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from arclean.mojibake.letters import plausibility

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Name and prior of each single-byte code page, in nats; beside Arabic, western text, for what is no Arabic at all.
# windows-1256 wrote nearly all of the old Arabic web; ISO-8859-6 some per cent of it, DOS files less, and Mac Arabic is
# ISO-8859-6 with more signs, so that without its own signs the commoner name is the better guess.
PAGES = {
    "windows-1252": 0.1,
    "windows-1256": 0.0,
    "iso-8859-6": -4.0,
    "cp720": -6.0,
    "cp864": -6.0,
    "mac-arabic": -12.0,
}
# What a declared charset is worth: e^6, 400 to 1, the evidence of a word or two. Servers declare western charsets and
# UTF-8 by default, for pages of any kind: those are worth nothing.
DECLARED = 6.0
DEFAULTS = frozenset({"cp1252", "iso8859-1", "utf-8", "ascii"})

# Controls and undefined bytes on top of what a rare sign costs; a letter in a form that does not fit its place; a sign
# of ASCII that is written as a high byte.
ODD_COST, LEFT_OPEN_COST, SECOND_SIGN_COST = -12.0, -3.0, -4.0

# Notations in ASCII, which no page is in.
NOT_OF_TEXTS = frozenset({"unicode-escape", "raw-unicode-escape", "utf-7"})

# Some 300 words, from lines that have something to tell.
SAMPLE = 2400
# Broken UTF-8 has more whole sequences than broken ones; in windows-1256 a whole one is chance, one letter in 200.
WHOLE_TO_BROKEN = 2
# So few sequences may be chance in a declared code page: "ط،" of windows-1256 is well-formed UTF-8.
FEW = 3
# UTF-16 has a telling column of high bytes: 00 (ASCII, Latin-1) and 06 (Arabic); 20 and FE are rarer guests.
UTF16_LEAST, UTF16_SHARE = 4, 0.7

_HIGH = re.compile(rb"[\x80-\xff]")
_LOW = bytes(range(0x80))
_NO_LEADS = bytes(range(0xC0))  # what begins no sequence of several bytes (RFC 3629, section 3)
_UTF16_USUAL = re.compile("[\t\n\r\x20-\x7e\xa0-\xff\u0600-\u06ff\u2010-\u203a\ufb50-\ufdff\ufe70-\ufefc]")
_FORMS = [chr(point) for point in range(0xFE70, 0xFEFD)]
_OPEN_FORMS = "".join(c for c in _FORMS if unicodedata.decomposition(c).startswith(("<initial>", "<medial>")))
_FORM_RUN = re.compile(f"[{_FORMS[0]}-{_FORMS[-1]}]+")
_LEFT_OPEN = re.compile(f"[{_OPEN_FORMS}](?![{_FORMS[0]}-{_FORMS[-1]}\N{ARABIC TATWEEL}])")
_ASCII_SIGN = re.compile("[!-~]")
_ODD = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\N{REPLACEMENT CHARACTER}]")


class Decoded(NamedTuple):
    """Text, the encoding that it was in, and how sure that is."""

    text: str
    encoding: str
    confidence: float
    """Between 0 and 1: how likely this reading is among those that give another text."""


def decode(data: bytes, *, declared: str | None = None) -> str:
    """Return the text of `data`, in whatever encoding it is.

    Parameters: `declared` is the charset that the server, the page or the file claims; it counts as evidence only.
    What no encoding explains becomes U+FFFD. Raises TypeError for a str.

    >>> decode("اللغة العربية".encode("windows-1256"))
    'اللغة العربية'
    >>> decode("اللغة العربية".encode(), declared="windows-1256")
    'اللغة العربية'
    """
    return detect(data, declared=declared).text


def detect(data: bytes, *, declared: str | None = None) -> Decoded:
    """Return the text of `data` with its encoding and the confidence in it.

    Parameters and errors as for `decode`.

    >>> detect("اللغة العربية".encode("iso-8859-6")).encoding
    'iso-8859-6'
    >>> detect("Noël à Besançon".encode("windows-1252"))
    Decoded(text='Noël à Besançon', encoding='windows-1252', confidence=1.0)
    """
    if not isinstance(data, (bytes, bytearray, memoryview)):
        hint = "it is text already" if isinstance(data, str) else "read the file in binary mode"
        msg = f"decode takes bytes, not {type(data).__name__}: {hint}"
        raise TypeError(msg)
    data = bytes(data)
    claimed = _codec_name(declared)
    return _marked(data) or _utf16(data) or _utf8(data, claimed) or _paged(data, claimed)


def _codec_name(declared: str | None) -> str | None:
    """Return Python's name for a declared charset; nothing for one that is unknown or decodes no running text."""
    try:
        name = codecs.lookup((declared or "").strip(" \t\n'\"")).name
        b"\x80".decode(name, "replace")  # refused by base64, rot13, idna, punycode: codecs, but not of texts
    except (LookupError, ValueError):
        return None
    return None if name in NOT_OF_TEXTS else name


def _marked(data: bytes) -> Decoded | None:
    """Decode data that begins with a byte order mark."""
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return Decoded(data[len(mark) :].decode(encoding, "replace"), encoding, 1.0)
    return None


def _utf16(data: bytes) -> Decoded | None:
    """Decode UTF-16 without a mark: in one byte order nearly all units are ASCII or Arabic."""
    sample = data[:SAMPLE]
    if len(sample) < UTF16_LEAST:
        return None
    for encoding, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if (high.count(0) + high.count(6)) * 2 > len(high):
            units = sample[: len(sample) & ~1].decode(encoding, "replace")
            share = len(_UTF16_USUAL.findall(units)) / len(units)
            if share > UTF16_SHARE:
                return Decoded(data.decode(encoding, "replace"), encoding, share)
    return None


def _utf8(data: bytes, claimed: str | None) -> Decoded | None:
    """Decode UTF-8, whole or with some bytes broken; nothing where it may as well be a code page."""
    if data.isascii():
        return Decoded(data.decode("ascii"), "utf-8", 1.0)
    sound = _sound(data)
    # Counted in C: a list of the sequences, as a pattern gives it, takes fifty times the text.
    whole, broken = len(sound.translate(None, _NO_LEADS)), len(data) - len(sound)
    if whole <= WHOLE_TO_BROKEN * broken or (whole <= FEW and claimed not in {None, *DEFAULTS}):
        return None
    if not broken:
        return Decoded(data.decode("utf-8"), "utf-8", 1 - 2.0 ** -(whole + 2))
    return Decoded("".join(_mended_lines(data)), "utf-8", whole / (whole + broken))


def _sound(data: bytes) -> bytes:
    """Leave out the bytes that are in no whole sequence of UTF-8."""
    return data.decode("utf-8", "ignore").encode()


def _mended_lines(data: bytes) -> Iterator[str]:
    """Decode the lines of broken UTF-8: one with hardly a whole sequence was pasted in from a code page."""
    for line in data.splitlines(keepends=True):
        sound = _sound(line)
        broken = len(line) - len(sound)
        if broken > FEW and len(sound.translate(None, _LOW)) < broken:
            yield _paged(line, None).text
        else:
            yield line.decode("utf-8", "replace")


def _paged(data: bytes, claimed: str | None) -> Decoded:
    """Decode by the code page that makes the likeliest text of a sample."""
    sample = _sample(data)
    evidence: dict[str, tuple[float, str]] = {}
    # A page by its own name, whatever name the declaration gave it.
    names = ({claimed: claimed} if claimed else {}) | {codecs.lookup(name).name: name for name in PAGES}
    for codec, name in sorted(names.items()):
        text = sample.decode(codec, "replace")
        score = _likelihood(text, sample) + PAGES.get(name, 0.0)
        evidence[name] = (score + DECLARED * (codec == claimed and codec not in DEFAULTS), text)
    best = max(sorted(evidence), key=lambda name: evidence[name][0])
    score, text = evidence[best]
    rival = max((other for other, its in evidence.values() if its != text), default=-math.inf)
    doubt = len(_ODD.findall(text)) / max(1, len(text))
    confidence = (1 - doubt) / (1 + math.exp(min(700.0, rival - score)))
    return Decoded(data.decode(best, "replace"), best, round(confidence, 4))


def _likelihood(text: str, sample: bytes) -> float:
    """Measure a text that a code page makes of a sample."""
    # Presentation forms, which cp864 has for letters, count as their letters. But ISO-8859-6 and Mac Arabic have their
    # letters where cp864 has one form of the same letter: there they make the right words, in forms that do not join.
    plain = _FORM_RUN.sub(lambda forms: unicodedata.normalize("NFKC", forms[0]), text)
    # And Mac Arabic has the ASCII signs a second time, where cp864 has letters: "وق({" is وقال.
    twice = len(_ASCII_SIGN.findall(text)) - len(_ASCII_SIGN.findall(sample.decode("ascii", "ignore")))
    counted = (
        (ODD_COST, len(_ODD.findall(text))),
        (LEFT_OPEN_COST, len(_LEFT_OPEN.findall(text))),
        (SECOND_SIGN_COST, max(0, twice)),
    )
    return plausibility(plain) + sum(cost * count for cost, count in counted)


def _sample(data: bytes) -> bytes:
    """Return the first lines that are not plain ASCII, up to a size that is enough to judge by."""
    if len(data) <= SAMPLE:
        return data
    telling: list[bytes] = []
    size = at = 0
    while size < SAMPLE and (found := _HIGH.search(data, at)):
        start = max(data.rfind(b"\n", 0, found.start()) + 1, at, found.start() - SAMPLE)
        end = data.find(b"\n", found.start()) + 1 or len(data)
        at = min(end, found.start() + SAMPLE)
        telling.append(data[start:at])
        size += at - start
    return b"".join(telling)
