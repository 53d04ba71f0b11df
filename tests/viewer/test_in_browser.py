"""What a reader does on the pages of a site, in a real browser and from a folder."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from dateline.agreement.html import agreement_html
from dateline.agreement.measure import measure_agreement
from dateline.corpus.store import Corpus
from dateline.rendering.charts import Bar, BarChart, Chart, Point, Section, charts_page
from dateline.rendering.header import Header
from dateline.rendering.html import html_page
from dateline.rendering.site_links import document_link, passage_link
from dateline.rendering.tables import Table
from dateline.viewer.build import Options, build_site

from ..conftest import REPOSITORY
from ..corpora import TEXT, CorpusMaker, gold_of, make_annotation
from ..label_studio.browser import browser
from .browsing import Reader
from .conftest import add_reports, add_small_documents, arabic_corpus

SERIOUS = ("serious", "critical")

_REACHED = """ids => ids.filter(id => {
  const found = document.getElementById(id);
  const card = document.querySelector(`[data-card="${CSS.escape(id)}"]`);
  return !card || !found || found !== card && !found.getClientRects().length;
})"""
"""The items of these that have no place on the page, or nothing to say about them."""

_VISIT = """async ids => {
  const unreached = [];
  for (const id of ids) {
    const followed = new Promise(done => addEventListener('hashchange', done, { once: true }));
    location.hash = `#${encodeURIComponent(id)}`;
    await followed;
    const shown = document.querySelector('#detail .id code')?.textContent;
    const marked = [...document.querySelectorAll('.texts .on, .texts .to')];
    const isSeen = marked.some(one => [...one.getClientRects()]
      .some(box => box.bottom > 0 && box.top < innerHeight));
    if (shown !== id || !document.getElementById(id) || !isSeen) unreached.push(id);
  }
  return unreached;
}"""
"""The items whose link does not show them, of these."""


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def small_site(tmp_path_factory):
    """The site of the small corpus, with withheld texts."""
    folder = tmp_path_factory.mktemp("small")
    corpus = add_small_documents(CorpusMaker(folder))
    build_site(corpus, folder / "site", Options())
    return folder / "site"


@pytest.fixture
def read(chromium):
    """Open a site for a reader; at the end, nothing must have gone wrong."""
    readers = []

    def start(folder, **options):
        readers.append(Reader(chromium, folder, **options))
        return readers[-1]

    yield start
    problems = [problem for reader in readers for problem in reader.problems]
    for reader in readers:
        reader.context.close()
    assert problems == []


def test_every_gold_item_of_the_corpus_is_reached_by_its_id(read, site_of_corpus):
    corpus, reader = Corpus(REPOSITORY), read(site_of_corpus)
    for name in corpus.document_ids():
        ids = [*corpus.read_annotation("gold", name).ids()]
        reader.page.goto(f"{site_of_corpus.as_uri()}/{document_link(name)}")
        assert reader.page.evaluate(_REACHED, ids) == [], name
        some = ids[:: max(1, len(ids) // 2)]
        assert reader.page.evaluate(_VISIT, some) == [], name


def test_a_click_on_an_event_marks_its_fillers_with_their_roles(read, small_site):
    reader = read(small_site)
    reader.open("documents/open.html")
    reader.click("v1")
    assert reader.selected == "v1"
    assert reader.marked() == {"m1": "party", "m7": "party", "m3": "place"}
    assert reader.page.url.endswith("#v1")


def test_a_click_on_a_mention_marks_its_chain(read, small_site):
    reader = read(small_site)
    reader.open("documents/open.html")
    reader.click("m1")
    assert (reader.selected, reader.marked()) == ("m1", {"m7": ""})


def test_a_click_on_a_claim_marks_its_claimer_cue_and_events(read, small_site):
    reader = read(small_site)
    reader.open("documents/open.html")
    reader.click("c1")
    assert (reader.selected, reader.marked()) == ("c1", {"m7": "claimer", "v2": "about"})
    assert reader.page.locator(".cue").all_inner_texts() == ["said"]
    # The claim has two stretches, and both are marked.
    assert reader.page.locator(".c.on").all_inner_texts() == ["We will", "fight on"]


def test_a_second_click_selects_the_item_around(read, small_site):
    reader = read(small_site)
    reader.open("documents/open.html")
    reader.click("m5")
    assert reader.selected == "m5"
    reader.click("m5")
    assert reader.selected == "m4"


def test_the_panel_leads_from_item_to_item_and_back(read, small_site):
    reader = read(small_site)
    reader.open("documents/open.html#v1")
    reader.page.locator("#detail dd a", has_text="Kim Jong Un").click()
    assert reader.selected == "m1"
    reader.page.locator("#detail dd a", has_text="Kim Jong Un").first.click()
    assert reader.selected == "e1"
    reader.page.go_back()
    reader.page.go_back()
    reader.page.wait_for_function("document.querySelector('#detail .id code').textContent === 'v1'")


def test_keys_go_through_the_items_and_escape_leaves_them(read, small_site):
    reader = read(small_site)
    reader.open("documents/open.html")
    seen = []
    for key in "jjjk":
        reader.page.keyboard.press(key)
        seen.append(reader.selected)
    assert seen == ["m1", "v1", "m2", "v1"]
    reader.page.keyboard.press("Escape")
    assert reader.selected is None
    assert reader.marked() == {}
    assert "#" not in reader.page.url


def test_pointing_at_an_item_shows_its_attributes_and_the_guideline(read, small_site):
    reader = read(small_site)
    reader.open("documents/open.html")
    reader.page.locator('[id="m1"]').hover()
    tip = reader.page.locator("#tip")
    tip.wait_for(state="visible")
    shown = tip.inner_text()
    assert "Level" in shown
    assert "Name" in shown
    assert "human being" in shown


def test_the_focus_on_an_item_in_the_list_shows_it_too(read, small_site):
    reader = read(small_site)
    reader.open("documents/open.html")
    reader.page.locator("[data-field=events] summary").press("Enter")
    reader.page.keyboard.press("Tab")
    reader.page.locator("#tip").wait_for(state="visible")
    assert "met" in reader.page.locator("#tip").inner_text()
    reader.page.keyboard.press("Enter")
    assert reader.selected == "v1"


def test_layers_are_turned_off_and_on(read, small_site):
    reader = read(small_site)
    reader.open("documents/open.html")
    reader.page.get_by_label("Mentions").uncheck()
    reader.click("m1")
    assert reader.selected is None
    reader.page.keyboard.press("j")
    assert reader.selected == "v1"
    reader.page.get_by_label("Mentions").check()
    reader.click("m1")
    assert reader.selected == "m1"


def test_a_label_marks_its_items(read, small_site):
    reader = read(small_site)
    reader.open("documents/open.html")
    reader.page.locator(".layer", has_text="Claims").locator("summary").click()
    reader.page.get_by_role("button", name="Promise").click()
    assert list(reader.marked()) == ["c1"]


def test_a_withheld_document_is_read_by_ids(read, small_site):
    reader = read(small_site)
    reader.open("documents/closed.html#v1")
    assert reader.selected == "v1"
    assert "12–15" in reader.page.locator("#detail").inner_text()
    assert "Kim" not in reader.page.content()


def test_the_list_is_filtered_and_the_address_keeps_the_filters(read, site_of_corpus):
    reader = read(site_of_corpus)
    reader.open("index.html")
    status, shown = reader.page.locator("#count"), reader.page.locator(".entries > li:visible")
    everything = shown.count()
    reader.page.get_by_label("Genre").select_option("wire")
    wires = shown.count()
    assert 0 < wires < everything
    reader.page.get_by_label("Split").select_option("test")
    reader.page.get_by_label("Label").select_option(label="Deny")
    some = shown.count()
    assert 0 < some < wires
    assert status.inner_text() == f"{some} of {everything} documents"
    reader.page.get_by_label("Search").fill("no text has these words")
    assert shown.count() == 0
    reader.page.get_by_label("Search").fill("")
    reader.open(reader.page.url.removeprefix(f"{site_of_corpus.as_uri()}/"))
    assert shown.count() == some
    reader.page.get_by_role("button", name="Clear").click()
    reader.page.wait_for_function(
        f"document.getElementById('count').textContent === '{everything} documents'"
    )


def test_words_of_texts_are_found(read, small_site):
    reader = read(small_site)
    reader.open("index.html")
    reader.page.get_by_label("Search").fill("soldiers KURSK")
    assert reader.page.locator(".entries .title:visible").all_inner_texts() == ["The meeting"]


def test_the_theme_is_switched_and_kept(read, small_site):
    reader = read(small_site, color_scheme="light")
    reader.open("documents/open.html")
    color = "getComputedStyle(document.body).backgroundColor"
    light = reader.page.evaluate(color)
    reader.page.locator("#theme").click()
    dark = reader.page.evaluate(color)
    assert dark != light
    reader.open("index.html")
    assert reader.page.evaluate(color) == dark


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_pages_are_accessible(read, site_of_corpus, scheme, width):
    size = {"width": width, "height": 800}
    reader = read(site_of_corpus, color_scheme=scheme, viewport=size)
    for path in ("index.html", "documents/tiral-talks-radio.html#c3", "stories/tiral-talks.html"):
        reader.open(path)
        reader.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        # Nothing is wider than the screen.
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert _violations(reader.page) == [], path


def _violations(page):
    """What axe-core finds that is serious, with the first place of each kind."""
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in SERIOUS
    ]


def test_printing_shows_the_text_alone(read, small_site):
    reader = read(small_site)
    reader.open("documents/open.html#v1")
    reader.page.emulate_media(media="print", color_scheme="dark")
    assert not reader.page.locator(".panel").is_visible()
    assert reader.page.locator(".reading").is_visible()
    color = reader.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert color == "rgb(255, 255, 255)"


_LAYOUT = """() => {
  const box = id => document.getElementById(id).getBoundingClientRect();
  const text = element => {
    const range = new Range();
    range.selectNodeContents(element);
    return range.getBoundingClientRect();
  };
  const around = (outer, inner) => outer.left <= inner.left + 1 && inner.right <= outer.right + 1;
  const claim = getComputedStyle(document.querySelector('.c.s:not(.z)') ?? document.querySelector('.c.s'));
  return {
    reads: document.querySelector('.reading p').matches(':dir(rtl)'),
    title: document.querySelector('h1').matches(':dir(rtl)'),
    starts: text(document.querySelector('.reading p')).right - box('m1').right,
    follows: box('m1').left - document.getElementById('c1').getClientRects()[0].right,
    covered: [...document.querySelectorAll('.m[id]')].filter(one => !around(box(one.id), text(one))),
    opens: [parseFloat(claim.borderRightWidth) > 0, document.documentElement.scrollWidth - innerWidth],
  };
}"""
"""Where on the page the first mention is, and the marks of items."""


def test_a_text_from_right_to_left_has_its_direction_and_its_marks_in_place(read, tmp_path):
    corpus = arabic_corpus(tmp_path / "corpus")
    build_site(corpus, tmp_path / "site", Options())
    text = corpus.read_document("bridge").text
    (claim, *_) = corpus.read_annotation("gold", "bridge").claims
    start, end = claim.spans[0].start, claim.spans[-1].end
    for width in (1280, 390):
        reader = read(tmp_path / "site", viewport={"width": width, "height": 800})
        reader.open("documents/bridge.html")
        found = reader.page.evaluate(_LAYOUT)
        assert (found["reads"], found["title"]) == (True, True)
        # The first words are at the right, and what follows them is to their left.
        assert found["starts"] > 0
        assert width < 1000 or found["follows"] > 0
        assert found["covered"] == []
        assert found["opens"] == [True, 0]
        reader.open(passage_link("bridge", start, end))
        passage = "String([...CSS.highlights.get('passage')][0])"
        assert reader.page.evaluate(passage) == text[start:end]
        reader.open("documents/bridge.html#m1")
        assert reader.selected == "m1"


@pytest.fixture(scope="module")
def site_with_reports(tmp_path_factory, run):
    """The site of the small corpus with a datasheet, agreement and a leaderboard."""
    folder = tmp_path_factory.mktemp("reports")
    corpus = add_reports(add_small_documents(CorpusMaker(folder)), run)
    assert run(corpus, "view", "--out", str(folder / "site")).exit_code == 0
    return folder / "site"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_reports_of_a_site_are_accessible(read, site_with_reports, scheme, width):
    size = {"width": width, "height": 800}
    reader = read(site_with_reports, color_scheme=scheme, viewport=size)
    reader.open("index.html")
    for name in ("Datasheet", "Agreement", "Leaderboard"):
        reader.page.get_by_role("navigation").get_by_role("link", name=name).click()
        assert reader.page.locator("h1").inner_text().startswith(name)
        assert reader.page.locator("[aria-current=page]").all_inner_texts() == [name]
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert _violations(reader.page) == [], name


def test_a_disagreement_leads_to_its_passage_and_back_to_the_report(read, site_with_reports):
    reader = read(site_with_reports)
    reader.open("reports/agreement.html")
    reader.page.locator(".context", has_text="Kim Jong Un").locator("..").get_by_role(
        "link"
    ).first.click()
    passage = "String([...(CSS.highlights.get('passage') ?? [])][0] ?? '')"
    assert reader.page.evaluate(passage) == "Kim Jong Un"
    reader.click("v1")
    assert reader.page.evaluate(passage) == ""
    reader.page.get_by_role("link", name="Agreement").click()
    assert reader.page.locator("h1").inner_text() == "Agreement"


def test_a_passage_is_shown_by_its_offsets_in_code_points(read, small_site):
    reader = read(small_site)
    for start, end in ((0, 11), (len(TEXT) - 8, len(TEXT)), (3, 60)):
        reader.open(passage_link("open", start, end))
        passage = "String([...CSS.highlights.get('passage')][0])"
        assert reader.page.evaluate(passage).split() == TEXT[start:end].split()
    for name in ("char=9,2", "char=0,99999", "char=,", "char=1"):
        reader.open(f"documents/open.html#{name}")
        assert reader.page.evaluate("CSS.highlights.size") == 0


def _figures(tables):
    """A page as that of `dateline report`, with charts of each kind."""
    bars = BarChart("Primary measures", [Bar("a: b", 0.4, (0.2, 0.6)), Bar("c: d", None, None)])
    points = [Point(0.1, 0.2, (0.1, 0.3)), Point(1, 0.9)]
    chart = Chart("Calibration", "precision", "confidence", "precision", points, diagonal=True)
    signature = "corpus:News|" + "documents:5|" * 30
    sections = [Section("Scores", "In percent.", [chart], [bars], tables)]
    return charts_page("Scores", Header("News"), ["A paragraph."], sections, signature)


def test_reports_are_readable_on_a_narrow_dark_screen(read, small_site, tmp_path):
    corpus = Corpus(small_site.parent / "corpus")
    document = corpus.read_document("open")
    for name in ("ana", "bo", "cy"):
        corpus.write_annotation(make_annotation(document, gold_of(document.text), annotator=name))
    report = measure_agreement(corpus, ("ana", "bo", "cy"))
    context = "They met in the capital after talks that had lasted for weeks, officials said."
    tables = [
        Table("Kinds", ("label", *"abcdefgh"), [("ORGANIZATION", *["1,000"] * 8)]),
        Table("Examples", ("kind", "gold", "context"), [("missed", "PERSON", context)], texts=3),
    ]
    for name, content in {
        "agreement": agreement_html(report, Header("News")),
        "tables": html_page("Errors", Header("News"), ["Missed: gold without a match."], tables),
        "figures": _figures(tables),
    }.items():
        tmp_path.joinpath(f"{name}.html").write_text(content)
        reader = read(tmp_path, color_scheme="dark", viewport={"width": 390, "height": 800})
        reader.open(f"{name}.html")
        reader.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390
        lines = reader.page.evaluate(
            "[...document.querySelectorAll('.text')].map(one => one.clientHeight / 22)"
        )
        assert max(lines, default=0) < 7, "text is not squeezed into a narrow column"
        assert _violations(reader.page) == []


def test_reports_have_the_same_design_and_load_nothing(read, small_site, tmp_path):
    corpus = Corpus(small_site.parent / "corpus")
    document = corpus.read_document("open")
    items = gold_of(document.text)
    items["mentions"][8]["attributes"] = {"level": "pronoun"}
    corpus.write_annotation(make_annotation(document, items, annotator="ana"))
    report = measure_agreement(corpus, ("gold", "ana"))
    table = Table("Scores", ("label", "F1"), [("<b>x</b>", "1.0")])
    for name, content in {
        "agreement": agreement_html(report, Header("News")),
        "scores": html_page("Scores", Header("News"), ["A paragraph."], [table], "v1"),
        "figures": _figures([table]),
    }.items():
        (tmp_path / f"{name}.html").write_text(content, encoding="utf-8")
        reader = read(tmp_path)
        reader.open(f"{name}.html")
        serif = reader.page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
        assert "Palatino" in serif
        assert _violations(reader.page) == []
