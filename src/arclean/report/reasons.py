"""The rules' reasons in Arabic: each is a fact with a number, so a table of sentences with slots says them all.

A reason that the table does not know is shown as its rule gave it. What stands in a slot (a quotation, a name of a
character) stays as it is.
"""

import re
from collections.abc import Sequence

# Rules quote 60 characters at most, profiles 40 words; a longer reason is another program's.
LONGEST_REASON = 1_000

Table = Sequence[tuple[re.Pattern[str], str]]

_FAMILIES = {
    "app promotion": "دعوة إلى التطبيق",
    "breadcrumb": "مسار التصفّح",
    "breakpoint": "علامة قياس الشاشة",
    "comment counter": "عدّاد التعليقات",
    "comment policy": "سياسة التعليقات",
    "comment prompt": "دعوة إلى التعليق",
    "comment widget in known words": "أداة تعليق بكلمات معروفة",
    "contact line": "سطر اتصال",
    "cookie notice": "إشعار ملفات الارتباط",
    "copyright": "حقوق النشر",
    "follow us": "دعوة إلى المتابعة",
    "forum": "لوازم المنتدى",
    "image label": "وسم صورة",
    "menu": "قائمة",
    "most read": "الأكثر قراءة",
    "newsletter": "النشرة البريدية",
    "page furniture in known words": "لوازم صفحة بكلمات معروفة",
    "poll": "استطلاع",
    "poll question": "سؤال استطلاع",
    "print and e-mail": "طباعة وإرسال",
    "related links": "روابط ذات صلة",
    "share bar": "شريط المشاركة",
    "skip link": "رابط تخطٍّ",
    "tags": "وسوم",
    "update time": "وقت التحديث",
}

_WHY = {
    "speaks to the reader or for the publisher": "يخاطب القارئ أو يتكلّم باسم الناشر",
    "a note set apart, always at this edge": "تنبيه منفصل، على هذا الطرف دائمًا",
    "always at this edge": "على هذا الطرف دائمًا",
    "always beside the same line": "إلى جانب السطر نفسه دائمًا",
    "always under boilerplate, at the end": "تحت قالب دائمًا، في الآخر",
    "glued before the story": "ملصق قبل المتن",
    "marked, always at this edge": "معلَّم، على هذا الطرف دائمًا",
    "glued after the story, speaks to the reader": "ملصق بعد المتن ويخاطب القارئ",
    "glued after the story on every fourth page or more": "ملصق بعد المتن في ربع الصفحات أو أكثر",
}

_PLACES = {"anywhere on the page": "في أي موضع", "last 3 lines": "في آخر 3 أسطر", "first 3 lines": "في أول 3 أسطر"}

_CHARACTERS = {
    "elongation mark": "تطويل",
    "no-break space": "مسافة لا تنفصل",
    "narrow no-break space": "مسافة ضيّقة لا تنفصل",
    "thin space": "مسافة رقيقة",
    "hair space": "مسافة شعرية",
    "en space": "مسافة متوسطة",
    "em space": "مسافة عريضة",
    "ideographic space": "مسافة مربّعة",
    "right-to-left mark": "علامة اتجاه إلى اليسار",
    "left-to-right mark": "علامة اتجاه إلى اليمين",
    "arabic letter mark": "علامة حرف عربي",
    "right-to-left embedding": "تضمين من اليمين إلى اليسار",
    "left-to-right embedding": "تضمين من اليسار إلى اليمين",
    "right-to-left override": "فرض الاتجاه من اليمين إلى اليسار",
    "left-to-right override": "فرض الاتجاه من اليسار إلى اليمين",
    "pop directional formatting": "نهاية تنسيق الاتجاه",
    "zero width non-joiner": "فاصل معدوم العرض",
    "zero width joiner": "واصل معدوم العرض",
    "zero width space": "مسافة معدومة العرض",
    "zero width no-break space": "مسافة معدومة العرض لا تنفصل",
    "soft hyphen": "واصلة خفيّة",
    "line separator": "فاصل أسطر",
    "paragraph separator": "فاصل فقرات",
    "presentation form": "شكل عرض",
    "ligature of a phrase": "عبارة في محرف واحد",
    "canonical order or form": "ترتيب أو شكل معياري",
    "composed into one character": "جُمع في محرف واحد",
    "farsi yeh": "الياء الفارسية",
    "keheh": "الكاف الفارسية",
    "heh doachashmee": "الهاء ذات العينين",
    "heh goal": "هاء الأردية",
    "ae": "هاء الكردية",
    "HTML entity": "رمز HTML",
    "line end CR LF": "نهاية سطر CR LF",
    "line end CR": "نهاية سطر CR",
}


