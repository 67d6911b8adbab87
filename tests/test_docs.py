"""The generated pages: they say what the code does today, and leave no rule out."""

import doctest
import importlib.util
import re
import unicodedata
from pathlib import Path

import pytest

import arclean
from arclean import presets

DOCS = Path(__file__).parents[1] / "docs"
REGENERATE = "run: python docs/generate_rules.py"


def generator():
    spec = importlib.util.spec_from_file_location("generate_rules", DOCS / "generate_rules.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate_rules = generator()
PAGES = sorted((DOCS / "rules").glob("*.md"))
WRITTEN = sorted(DOCS.rglob("*.md"))
each_page = pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)


@pytest.fixture(scope="module")
def pages():
    return generate_rules.pages()


def sections(path):
    return re.findall(r"^## `(\w+)`$", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_there_is_a_page_for_each_family_and_one_for_the_pipelines(pages):
    assert [p.stem for p in PAGES] == sorted(pages), REGENERATE


@each_page
def test_a_page_says_what_the_code_does_today(path, pages):
    # Compared without pytest's own diff, which takes a minute over a page of right-to-left tables.
    assert path.read_bytes() == pages[path.stem].encode(), REGENERATE


def test_generating_twice_gives_the_same_bytes(pages):
    assert generate_rules.pages() == pages


def test_every_rule_is_on_exactly_one_page():
    found = [name for path in PAGES for name in sections(path)]
    assert sorted(found) == sorted(c.name for c in (*presets.RULES, *presets.PIPELINES))


@pytest.mark.parametrize("rule", presets.RULES, ids=lambda r: r.name)
def test_a_rule_is_shown_changing_something_and_leaving_something_alone(rule):
    changed = [rule(text) != text for text in generate_rules.EXAMPLES[rule.name]]
    assert any(changed)
    assert not all(changed)


def test_every_pair_of_words_is_two_words_until_something_folds_it():
    for one, other, _ in generate_rules.PAIRS:
        assert unicodedata.normalize("NFC", one) != unicodedata.normalize("NFC", other)
    kept = [pair[:2] for pair in generate_rules.PAIRS if arclean.FOLD(pair[0]) != arclean.FOLD(pair[1])]
    assert kept == [("قلب", "كلب"), ("عمرو", "عمر")]


@each_page
def test_a_page_has_as_many_examples_as_the_docstrings(path):
    shown = doctest.DocTestParser().get_examples(path.read_text(encoding="utf-8"))
    rules = [r for r in presets.RULES if r.name in sections(path)]
    wanted = [e for r in rules for e in doctest.DocTestParser().get_examples(r.__doc__ or "")]
    assert len(shown) >= len(wanted) + len(rules)


def invisible(char):
    return unicodedata.category(char) in ("Cf", "Co", "Cs", "Cc", "Zl", "Zp") or (char.isspace() and char != " ")


@pytest.mark.parametrize("path", WRITTEN, ids=lambda p: str(p.relative_to(DOCS)))
def test_no_invisible_character_stands_raw_in_the_docs(path):
    found = {f"U+{ord(c):04X}" for c in path.read_text(encoding="utf-8") if c != "\n" and invisible(c)}
    assert not found


@pytest.mark.parametrize("path", WRITTEN, ids=lambda p: str(p.relative_to(DOCS)))
def test_links_between_the_docs_lead_somewhere(path):
    text = path.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)", text):
        there = (path.parent / target) if target else path
        assert there.exists(), f"{path.name} links to {target}"
        headings = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), re.MULTILINE) if anchor else []
        slugs = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
        assert not anchor or anchor in slugs, f"{path.name} links to {target}#{anchor}"
