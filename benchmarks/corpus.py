"""Make Arabic corpora of any size out of the project's own words and templates, the same ones for the same seed.

    python benchmarks/corpus.py OUT.jsonl [--documents N] [--seed N] [--copies SHARE] [--plain]

A document is an invented article: a title, sentences from grammars with some thousand words (`corpus.toml`), captions
that stand twice, and the header and footer of its site. Document n of a seed is always the same, whichever others are
made, so that any part of a corpus can be made by itself and in parallel. A share of the documents are copies of an
earlier one, each changed in a named way: respelt, framed anew, cut, reordered, with words replaced. No text of anybody
else is in it, so that whatever is measured on it can be measured again anywhere.
"""

import argparse
import hashlib
import json
import random
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

WORDS = Path(__file__).with_suffix(".toml")

AGENCIES = ("وكالة الأفق", "وكالة المدار", "أرشيف", "عدسة الحي", "وكالة الضفة")
GENRES = {"مطبخ": ("kitchen", "news"), "رياضة": ("sport", "news")}
SHARE_OF_COPIES = 0.15
MARKS = "\N{ARABIC FATHA}\N{ARABIC DAMMA}\N{ARABIC KASRA}\N{ARABIC SUKUN}\N{ARABIC SHADDA}"
EASTERN = str.maketrans("0123456789", "".join(chr(0x660 + i) for i in range(10)))
SLOT = re.compile(r"\{(\w+)\}")


class Made(NamedTuple):
    """A document that was made, and what a measurement may want to know of it."""

    id: str
    site: str
    title: str
    text: str
    story: tuple[str, ...]
    """The lines that a cleaner must keep, without captions: what is left of the page is furniture."""
    copy_of: str = ""
    edit: str = ""

    def record(self) -> dict[str, str]:
        """Give the fields that a scraper would have brought."""
        return {"id": self.id, "site": self.site, "title": self.title, "text": self.text}


class Site(NamedTuple):
    """A site: what stands around its stories, and what they are about."""

    name: str
    head: tuple[str, ...]
    foot: tuple[str, ...]
    genres: tuple[str, ...]


class Words(NamedTuple):
    """The word lists and templates; a template is cut into what is fixed and the names of slots, in turn."""

    slots: Mapping[str, tuple[tuple[str, ...], ...]]
    sites: tuple[Site, ...]


@cache
def words() -> Words:
    """Read the lists."""
    raw = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    lists = {name: tuple(w.replace("_", " ") for w in row.split()) for name, row in raw["lists"].items()}
    choices = {**lists, "agency": AGENCIES, **raw["phrases"], **raw["sentences"]}
    slots = {name: tuple(tuple(SLOT.split(form)) for form in forms) for name, forms in choices.items()}
    sites = (
        Site(name, tuple(s["head"]), tuple(s["foot"]), GENRES.get(s["region"], ("news", "health")))
        for name, s in raw["sites"].items()
    )
    return Words(slots, tuple(sites))


NUMBERS = {"n": (2, 60), "nn": (20, 990), "nnn": (1_000, 98_000)}


def filled(rng: random.Random, slot: str) -> str:
    """Fill a slot: choose one of its forms, and fill the slots in it."""
    if slot in NUMBERS:
        return str(rng.randint(*NUMBERS[slot]))
    forms = words().slots[slot]
    form = forms[int(rng.random() * len(forms))]
    if len(form) == 1:
        return form[0]
    return "".join([filled(rng, part) if i % 2 else part for i, part in enumerate(form)])


def written(rng: random.Random, template: str) -> str:
    """Fill a template that is no slot's form."""
    return SLOT.sub(lambda found: filled(rng, found[1]), template)


def document(number: int, seed: int = 0, *, copies: float = SHARE_OF_COPIES, plain: bool = False) -> Made:
    """Make document `number` of a corpus.

    Parameters: `copies` is the share of documents that are changed copies of an earlier one; `plain` leaves out
    captions and the furniture of sites.

    >>> document(7) == document(7) != document(8)
    True
    """
    rng = _random(seed, number)
    if number and rng.random() < copies:
        # The source may be a copy itself, less like its own source, as it is on the web; chains end by chance, soon.
        source = document(rng.randrange(number), seed, copies=copies, plain=plain)
        edit = rng.choice(tuple(EDITS))
        lines = EDITS[edit](rng, source.story)
        site = rng.choice(words().sites) if edit == "framed" else _site(source.site)
        text = "\n".join(lines) if plain else "\n".join(_framed(rng, site, lines))
        return Made(f"d{number}", site.name, source.title, text, tuple(lines), source.id, edit)
    site = words().sites[number % len(words().sites)]
    title, story = filled(rng, "title"), _story(rng, site)
    if plain:
        return Made(f"d{number}", site.name, title, "\n".join(story), story)
    return Made(f"d{number}", site.name, title, "\n".join(_framed(rng, site, story, title)), story)