def _either(words: dict[str, str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word)))


_SLOTS = _FAMILIES | _WHY | _PLACES | _CHARACTERS

ARABIC_REASONS: Table = [
    (re.compile(pattern, re.DOTALL), arabic)
    for pattern, arabic in (
        (rf"({_either(_CHARACTERS)})", "{0}"),
        (rf"({_either(_CHARACTERS)}), (\d+) times", "{0}، عدد المرات {1}"),
        (r"same caption as line (\d+) \((\d+)\w\w time\)", "تعليق الصورة نفسه في السطر {0} (المرة {1})"),
        (r"same caption as line (\d+)(.+) \((\d+)\w\w time\)", "تعليق الصورة نفسه في السطر {0}{1} (المرة {2})"),
        (r"same credit as line (\d+)", "نسبة الصورة نفسها في السطر {0}"),
        (r"a caption that is printed (\d+) times", "تعليق صورة تكرّر {0} مرات"),
        (r"the caption is on this line twice", "تعليق الصورة مكرّر في السطر نفسه"),
        (r"summary that line (\d+) repeats, all (\d+) words of it", "ملخّص يكرّره السطر {0} بكلماته كلها، وعددها {1}"),
        (rf"({_either(_FAMILIES)}): («[^»]*»)", "{0}: {1}"),
        (rf"({_either(_FAMILIES)}): («[^»]*»), at the head of the page", "{0}: {1}، في أول الصفحة"),
        (rf"({_either(_FAMILIES)}): («[^»]*»), at the end of the page", "{0}: {1}، في آخر الصفحة"),
        (rf"({_either(_FAMILIES)}): («[^»]*»), beside line (\d+)", "{0}: {1}، بجوار السطر {2}"),
        (rf"({_either(_FAMILIES)}): («[^»]*»), beside line (\d+) and (\d+)", "{0}: {1}، بين السطرين {2} و{3}"),
        (
            rf"({_either(_FAMILIES)}): («[^»]*»), at the head of the page, beside line (\d+)",
            "{0}: {1}، في أول الصفحة بجوار السطر {2}",
        ),
        (
            rf"({_either(_FAMILIES)}): («[^»]*»), at the end of the page, beside line (\d+)",
            "{0}: {1}، في آخر الصفحة بجوار السطر {2}",
        ),
        (
            rf"on (\d+) of (\d+) pages, ({_either(_PLACES)}): ({_either(_WHY)})",
            "في {0} من {1} صفحة، {2}: {3}",
        ),
        (
            rf'"(.*)" and the rest, on (\d+) of (\d+) pages, ({_either(_PLACES)}): ({_either(_WHY)})',
            "«{0}» وما بعدها، في {1} من {2} صفحة، {3}: {4}",
        ),
        (
            rf'"(.*)", on (\d+) of (\d+) pages, ({_either(_PLACES)}): ({_either(_WHY)})',
            "«{0}»، في {1} من {2} صفحة، {3}: {4}",
        ),
        (
            rf'on (\d+) of (\d+) pages, beside "(.*)": ({_either(_WHY)})',
            "في {0} من {1} صفحة، بجوار «{2}»: {3}",
        ),
        (
            r"([\w ]{1,80}) in Arabic text, (\d+) words of it are Arabic and (\d+) are not",
            "{0} في نص عربي، كلماته العربية {1} وغيرها {2}",
        ),
        (
            r"((?:UTF-8|windows-\d+|ISO-[\d-]+|[\w -]{1,30}) read as .{1,60}): (\d+) characters for (\d+)",
            "{0}: {1} محرفًا بدل {2}",
        ),
        (rf"({_either(_WHY)})", "{0}"),
    )
]


def translated(reason: str, table: Table) -> str:
    """Say a reason, or each of several, in the table's language.

    >>> translated("same caption as line 5 (2nd time)", ARABIC_REASONS)
    'تعليق الصورة نفسه في السطر 5 (المرة 2)'
    >>> translated("own rule of a project", ARABIC_REASONS)
    'own rule of a project'
    """
    if (whole := _one(reason, table)) is not None:
        return whole
    parts = [_one(part, table) for part in reason.split("; ")]
    return reason if None in parts else "؛ ".join(filter(None, parts))


def _one(reason: str, table: Table) -> str | None:
    if len(reason) > LONGEST_REASON:
        return None
    for pattern, sentence in table:
        if found := pattern.fullmatch(reason):
            return sentence.format(*(_SLOTS.get(slot, slot) for slot in found.groups()))
    return None
