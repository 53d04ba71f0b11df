"""Texts that must not be shared: no published file quotes them, and a reader's copy restores them."""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dateline
from dateline.corpus.store import Corpus
from dateline.corpus.text_forms import possible_texts
from dateline.dataset.build import build
from dateline.dataset.withholding import document_of, lacks_text, restored, with_placeholders
from dateline.errors import DatelineError
from dateline.ingest.ingest import ingest
from dateline.ingest.seeds import find_seeds
from dateline.release.hydration.hydrate_folder import hydrate_folder
from dateline.release.manifest import read_manifest
from dateline.release.plan import plan_release
from dateline.release.publishing.leaks import find_leaks
from dateline.release.publishing.staging import stage
from dateline.shingles import share_shingle, shingles, word_ranges

from ..chemistry import ONTOLOGY, annotated_reaction
from ..conftest import REPOSITORY, Run, copy_repository
from ..corpora import TEXT, CorpusMaker, write_ontology
from ..evaluation.conftest import predicted, write_lines
from .conftest import BOUND, commit, git, source, story

CONFIGS = ["documents", "entities", "events", "claims", "annotations"]


@pytest.fixture
def mixed(corpus: Corpus, maker: CorpusMaker) -> Corpus:
    """Three documents whose text may be shared; two of train whose text must not, one with a title."""
    title = "“Kim Jong Un met Putin in Kursk”, a reader says"
    first = story(maker, corpus, "train", rights=BOUND, title=title, source=source(None))
    gold = corpus.read_annotation("gold", first.id)
    corpus.write_annotation(msgspec.structs.replace(gold, annotator="ana"))
    seed = f"\ufeffAdvertisement\r\n{TEXT}"
    (corpus.seeds / "bound.txt").write_bytes(seed.encode())
    list(ingest(corpus, find_seeds(corpus, [corpus.seeds / "bound.txt"])))
    commit(corpus)
    return corpus


def manifest_of(corpus: Corpus):
    return plan_release(corpus, None, "2026-11-30").manifest


@pytest.fixture
def published(mixed: Corpus, tmp_path: Path) -> Path:
    out = tmp_path / "published"
    stage(mixed, manifest_of(mixed), out)
    return out


@pytest.fixture
def full(mixed: Corpus, tmp_path: Path) -> Path:
    out = tmp_path / "full"
    build(mixed, out)
    return out


def bound_texts(corpus: Corpus) -> dict[str, str]:
    documents = map(corpus.read_document, corpus.document_ids())
    return {d.id: d.text for d in documents if not d.rights.redistribute_text}


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


def test_no_string_of_the_data_quotes_a_withheld_text(mixed: Corpus, published: Path):
    """Independent of the code that withholds: every string of every row, two words or more."""
    texts = bound_texts(mixed)
    assert len(texts) == 2
    for path in published.rglob("*.parquet"):
        for row in pq.read_table(path).to_pylist():
            text = texts.get(document_of(row))
            if text is None:
                continue
            row = {k: v for k, v in row.items() if k not in ("id", "document")}
            for string in strings(row):
                assert not shingles(string, 2) & shingles(text, 2), (path, string)
                if string in text:
                    assert len(word_ranges(string)) <= 1, (path, string)
            assert lacks_text(row)


def test_no_other_file_quotes_a_withheld_text(mixed: Corpus, published: Path):
    for path in published.rglob("*"):
        if path.is_file() and path.suffix != ".parquet":
            for text in bound_texts(mixed).values():
                assert not share_shingle(path.read_text("utf-8"), text, 6), path


