"""The reports in a site: which there are, where they lead, and what they must not show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from dateline.rendering.markdown_html import markdown_html
from dateline.rendering.site_links import passage_link, report_file

from .conftest import add_reports

SECRET = re.compile(r"Kim Jong Un|soldiers|Kursk")


@pytest.fixture
def reported(small, run):
    """The small corpus with a datasheet, two annotators and a leaderboard."""
    return add_reports(small, run)


def page_of(site: Path, name: str) -> str:
    return (site / report_file(name)).read_text(encoding="utf-8")


def hrefs(page: str) -> set[str]:
    return {*re.findall(r'href="([^"]+)"', page)}


def test_all_pages_of_a_site_lead_to_its_reports_and_to_its_documents(reported, run, tmp_path):
    site = tmp_path / "site"
    assert run(reported, "view", "--out", str(site)).exit_code == 0
    pages = [*site.rglob("*.html")]
    assert len(pages) == 1 + 3 + 1 + 3  # the list, documents, a story, reports
    for path in pages:
        up = "../" * (len(path.relative_to(site).parts) - 1)
        expected = {f"{up}index.html", *(f"{up}{report_file(n)}" for n in
                    ("datasheet", "agreement", "leaderboard"))}  # fmt: skip
        assert hrefs(path.read_text(encoding="utf-8")) >= expected, path
    start, end = 0, len("Kim Jong Un")
    assert f"../{passage_link('open', start, end)}" in hrefs(page_of(site, "agreement"))


def test_every_link_in_a_site_leads_to_a_page_of_it(reported, run, tmp_path):
    site = tmp_path / "site"
    assert run(reported, "view", "--out", str(site)).exit_code == 0
    for path in site.rglob("*.html"):
        for href in hrefs(path.read_text(encoding="utf-8")):
            if not href.startswith(("#", "http")):
                assert (path.parent / href.partition("#")[0]).is_file(), (path, href)


def test_a_corpus_has_the_reports_that_it_has_data_for(small, run, tmp_path):
    for options, expected in ((), {"datasheet.html"}), (("--no-reports",), set()), (
        ("--documents", "open"), set(),
    ):  # fmt: skip
        site = tmp_path / "site"
        assert run(small, "view", "--out", str(site), *options).exit_code == 0
        assert {path.name for path in site.glob("reports/*")} == expected
    assert "agreement.html" not in (site / "index.html").read_text(encoding="utf-8")


def test_reports_do_not_quote_withheld_texts(reported, run, tmp_path):
    document = reported.read_document("open")
    rights = replace(document.rights, redistribute_text=False)
    reported.write_document(replace(document, rights=rights))
    site = tmp_path / "site"
    assert run(reported, "view", "--out", str(site)).exit_code == 0
    agreement = page_of(site, "agreement")
    assert "text withheld" in agreement
    assert SECRET.search(agreement) is None
    assert run(reported, "view", "--out", str(site), "--all-texts").exit_code == 0
    assert SECRET.search(page_of(site, "agreement"))


def test_a_report_that_cannot_be_made_is_left_out_with_the_reason(reported, run, tmp_path):
    path = reported.annotations / "ana" / "open.json"
    path.write_text("{", encoding="utf-8")
    done = run(reported, "view", "--out", str(tmp_path / "site"))
    assert done.exit_code == 0
    assert "Left out: agreement. " in done.stderr
    assert "ana/open.json" in done.stderr
    assert not (tmp_path / "site" / report_file("agreement")).exists()


def test_reports_of_their_own_are_linked_to_a_site(reported, run, tmp_path):
    site, predictions = tmp_path / "site", str(reported.root / "predictions.jsonl")
    assert run(reported, "view", "--out", str(site)).exit_code == 0
    for command, linked in (
        (("agree", "ana", "bo"), passage_link("open", 0, 11)),
        (("errors", predictions), "documents/closed.html#char="),
        (("score", predictions), report_file("leaderboard")),
        (("quality", "ana", "bo"), report_file("agreement")),
        (("leaderboard",), report_file("datasheet")),
        (("datasheet",), report_file("leaderboard")),
    ):
        command = [*command, "--format", "html"]
        alone = run(reported, *command)
        assert alone.exit_code == 0, alone.output
        assert [one for one in hrefs(alone.stdout) if not one.startswith("#")] == [], command
        found = hrefs(run(reported, *command, "--site", str(site)).stdout)
        assert [one for one in found if one.startswith(f"{site.as_uri()}/{linked}")], command
    online = run(reported, *command, "--site", "https://example.org/news/")
    assert "https://example.org/news/index.html" in hrefs(online.stdout)


def test_a_folder_without_a_site_is_refused(reported, run, tmp_path):
    done = run(reported, "agree", "ana", "bo", "--format", "html", "--site", str(tmp_path))
    assert done.exit_code == 1
    assert "is not the folder of a site" in done.stderr


def test_a_corpus_without_a_datasheet_shows_its_counts(small, run):
    page = run(small, "datasheet", "--format", "html").stdout
    assert "<h1>Datasheet</h1>" in page
    assert '<td class="text">tokens</td>' in page


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("<b>x</b> <script>1</script>", "<p>&lt;b&gt;x&lt;/b&gt; &lt;script&gt;1&lt;/script&gt;</p>"),
        ("<!-- made -->\n\n<div onclick=x>\ny\n</div>", "&lt;div onclick=x&gt;\ny\n&lt;/div&gt;"),
        ("a <!-- x --> b", "<p>a  b</p>"),
        ("[a](javascript:x) [b](docs/b.md)", "<p>[a](javascript:x) <span>b</span></p>"),
        ("[a](https://example.org/?b=\"c)", '<p><a href="https://example.org/?b=%22c">a</a></p>'),
        ("![a *b*](https://example.org/c.png)", "<p>a b</p>"),
        ("![a](c.png)", '<p><img src="data:c.png" alt="a"></p>'),
    ],
)  # fmt: skip
def test_markdown_from_outside_cannot_run_or_load(markdown, html):
    def image(address: str) -> str | None:
        return f"data:{address}" if "://" not in address else None

    assert markdown_html(markdown, image).strip() == html


def test_images_are_taken_from_the_corpus_only(small, run, tmp_path):
    (tmp_path / "secret.png").write_bytes(b"secret")
    (small.root / "plot.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (small.root / "DATASHEET.md").write_text(
        "![in](plot.svg) ![out](../secret.png) ![no](seeds/open.txt) ![gone](gone.png)"
    )
    page = run(small, "datasheet", "--format", "html").stdout
    assert re.findall(r'<img src="(.{14})[^"]*" alt="(\w+)">', page) == [("data:image/svg", "in")]


def test_neighbours_skip_a_document_that_does_not_match_its_schema(small, run, tmp_path):
    (small.documents / "open.json").write_text('{"id": "open"}', encoding="utf-8")
    done = run(small, "view", "--out", str(tmp_path / "site"), "--no-reports")
    assert done.exit_code == 0
    assert "Left out: open. Their files in corpus/ do not match the schema" in done.stderr
    assert not (tmp_path / "site/documents/open.html").exists()
    first, last = (
        (tmp_path / f"site/documents/{name}.html").read_text(encoding="utf-8")
        for name in ("closed", "plain")
    )
    assert 'rel="next" href="../documents/plain.html"' in first
    assert 'rel="prev" href="../documents/closed.html"' in last
