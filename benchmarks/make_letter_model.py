"""Count Arabic letter trigrams over corpora and write `src/arclean/data/letter_model.txt`.

    python benchmarks/make_letter_model.py OUT CORPUS.jsonl[:FIELD] ...

Every second document is counted; the others judge the result: the cost of a letter on both halves is printed, and a
model that had learnt its corpus by heart would show a gap between them. The file holds counts alone, on a
logarithmic scale: no sentence and no word of a corpus can be read from it, so that it may be shipped whatever the
licence of the text was. What the file in the repository was made of, and how it was judged, stands in its first lines.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from arclean.mojibake.letters import ALPHABET, BOUNDARY, MARKS, LetterModel, level_of

WORD = re.compile(f"[{ALPHABET[1:]}]+")
MARK = re.compile(f"[{MARKS}]")


def words(texts: Iterable[str]) -> Counter[str]:
    """Count the words of the texts, without marks and elongation."""
    return Counter(word for text in texts for word in WORD.findall(MARK.sub("", text)))


def trigrams(counted: Counter[str]) -> Counter[str]:
    """Count the letter trigrams; a word of n letters gives n + 1 of them, its ends included."""
    found: Counter[str] = Counter()
    for word, times in counted.items():
        padded = f"{BOUNDARY}{BOUNDARY}{word}{BOUNDARY}"
        for i in range(len(word) + 1):
            found[padded[i : i + 3]] += times
    return found


def rows(found: Counter[str]) -> Iterator[str]:
    """Write one line a context: its two letters, and the level of each letter of the alphabet after them."""
    for a in ALPHABET:
        for b in ALPHABET:
            levels = "".join(level_of(found[a + b + c]) for c in ALPHABET)
            if levels.strip("."):
                yield f"{a}{b}\t{levels}"


def nats_a_letter(model: LetterModel, counted: Counter[str]) -> float:
    """Return the mean cost of a letter."""
    total = sum(model.word(word) * times for word, times in counted.items())
    return -total / sum((len(word) + 1) * times for word, times in counted.items())


def read(argument: str) -> list[str]:
    """Read one field of every object of a JSONL file: `corpus.jsonl` (its "text") or `corpus.jsonl:field`."""
    path, _, field = argument.partition(":")
    with Path(path).open(encoding="utf-8") as lines:
        return [text for line in lines if line.strip() and (text := json.loads(line).get(field or "text"))]


def main() -> int:
    """Count, write, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("corpus", nargs="+", help="JSONL, with :FIELD where the text is not in `text`")
    options = parser.parse_args()
    counted, judged = Counter[str](), Counter[str]()
    for argument in options.corpus:
        texts = read(argument)
        counted += words(texts[0::2])
        judged += words(texts[1::2])
    table = "\n".join(rows(trigrams(counted)))
    model = LetterModel.parse(table)
    header = [
        "Arabic letter trigrams: counts alone, made by benchmarks/make_letter_model.py.",
        f"Counted over every second document of: {', '.join(Path(a.partition(':')[0]).stem for a in options.corpus)}",
        f"({counted.total():,} words). A line is a context of two letters ({BOUNDARY} is the edge of a word), then",
        f"a level for each letter that may follow, in the order {ALPHABET}:",
        '"." never seen, "A" + k seen about 2 ** (k / 2) times.',
        f"Nats a letter: {nats_a_letter(model, counted):.3f} on the documents counted,",
        f"{nats_a_letter(model, judged):.3f} on the documents left out ({judged.total():,} words).",
    ]
    options.out.write_text("\n".join(f"# {line}" for line in header) + "\n" + table + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(header) + f"\n{options.out}: {options.out.stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
