"""Fixes of texts: what was asked for is changed, every change is recorded, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import ftfy
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.corpus.seed_text import SeedOffsets, text_of_seed
from dateline.corpus.store import Corpus
from dateline.ingest.text_fixes import FIXES, fixed, fixes_in
from dateline.model import ITEM_FIELDS
from tests.conftest import Run
from tests.small_corpus import Files

CONLLU = Path("/work/shared/formats/conllu")

WRAPPED = (
    "The minister and her guests met in the old\n"
    "town of the capital to talk about the pact\n"
    "that both of the parties had signed before\n"
    "the war. They spoke for three hours and so\n"
    "nobody had any lunch. A well-known co-\n"
    "operation of the two countries is to go on\n"
    "as planned.\n"
    "\n"
    "It rained.\n"
    "Nobody minded.\n"
)
UNWRAPPED = (
    "The minister and her guests met in the old town of the capital to talk about the pact that "
    "both of the parties had signed before the war. They spoke for three hours and so nobody had "
    "any lunch. A well-known co-operation of the two countries is to go on as planned.\n"
    "\n"
    "It rained.\n"
    "Nobody minded.\n"
)


def after(text: str, *fixes: str) -> str:
    return text_of_seed(text, fixed(text, (), fixes))


@pytest.mark.parametrize(
    ("seed", "text"),
    [
        ("<p>Ana met <b>Bo</b>.</p>", "Ana met Bo."),
        ("<p>Ana met Bo.</p><p>It rained.</p>", "Ana met Bo.\nIt rained."),
        ("Ana<br/>Bo<br>\nCy", "Ana\nBo\nCy"),
        ("<style>p {}</style>Ana <!-- not\nBo --> met.", "Ana  met."),
        ("R&amp;D &lt;b&gt; &quot;x&quot; &#8217; &hellip;", 'R&D <b> "x" ’ …'),
        (
            "<table><tr><td>Ada</td><td>London</td></tr><tr><th>Bo<td>\nParis</table>",
            "Ada London\nBo\nParis",
        ),
        ("<select><option>Yes</option><option>No</option></select>", "Yes\nNo\n"),
        ("<figure>Ada<figcaption>a portrait</figcaption></figure>", "Ada\na portrait\n"),
        ("&amp;amp;", "&amp;"),
        ("AT&T, x < y, a > b, &nonsense; <3", "AT&T, x < y, a > b, &nonsense; <3"),
    ],
)
def test_markup_is_dropped_and_entities_are_decoded(seed: str, text: str):
    assert after(seed, "html") == text


@pytest.mark.parametrize(
    ("seed", "text"),
    [
        ("FranÃ§ois met HÃ©lÃ¨ne in MÃ¼nchen.", "François met Hélène in München."),
        ("The bankâ€™s â€œplanâ€\x9d.", "The bank’s “plan”."),
        ("François met Hélène.", "François met Hélène."),
        ("שלום Ã©tÃ©", "שלום été"),
    ],
)
def test_wrongly_decoded_characters_are_restored(seed: str, text: str):
    assert after(seed, "mojibake") == text


def test_only_the_wrong_characters_are_replaced():
    cuts = fixed("FranÃ§ois met HÃ©lÃ¨ne.", (), {"mojibake"})
    assert [(cut.start, cut.end, cut.replacement) for cut in cuts] == [
        (4, 6, "ç"),
        (15, 20, "élè"),
    ]


def test_hard_wrapped_lines_are_joined():
    assert after(WRAPPED, "wrap") == UNWRAPPED
    assert after(WRAPPED.replace("\n", "\r\n"), "wrap") == UNWRAPPED.replace("\n", "\r\n")


@pytest.mark.parametrize("text", [UNWRAPPED, "Roses are red,\nviolets are blue.\n" * 5])
def test_lines_that_were_not_wrapped_are_kept(text: str):
    assert after(text, "wrap") == text


def test_fixes_follow_each_other():
    seed = WRAPPED.replace("capital", "<b>capitÃ©l</b> &amp;").replace("signed", "signÃ&copy;d")
    text = UNWRAPPED.replace("capital", "capitél &").replace("signed", "signéd")
    cuts = fixed(seed, (), FIXES)
    assert text_of_seed(seed, cuts) == text
    assert fixes_in(cuts) == {"html", "mojibake", "wrap"}
    start = text.index("three hours")
    first, last = SeedOffsets(cuts).range_of(start, start + len("three hours"))
    assert seed[first:last] == "three hours"


PIECES = st.sampled_from(
    ["a", "Ana ", "\n", "\r\n", "é", "Ã©", "â€™", "<b>", "</p>", "<br>", "&amp;", "&#8;", "Ã&copy;",
     " ", "\xa0", "😀", "<!--", "-->", "<script>", "</script>", "-", "שלום", WRAPPED]
)  # fmt: skip


@given(st.lists(PIECES, max_size=20).map("".join), st.sets(st.sampled_from(sorted(FIXES))))
def test_a_fixed_text_is_its_seed_with_the_recorded_changes(seed: str, fixes: set[str]):
    cuts = fixed(seed, (), fixes)
    assert fixes_in(cuts) <= fixes
    ends = [0, *(cut.end for cut in cuts)]
    assert all(end <= cut.start < cut.end for end, cut in zip(ends, cuts, strict=False))
    assert ends[-1] <= len(seed)
    assert all(seed[cut.start : cut.end] != cut.replacement for cut in cuts)
    if fixes == {"mojibake"}:
        lines = seed.replace("\r\n", "\n").split("\n")
        text = text_of_seed(seed, cuts).replace("\r\n", "\n")
        assert text == "\n".join(map(ftfy.fix_encoding, lines))


@pytest.mark.skipif(not CONLLU.is_dir(), reason="needs the treebanks")
def test_real_texts_without_errors_are_left_alone():
    for path in sorted(CONLLU.rglob("*.conllu")):
        lines = path.read_text(encoding="utf-8").splitlines()
        text = "\n".join(line[9:] for line in lines if line.startswith("# text = "))[:100_000]
        assert after(text, "wrap") == text, path
        changed = [c for c in fixed(text, (), {"mojibake"}) if ftfy.is_bad(text[c.start : c.end])]
        assert not changed, path


def test_nothing_is_fixed_unasked_and_what_was_fixed_stays_fixed(empty_corpus: Corpus, run: Run):
    seed = "<p>FranÃ§ois met Ana.</p>\n"
    (empty_corpus.seeds / "a.txt").write_text(seed, encoding="utf-8")
    result = run(empty_corpus, "ingest")
    assert empty_corpus.read_document("a").text == seed
    assert "HTML tags, which become part of the text (see --fix html)" in result.stderr
    assert run(empty_corpus, "ingest", "--fix", "html,mojibake").exit_code == 0
    document = empty_corpus.read_document("a")
    assert document.text == "François met Ana.\n"
    assert json.loads(empty_corpus.document_path("a").read_bytes())["seed"]["dropped"] == [
        {"start": 0, "end": 3, "reason": "html"},
        {"start": 7, "end": 9, "reason": "mojibake", "replacement": "ç"},
        {"start": 21, "end": 25, "reason": "html"},
    ]
    assert run(empty_corpus, "validate").exit_code == 0
    assert "1 unchanged" in run(empty_corpus, "ingest").stderr
    assert empty_corpus.read_document("a") == document
    path = empty_corpus.document_path("a")
    path.write_text(path.read_text("utf-8").replace('"replacement": "ç"', '"replacement": "c"'))
    assert "D106" in run(empty_corpus, "validate").output


@pytest.mark.parametrize(
    "ranges",
    [
        [(4, 8, "met "), (0, 4, "Ana ")],
        [(0, 4, ""), (2, 4, "Ana ")],
        [(0, 4, "Ana "), (40, 41, "")],
    ],
)
def test_changes_that_are_out_of_order_or_outside_of_the_seed_are_reported(
    empty_corpus: Corpus, run: Run, ranges: list[tuple[int, int, str]]
):
    (empty_corpus.seeds / "a.txt").write_text("Ana met Bo.", encoding="utf-8")
    assert run(empty_corpus, "ingest").exit_code == 0
    path = empty_corpus.document_path("a")
    document = json.loads(path.read_bytes())
    document["seed"]["dropped"] = [
        {"start": start, "end": end, "reason": "html", "replacement": replacement}
        for start, end, replacement in ranges
    ]
    path.write_text(json.dumps(document), encoding="utf-8")
    result = run(empty_corpus, "validate")
    assert result.exit_code == 1
    assert "D106" in result.output


def test_the_text_of_an_annotated_document_is_not_fixed(files: Files, run: Run):
    seed = "<p>Ana Ruiz met Bo Lind.</p>"
    (files.corpus.seeds / "talks.txt").write_text(seed, encoding="utf-8")
    assert run(files.corpus, "ingest").exit_code == 0
    document = files.corpus.read_document("talks")
    files.check()
    gold = files.corpus.read_annotation("gold", "summit")
    nothing = msgspec.structs.replace(
        gold, document="talks", text_sha256=document.text_sha256, retired=(),
        **dict.fromkeys(ITEM_FIELDS, ()),
    )  # fmt: skip
    files.corpus.write_annotation(nothing)
    result = run(files.corpus, "ingest", "--fix", "html")
    assert result.exit_code == 1
    assert (
        "seeds/talks.txt: would get another text by the fixes, but it has been annotated by gold"
    ) in result.stderr
    assert files.corpus.read_document("talks") == document


def test_an_unknown_fix_is_refused(empty_corpus: Corpus, run: Run):
    result = run(empty_corpus, "ingest", "--fix", "spelling")
    assert result.exit_code == 2
    assert "Allowed: html, mojibake, wrap." in result.stderr
