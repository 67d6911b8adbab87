"""What the page says in its own words, in Arabic and in English.

A report has one language, chosen when it is written, and not two that a switch hides: `lang`, `dir`, the title and what
a screen reader speaks are then true of all of the page, and it is half as long. Either can be had in a second from
`arclean run --dry-run`, which reads the same documents.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from arclean.report.reasons import ARABIC_REASONS, translated

Language = Literal["ar", "en"]


@dataclass(frozen=True)
class Words:
    """The interface in one language."""

    language: Language
    direction: Literal["rtl", "ltr"]
    labels: Mapping[str, str]
    counts: Mapping[str, str]
    rules: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.labels[key]

    def count(self, name: str) -> str:
        """Name a figure of the summary."""
        return self.counts.get(name, name)

    def rule(self, name: str) -> str:
        """Name a rule, or the several rules of one removal; unknown ones go by the name they have."""
        return " + ".join(self.rules.get(part, part) for part in name.split(" + "))

    def reason(self, reason: str) -> str:
        """Say a reason in this language, where its words are known; the ledger has it as the rule gave it."""
        return translated(reason, ARABIC_REASONS) if self.language == "ar" else reason


ENGLISH = Words(
    "en",
    "ltr",
    {
        "title": "Cleaning report",
        "tagline": "What was removed from this corpus, and why. Nothing is lost: “arclean\N{NO-BREAK SPACE}undo” "
        "restores every text.",
        "skip": "Skip to the content",
        "contents": "Contents",
        "totals": "In figures",
        "charts": "At a glance",
        "size": "Before and after",
        "size_note": "Of the characters that were read",
        "kept_part": "stay",
        "copies_part": "went with near-duplicates",
        "removed_part": "were removed by cleaning",
        "by_rule": "Removals by rule",
        "by_site": "Removals by site",
        "unit": "characters",
        "in_unit": "in characters",
        "others": "others",
        "histogram": "Similarity of near-duplicates",
        "histogram_note": "Pairs by shared 5-word runs, in percent",
        "pairs": "pairs",
        "rules": "Rules",
        "rule": "Rule",
        "times": "Times",
        "characters": "Characters",
        "example": "First example",
        "sites": "Sites and their boilerplate",
        "sites_note": "Learnt from the pages of each site, with the evidence. The folder profiles/ has all of it, for "
        "you to read and prune.",
        "site": "Site",
        "no_site": "without a site",
        "pages": "pages",
        "patterns": "patterns",
        "pattern": "What recurs",
        "where": "Where",
        "on_pages": "On pages",
        "why": "Why",
        "certain": "certain",
        "doubtful": "within the budget",
        "no_profile": "nothing was learnt",
        "no_sites": "No site had five pages or more to learn from.",
        "more_patterns": "more patterns in profiles/",
        "more_sites": "more sites in profiles/",
        "withheld": "Left in place, as it would have been too much of the page",
        "withheld_of": "letters of",
        "match_line": "whole line",
        "match_opening": "opening of a line",
        "match_prefix": "start of a line",
        "match_tail": "end of a line",
        "place_first": "at the head",
        "place_last": "at the end",
        "place_block": "in a block",
        "place_anywhere": "anywhere",
        "documents": "Documents",
        "documents_note": "What is struck through was removed; what is underlined was put in its place. Those that "
        "lost most come first.",
        "sampled": "This page shows a sample",
        "of": "of",
        "sampled_documents": "changed documents, drawn so that every rule and site is among them. All changes are in "
        "removed.jsonl.",
        "no_documents": "Nothing changed.",
        "changes": "changes",
        "copy": "near-duplicate, dropped",
        "gap": "unchanged lines",
        "cut": "characters left out",
        "more_lines": "more changed lines in removed.jsonl",
        "more_reasons": "more reasons",
        "clusters": "Near-duplicates",
        "clusters_note": "The least alike come first: they deserve a second look.",
        "sampled_clusters": "clusters: the least alike, the largest, and some drawn at random. All are in "
        "duplicates.jsonl.",
        "no_clusters": "No near-duplicates were found.",
        "stays": "Stays",
        "goes": "Goes",
        "alike": "similarity",
        "inside": "of it in the one that stays",
        "passages": "shared passages",
        "legend_kept": "only in what stays",
        "legend_gone": "only in what goes",
        "legend_moved": "in another place",
        "legend_spelt": "spelt another way",
        "partial": "These texts are long: only their beginnings were compared here.",
        "more_copies": "Also dropped for it",
        "more_in_file": "more in duplicates.jsonl",
        "rejected": "Inputs that could not be read",
        "more_rejected": "more in rejected.jsonl",
        "input": "Input",
        "search": "Search in documents and near-duplicates",
        "search_hint": "a word or an id",
        "all_rules": "all rules",
        "all_sites": "all sites",
        "found": "shown",
        "nothing_found": "Nothing matches. Take out a word or a filter.",
        "clear": "Clear",
        "open_all": "Open all",
        "close_all": "Close all",
        "filters": "Search and filters",
        "made_by": "Written by",
    },
    {},
    {"find_duplicates": "near-duplicates"},
)

ARABIC = Words(
    "ar",
    "rtl",
    {
        "title": "تقرير التنظيف",
        "tagline": "ما حُذف من هذه المدوّنة، ولماذا. لا شيء يضيع: الأمر "
        "«arclean\N{NO-BREAK SPACE}undo» يعيد كل نص كما كان.",
        "skip": "إلى المحتوى",
        "contents": "المحتويات",
        "totals": "بالأرقام",
        "charts": "نظرة عامة",
        "size": "قبل التنظيف وبعده",
        "size_note": "من المحارف المقروءة",
        "kept_part": "بقيت",
        "copies_part": "ذهبت مع النسخ المتشابهة",
        "removed_part": "حذفها التنظيف",
        "by_rule": "المحذوف بحسب القاعدة",
        "by_site": "المحذوف بحسب الموقع",
        "unit": "محرفًا",
        "in_unit": "بالمحارف",
        "others": "غيرها",
        "histogram": "درجة التشابه بين النسخ",
        "histogram_note": "عدد الأزواج بحسب نسبة المتتاليات المشتركة (خمس كلمات)",
        "pairs": "أزواج",
        "rules": "القواعد",
        "rule": "القاعدة",
        "times": "المرات",
        "characters": "المحارف",
        "example": "أول مثال",
        "sites": "المواقع وقوالبها",
        "sites_note": "ما تعلّمته الأداة من صفحات كل موقع، ودليله. ملفات المواقع في المجلد profiles/ لمن يريد "
        "مراجعتها وتهذيبها.",
        "site": "الموقع",
        "no_site": "بلا موقع",
        "pages": "الصفحات",
        "patterns": "القوالب",
        "pattern": "ما يتكرّر",
        "where": "أين",
        "on_pages": "الصفحات",
        "why": "السبب",
        "certain": "مؤكّد",
        "doubtful": "ضمن الحدّ المسموح",
        "no_profile": "لم يُستخلص شيء",
        "no_sites": "ليس لأي موقع خمس صفحات أو أكثر يُتعلَّم منها.",
        "more_patterns": "قوالب أخرى في profiles/",
        "more_sites": "مواقع أخرى في profiles/",
        "withheld": "تُرك في مكانه لأن حذفه كان سيأخذ من الصفحة أكثر من اللازم",
        "withheld_of": "حرفًا من",
        "match_line": "سطر كامل",
        "match_opening": "مطلع سطر",
        "match_prefix": "أول السطر",
        "match_tail": "آخر السطر",
        "place_first": "في أول الصفحة",
        "place_last": "في آخر الصفحة",
        "place_block": "ضمن مجموعة",
        "place_anywhere": "في أي موضع",
        "documents": "الوثائق",
        "documents_note": "المشطوب محذوف، والمسطَّر تحته حلّ محلّه. والأكثر حذفًا أولًا.",
        "sampled": "تعرض هذه الصفحة عيّنة",
        "of": "من",
        "sampled_documents": "وثيقة تغيّرت، اختيرت بحيث تظهر كل قاعدة وكل موقع. التغييرات كلها في removed.jsonl.",
        "no_documents": "لم يتغيّر شيء.",
        "changes": "التغييرات",
        "copy": "نسخة متشابهة حُذفت",
        "gap": "أسطر لم تتغيّر",
        "cut": "محرفًا لم تُعرض",
        "more_lines": "أسطر أخرى تغيّرت، وهي في removed.jsonl",
        "more_reasons": "أسباب أخرى",
        "clusters": "النسخ المتشابهة",
        "clusters_note": "الأقل تشابهًا أولًا، فهي الأولى بالمراجعة.",
        "sampled_clusters": "مجموعة: الأقل تشابهًا والأكبر وأخرى بالقرعة. المجموعات كلها في duplicates.jsonl.",
        "no_clusters": "لم يُعثر على نسخ متشابهة.",
        "stays": "بقيت",
        "goes": "حُذفت",
        "alike": "التشابه",
        "inside": "ما يوجد منها في الباقية",
        "passages": "مقاطع مشتركة",
        "legend_kept": "في الباقية فقط",
        "legend_gone": "في المحذوفة فقط",
        "legend_moved": "في موضع آخر",
        "legend_spelt": "بإملاء آخر",
        "partial": "النصّان طويلان، فلم تقارن هذه الصفحة إلا أوّلهما.",
        "more_copies": "وحُذفت لأجلها أيضًا",
        "more_in_file": "أخرى في duplicates.jsonl",
        "rejected": "مدخلات تعذّرت قراءتها",
        "more_rejected": "أخرى في rejected.jsonl",
        "input": "المدخل",
        "search": "البحث في الوثائق والنسخ المتشابهة",
        "search_hint": "كلمة أو معرّف",
        "all_rules": "كل القواعد",
        "all_sites": "كل المواقع",
        "found": "ظاهرة",
        "nothing_found": "لا نتائج. احذف كلمة أو مرشّحًا.",
        "clear": "مسح",
        "open_all": "فتح الكل",
        "close_all": "طيّ الكل",
        "filters": "البحث والترشيح",
        "made_by": "كتبه",
    },
    {
        "documents read": "وثائق قُرئت",
        "documents kept": "وثائق بقيت",
        "near-duplicates dropped": "نسخ متشابهة حُذفت",
        "clusters of near-duplicates": "مجموعات متشابهة",
        "inputs rejected": "مدخلات رُفضت",
        "sites with learnt boilerplate": "مواقع عُرفت قوالبها",
        "characters read": "محارف قُرئت",
        "characters kept": "محارف بعد التنظيف",
    },
    {
        "drop_comment_widgets": "أدوات التعليق",
        "drop_page_furniture": "لوازم الصفحة",
        "drop_repeated_captions": "تعليقات صور مكرّرة",
        "drop_repeated_teasers": "ملخّصات يكرّرها المتن",
        "find_duplicates": "النسخ المتشابهة",
        "site_boilerplate": "قوالب الموقع",
        "repair_mojibake": "إصلاح الترميز",
        "repair_presentation_forms": "إصلاح أشكال العرض",
        "repair_entities": "إصلاح رموز HTML",
        "repair_unicode": "توحيد يونيكود",
        "repair_lookalikes": "إصلاح الحروف الشبيهة",
        "repair_spaces": "إصلاح المسافات",
        "strip_invisibles": "حذف المحارف الخفيّة",
        "strip_tatweel": "حذف التطويل",
        "strip_diacritics": "حذف التشكيل",
        "fold_alef": "توحيد الألف",
        "fold_hamza": "توحيد الهمزة",
        "fold_yeh": "توحيد الياء",
        "fold_teh_marbuta": "توحيد التاء المربوطة",
        "fold_digits": "توحيد الأرقام",
        "fold_punctuation": "توحيد الترقيم",
        "fold_elongation": "طيّ المدّ",
        "fold_lookalikes": "توحيد الحروف الشبيهة",
        "fold_case": "توحيد حالة الحروف اللاتينية",
    },
)

IN: Mapping[Language, Words] = {"ar": ARABIC, "en": ENGLISH}
