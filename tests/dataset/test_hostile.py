"""Datasets and descriptions from outside that are made to do harm."""

from __future__ import annotations

import os
import random
import re
import shutil
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import dateline
from dateline.corpus.store import Corpus
from dateline.dataset.build import build
from dateline.dataset.description.citation import Author, Citation, bibtex, read_citation
from dateline.dataset.load import declared_tables
from dateline.errors import DatelineError
from dateline.release.hydration.hydrate_folder import hydrate_folder
from dateline.release.manifest import read_manifest
from dateline.release.verify import verify_dataset

from ..conftest import REPOSITORY

HOSTILE = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            ["\n```\n", "~~~", "---", "\n...\n", "{{", "{%", "}", "\\", "%", "<script>", "-->",
             "<!-- /dateline:texts -->", "\u202e", "\u2028", "\x1b[31m", "\0", "](x)", "|", "x", '"']
        )
    ).map("".join),
)  # fmt: skip


@given(HOSTILE, HOSTILE, HOSTILE)
def test_no_value_ends_its_field_of_bibtex(title: str, url: str, name: str):
    author = Author(name=name, family_names=name)
    entry = bibtex(Citation(title=f"T{title}", authors=(author,), url=url, doi=url, version=name))
    assert entry is not None
    lines = entry.splitlines()
    assert lines == entry.split("\n")
    assert all(re.match(r"  [a-z]+ = \{.*\},?$", line) for line in lines[1:-1])
    depth = 0
    for position, character in enumerate(entry):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth > 0 or position in (*range(6), len(entry) - 1)
    assert depth == 0
    assert all(c.isprintable() or c == "\n" for c in entry)


NASTY = "\n```\n---\n# Owned {{ 7*7 }} <script>alert(1)</script> <!-- /dateline:texts --> \u202e|"


def test_no_value_of_the_citation_leaves_its_place_in_the_card(corpus: Corpus, tmp_path: Path):
    fields = dict.fromkeys(("title", "abstract", "url", "doi", "repository-code"), NASTY)
    fields |= {
        "license": NASTY,
        "version": NASTY,
        "keywords": [NASTY],
        "authors": [{"name": NASTY}],
    }
    (corpus.root / "CITATION.cff").write_text(yaml.safe_dump(fields), encoding="utf-8")
    (corpus.root / "DATASHEET.md").write_text(f"<!-- croissant:dataBiases -->\n\nA{NASTY}\n")
    build(corpus, tmp_path / "dist")
    card = (tmp_path / "dist" / "README.md").read_text("utf-8")
    assert "\u202e" not in card
    assert "\n# Owned" not in card
    assert "<script>" not in re.sub(r"(?s)^---.*?\n---\n|```bibtex.*?```", "", card)
    assert card.count("<!-- /dateline:texts -->\n") == 1
    # Fences come in pairs, and the metadata is what loading expects.
    assert len(re.findall(r"^```", card, re.M)) % 2 == 0
    assert dateline.load("documents", "test", path=tmp_path / "dist").num_rows == 1
    assert "\u202e" not in (tmp_path / "dist" / "croissant.json").read_text("utf-8")


def test_values_of_the_citation_are_bounded(corpus: Corpus):
    (corpus.root / "CITATION.cff").write_text(f"title: {'x' * 5000}\n")
    with pytest.raises(DatelineError, match=r"length <= 2000 - at `\$\.title`"):
        read_citation(corpus.root)


@pytest.mark.parametrize("name", ["CITATION.cff", "DATASHEET.md", "dist/README.md"])
def test_a_pipe_is_not_read(corpus: Corpus, dist: Path, name: str):
    (corpus.root / name).unlink(missing_ok=True)
    os.mkfifo(corpus.root / name)
    with pytest.raises(DatelineError, match="is not a regular file"):
        declared_tables(dist) if name.startswith("dist") else build(corpus, corpus.root / "other")


def rewrite(dist: Path, old: str, new: str) -> None:
    card = (dist / "README.md").read_text("utf-8")
    assert old in card
    (dist / "README.md").write_text(card.replace(old, new), "utf-8")


@pytest.mark.parametrize("name", ["../../owned", "/tmp/owned", "..", "a/b", "x\\n", ""])
def test_a_card_cannot_name_a_folder_elsewhere(
    corpus: Corpus, dist: Path, tmp_path: Path, name: str
):
    texts, out = tmp_path / "texts", tmp_path / "deep" / "out"
    texts.mkdir()
    rewrite(dist, "config_name: claims", f'config_name: "{name}"')
    before = sorted(tmp_path.rglob("*"))
    for call in (
        lambda: hydrate_folder(dist, texts, out),
        lambda: dateline.load(path=dist),
    ):
        with pytest.raises(DatelineError):
            call()
    assert sorted(tmp_path.rglob("*")) == before


