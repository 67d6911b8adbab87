"""Whether two lines are copies of one caption: what differs between them, and whether that matters."""

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from arclean.captions.shape import MOST_CHARACTERS as MOST_BETWEEN
from arclean.captions.shape import caption, data
from arclean.lines import comparison_keys

# The longest captions met have 60 words; beyond 500 characters a repeat is a paragraph.
MOST_CHARACTERS = 500
# Without a credit, a repeat of fewer words may be a chant, a verse or a subheading (الشعب يريد إسقاط النظام); captions
# are sentences. With a credit, three words and it are enough.
FEWEST_WORDS, FEWEST_WITH_CREDIT = 8, 3
FEWEST_CHARACTERS = 40
# Six words said twice in the same letters are a caption where what stands above and below is no verse.
FEWEST_IF_EXACT, FEWEST_CHARACTERS_IF_EXACT = 6, 28
# A credit of 40 characters beside a caption of 60 is the most that one copy has and the other lacks.
LEAST_LENGTH_RATIO = 0.55
# A slip of the pen in a word that is long enough to know it by: محافظه / محافظ is one, حلب / حمص is another place.
FEWEST_LETTERS = 5
MOST_CHANGES = 3


def difference(one: str, other: str) -> str | None:
    """Say how two lines differ if they are copies of one caption: "" for not at all. None if they are not."""
    if not _as_long(len(one), len(other)) or not _looks_like(one, other):
        return None
    a, b = caption(one), caption(other)
    shaped = a.shaped or b.shaped
    # Copies come from one field: a sentence with a full stop is of the story, and the other a caption made of it.
    if a.stopped != b.stopped and not (a.shaped and b.shaped):
        return None
    if not _one_credit(a.credit, b.credit):
        return None
    if a.words == b.words:
        enough = len(a.words) >= FEWEST_IF_EXACT and len(" ".join(a.words)) >= FEWEST_CHARACTERS_IF_EXACT
        return "" if enough or (shaped and len(a.words) >= FEWEST_WITH_CREDIT) else None
    enough = min(len(a.words), len(b.words)) >= FEWEST_WORDS - 2 * shaped
    return _judged(a.words, b.words, shaped=shaped) if enough else None


def near_pairs(texts: Sequence[str]) -> list[int]:
    """Give where lines stand that may have a copy beside them, or past one line between: of most pages, nowhere.

    All that does not look like a copy at a glance is passed over here, in one loop over the page.
    """
    found = []
    sizes = [*map(len, texts), 0, 0]
    for i, one in enumerate(texts):
        size = sizes[i]
        if not FEWEST_CHARACTERS // 2 <= size <= MOST_CHARACTERS:
            continue
        for j in (i + 1, i + 2):
            if _as_long(size, sizes[j]) and _looks_like(one, texts[j]):
                found.append(i)
                break
            if sizes[j] > MOST_BETWEEN:
                break
    return found


def _as_long(one: int, other: int) -> bool:
    """Whether two lines are long enough for captions, and one not too much longer than the other."""
    short, long = (one, other) if one < other else (other, one)
    return long <= MOST_CHARACTERS and short >= FEWEST_CHARACTERS // 2 and short >= LEAST_LENGTH_RATIO * long


def _looks_like(one: str, other: str) -> bool:
    """Whether two lines may be copies, from a look at how they are written."""
    return one[:12] == other[:12] or ((one[-12:] == other[-12:] or _alike(one, other)) and not _strangers(one, other))


def _alike(one: str, other: str) -> bool:
    """Whether two lines that begin and end differently have a piece in common: a glance, since most neighbours do not.

    A copy differs in three places at the most, and in a quarter of its words. Two of the places are its ends here, and
    the third is not so long that it could spoil all of three pieces in the middle, a fifth of the line apart.
    """
    third, middle, seventh = 3 * len(one) // 10, len(one) // 2, 7 * len(one) // 10
    return one[middle : middle + 8] in other or one[third : third + 8] in other or one[seventh : seventh + 8] in other


def _strangers(one: str, other: str) -> bool:
    """Whether two lines share so few words, as they are written, that they cannot be copies: one in four at the most.

    Paragraphs side by side share the names that they tell of, one word in six; of a copy that another hand has marked
    or quoted three words in four are the same.
    """
    a, b = set(one.split()), set(other.split())
    return 4 * len(a & b) < min(len(a), len(b))