def test_the_real_corpus_tells_nothing(tmp_path: Path):
    real_corpus = copy_repository(tmp_path / "real")
    shutil.copy(REPOSITORY / "CITATION.cff", real_corpus.root)
    git(real_corpus, "init", "-q")
    commit(real_corpus)
    out = tmp_path / "published"
    stage(real_corpus, manifest_of(real_corpus), out)
    (name,) = (
        id_
        for id_ in real_corpus.document_ids()
        if not real_corpus.read_document(id_).rights.redistribute_text
    )
    text = real_corpus.read_document(name).text
    words = {text[a:b] for a, b in word_ranges(text)}
    known = {*strings(list(real_corpus.schemas.values())), "en"}
    gold = real_corpus.read_annotation("gold", name)
    known |= {str(v) for mention in gold.mentions for v in mention.attributes.values()}
    for path in out.rglob("*.parquet"):
        for row in pq.read_table(path).to_pylist():
            if name not in (row.get("document"), row.get("id")):
                continue
            told = {string for string in strings(row) if string in words}
            # Not a single word, but for labels and the like, which are words by chance.
            assert told <= known, (path, told - known)
    assert list(find_leaks(out, {name: text})) == []


def test_what_may_be_passed_on_is_published_whole(mixed: Corpus, published: Path, full: Path):
    bound = bound_texts(mixed)
    for config in CONFIGS:
        mine = dateline.load(config, path=published)
        theirs = dateline.load(config, path=full)
        for split in theirs:
            for row, whole in zip(mine[split], theirs[split], strict=True):
                if document_of(row) not in bound:
                    assert row == whole


def test_labels_ids_offsets_and_hashes_stay(mixed: Corpus, published: Path, full: Path):
    rows = {row["id"]: row for row in dateline.load("documents", "train", path=published)}
    whole = {row["id"]: row for row in dateline.load("documents", "train", path=full)}
    for name, text in bound_texts(mixed).items():
        row = rows[name]
        assert (row["text"], row["text_available"], row["text_length"]) == (None, False, len(text))
        assert row["text_sha256"] == whole[name]["text_sha256"]
        for mine, theirs in zip(row["mentions"], whole[name]["mentions"], strict=True):
            assert (mine["id"], mine["type"]) == (theirs["id"], theirs["type"])
            for span, other in zip(mine["spans"], theirs["spans"], strict=True):
                assert span == {**other, "text": None}
    tags = dateline.load("entities", "train", path=published)
    for row, other in zip(tags, dateline.load("entities", "train", path=full), strict=True):
        assert (row["ner_tags"], row["token_offsets"]) == (
            other["ner_tags"],
            other["token_offsets"],
        )
        assert row["tokens"] in (None, other["tokens"])


@pytest.mark.parametrize("config", CONFIGS)
def test_hydrated_equals_the_full_build(mixed: Corpus, published: Path, full: Path, config: str):
    expected = dateline.load(config, path=full)
    found = dateline.hydrate(dateline.load(config, path=published), bound_texts(mixed))
    assert list(found) == list(expected)
    for split in expected:
        assert found[split].features == expected[split].features
        assert found[split].to_list() == expected[split].to_list()
    one = dateline.hydrate(
        dateline.load(config, "train", path=published), lambda name: bound_texts(mixed).get(name)
    )
    assert one.to_list() == expected["train"].to_list()
    assert one.split == "train"


