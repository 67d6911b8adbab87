"""What the fast code of arclean.dedup must equal: the definitions, written out as plainly as they go."""

import functools
import re
import unicodedata
from itertools import combinations

from arclean.dedup.folded import spelling_folds


def slow_words(text):
    """Fold character by character, then take runs of letters and digits."""
    folds = spelling_folds()
    folded = "".join(folds.get(c, c.lower()[0]) for c in unicodedata.normalize("NFC", text))
    return re.findall(r"[^\W_]+", folded)


def runs(items):
    return {tuple(items[i : i + 5]) for i in range(max(1, len(items) - 4))} if len(items) >= 5 else set()


@functools.lru_cache(2000)
def slow_sets(text):
    """The sets of a text: by words, and for a text of under eight words by characters."""
    words = slow_words(text)
    chars = " ".join(words)
    short = 0 < len(words) < 8
    return runs(words), (runs(chars) or {tuple(chars)}) if short else set()


def slow_scores(a, b):
    """Jaccard and both containments of two texts, None where nothing is shared."""
    (a_words, a_chars), (b_words, b_chars) = slow_sets(a), slow_sets(b)
    one, two = (a_chars, b_chars) if a_chars and b_chars else (a_words, b_words)
    both = len(one & two)
    return (both / len(one | two), both / len(one), both / len(two)) if both else None


def slow_pairs(docs, threshold):
    """All pairs of (id, text) that are alike, each with its scores."""
    found = {}
    for (a, a_text), (b, b_text) in combinations(sorted(docs), 2):
        scores = slow_scores(a_text, b_text)
        if scores and scores[0] >= threshold - 1e-9:
            found[a, b] = scores
    return found


def slow_overlap(one, two):
    return len(set(one) & set(two))


def corpus(rnd, size):
    """Sentences recombined, copied and changed, under a header that all have, with stubs and empty texts among them."""
    vocabulary = ["".join(rnd.choices("ابتثجحدرسعفقلمنهوي", k=rnd.randint(2, 9))) for _ in range(400)]
    sentences = [" ".join(rnd.choices(vocabulary, k=rnd.randint(6, 20))) for _ in range(60)]
    header = " ".join(rnd.choices(vocabulary, k=40))
    texts = []
    while len(texts) < size:
        kind = rnd.random()
        if texts and kind < 0.45:
            words = rnd.choice(texts).split() or ["كلمة"]
            for _ in range(rnd.randint(0, 1 + len(words) // 12)):
                words[rnd.randrange(len(words))] = rnd.choice(vocabulary)
            texts.append(" ".join(words[: rnd.randint(max(1, len(words) - 12), len(words))]))
        elif kind < 0.55:
            texts.append(f"قرية {rnd.choice(vocabulary)} عدد سكانها {rnd.randint(1, 40)} نسمة")
        elif kind < 0.6:
            texts.append(rnd.choice(["", "؟!", "كتاب", " ".join(rnd.choices(vocabulary[:4], k=3))]))
        else:
            body = "، ".join(rnd.choices(sentences, k=rnd.randint(1, 8)))
            texts.append(header + " " + body if rnd.random() < 0.6 else body)
    return [(f"{rnd.getrandbits(32):08x}-{i}", text) for i, text in enumerate(texts)]


def slow_contained(docs, share, threshold):
    """All pairs less alike than the threshold where a share of one, of eight words or more, stands in the other."""
    found = set()
    for (a, a_text), (b, b_text) in combinations(sorted(docs), 2):
        (one, one_short), (two, two_short) = slow_sets(a_text), slow_sets(b_text)
        both = len(one & two)
        inside = (not one_short and both >= share * len(one) - 1e-9) or (
            not two_short and both >= share * len(two) - 1e-9
        )
        if both and inside and both < threshold * len(one | two) - 1e-9:
            found.add((a, b))
    return found
