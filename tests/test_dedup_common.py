"""Templates neither hide copies nor make them; the newest of several stays."""

import random
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arclean.dedup import find_duplicates
from arclean.dedup.dates import timestamp
from arclean.documents import Document
from slow_twins import corpus, slow_sets


def slow_without_common(docs, share, kind):
    """Write the definition out: {id: what is compared} for words (0) or characters (1)."""
    sets = {d.id: slow_sets(d.text)[kind] for d in docs}
    whole = {d.id: slow_sets(d.text) for d in docs}
    common = set()
    for site in {d.site for d in docs}:
        # Equal documents count once: those of equal runs, which for short texts are equal words.
        distinct = {(frozenset(whole[d.id][0]), tuple(sorted(whole[d.id][1]))) for d in docs if d.site == site}
        distinct = [{*pair[kind]} for pair in distinct]
        if kind == 1:  # texts that are compared by characters are counted among themselves
            distinct = [s for s in distinct if s]
        counts = Counter(run for s in distinct for run in s)
        common |= {run for run, n in counts.items() if n >= 5 and n > share * len(distinct) + 1e-9}
    return {key: (s - common) or s for key, s in sets.items()}


def slow_pairs_without_common(docs, threshold, share):
    by_words, by_chars = (slow_without_common(docs, share, kind) for kind in (0, 1))
    found = {}
    docs = sorted(docs, key=lambda d: d.id)
    for i, a in enumerate(docs):
        for b in docs[i + 1 :]:
            chars = by_chars[a.id] and by_chars[b.id]
            one, two = (by_chars[a.id], by_chars[b.id]) if chars else (by_words[a.id], by_words[b.id])
            both = len(one & two)
            if both and both >= threshold * len(one | two) - 1e-9:
                found[a.id, b.id] = (both / len(one | two), both / len(one), both / len(two))
    return found


def exactly(found):
    return {(m.a, m.b): (m.jaccard, m.a_in_b, m.b_in_a) for m in found.pairs}


def with_words(docs):
    return [Document(f"{i:03}", text) for i, (_, text) in enumerate(docs) if len(text.split()) >= 8]


@pytest.mark.parametrize("share", [0.1, 0.3, 0.9])
@pytest.mark.parametrize("seed", range(3))
def test_as_the_definition_says(seed, share):
    rnd = random.Random(seed)
    docs = [Document(d.id, d.text, rnd.choice(["a.example", "b.example", None])) for d in with_words(corpus(rnd, 200))]
    found = find_duplicates(docs, 0.5, ignore_common=share)
    assert exactly(found) == slow_pairs_without_common(docs, 0.5, share)


@pytest.mark.parametrize("seed", range(3))
def test_short_texts_as_the_definition_says(seed):
    rnd = random.Random(seed)
    names = ["".join(rnd.choices("ابتدرسعمن", k=rnd.randint(2, 6))) for _ in range(12)]
    docs = [Document(f"{i:03}", f"قرية {rnd.choice(names)} سكانها {rnd.choice(names)}") for i in range(60)]
    assert exactly(find_duplicates(docs, 0.5, ignore_common=0.3)) == slow_pairs_without_common(docs, 0.5, 0.3)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("xy"), st.lists(st.sampled_from("نعم لا كتاب".split()), min_size=8, max_size=14)),
        max_size=16,
    ),
    st.sampled_from([0.2, 1 / 3, 0.5, 1.0]),
)
def test_the_definition_where_runs_repeat(rows, share):
    docs = [Document(str(i), " ".join(words), site) for i, (site, words) in enumerate(rows)]
    assert exactly(find_duplicates(docs, 0.5, ignore_common=share)) == slow_pairs_without_common(docs, 0.5, share)


def words(name, count):
    return " ".join(f"{name}{i}" for i in range(count))


