"""The page of `summary --output html` in a browser, opened from its file."""

import pytest

from ..conftest import ROOT

COUNTS = [0, 250, 5_000]
ATTACK = "<script>alert(1)</script><img src=http://127.0.0.1:9/x onerror=alert(2)>"
CREATED = 1_741_300_000


class Opened:
    """A report on a screen, and all that the browser said and asked of others meanwhile."""

    def __init__(self, browser, path, **options):
        self.page = browser.new_page(**options)
        self.events, self.url = [], path.as_uri()
        self.page.on("console", lambda message: self.events.append(message.text))
        self.page.on("pageerror", lambda error: self.events.append(str(error)))
        self.page.on("dialog", lambda dialog: self.events.append(dialog.message))
        self.page.on("request", self.note)
        self.page.goto(self.url)

    def note(self, request):
        # An icon inside the page is asked of nobody.
        if request.url.split("#")[0] != self.url and not request.url.startswith("data:"):
            self.events.append(request.url)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.page.close()


@pytest.mark.parametrize("count", COUNTS)
def test_every_bar_has_its_row_and_nothing_is_fetched(browser, report, count):
    with Opened(browser, report(count)) as opened:
        bars = opened.page.evaluate(
            """[...document.querySelectorAll("#timeline a")].map(bar => {
                const row = document.querySelector(bar.getAttribute("href"));
                return [row?.tagName, row?.closest("section").id, row?.id];
            })"""
        )
        assert len(bars) == count
        assert len({row for _, _, row in bars}) == count
        assert all(place == ["TR", "batches"] for *place, _ in bars)
        assert opened.page.locator("#batches tbody tr").count() == count
        assert opened.events == []


@pytest.mark.parametrize("count", COUNTS)
def test_bars_do_not_overlap_and_can_be_seen(browser, report, count):
    with Opened(browser, report(count)) as opened:
        boxes = opened.page.evaluate(
            """[...document.querySelectorAll("#timeline a path")].map(bar => {
                const { left, right, top, height } = bar.getBoundingClientRect();
                return [Math.round(top * 10), left, right, height];
            })"""
        )
        lanes = {}
        for top, left, right, height in boxes:
            assert right - left >= 1 and height >= 1
            lanes.setdefault(top, []).append((left, right))
        for lane in map(sorted, lanes.values()):
            assert all(one[1] <= next[0] + 0.1 for one, next in zip(lane, lane[1:]))


def test_a_click_on_a_bar_unfolds_its_row(browser, report):
    with Opened(browser, report(5_000)) as opened:
        bar = opened.page.locator("#timeline a").first
        row = opened.page.locator(bar.get_attribute("href"))
        assert not row.is_visible()
        bar.dispatch_event("click")
        row.wait_for(state="visible")


@pytest.mark.parametrize("count", COUNTS)
def test_a_phone_shows_it_without_moving_sideways(browser, report, count):
    phone = {"width": 390, "height": 844}
    with Opened(browser, report(count), viewport=phone) as opened:
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= phone["width"]


# The colours of text and of keys, against the ground.
CONTRASTS = """[...document.querySelectorAll("h1, p, li, th, td, summary")].map(it => {
    const light = colour => {
        const [r, g, b] = colour.match(/[0-9.]+/g).map(Number).map(part => {
            part /= 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const text = light(getComputedStyle(it).color);
    const ground = light(getComputedStyle(document.body).backgroundColor);
    return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
})"""


@pytest.mark.parametrize("scheme, is_dark", [("light", False), ("dark", True)])
def test_by_day_and_in_the_dark_text_can_be_read(browser, report, scheme, is_dark):
    with Opened(browser, report(250), color_scheme=scheme) as opened:
        ground = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (ground != "rgb(255, 255, 255)") == is_dark
        assert min(opened.page.evaluate(CONTRASTS)) >= 4.5


def test_pictures_and_tables_have_names(browser, report):
    with Opened(browser, report(250)) as opened:
        for selector in ["svg:not([aria-hidden])", "[role=region]"]:
            labels = opened.page.locator(selector).evaluate_all(
                "all => all.map(it => it.getAttribute('aria-label'))"
            )
            assert labels and all(labels), selector
        assert opened.page.locator("thead th:not([scope])").count() == 0


def test_it_can_be_printed(browser, report):
    with Opened(browser, report(250), color_scheme="dark") as opened:
        opened.page.emulate_media(media="print", color_scheme="dark")
        ground = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == "rgb(255, 255, 255)"
        assert opened.page.pdf()[:5] == b"%PDF-"


def test_names_are_text(browser, report):
    metadata = {"ds_name": ATTACK}
    row = {"object": "batch", "endpoint": ATTACK, "created_at": CREATED, "metadata": metadata}
    entry = {"code": ATTACK, "message": ATTACK, "param": ATTACK, "line": 1}
    rows = [
        row | {"id": f"batch_{ATTACK}", "status": ATTACK},
        row | {"id": "batch_2", "status": "failed", "errors": {"object": "list", "data": [entry]}},
    ]
    with Opened(browser, report(rows)) as opened:
        assert opened.page.locator("script, img").count() == 0
        assert opened.page.get_by_role("cell", name=ATTACK, exact=True).count() > 0
        assert opened.events == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_screenshots(browser, report, request, scheme):
    if not request.config.getoption("--screenshots"):
        pytest.skip("only with --screenshots")
    size = {"width": 1100, "height": 900}
    with Opened(browser, report(250), viewport=size, color_scheme=scheme) as opened:
        end = opened.page.locator("#failures").bounding_box()["y"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": end}
        path = ROOT / f"docs/report-{scheme}.png"
        opened.page.screenshot(path=path, full_page=True, clip=clip)
