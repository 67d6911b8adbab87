"""A real Chromium for the tests of the page, and a corpus of our own for it to show.

Selenium is the simplest that can do all of it: type and press keys, read the console, switch scripts off, measure. The
bare command line (`chromium --dump-dom`) can only look, and a page whose policy lets nothing else run cannot be helped
by a script of the test's.
"""

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from arclean.results import Settings
from arclean.run import run

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")

NEWS = "almina.example"
BLOG = "bahhar.example"
HOSTILE_ID = '"><img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'
HOSTILE = (
    "<script>window.pwned = 1</script><svg onload='window.pwned=1'></svg><iframe src='javascript:parent.pwned=1'>",
    "</style></script></template>--><style>* { display: none !important }</style>",
    "\u202eيقلب ما بعده\u2066 ولا ينتهي \x00\x1b[31m \ud800",
    "ط" * 20_000,
    "ا" + "\N{ARABIC SHADDA}\N{ARABIC FATHA}" * 2_000,
    "{{ 7 * 7 }} {% raw %} &lt;b&gt; ${7*7}",
)
PLACES = ("المرفأ الشرقي", "الميناء القديم", "رصيف الصيادين", "سوق السمك", "حوض السفن", "منارة الرأس", "شاطئ النخيل")
GOODS = ("السمك", "الملح", "الخشب", "الحبال", "الزيت", "الشباك", "التمر")


SENTENCES = (
    "شهد {place} صباح اليوم حركة لم يعرفها منذ {n} أعوام، إذ عادت القوارب محمّلة ب{good} بعد عاصفة طويلة.",
    "وقال شيخ الصيادين إن الأسعار ستنخفض بمقدار {n} في المئة قبل نهاية الأسبوع، وإن التجـــار ينتظرون ذلك بفارغ الصبر.",
    "وأضاف أن {place} سيبقى مفتوحًا حتى منتصف الليل طوال الموسم، على أن تُراجع المواعيد مع أول الشتاء.",
    "وكانت سفينة تحمل {n} طنًا من {good} قد تأخرت يومين عند مدخل الخليج بسبب الضباب الكثيف.",
    "ويروي كبار السن أن {place} بُني قبل أكثر من {n} عامًا على أنقاض قلعة صغيرة كانت تحرس الساحل.",
    "ووزّعت البلدية كتيّبًا يشرح للزوار كيف يُفرز {good} وكيف يُنقل إلى الأسواق البعيدة دون أن يفسد.",
    "أما أصحاب الورش فيطالبون برصيف جديد يتّسع لعدد {n} من المراكب الكبيرة، وبإنارة تكفي لعمل الليل.",
    "وفي السوق المجاور جلس باعة {good} يعدّون ما بقي لديهم من بضاعة الأسبوع الماضي، ويتبادلون أخبار الطقس.",
    "ومن المقرر أن تصل إلى {place} بعثة من طلاب الجامعة لدراسة الأعشاب البحرية وتصنيف {n} نوعًا منها.",
    "وتقول معلّمة القرية إن تلاميذها رسموا خريطة للشاطئ وعلّقوها عند باب المدرسة ليراها العائدون من البحر.",
    "وانتهى اليوم بمأدبة بسيطة من {good} والخبز، حضرها أهالي {place} وضيوفهم من الجزر المقابلة.",
    "وحذّرت هيئة الأرصاد من ريح شمالية تبلغ سرعتها {n} عقدة، ودعت المراكب الصغيرة إلى البقاء في مرابطها.",
)


def _story(n: int) -> str:
    place, good = PLACES[n % len(PLACES)], GOODS[(n * 3 + n // 7) % len(GOODS)]
    chance = random.Random(n)
    title, *rest = (s.format(place=place, good=good, n=n % 9 + 3) for s in chance.sample(SENTENCES, 5))
    caption = f"صيادون يفرغون حمولة {good} في {place}. [تصوير: ليلى البحري]"
    return "\n\n".join((title, caption, caption, " ".join(rest[:2]), " ".join(rest[2:])))


def _records() -> Iterator[dict[str, str]]:
    footer = "تابعوا أخبار الميناء على هواتفكم"
    for n in range(18):
        yield {"id": f"خبر-{n}", "site": NEWS, "text": f"{_story(n)}\nهل أعجبك هذا المقال؟\n\n0 تعليق\n\n{footer}"}
    for n in range(8):
        text = _story(n + 40).replace("\n\n", "\n")
        yield {"id": f"blog/{n}", "site": BLOG, "text": f"Skip to content\n{text}\nشارك الخبر\u200f على تويتر"}
    for n in (1, 4):
        head, *rest = _story(n).split(" ")
        copy = f"{head} فجر أمس {' '.join(rest)}".replace("الأ", "الا")
        yield {"id": f"منقول-{n}", "site": BLOG, "text": f"{copy}\nمنقول عن جريدة الميناء\u200f بتصرف يسير"}
    yield {"id": "نسخة", "site": BLOG, "text": _story(2)}


@pytest.fixture(scope="session")
def chromium():
    """Give a browser, or skip and say what is missing."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    if not (CHROMIUM and DRIVER):
        pytest.skip("no Chromium here: apt-get install chromium chromium-driver fonts-hosny-amiri")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    # Machines that test run as root in containers, where the sandbox cannot start and shared memory is small.
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


class Viewer:
    """A page in the browser."""

    def __init__(self, driver, path: Path) -> None:
        self.driver = driver
        self.path = path

    def open(self, width=1280, height=900, scheme="light", media="", *, scripts=True):
        """Load the page anew, in a window of a size, with what a reader prefers."""
        tell = self.driver.execute_cdp_cmd
        tell("Emulation.setDeviceMetricsOverride",
             {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})  # fmt: skip
        tell("Emulation.setEmulatedMedia",
             {"media": media, "features": [{"name": "prefers-color-scheme", "value": scheme},
                                           {"name": "prefers-reduced-motion", "value": "reduce"}]})  # fmt: skip
        tell("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.driver.get(self.path.as_uri())
        return self

    def js(self, source, *arguments):
        """Run JavaScript from outside the page, which its policy does not concern."""
        return self.driver.execute_script(f"return {source}", *arguments)

    def console(self):
        """Give what the page complained about."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def select(self, css):
        """Give the elements that match."""
        return self.driver.find_elements("css selector", css)


def _page(folder: Path, records, **asked) -> Path:
    path = folder / "in.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    run([path], folder / "out", Settings(**asked))
    return folder / "out" / "report.html"


@pytest.fixture(scope="session")
def page(chromium, tmp_path_factory):
    """Give the report of an ordinary corpus."""
    return Viewer(chromium, _page(tmp_path_factory.mktemp("report"), _records()))


@pytest.fixture(scope="session")
def english_page(chromium, tmp_path_factory):
    """Give the same in English."""
    return Viewer(chromium, _page(tmp_path_factory.mktemp("english"), _records(), language="en"))


@pytest.fixture(scope="session")
def hostile_page(chromium, tmp_path_factory):
    """Give the report of a corpus that wants to take the page over."""
    records = [
        {"id": f"{HOSTILE_ID}{n}-{m}", "site": HOSTILE_ID, "text": f"{bad}\n{_story(n)}\n{bad}\n0 تعليق\nـ{bad}"}
        for n, bad in enumerate(HOSTILE)
        for m in range(2)
    ]
    return Viewer(chromium, _page(tmp_path_factory.mktemp("hostile"), records))