def test_a_linked_folder_is_not_followed(dist: Path, tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    shutil.move(dist / "claims", elsewhere)
    (dist / "claims").symlink_to(elsewhere)
    with pytest.raises(DatelineError, match="leads out of"):
        dateline.load("claims", path=dist)


CARDS = {
    "deep": "x: " + "[" * 5000,
    "aliases": "a: &a [x]\nb: [*a, *a]",
    "a repeated key": "license: mit\nlicense: other",
    "a list": "- 7",
    "a number as key": "7: x",
    "a day that does not exist": "x: 2026-02-31",
    "an object of Python": "x: !!python/object/apply:os.system ['true']",
    "other features": "dataset_info:\n  config_name: documents\n  features: 7",
    "unknown features": "dataset_info:\n  config_name: documents\n  features:\n  - name: x\n    dtype: y",
    "no dataset": "license: mit",
}


@pytest.mark.parametrize("case", CARDS)
def test_a_card_that_is_not_one_is_explained(dist: Path, tmp_path: Path, case: str):
    (dist / "README.md").write_text(f"---\n{CARDS[case]}\n---\n# Card\n")
    (tmp_path / "texts").mkdir()
    for call in (
        lambda: declared_tables(dist),
        lambda: hydrate_folder(dist, tmp_path / "texts", tmp_path / "out"),
    ):
        with pytest.raises(DatelineError, match=r"README\.md") as caught:
            call()
        assert len(str(caught.value)) < 1000
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" * 100, b"<html>"])
def test_a_table_that_is_not_one_is_explained(dist: Path, tmp_path: Path, content: bytes):
    (dist / "documents" / "train.parquet").write_bytes(content)
    (tmp_path / "texts").mkdir()
    with pytest.raises(DatelineError, match="its tables are not those of a dataset"):
        hydrate_folder(dist, tmp_path / "texts", tmp_path / "out")
    with pytest.raises(DatelineError, match="its tables are not those of a dataset"):
        dateline.load("documents", path=dist)


def test_an_id_that_is_a_path_reads_no_copy(corpus: Corpus, tmp_path: Path):
    build(corpus, tmp_path / "hidden", withhold=lambda _: True)
    file = tmp_path / "hidden" / "documents" / "train.parquet"
    table = pq.read_table(file)
    rows = [{**row, "id": "../secret"} for row in table.to_pylist()]
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), file)
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "texts").mkdir()
    with pytest.raises(DatelineError, match=r'"\.\./secret" is not one that a corpus can have'):
        hydrate_folder(tmp_path / "hidden", tmp_path / "texts", tmp_path / "out")


def spoiled(content: bytes, chance: random.Random) -> bytes:
    """The content with a few random edits: bytes changed, parts removed, doubled or swapped."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(changed))
        end = min(start + chance.randint(1, 200), len(changed))
        edit = chance.randrange(5)
        if edit == 0:
            changed[start] = chance.randrange(256)
        elif edit == 1:
            del changed[start:end]
        elif edit == 2:
            changed[start:start] = changed[start:end]
        elif edit == 3:
            changed[start:start] = chance.choice(
                [
                    b"../",
                    b"{",
                    b"[" * 300,
                    b"&a ",
                    b"*a",
                    b"\n- ",
                    b"1e999",
                    b"\xff",
                    b"null",
                    b": ",
                ]
            )
        else:
            digits = re.search(rb"\d+", changed[start:])
            if digits:
                at = start + digits.start()
                changed[at : at + 1] = chance.choice([b"-9", b"9" * 30, b'"', b"true", b"0.5"])
        if not changed:
            return b""
    return bytes(changed)


def test_three_hundred_spoiled_cards_and_manifests_raise_expected_errors_only(
    dist: Path, tmp_path: Path
):
    chance = random.Random(7)
    card = (dist / "README.md").read_bytes()
    source = REPOSITORY / "releases" / "1.0.0.json"
    manifest, messages = read_manifest(source), list[str]()
    for number in range(300):
        try:
            if number % 2:
                (dist / "README.md").write_bytes(spoiled(card, chance))
                verify_dataset(dist, manifest)
            else:
                path = tmp_path / "manifest.json"
                path.write_bytes(spoiled(source.read_bytes(), chance))
                verify_dataset(dist, read_manifest(path)) if number % 20 == 0 else read_manifest(
                    path
                )
        except DatelineError as error:
            messages.append(str(error))
    assert len(messages) > 100
    assert all(0 < len(message) < 2000 for message in messages)


def test_a_manifest_with_a_repeated_key_is_refused(tmp_path: Path):
    content = (REPOSITORY / "releases" / "1.0.0.json").read_bytes()
    path = tmp_path / "1.0.0.json"
    path.write_bytes(content.replace(b'"previous": null', b'"previous": null, "previous": null'))
    with pytest.raises(DatelineError, match="is not a manifest"):
        read_manifest(path)
    manifest = read_manifest(REPOSITORY / "releases" / "1.0.0.json")
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(manifest, date="2026-02-31")))
    with pytest.raises(DatelineError, match="not a day"):
        read_manifest(path)