def test_a_folder_is_hydrated_from_the_seeds(mixed: Corpus, published: Path, full: Path, run: Run):
    out = published.parent / "filled"
    seeds = str(mixed.seeds)
    result = run(mixed, "hydrate", str(published), "--texts", seeds, "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "restored 2 of 5 texts" in result.stderr
    for path in full.rglob("*.parquet"):
        assert (out / path.relative_to(full)).read_bytes() == path.read_bytes()
    for config in CONFIGS:
        assert dateline.load(config, path=out)["train"].to_list() == (
            dateline.load(config, path=full)["train"].to_list()
        )
    assert "restored from a reader's own copies. Do not publish" in (out / "README.md").read_text(
        "utf-8"
    )


def test_missing_and_mismatching_texts_are_named(mixed: Corpus, published: Path, run: Run):
    first, last = sorted(bound_texts(mixed))
    folder = published.parent / "texts"
    folder.mkdir()
    (folder / f"{last}.txt").write_text("Something else.", encoding="utf-8")
    out = published.parent / "filled"
    result = run(mixed, "hydrate", str(published), "--texts", str(folder), "--out", str(out))
    assert result.exit_code == 1
    assert f"no text for: {first}; the text is not the annotated one for: {last}" in (result.stderr)
    rows = dateline.load("documents", "train", path=out)
    assert [row["text"] for row in rows if row["id"] in (first, last)] == [None, None]
    data = dateline.load("documents", path=published)
    with pytest.raises(DatelineError, match=f"no text for: {first}"):
        dateline.hydrate(data, {last: "Something else."})
    with pytest.warns(UserWarning, match=f"not the annotated one for: {last}"):
        marked = dateline.hydrate(data, {last: "Something else."}, on_mismatch="mark")
    assert marked["train"].to_list() == data["train"].to_list()


def test_a_fixed_text_is_restored_from_the_seed_under_its_own_name(
    empty_corpus: Corpus, tmp_path: Path
):
    seed = f"\ufeff<p>{TEXT.replace('Kursk', 'KÃ¼rsk').replace(', the', ' &amp;<br>the')}</p>"
    path = empty_corpus.seeds / "Kursk.2024 b.txt"
    path.write_text(seed, encoding="utf-8", newline="")
    list(ingest(empty_corpus, [path], fixes=["html", "mojibake"]))
    document = empty_corpus.read_document("kursk-2024-b")
    assert document.text == TEXT.replace("Kursk", "Kürsk").replace(", the", " &\nthe")
    build(empty_corpus, tmp_path / "withheld", withhold=lambda _: True)
    build(empty_corpus, tmp_path / "full")
    found = hydrate_folder(tmp_path / "withheld", empty_corpus.seeds, tmp_path / "restored")
    assert (found.restored, found.problem) == (1, "")
    tables = [
        folder / "documents" / f"{document.split}.parquet"
        for folder in (tmp_path / "full", tmp_path / "restored")
    ]
    assert pq.read_table(tables[0]).equals(pq.read_table(tables[1]))


def test_hydrating_goes_on_where_some_texts_are_there(mixed: Corpus, published: Path, full: Path):
    names = sorted(bound_texts(mixed))
    some = {names[0]: bound_texts(mixed)[names[0]]}
    with pytest.warns(UserWarning, match=names[1]):
        data = dateline.hydrate(dateline.load("documents", "train", path=published), some, "mark")
    whole = {row["id"]: row for row in dateline.load("documents", "train", path=full)}
    for row in data:
        assert (row == whole[row["id"]]) == (row["id"] != names[1])


def test_a_dataset_that_lacks_columns_is_refused_with_the_reason(mixed: Corpus, published: Path):
    data = dateline.load("claims", "train", path=published).remove_columns("text_sha256")
    with pytest.raises(DatelineError, match="has no column 'text_sha256'"):
        dateline.hydrate(data, bound_texts(mixed))


def test_a_dataset_with_all_texts_needs_no_filling(full: Path, mixed: Corpus, tmp_path: Path):
    with pytest.raises(DatelineError, match="no text is withheld"):
        hydrate_folder(full, mixed.seeds, tmp_path / "out")
    data = dateline.load("claims", "train", path=full)
    assert dateline.hydrate(data, {}).to_list() == data.to_list()


def test_a_text_may_be_included_by_name(mixed: Corpus, tmp_path: Path):
    first, last = sorted(bound_texts(mixed))
    staged = stage(mixed, manifest_of(mixed), tmp_path / "out", include_text=[first])
    assert (staged.withheld, staged.included) == ((last,), (first,))
    rows = {r["id"]: r["text"] for r in dateline.load("documents", "train", path=tmp_path / "out")}
    assert rows[last] is None
    assert rows[first] == bound_texts(mixed)[first]
    with pytest.raises(DatelineError, match="the corpus has no document nobody"):
        stage(mixed, manifest_of(mixed), tmp_path / "out", include_text=["nobody"])


def test_what_leaks_elsewhere_is_refused(mixed: Corpus, tmp_path: Path):
    path = mixed.root / "CITATION.cff"
    abstract = "Kim Jong Un met PUTIN in Kursk, the Russian city, they say."
    path.write_text(path.read_text("utf-8") + f'abstract: "{abstract}"\n')
    commit(mixed)
    with pytest.raises(DatelineError, match=r"must not be shared:\n  README.md: "):
        stage(mixed, manifest_of(mixed), tmp_path / "out")


def test_another_ontology_tells_nothing_either(maker: CorpusMaker, tmp_path: Path):
    corpus = maker.empty("chemistry")
    ontology: Any = json.loads(json.dumps(ONTOLOGY))
    # Attributes may be called as the columns of text are; their values are labels.
    attributes = ontology["$defs"]["claim"]["properties"]["attributes"]
    attributes["properties"]["text"] = attributes["properties"]["strength"]
    write_ontology(corpus, ontology)
    document, annotation = annotated_reaction(corpus)
    claims = [
        msgspec.structs.replace(c, attributes={"strength": "~", "text": "yes"})
        for c in annotation.claims
    ]
    rights = msgspec.structs.replace(document.rights, redistribute_text=False)
    document = msgspec.structs.replace(document, rights=rights)
    maker.add(corpus, document, msgspec.structs.replace(annotation, claims=tuple(claims)))
    full, out = tmp_path / "full", tmp_path / "out"
    build(corpus, full)
    build(corpus, out, withhold=lambda _: True)
    (row,) = dateline.load("claims", "train", path=out)
    assert row["attributes"]["text"] == "yes"
    assert list(find_leaks(out, {document.id: document.text})) == []
    for config in CONFIGS:
        found = dateline.hydrate(dateline.load(config, path=out), {document.id: document.text})
        assert found["train"].to_list() == dateline.load(config, path=full)["train"].to_list()


WORDS = st.sampled_from(
    ["Kim", "Jong", "Un", "met", "the", "THE", "Ökonom", "中", "国", "⟦", "x-y", "’s"]
)
SENTENCES = st.lists(WORDS, max_size=8).map(" ".join)


@given(SENTENCES, SENTENCES)
def test_a_wording_is_told_by_places_or_not_at_all(wording: str, text: str):
    told = with_placeholders(wording, text)
    if told is not None:
        assert not any(share_shingle(part, text, 2) for part in told.split("⟦"))
        assert restored({"title": told}, text) == {"title": wording}


def test_places_are_told_for_quotes_and_single_words_are_not():
    text = "Kim Jong Un met Putin in Kursk."
    assert with_placeholders("Kursk", text) == "⟦25:30⟧"
    assert with_placeholders("Putin in Kursk: a summit", text) == "⟦16:30⟧: a summit"
    assert with_placeholders("The Kursk summit", text) == "The Kursk summit"
    assert with_placeholders("Putin In Kursk", text) is None
    assert with_placeholders("⟦1:2⟧", text) is None
    assert with_placeholders(None, text) is None


@given(st.text(), st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_copy_with_other_line_ends_is_recognised(text: str, end: str):
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if not plain.endswith("\n"):
        assert plain in set(possible_texts("\ufeff" + plain.replace("\n", end) + end))
    assert plain in set(possible_texts(plain.replace("\n", end)))


def test_the_manifest_is_published_with_it(mixed: Corpus, published: Path):
    assert read_manifest(published / "release.json").version == "1.0.0"


LEAKS: dict[str, dict[str, str]] = {
    "case": {"publisher": "KIM JONG UN"},
    "decomposed": {"publisher": unicodedata.normalize("NFD", "Été à Paris")},
    "invisible characters": {"holder": "K\u200bim Jo\u00adng U\u2060n"},
    "invisible separators": {"holder": "Kim\u200bJong\u200bUn"},
    "full width": {"publisher": "Ｋｉｍ Ｊｏｎｇ Ｕｎ"},
    "punctuation": {"holder": "kim_jong-un/met"},
    "an address": {"url": "https://example.org/kim-jong-un"},
    "an escaped address": {"url": "https://example.org/%6Bim%20jong+un"},
    "an entity": {"publisher": "Kim&nbsp;Jong&nbsp;Un"},
}


@pytest.mark.parametrize("case", LEAKS)
def test_three_words_in_a_row_are_found_however_they_are_written(tmp_path: Path, case: str):
    text = "Kim Jong Un met Putin. Été à Paris, they say."
    row = {"id": "a", "text": None, "source": LEAKS[case]}
    folder = tmp_path / "documents"
    folder.mkdir()
    pq.write_table(pa.Table.from_pylist([row]), folder / "train.parquet")
    (leak,) = {leak.words: leak for leak in find_leaks(tmp_path, {"a": text})}.values()
    assert len(leak.words.split()) >= 3
    assert not leak.allowed
    assert all(x.allowed for x in find_leaks(tmp_path, {"a": text}, [f"So {leak.words} said"]))
    assert list(find_leaks(tmp_path, {"a": "Kim Jong, met Un of the in."})) == []


def test_an_allowed_phrase_is_published_and_shown(
    mixed: Corpus, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
):
    path = mixed.root / "CITATION.cff"
    path.write_text(path.read_text("utf-8") + 'abstract: "Why Kim Jong Un met Putin."\n')
    commit(mixed)
    assert run(mixed, "release", "--date", "2026-11-30").exit_code == 0
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    out = tmp_path / "out"
    command = ("publish", "a/b", "--dry-run", "--out", str(out))
    refused = run(mixed, *command)
    assert refused.exit_code == 1
    assert 'CITATION.cff: "kim jong un met putin"' in refused.stderr
    assert "--allow-phrases FILE" in refused.stderr
    assert "--include-text ID" in refused.stderr
    assert not out.exists()
    phrases = tmp_path / "phrases.txt"
    phrases.write_text("# The title says it.\nKim Jong Un met Putin\n", encoding="utf-8")
    allowed = run(mixed, *command, "--allow-phrases", str(phrases))
    assert allowed.exit_code == 0, allowed.output
    assert '"kim jong un met putin" in README.md' in allowed.stdout


def test_gold_without_texts_is_scored_by_offsets(mixed: Corpus, tmp_path: Path, run: Run):
    assert run(mixed, "release", "--date", "2026-11-30").exit_code == 0
    published, filled = tmp_path / "published", tmp_path / "filled"
    stage(mixed, read_manifest(mixed.root / "releases" / "1.0.0.json"), published)
    hydrate_folder(published, mixed.seeds, filled)
    names = [name for name in mixed.document_ids() if "gold" in mixed.annotators_of(name)]
    found = [predicted(mixed.read_annotation("gold", name)) for name in names]
    for prediction in found:
        prediction["mentions"][0]["type"] = "BANANA"
    found[-1]["mentions"][0]["spans"][0]["end"] = 10**6
    predictions = write_lines(tmp_path / "predictions.jsonl", *found)
    whole, without = (dateline.score(predictions, folder) for folder in (filled, published))
    assert without.scores == whole.scores
    assert without.signature.gold == whole.signature.gold
    (differing,) = whole.signature.rules.differences(without.signature.rules)
    withheld = sum(not mixed.read_document(name).rights.redistribute_text for name in names)
    assert withheld > 0
    assert differing == f"offsets: code-points and code-points,unquoted:{withheld}"
    assert any("`dateline hydrate` restores texts" in note for note in without.notes)
    shown = run(
        mixed,
        "errors",
        str(predictions),
        "--gold",
        str(published),
        "--format",
        "json",
        "--examples",
        "99",
    )
    assert shown.exit_code == 0, shown.output
    assert "text withheld; `dateline hydrate` restores it" in shown.stdout
    checked = run(mixed, "check-predictions", str(predictions), "--gold", str(published))
    assert "its text is withheld, so quotes are not checked" in checked.stdout
