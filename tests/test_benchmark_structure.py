"""The benchmark of page structure: its pages are whole and labelled, its scorer judges rightly, its floors hold."""

import doctest
import importlib.util
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks" / "structure"


def load(name):
    """A module of the benchmark, under its own name: its modules import each other as a script's do."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


labelled, alignment, line_rules, pinned, score = map(load, "labelled alignment line_rules pinned score".split())
SITES = labelled.read_sites()


@pytest.fixture(scope="module")
def ours():
    contestants = score.arclean_contestants()
    return {c.name: [v for site in SITES for v in score.judge(site, c)] for c in contestants}


# ---------------------------------------------------------------------------------------------------------- the pages


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.key)
def test_every_line_of_every_page_has_its_label(site):
    assert len(site.pages) >= 5
    for page in site.pages:
        assert [x for x in page.text.split("\n") if x.strip()] == [line.text for line in page.lines]
        for line in page.lines:
            assert line.text == line.text.strip(" "), line
            assert bool(line.rest) == (line.family in ("glued", "caption-doubled")), line
            assert line.rest in line.text
            assert (line.verdict == "must_drop") <= (line.family not in labelled.STORY), line
            assert (line.verdict == "must_keep") <= (line.family not in labelled.CHROME), line
        assert any(line.verdict == "must_keep" for line in page.lines)


def test_there_are_pages_of_many_kinds_and_a_third_is_held_out():
    assert len(SITES) >= 12
    assert sum(len(site.pages) for site in SITES) >= 60
    assert len({site.kind for site in SITES}) == len(SITES)
    splits = Counter(site.split for site in SITES)
    assert set(splits) == {"tuning", "held-out"}
    assert splits["held-out"] * 3 >= len(SITES)


def test_every_family_is_there_and_every_chrome_family_among_tuning_sites():
    seen = {(site.split, line.family) for site in SITES for page in site.pages for line in page.lines}
    assert {family for _, family in seen} == set(labelled.FAMILIES)
    assert set(labelled.CHROME) <= {family for split, family in seen if split == "tuning"}


def test_repeats_follow_a_caption_of_their_page():
    for site in SITES:
        for page in site.pages:
            families = [line.family for line in page.lines]
            assert "caption-repeat" not in families or families.index("caption") < families.index("caption-repeat")


def test_what_is_learnt_stands_on_three_pages_or_more():
    # A template on fewer pages could not be told from a line that two stories share. Slots make the words differ, so
    # the first word is what recurs.
    for site in SITES:
        pages = Counter(
            first for page in site.pages for first in {x.text.split()[0] for x in page.lines if x.family == "template"}
        )
        assert all(number >= 3 for number in pages.values()), (site.key, pages)


def test_files_hold_no_invisible_characters():
    for path in (FOLDER / "pages").glob("*.tsv"):
        assert not set(path.read_text(encoding="utf-8")) & set("\u200b\u200c\u200d\u200e\u200f\u202b\u2067\ufeff\xa0")


@pytest.mark.parametrize(
    "row",
    ["must_go\tshare\tشارك", "must_drop\tshares\tشارك", "must_drop\tshare", "must_drop\tshare\t", "شارك الخبر"],
)
def test_a_row_out_of_format_is_named(tmp_path, row):
    head = "#site\tx\n#kind\tx\n#region\tx\n#split\ttuning\n#page\t1\n"
    (tmp_path / "x.tsv").write_text(head + row + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"x\.tsv:6"):
        labelled.read_sites(tmp_path)


# --------------------------------------------------------------------------------------------------------- the scorer


def scored(clean):
    contestant = score.Contestant("x", True, lambda pages: [score.Cleaned(clean(p), lambda *_: "") for p in pages])
    return score.figures([v for site in SITES for v in score.judge(site, contestant)])


def test_a_cleaner_that_does_nothing_loses_nothing_and_finds_nothing():
    found = scored(lambda page: page)
    assert found["story"][0] == found["story"][1]
    assert found["recurring"][0] == found["recurring"][1] > 50
    assert not any(found[name][0] for name in ("chrome", "captions", "learned"))


def test_a_cleaner_that_drops_everything_loses_everything():
    found = scored(lambda _: "")
    assert found["chrome"][0] == found["chrome"][1]
    assert found["story"][0] == found["captions"][0] == 0


def test_the_labels_themselves_reach_every_point():
    pages = {page.text: page for site in SITES for page in site.pages}

    def clean(text):
        return "\n".join(x.rest or x.text for x in pages[text].lines if x.verdict != "must_drop")

    assert all(right == asked for right, asked in scored(clean).values())


def test_either_copy_of_a_caption_may_stay_but_one_must():
    def without(*families):
        return lambda text: "\n".join(x.text for x in pages[text].lines if x.family not in families)

    pages = {
        page.text: page
        for site in SITES
        for page in site.pages
        if any(x.family == "caption-repeat" for x in page.lines)
    }
    site = SITES[0]._replace(pages=tuple(pages.values()))

    def lost_and_missed(clean):
        contestant = score.Contestant("x", False, lambda p: [score.Cleaned(clean(t), lambda *_: "") for t in p])
        captions = [v for v in score.judge(site, contestant) if v.line.family in ("caption", "caption-repeat")]
        return Counter(v.outcome for v in captions)

    assert lost_and_missed(without("caption-repeat"))["missed"] == 0
    assert lost_and_missed(without("caption-repeat"))["lost"] == 0
    assert lost_and_missed(without())["missed"] == sum(
        x.family == "caption-repeat" for p in site.pages for x in p.lines
    )
    assert lost_and_missed(without("caption", "caption-repeat"))["lost"] > 0


def test_the_examples_of_the_alignment_are_true():
    failed, tried = doctest.testmod(alignment, optionflags=0)
    assert tried
    assert not failed


def test_a_repair_inside_a_line_is_no_loss():
    assert alignment.align(["قال &quot;نعم&quot;  وذهب", "شارك"], "قال «نـعم» وذهب") == ["قال «نـعم» وذهب", None]
    assert alignment.align(["٢٠٢٤", "أب ج"], "2024\nأبّ ج") == ["2024", "أبّ ج"]


def test_a_piece_is_found_in_its_own_line():
    lines = ["وصل - تونس - افتتح الوزير المعرض", "افتتح الوزير المعرض أمس", "شارك"]
    assert alignment.align(lines, "افتتح الوزير المعرض\nافتتح الوزير المعرض أمس") == [
        "افتتح الوزير المعرض",
        "افتتح الوزير المعرض أمس",
        None,
    ]


def test_peers_give_every_page_back():
    pages = [page.text for page in SITES[0].pages]
    for name, peer in line_rules.installed().items():
        assert len(peer(pages)) == len(pages), name


def test_the_rules_of_the_peers_are_what_their_sources_say():
    assert line_rules.c4(["one two three four five.\none two three four five\ntoo short.\n« a b c d »"]) == [
        "one two three four five."
    ]
    assert line_rules.c4_arabic(["هل رأيت في السوق أحدا؟"]) == ["هل رأيت في السوق أحدا؟"]
    assert line_rules.ccnet(["السعر: ٣\nقال", "السعر ٥!\nعاد"]) == ["السعر: ٣\nقال", "عاد"]
    long, short = "شارك الخبر مع أصدقائك", "شارك"
    assert line_rules.roots([f"{long}\n{short}"] * 10) == [short] * 10
    assert line_rules.roots([long] * 9) == [long] * 9
    assert line_rules.frequent([f"{long}\n{n}" for n in range(5)]) == list("01234")


# --------------------------------------------------------------------------------------------------------- the floors


def test_floors_only_rise_unless_somebody_says_why():
    first = pinned.raised({"digest": "", "floors": {}, "lowered": []}, {"a": 0.5, "b": 0.5}, "d1")
    assert first["floors"] == {"a": 0.5, "b": 0.5}
    higher = pinned.raised(first, {"a": 0.6, "b": 0.5}, "d1")
    assert higher["floors"] == {"a": 0.6, "b": 0.5}
    assert not higher["lowered"]
    for measured, digest in [({"a": 0.5, "b": 0.5}, "d1"), ({"a": 0.6}, "d1"), ({"a": 0.6, "b": 0.5}, "d2")]:
        with pytest.raises(pinned.LoweredError, match="because"):
            pinned.raised(higher, measured, digest)
    lower = pinned.raised(higher, {"a": 0.5, "b": 0.5}, "d1", because="a wrong label")
    assert lower["floors"]["a"] == 0.5
    assert lower["lowered"] == [{"because": "a wrong label", "from": "d1", "to": "d1", "floors": {"a": [0.6, 0.5]}}]


def test_a_floor_that_does_not_hold_is_named():
    floors = {"digest": "d", "floors": {"a": 0.5, "b": 0.5}, "lowered": []}
    assert not pinned.failures(floors, {"a": 0.5, "b": 0.9, "c": 0.0}, "d")
    assert len(pinned.failures(floors, {"a": 0.4}, "e")) == 3


def test_floors_were_measured_on_these_pages():
    assert pinned.read()["digest"] == labelled.digest(), "run score.py --raise-floors --because REASON"


def test_floors_hold(ours):
    assert pinned.failures(pinned.read(), score.measures(ours), labelled.digest()) == []


def test_every_line_that_was_lost_has_a_rule_and_a_reason(ours):
    for verdicts in ours.values():
        for verdict in verdicts:
            assert verdict.outcome != "lost" or ": " in verdict.why, verdict


def test_held_out_lines_are_not_shown(ours):
    verdicts = [v._replace(outcome="missed") for v in ours["WEB"]]
    shown = "\n".join(score.listing(verdicts, "missed", reveal=False))
    held = [site for site in SITES if site.split == "held-out"]
    assert f"and {sum(len(page.lines) for site in held for page in site.pages)} on held-out sites" in shown
    assert not any(f"  {site.key}:" in shown for site in held)


def test_the_command_writes_its_figures(tmp_path, capsys):
    out = tmp_path / "figures.json"
    assert score.main(["--site", "salma", "--json", str(out)]) == 0
    assert "salma" not in json.loads(out.read_text(encoding="utf-8"))["versions"]
    assert "1 sites, 5 pages" in capsys.readouterr().out
