"""Ingest: valid, invalid and changed seeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline.corpus.boilerplate import remove
from dateline.corpus.store import Corpus
from dateline.ingest.ingest import ingest
from dateline.ingest.seeds import MAX_BYTES, find_seeds
from dateline.validation.engine import check_corpus
from tests.conftest import SEED, Run
from tests.small_corpus import Files

NEWS = "Ana Ruiz met Bo Lind.\n"


def put(corpus: Corpus, name: str, content: str | bytes = NEWS) -> Path:
    path = corpus.seeds / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def snapshot(corpus: Corpus) -> dict[str, tuple[bytes, int]]:
    return {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in corpus.documents.glob("*")
    }


def test_the_seed_of_this_repository_is_the_document(repository: Corpus):
    document = repository.read_document(SEED)
    seed = (repository.seeds / f"{SEED}.txt").read_bytes().decode()
    assert seed.startswith("ARTICLE AD BOX\n")
    assert remove(seed, document.seed.dropped) == document.text
    assert document.text == seed[15:]
    assert [(d.start, d.end, d.reason) for d in document.seed.dropped] == [(0, 15, "boilerplate")]


def test_nothing_is_guessed(real_corpus: Corpus):
    (real_corpus.seeds / f"{SEED}.toml").unlink()
    list(ingest(real_corpus, find_seeds(real_corpus, [])))
    document = real_corpus.read_document(SEED)
    assert document.title is None
    assert document.language is None
    assert document.source.publisher is None
    assert document.source.published is None
    assert document.rights.redistribute_text is False
    assert document.rights.license == "LicenseRef-All-Rights-Reserved"


def test_running_it_twice_changes_nothing(real_corpus: Corpus):
    before = snapshot(real_corpus)
    outcomes = list(ingest(real_corpus, find_seeds(real_corpus, [])))
    assert [outcome.result for outcome in outcomes] == ["unchanged"]
    assert snapshot(real_corpus) == before


def test_a_sidecar_sets_the_metadata(empty_corpus: Corpus):
    put(empty_corpus, "a.txt")
    sidecar = 'title = "Talks"\nlanguage = "en"\n[source]\npublisher = "The Paper"\npublished = 2025-04-28\n'
    put(
        empty_corpus,
        "a.toml",
        sidecar + '[rights]\nlicense = "CC-BY-4.0"\nredistribute_text = true\n',
    )
    list(ingest(empty_corpus, find_seeds(empty_corpus, [])))
    document = empty_corpus.read_document("a")
    assert (document.title, document.language) == ("Talks", "en")
    assert (document.source.publisher, document.source.published) == ("The Paper", "2025-04-28")
    assert document.rights.redistribute_text is True
    put(empty_corpus, "a.toml", "")
    assert [o.result for o in ingest(empty_corpus, find_seeds(empty_corpus, []))] == ["updated"]
    assert empty_corpus.read_document("a").title is None


@pytest.mark.parametrize(
    ("sidecar", "says"),
    [
        ("titel = 'x'", '"titel" is unknown'),
        ("title = ", "is not TOML"),
        ("source = 'x'", "write it as [source]"),
        ("[source]\nurl = 'ftp://x'", "source.url"),
        ("[source]\nauthor = 'x'", '"source.author" is unknown'),
        ("language = 'english language'", "language"),
        ("title = 3", "title"),
        ("[rights]\nredistribute_text = 'no'", "rights.redistribute_text"),
    ],
)
def test_a_bad_sidecar_is_refused_by_name_and_key(empty_corpus: Corpus, sidecar: str, says: str):
    put(empty_corpus, "a.txt")
    put(empty_corpus, "a.toml", sidecar)
    (outcome,) = ingest(empty_corpus, find_seeds(empty_corpus, []))
    assert outcome.result == "refused"
    assert "a.toml" in outcome.message
    assert says in outcome.message
    assert snapshot(empty_corpus) == {}


BAD = {
    "latin1.txt": ("caf\xe9".encode("latin-1"), "not UTF-8: byte 0xe9 at position 3"),
    "nul.txt": (b"a\0b", "NUL character at offset 1"),
    "empty.txt": (b"", "is empty"),
    "blank.txt": (b" \r\n\t\n", "is empty"),
    "huge.txt": (b"a" * 50_000_000, f"the maximum is {MAX_BYTES:,}"),
    "Capital.txt": (b"News.", "rename the file"),
    "sp ace.txt": (b"News.", "rename the file"),
    "boilerplate.txt": (b"ARTICLE AD BOX\n", "no text other than boilerplate"),
}


def test_bad_seeds_are_refused_one_by_one_and_the_others_are_ingested(
    empty_corpus: Corpus, run: Run
):
    for name, (content, _) in BAD.items():
        put(empty_corpus, name, content)
    put(empty_corpus, "good.txt")
    put(empty_corpus, "same.txt")
    (empty_corpus.seeds / "link.txt").symlink_to("/etc/hostname")
    (empty_corpus.seeds / "folder.txt").mkdir()
    result = run(empty_corpus, "ingest")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    for name, (_, says) in BAD.items():
        assert [line for line in result.stderr.splitlines() if name in line and says in line]
    assert 'seeds/same.txt: has the same text as the document "good"' in result.stderr
    assert "seeds/link.txt: is not in seeds/" in result.stderr
    assert "seeds/folder.txt: is not a file" in result.stderr
    assert "1 added, 0 updated, 0 unchanged, 11 refused" in result.stderr
    assert set(snapshot(empty_corpus)) == {"good.json"}


def test_a_changed_seed_of_an_annotated_document_is_refused(files: Files, run: Run):
    files.check()
    before = snapshot(files.corpus)
    put(files.corpus, "summit.txt", "Another text.")
    result = run(files.corpus, "ingest")
    assert result.exit_code == 1
    assert "the text has been annotated by gold" in result.stderr
    assert "as a seed with another name" in result.stderr
    assert snapshot(files.corpus) == before


def test_a_changed_seed_that_nobody_annotated_is_ingested(empty_corpus: Corpus):
    put(empty_corpus, "a.txt")
    list(ingest(empty_corpus, find_seeds(empty_corpus, [])))
    put(empty_corpus, "a.txt", "Another text.")
    assert [o.result for o in ingest(empty_corpus, find_seeds(empty_corpus, []))] == ["updated"]
    assert empty_corpus.read_document("a").text == "Another text."
    put(empty_corpus, "b.txt", NEWS)
    assert {o.result for o in ingest(empty_corpus, find_seeds(empty_corpus, []))} == {
        "added",
        "unchanged",
    }


def test_segmentation_stays_frozen_when_only_metadata_changes(empty_corpus: Corpus):
    put(empty_corpus, "a.txt")
    list(ingest(empty_corpus, find_seeds(empty_corpus, [])))
    document = empty_corpus.read_document("a")
    import msgspec

    recut = msgspec.structs.replace(document, tokens=document.tokens[:1])
    empty_corpus.write_document(recut)
    put(empty_corpus, "a.toml", "title = 'Talks'")
    list(ingest(empty_corpus, find_seeds(empty_corpus, [])))
    assert empty_corpus.read_document("a").tokens == recut.tokens


def test_line_ends_and_odd_characters_are_kept(empty_corpus: Corpus):
    text = "A\r\nb\u00a0c\u2028d😀\r\rשלום e\u0301 <b>&amp;"
    put(empty_corpus, "odd.txt", "\ufeff" + text)
    list(ingest(empty_corpus, find_seeds(empty_corpus, [])))
    assert empty_corpus.read_document("odd").text == text
    assert [i for checked in check_corpus(empty_corpus) for i in checked.incidents] == []


def test_only_the_named_seeds_are_ingested(empty_corpus: Corpus, run: Run):
    put(empty_corpus, "a.txt")
    put(empty_corpus, "b.txt", "Another text.")
    result = run(empty_corpus, "ingest", str(empty_corpus.seeds / "b.txt"))
    assert result.exit_code == 0
    assert set(snapshot(empty_corpus)) == {"b.json"}


def test_a_path_outside_of_seeds_is_refused(empty_corpus: Corpus, tmp_path: Path, run: Run):
    outside = tmp_path / "a.txt"
    outside.write_text(NEWS)
    result = run(empty_corpus, "ingest", str(outside))
    assert result.exit_code == 1
    assert "copy the file itself into seeds/" in result.stderr


def test_others_never_move_a_document_between_splits(empty_corpus: Corpus):
    for number in range(40):
        put(empty_corpus, f"doc{number}.txt", f"Text {number}.")
    list(ingest(empty_corpus, find_seeds(empty_corpus, [])))
    splits = {name: empty_corpus.read_document(name).split for name in empty_corpus.document_ids()}
    assert set(splits.values()) == {"train", "validation", "test"}
    for number in range(40, 60):
        put(empty_corpus, f"doc{number}.txt", f"Text {number}.")
    list(ingest(empty_corpus, find_seeds(empty_corpus, [])))
    assert splits == {name: empty_corpus.read_document(name).split for name in splits}