def test_a_template_fakes_no_copy_and_hides_none():
    header = {site: words(f"راس{site}", 220) for site in "اب"}
    docs = [Document(f"{s}{i}", f"{header[s]} {words(f'خبر{s}{i}', 40)}", s) for s in "اب" for i in range(8)]
    story = words("قصة", 40)
    docs += [Document(f"{s}-story", f"{header[s]} {story}", s) for s in "اب"]
    assert len(find_duplicates(docs).pairs) == 2 * (9 * 8 // 2)
    (match,) = find_duplicates(docs, ignore_common=0.3).pairs
    assert (match.a, match.b) == ("ا-story", "ب-story")
    assert match.jaccard > 0.8  # four runs lead from each header into the story


def test_pages_that_are_nothing_but_template_are_compared_whole():
    header = words("راس", 60)
    docs = [Document(f"{i}", f"{header} {words(f'خبر{i}', 40)}") for i in range(8)]
    docs += [Document("e1", header), Document("e2", header), Document("e3", header + " 404")]
    found = exactly(find_duplicates(docs, 0.5, ignore_common=0.3))
    assert [*found] == [("e1", "e2")]


def test_equal_documents_are_no_template():
    docs = [Document(f"{i:02}", words("قصة", 40)) for i in range(20)]
    docs += [Document(f"x{i}", words(f"خبر{i}", 40)) for i in range(10)]
    docs += [Document("y", words("قصة", 41))]
    assert len(find_duplicates(docs, ignore_common=0.3).pairs) == 21 * 20 // 2


def test_few_pages_are_no_evidence():
    docs = [Document(f"{i}", words("قصة", 40 + i)) for i in range(4)]
    assert find_duplicates(docs, ignore_common=0.3).pairs[:] == find_duplicates(docs).pairs[:]


def test_a_share_is_a_share():
    with pytest.raises(ValueError, match="ignore_common=30"):
        find_duplicates([], ignore_common=30)


TEXT = words("كلمة", 30)


def dated(**dates):
    return [Document(key, TEXT, meta={"date": value}) for key, value in dates.items()]


def test_the_newest_stays():
    docs = dated(a="2024-05-03", b="2024-05-03T10:00:00+03:00", c="2023", d=None)
    docs.append(Document("e", TEXT))
    docs[2] = Document("c", TEXT, meta={"date": date(2023, 1, 1)})
    found = find_duplicates(docs, keep="newest")
    assert found.kept == ["b"]
    assert "the newest of them" in found.clusters[0].because
    assert find_duplicates(docs[::-1], keep="newest").kept == ["b"]


def test_of_two_as_new_the_longer_then_the_lower_id_stays():
    docs = [*dated(a="2024-05-03", b="2024-05-03"), Document("c", TEXT + " ثم عاد", meta={"date": "2024-05-03"})]
    assert find_duplicates(docs, keep="newest").kept == ["c"]
    assert find_duplicates(docs[:2], keep="newest").kept == ["a"]


def test_another_field_may_hold_the_date():
    docs = [Document(key, TEXT, meta={"when": when}) for key, when in (("a", 3), ("b", 7.5))]
    assert find_duplicates(docs, keep="newest", date_field="when").kept == ["b"]
    with pytest.raises(ValueError, match=r"no document has the field 'date'.*\(when\)"):
        find_duplicates(docs, keep="newest")
    with pytest.raises(ValueError, match="no fields at all"):
        find_duplicates([("a", TEXT)], keep="newest")
    assert find_duplicates([], keep="newest").kept == []


@pytest.mark.parametrize("value", ["3 مايو", "2024-13-01", True, float("nan"), [], "1714726800"])
def test_what_is_no_date_is_named(value):
    with pytest.raises(ValueError, match=r"date of 'a' is .*, which is no date"):
        find_duplicates(dated(a=value), keep="newest")


def test_dates_in_any_writing_are_one_moment():
    moment = datetime(2024, 5, 3, tzinfo=UTC)
    for same in ("2024-05-03", " 20240503 ", "2024-05-03T00:00Z", date(2024, 5, 3), moment, moment.timestamp()):
        assert timestamp(same, "x") == moment.timestamp()