def documents(
    count: int, seed: int = 0, *, start: int = 0, copies: float = SHARE_OF_COPIES, plain: bool = False
) -> Iterator[Made]:
    """Make documents `start` to `start + count`."""
    return (document(n, seed, copies=copies, plain=plain) for n in range(start, start + count))


def sentences(count: int, seed: int = 0, *, vocalised: bool = False) -> list[str]:
    """Make single sentences of all kinds, all of them different."""
    rng = _random(seed, "sentences")
    found: dict[str, None] = {}
    while len(found) < count:
        found[filled(rng, rng.choice(("news", "news", "sport", "kitchen", "health")))] = None
    return [_marked(rng, s, 1) for s in found] if vocalised else [*found]


def digest(texts: Iterable[str]) -> str:
    """Give a SHA-256 of texts, by which it is known what was measured."""
    whole = hashlib.sha256()
    for text in texts:
        whole.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return whole.hexdigest()


def write(path: Path, made: Iterable[Made]) -> int:
    """Write documents as JSON lines; give the number of characters."""
    size = 0
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for one in made:
            size += len(one.text)
            out.write(json.dumps(one.record(), ensure_ascii=False) + "\n")
    return size


def _random(*key: object) -> random.Random:
    return random.Random(" ".join(map(str, key)))  # noqa: S311 (no secret)


def _site(name: str) -> Site:
    return next(site for site in words().sites if site.name == name)


def _story(rng: random.Random, site: Site) -> tuple[str, ...]:
    """Write paragraphs of one to four sentences: 40 to 450 words, some 190 in the middle, as news has."""
    paragraphs = []
    for _ in range(rng.choice((3, 4, 5, 6, 6, 7, 8, 9))):
        genres = rng.choices(site.genres, k=rng.randint(1, 4))
        paragraphs.append(" ".join(filled(rng, genre) for genre in genres))
    return tuple(paragraphs)


def _framed(rng: random.Random, site: Site, story: Sequence[str], title: str = "") -> Iterator[str]:
    """Put a site's furniture around a story, and sometimes a caption into it, twice."""
    yield from (written(rng, line) for line in site.head)
    if title:
        yield title
    caption = filled(rng, "caption") if rng.random() < 0.5 else ""  # noqa: PLR2004
    for at, line in enumerate(story):
        yield line
        if at == 0 and caption:
            yield from (caption, caption)
    yield from (written(rng, line) for line in site.foot)


# What becomes of a copy. Each is called with the lines of a story and gives other lines.


def _marked(rng: random.Random, text: str, share: float = 0.4) -> str:
    return "".join(c + rng.choice(MARKS) if "ء" <= c <= "ي" and rng.random() < share else c for c in text)


def _respelt(rng: random.Random, text: str) -> str:
    """Write as another hand would: bare alef, yeh without dots, Eastern digits, elongation."""
    other = str.maketrans("أإآىة", "اااية" if rng.random() < 0.5 else "ااايه")  # noqa: PLR2004
    return re.sub(r"(?<=[بتسصعفقلمن])(?=[اوي])", lambda _: "ـ" * (rng.random() < 0.1), text.translate(other)).translate(  # noqa: PLR2004
        EASTERN
    )


def _replaced(rng: random.Random, line: str, share: float) -> str:
    return " ".join(filled(rng, "place") if rng.random() < share else w for w in line.split(" "))


def _shuffled(rng: random.Random, lines: Sequence[str]) -> list[str]:
    return rng.sample(list(lines), len(lines))


EDITS: Mapping[str, Callable[[random.Random, Sequence[str]], list[str]]] = {
    "same": lambda _, lines: list(lines),
    "framed": lambda _, lines: list(lines),
    "vocalised": lambda rng, lines: [_marked(rng, line) for line in lines],
    "respelt": lambda rng, lines: [_respelt(rng, line) for line in lines],
    "1 % of words": lambda rng, lines: [_replaced(rng, line, 0.01) for line in lines],
    "4 % of words": lambda rng, lines: [_replaced(rng, line, 0.04) for line in lines],
    "12 % of words": lambda rng, lines: [_replaced(rng, line, 0.12) for line in lines],
    "last paragraph cut": lambda _, lines: list(lines[:-1]) or list(lines),
    "paragraphs shuffled": _shuffled,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a corpus."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--copies", type=float, default=SHARE_OF_COPIES)
    parser.add_argument("--plain", action="store_true", help="stories alone, without captions and furniture")
    options = parser.parse_args(arguments)
    made = documents(options.documents, options.seed, copies=options.copies, plain=options.plain)
    size = write(options.out, made)
    print(f"{options.documents:,} documents, {size:,} characters, seed {options.seed}: {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