def _one_credit(one: str, other: str) -> bool:
    """Whether two credits may be one: one is missing, or has the other in it."""
    return not one or not other or one in other or other in one


def is_brief(words_: Sequence[str]) -> bool:
    """Whether a line is so short that its surroundings must say that it is a caption."""
    return len(words_) < FEWEST_WORDS or len(" ".join(words_)) < FEWEST_CHARACTERS


class _Words(NamedTuple):
    """The word lists of `phrases/captions.toml`, folded."""

    function: frozenset[str]
    opposites: frozenset[frozenset[str]]
    synonyms: tuple[frozenset[str], ...]
    openings: frozenset[str]
    telling: frozenset[str]
    names: frozenset[str]
    spoken: frozenset[str]


@cache
def words() -> _Words:
    """Fold the lists of words, once."""
    rows = {name: comparison_keys(lines) for name, lines in data().items()}
    return _Words(
        frozenset(w for row in rows["function_words"] for w in row.split()),
        frozenset(frozenset(row.split()) for row in rows["opposites"]),
        tuple(frozenset(row.split()) for row in rows["synonyms"]),
        *(frozenset(rows[name]) for name in ("openings", "telling", "names", "spoken")),
    )


def _judged(a: Sequence[str], b: Sequence[str], *, shaped: bool) -> str | None:
    """Say what differs between two captions where it does not matter; None where it does."""
    changes = []
    for equal, ops in groupby(Levenshtein.opcodes(a, b), key=lambda op: op.tag == "equal"):
        if equal:
            continue
        span = list(ops)
        changes.append((a[span[0].src_start : span[-1].src_end], b[span[0].dest_start : span[-1].dest_end]))
    changed = sum(max(len(x), len(y)) for x, y in changes)
    if len(changes) > MOST_CHANGES or 4 * changed > min(len(a), len(b)) + 3:
        return None
    if not all(
        _one_preposition(x, y)
        or _one_preposition(y, x)
        or _means_the_same(x, y, shaped=shaped, opening=n == 0 and a[: len(x)] == x)
        for n, (x, y) in enumerate(changes)
    ):
        return None
    return " but for " + ", ".join(f"«{' '.join(y) or ' '.join(x)}»" for x, y in changes)


def _means_the_same(x: Sequence[str], y: Sequence[str], *, shaped: bool, opening: bool) -> bool:
    """Whether two readings of one place say the same of the picture."""
    lists = words()
    both = {*x, *y}
    if any(w.isdigit() for w in both) or len(both & lists.telling) > 1:
        return False
    if both & lists.telling:  # الثلاثاءا is a slip for الثلاثاء; الثلاثاء for nothing at all is another day
        return len(x) == len(y) == 1 and _one_word(x[0], y[0])
    if both <= lists.function:
        return not any(frozenset((v, w)) in lists.opposites for v in x for w in y)
    if opening and both <= lists.openings | lists.function:
        return True
    if len(x) == len(y) == 1:
        return _one_word(x[0], y[0])
    # One copy says a word more than the other (the teacher / the old teacher), which a credit has to vouch for.
    return shaped and len(both) == 1 and not (x and y) and not both & lists.names and "لا" not in both


def _one_preposition(x: Sequence[str], y: Sequence[str]) -> bool:
    """Whether one copy writes a preposition alone that the other attaches: في المدرجات، بالمدرجات."""
    if len(x) != 2 or len(y) != 1 or x[0] not in words().function:  # noqa: PLR2004 (a preposition and its word)
        return False
    attached = y[0]
    return x[1] in (attached[1:], "ا" + attached[1:]) and attached[0] in "بلك"


def _one_word(v: str, w: str) -> bool:
    """Whether two words are one: misspelt, with another ending, or a synonym."""
    lists = words()
    if {v, w} <= lists.names:
        return False
    if any({v, w} <= row for row in lists.synonyms):
        return True
    if v.lstrip("وفبلك") == w.lstrip("وفبلك") and len(v) > 3 and len(w) > 3:  # noqa: PLR2004 (a clitic and a word)
        return True
    most = 1 if max(len(v), len(w)) < 2 * FEWEST_LETTERS else 2
    return min(len(v), len(w)) >= FEWEST_LETTERS and Levenshtein.distance(v, w, score_cutoff=most) <= most
