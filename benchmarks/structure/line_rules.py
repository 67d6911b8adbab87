"""The peers: extractors as they are installed, and the line rules of well-known corpora, written from their sources.

Each takes the pages of one site and gives them back cleaned. The corpora's own authors ran their rules over far more
pages; a rule that counts lines is given a whole site here, which is what arclean is given too.
"""

import html
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version

Peer = Callable[[Sequence[str]], list[str]]

C4_MARKS = (".", "?", "!", '"')
ARABIC_MARKS = (*C4_MARKS, "؟", "»", "”", "۔", ":", "؛")
C4_WORDS = 5  # `_MIN_WORDS_PER_LINE`; the paper's text says three
ROOTS_CHARACTERS, ROOTS_TIMES = 15, 10
NAIVE_SHARE = 0.3


def trafilatura(pages: Sequence[str]) -> list[str]:
    """Extract with trafilatura, every line a paragraph: it reads tags, and there is only this one kind here."""
    from trafilatura import extract

    return [extract(as_html(page), include_comments=False) or "" for page in pages]


def justext(pages: Sequence[str]) -> list[str]:
    """Extract with jusText and its Arabic stop words, every line a paragraph."""
    return _justext(pages)


def justext_short(pages: Sequence[str]) -> list[str]:
    """Do as jusText, and let paragraphs be half as long: by default one of 200 characters has to be among them.

    Many pages here, as many Arabic ones, have no such paragraph, and by default nothing of them is left.
    """
    return _justext(pages, length_low=35, length_high=100)


def c4(pages: Sequence[str]) -> list[str]:
    """Keep lines with an end mark and five words.

    Source: Raffel et al. 2020, arXiv:1910.10683, section 2.2; tensorflow/datasets, `text/c4_utils.py`, `clean_page`.
    Its rules that drop a whole page are left out: they would only cost it lines.
    """
    return [_ending(page, C4_MARKS) for page in pages]


def c4_arabic(pages: Sequence[str]) -> list[str]:
    """Do as C4 does, and let Arabic end marks and closing quotes end a sentence."""
    return [_ending(page, ARABIC_MARKS) for page in pages]


def ccnet(pages: Sequence[str]) -> list[str]:
    """Keep the first copy of each paragraph: lower case, digits as 0, without punctuation and accents.

    Source: Wenzek et al. 2020, arXiv:1911.00359, section 3.1; facebookresearch/cc_net, `text_normalizer.py`.
    Accents are removed as the paper says (the code's quick path keeps them), and Arabic punctuation with the rest.
    """
    seen: set[str] = set()
    cleaned = []
    for page in pages:
        kept = []
        for line in page.split("\n"):
            decomposed = unicodedata.normalize("NFD", line.lower())
            bare = "".join(
                c for c in decomposed if unicodedata.category(c)[0] not in "PC" and c not in string.punctuation
            )
            normal = re.sub(r"\d", "0", "".join(c for c in bare if unicodedata.category(c) != "Mn")).strip()
            if normal not in seen:
                kept.append(line)
            seen.add(normal)
        cleaned.append("\n".join(kept))
    return cleaned


def roots(pages: Sequence[str]) -> list[str]:
    """Drop every copy of a line of 15 characters or more that is there ten times or more.

    Source: Laurençon et al. 2022, arXiv:2303.03915; bigscience-workshop/data-preparation,
    `clean_helpers/deduplication.py`, `build_dedup_template`. Few of the sites here have ten pages.
    """
    lines = Counter(line.strip() for page in pages for line in page.split("\n"))
    common = {line for line, times in lines.items() if times >= ROOTS_TIMES and len(line) >= ROOTS_CHARACTERS}
    return [_without(page, common) for page in pages]


def frequent(pages: Sequence[str]) -> list[str]:
    """Drop lines that are on 30 % of a site's pages: the rule most often written by hand."""
    pages_with = Counter(line for page in pages for line in {line.strip() for line in page.split("\n")} if line)
    common = {line for line, times in pages_with.items() if times >= max(2.0, NAIVE_SHARE * len(pages))}
    return [_without(page, common) for page in pages]


PEERS: dict[str, Peer] = {
    "trafilatura": trafilatura,
    "jusText": justext,
    "jusText, short": justext_short,
    "C4": c4,
    "C4 + Arabic": c4_arabic,
    "CCNet": ccnet,
    "ROOTS": roots,
    "30 % of pages": frequent,
}


def versions(*packages: str) -> dict[str, str]:
    """Give the versions of packages; those that are not installed are left out."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def installed() -> dict[str, Peer]:
    """Give the peers that can run here."""
    needed: dict[Peer, str] = {trafilatura: "trafilatura", justext: "jusText", justext_short: "jusText"}
    there = versions(*needed.values())
    return {name: peer for name, peer in PEERS.items() if needed.get(peer, "") in ("", *there)}


def as_html(page: str) -> str:
    """Give the page as HTML, a paragraph a line."""
    paragraphs = "".join(f"<p>{html.escape(html.unescape(line))}</p>" for line in page.split("\n") if line.strip())
    return f'<html lang="ar"><body><article>{paragraphs}</article></body></html>'


def _justext(pages: Sequence[str], **lengths: int) -> list[str]:
    import justext

    stop = justext.get_stoplist("Arabic")
    found = (justext.justext(as_html(page), stop, **lengths) for page in pages)
    return ["\n".join(p.text for p in paragraphs if not p.is_boilerplate) for paragraphs in found]


def _ending(page: str, marks: tuple[str, ...]) -> str:
    lines = [line.strip() for line in page.split("\n")]
    return "\n".join(x for x in lines if x.endswith(marks) and not x.endswith("...") and len(x.split()) >= C4_WORDS)


def _without(page: str, lines: set[str]) -> str:
    return "\n".join(line for line in page.split("\n") if line.strip() not in lines)
