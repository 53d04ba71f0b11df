"""Texts, labels and names from outside that are made to run something in the reader's browser."""

from __future__ import annotations

import pytest

from dateline.rendering.header import Header
from dateline.rendering.pages import page as made_page
from dateline.rendering.site_links import document_file, story_file
from dateline.viewer.build import Options, build_site

from ..corpora import CorpusMaker, make_annotation, make_document, write_ontology
from ..label_studio.browser import browser
from .browsing import Reader

PAYLOADS = (
    "<script>window.pwned=1</script>",
    "</script><script>window.pwned=1</script>",
    "<!--<script>window.pwned=1</script>-->",
    "</style><script>window.pwned=1</script>",
    "</title><img src=x onerror=window.pwned=1>",
    '"><img src=x onerror="window.pwned=1">',
    "' onmouseover='window.pwned=1' x='",
    '" autofocus onfocus="window.pwned=1',
    "<svg/onload=window.pwned=1>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "javascript:window.pwned=1",
    "<base href=//example.org/><link rel=stylesheet href=//example.org/x.css>",
    "<meta http-equiv=refresh content='0;url=//example.org'>",
    "{{ 7*7 }}{% raw %}${7*7}",
    "</dd></li></ul></details></aside><form action=//example.org><button>Go</button></form>",
    "\u202eevil\u202c &lt;b&gt; \\u003cscript\\u003e",
    "#\"><a href='javascript:window.pwned=1' data-i=m1 class=on>x</a>",
)


def ontology(payload):
    label = {"const": payload, "title": payload, "description": payload, "x-color": "#ffffff"}
    role = {"const": payload, "description": payload, "x-fillers": [payload]}
    attributes = {
        "type": "object",
        "properties": {payload: {"type": "string", "title": payload, "description": payload}},
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:dateline:ontology",
        "title": payload,
        "x-version": "1",
        "$defs": {
            "document": {"title": payload, "properties": {"attributes": attributes}},
            "mention": {
                "title": payload,
                "properties": {"type": {"oneOf": [label]}, "attributes": attributes},
            },
            "entity": {"properties": {"links": {}}},
            "event": {
                "title": payload,
                "oneOf": [
                    {
                        "description": payload,
                        "properties": {
                            "type": {"const": payload},
                            "arguments": {"items": {"properties": {"role": {"oneOf": [role]}}}},
                        },
                    }
                ],
            },
            "claim": {"title": payload, "properties": {"act": {"oneOf": [label]}}},
            "claimer": {"oneOf": [{"const": f"by {payload}", "description": payload}]},
            "claimRelation": {"oneOf": [{"const": f"rel {payload}", "description": payload}]},
        },
    }


def hostile(folder, payload):
    """A corpus in which every text, title, label and name is the payload."""
    corpus = CorpusMaker(folder).empty()
    write_ontology(corpus, ontology(payload))
    document = make_document("doc", payload, "train", title=payload, group=payload)
    span = [{"start": 0, "end": len(payload), "text": payload}]
    said = {"act": payload, "claimer": f"by {payload}", "spans": span, "events": ["e1"]}
    items = {
        "attributes": {payload: payload},
        "mentions": [
            {
                "id": "m1", "type": payload, "spans": span, "entity": "n1",
                "attributes": {payload: payload},
            }
        ],
        "entities": [
            {
                "id": "n1", "type": payload, "name": payload,
                "links": [{"kb": payload, "id": payload}],
            }
        ],
        "events": [
            {
                "id": "e1", "type": payload, "trigger": span,
                "arguments": [{"role": payload, "mention": "m1"}],
            }
        ],
        "claims": [{"id": "c1", **said}, {"id": "c2", **said}],
        "claim_relations": [{"type": f"rel {payload}", "source": "c1", "target": "c2"}],
    }  # fmt: skip
    layers = ("document", "entities", "events", "claims")
    corpus.write_document(document)
    (corpus.seeds / "doc.txt").write_text(payload, encoding="utf-8")
    corpus.write_annotation(make_annotation(document, items, layers=layers))
    build_site(corpus, folder / "site", Options())
    return folder / "site"


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


def test_nothing_from_a_corpus_runs(chromium, tmp_path):
    reader = Reader(chromium, tmp_path)
    for number, payload in enumerate(PAYLOADS):
        reader.folder = hostile(tmp_path / str(number), payload)
        for path in ("index.html", f"{document_file('doc')}#m1", story_file(payload)):
            reader.open(path)
            assert reader.page.evaluate("window.pwned") is None, (payload, path)
            added = "script:not([id=data]), style, img, iframe, base, link, form:not(.filters)"
            assert reader.page.locator(added).count() == 2, (payload, path)  # its script and style
        reader.open(f"{document_file('doc')}#m1")
        assert reader.page.locator(".reading").inner_text().strip() == payload
        assert reader.page.locator("#detail .chip").inner_text() == payload
        reader.page.locator("#detail a").first.hover()
        assert reader.problems == [], payload
    reader.context.close()


def test_even_markup_that_is_in_a_page_cannot_run_or_load(chromium, tmp_path):
    reader = Reader(chromium, hostile(tmp_path / "site", "text"))
    reader.open(document_file("doc"))
    reader.page.evaluate(
        """() => {
          const added = document.createElement('script');
          added.textContent = 'window.pwned = 1';
          document.body.append(added);
          const html = '<img src="x.png" onerror="window.pwned = 1"><p style="color: red" id="p">';
          document.body.insertAdjacentHTML('beforeend', html);
        }"""
    )
    reader.page.wait_for_function("document.images[0].complete")
    assert reader.page.evaluate("window.pwned") is None
    color = reader.page.evaluate("getComputedStyle(document.getElementById('p')).color")
    assert color != "rgb(255, 0, 0)"
    assert any("Content Security Policy" in problem for problem in reader.problems)
    reader.context.close()


def test_a_style_or_a_script_cannot_end_its_element():
    with pytest.raises(ValueError, match="must not contain"):
        made_page("dateline.viewer", "index.html.j2", Header("Corpus"), style="</style>")
