"""Ingest: valid, invalid and changed seeds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from dateline.corpus.seed_text import text_of_seed
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
    assert text_of_seed(seed, document.seed.dropped) == document.text
    assert document.text == seed[15:]
    assert [(d.start, d.end, d.reason) for d in document.seed.dropped] == [(0, 15, "boilerplate")]


def test_nothing_is_guessed(real_corpus: Corpus):
    (real_corpus.seeds / f"{SEED}.toml").unlink()
    real_corpus.document_path(SEED).unlink()
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
        (
            "titel = 'x'",
            '"titel" is unknown. Allowed: title, language, date, split, group, duplicate, source, rights, meta, contrast.',
        ),
        ("title = ", 'is not TOML: Invalid value (at end of document): "title ="'),
        ("title = 'a'\ntitle = 'b'", "\"title = 'b'\". Fix it"),
        ("title = 'a'\n[rights]\n[rights]\n", 'line 3, column 8): "[rights]"'),
        ("source = 'x'", "write it as [source]"),
        ("[source]\nurl = 'ftp://x'", "source.url"),
        ("[source]\nauthor = 'x'", '"source.author" is unknown'),
        (
            "[source]\npublished = '2025-02-30'",
            'published" is "2025-02-30", expected a date such as',
        ),
        ("[source]\npublished = 2025-02-30", 'column 13): "published = 2025-02-30"'),
        ("[source]\npublished = 2025-13-01", '"published = 2025-13-01"'),
        ("[source]\npublished = '20250428'", '"20250428", expected a date'),
        ("[source]\npublished = 10:00:00", '"10:00:00", expected a date'),
        ("language = 'english language'", "language"),
        ("title = 3", '"title" is 3, expected a string'),
        ("title = nan", '"title" is NaN, expected a string'),
        ("title = 99999999999999999999", "expected a string"),
        ('title = "two\\nlines"', "line break or another control character"),
        ("title = ''", "title"),
        ("title = " + "9" * 5000, "line 1: the number is too large"),
        ("title = " + "[" * 100_000, "nested deeper than 100 levels"),
        ("a." * 100_000 + "a = 1", "nested deeper than 100 levels"),
        ("[rights]\nredistribute_text = 'no'", '"no", expected true or false'),
        ("[rights]\nredistribute_text = 1", "expected true or false"),
        (b"title = 'caf\xe9'", "line 1: byte 0xe9 at position 12 is not UTF-8"),
        (b"\xef\xbb\xbftitle = 'a'", "byte order mark"),
        (b"#" * 1_000_001, "the maximum is 1,000,000"),
    ],
)
def test_a_bad_sidecar_is_refused_by_name_and_key(
    empty_corpus: Corpus, run: Run, sidecar: str | bytes, says: str
):
    put(empty_corpus, "a.txt")
    put(empty_corpus, "a.toml", sidecar)
    put(empty_corpus, "b.txt", "Another text.")
    result = run(empty_corpus, "ingest")
    assert result.exit_code == 1
    assert says in result.stderr
    assert result.stderr.startswith("seeds/a.txt: a.toml: ")
    assert result.stderr.splitlines()[1:3] == [
        "seeds/b.txt: added",
        "1 added, 0 updated, 0 unchanged, 1 refused",
    ]
    assert set(snapshot(empty_corpus)) == {"b.json"}


def test_links_pipes_and_folders_are_refused(empty_corpus: Corpus, tmp_path: Path, run: Run):
    seeds = empty_corpus.seeds
    outside = tmp_path / "outside.txt"
    outside.write_text("Secret.")
    for name in ("good", "a", "b", "c", "d", "e"):
        put(empty_corpus, f"{name}.txt", f"Text of {name}.")
    (seeds / "a.toml").symlink_to(outside)
    (seeds / "b.toml").symlink_to(tmp_path / "nowhere")
    os.mkfifo(seeds / "c.toml")
    (seeds / "d.toml").mkdir()
    empty_corpus.documents.mkdir(exist_ok=True)
    (empty_corpus.documents / "e.json").symlink_to(outside)
    (seeds / "f.txt").symlink_to(outside)
    (seeds / "g.txt").symlink_to(tmp_path / "nowhere")
    (seeds / "h.txt").symlink_to(seeds / "good.txt")
    os.mkfifo(seeds / "i.txt")
    (seeds / "j.txt").mkdir()
    (empty_corpus.documents / "e.json").unlink()
    result = run(empty_corpus, "ingest")
    assert result.exit_code == 1
    assert "2 added, 0 updated, 0 unchanged, 9 refused" in result.stderr
    for name, kind in {
        "a.txt: a.toml": "is a link",
        "b.txt: b.toml": "is a link",
        "c.txt: c.toml": "is not a file but a pipe",
        "d.txt: d.toml": "is not a file but a folder",
        "f.txt": "is a link",
        "g.txt": "is a link",
        "h.txt": "is a link",
        "i.txt": "is not a file but a pipe",
        "j.txt": "is not a file but a folder",
    }.items():
        assert f"seeds/{name}: {kind}" in result.stderr
    assert "Secret" not in "".join(p.read_text() for p in empty_corpus.documents.glob("*"))


def test_nothing_is_written_through_links(empty_corpus: Corpus, tmp_path: Path, run: Run):
    put(empty_corpus, "a.txt")
    outside = tmp_path / "outside"
    outside.mkdir()
    empty_corpus.documents.rmdir()
    empty_corpus.documents.symlink_to(outside)
    result = run(empty_corpus, "ingest")
    assert result.exit_code == 1
    assert "leads out of" in result.stderr
    assert not list(outside.iterdir())
    empty_corpus.documents.unlink()
    empty_corpus.documents.mkdir()
    empty_corpus.document_path("a").symlink_to(outside / "a.json")
    result = run(empty_corpus, "ingest")
    assert result.exit_code == 1
    assert "leads out of" in result.stderr
    assert not list(outside.iterdir())


def test_two_at_once_do_not_admit_a_text_twice(empty_corpus: Corpus):
    names = [f"{letter}{number}.txt" for letter in "ab" for number in range(10)]
    for name in names:
        put(empty_corpus, name, f"The same text of {name[1:]}")
    command = [sys.executable, "-m", "dateline", "--root", str(empty_corpus.root), "ingest"]
    halves = [[str(empty_corpus.seeds / n) for n in names if n[0] == letter] for letter in "ab"]
    running = [subprocess.Popen([*command, *half], stderr=subprocess.PIPE) for half in halves]
    errors = [process.communicate()[1].decode() for process in running]
    assert sorted(process.returncode for process in running) == [0, 1]
    assert sum("10 refused" in error for error in errors) == 1
    documents = [empty_corpus.read_document(name) for name in empty_corpus.document_ids()]
    assert len(documents) == len({document.text_sha256 for document in documents}) == 10


BAD = {
    "latin1.txt": ("caf\xe9".encode("latin-1"), "line 1: byte 0xe9 at position 3 is not UTF-8"),
    "nul.txt": (b"a\0b", "NUL character at offset 1"),
    "utf16.txt": ("News.".encode("utf-16"), "is UTF-16 or UTF-32; save it as UTF-8"),
    "utf16le.txt": ("News.".encode("utf-16-le"), "is UTF-16 or UTF-32; save it as UTF-8"),
    "empty.txt": (b"", "is empty"),
    "blank.txt": (b" \r\n\t\n", "is empty"),
    "huge.txt": (b"a" * 50_000_000, f"the maximum is {MAX_BYTES:,}"),
    "boilerplate.txt": (b"ARTICLE AD BOX\n", "no text other than boilerplate"),
}


def test_bad_seeds_are_refused_one_by_one_and_the_others_are_ingested(
    empty_corpus: Corpus, run: Run
):
    for name, (content, _) in BAD.items():
        put(empty_corpus, name, content)
    put(empty_corpus, "good.txt")
    put(empty_corpus, "same.txt")
    result = run(empty_corpus, "ingest")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    for name, (_, says) in BAD.items():
        assert [line for line in result.stderr.splitlines() if name in line and says in line]
    assert 'seeds/same.txt: has the same text as the document "good"' in result.stderr
    assert "1 added, 0 updated, 0 unchanged, 9 refused" in result.stderr
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
    assert "copy the file into seeds/" in result.stderr


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


CONLLU = """\
# text = Vámonos al mar.
1-2	Vámonos	_	_	_	_	_	_	_	_
1	Vamos	ir	VERB	_	_	0	root	_	_
2	nos	nosotros	PRON	_	_	1	obj	_	_
3-4	al	_	_	_	_	_	_	_	_
3	a	a	ADP	_	_	5	case	_	_
4	el	el	DET	_	_	5	det	_	_
5	mar	mar	NOUN	_	_	1	obl	_	SpaceAfter=No
5.1	_	_	_	_	_	_	_	_	_
6	.	.	PUNCT	_	_	1	punct	_	_

# text = Sí.
1	Sí	sí	INTJ	_	_	0	root	_	SpaceAfter=No
2	.	.	PUNCT	_	_	1	punct	_	_

"""
GIVEN = {
    "given.conllu": CONLLU,
    "given.tokens.json": '[["Vámonos", "al", "mar", "."], [], ["Sí", "."]]',
}


@pytest.mark.parametrize("file", GIVEN)
def test_given_tokens_are_those_of_the_document(empty_corpus: Corpus, run: Run, file: str):
    put(empty_corpus, "given.txt", "ARTICLE AD BOX\nVámonos al  mar. Sí.\n")
    put(empty_corpus, file, GIVEN[file])
    assert run(empty_corpus, "ingest").exit_code == 0
    document = empty_corpus.read_document("given")
    assert [document.text[a:b] for a, b in document.tokens] == [
        "Vámonos", "al", "mar", ".", "Sí", "."
    ]  # fmt: skip
    assert [document.text[a:b] for a, b in document.sentences] == ["Vámonos al  mar.", "Sí."]
    assert run(empty_corpus, "validate").exit_code == 0
    before = snapshot(empty_corpus)
    assert run(empty_corpus, "ingest", str(empty_corpus.seeds / file)).exit_code == 0
    assert snapshot(empty_corpus) == before


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("a.tokens.json", '[["Ana", "Ruiz", "met"]]', 'the tokens end before "Bo Lind."'),
        ("a.tokens.json", '[["Ana"], ["Riuz"]]', 'sentence 2 has the token "Riuz" where the text has'),
        ("a.tokens.json", '[["Ana", ""]]', 'sentence 1 has the token ""'),
        ("a.tokens.json", '["Ana", "Ruiz"]', "expected a list of sentences"),
        ("a.tokens.json", '[["Ana"', "line 1, column 7"),
        ("a.conllu", "one\tAna", "is not CoNLL-U"),
        ("a.conllu", "1-x\tAna\t_\t_\t_\t_\t_\t_\t_\t_\n\n", "is not CoNLL-U"),
        ("a.conllu", "", 'the tokens end before "Ana Ruiz met Bo Lind', ),
        ("a.conllu", b"1\t\xff\t_\n", "not UTF-8"),
    ],
)  # fmt: skip
def test_given_tokens_that_are_not_those_of_the_text_are_refused(
    empty_corpus: Corpus, run: Run, file: str, content: str | bytes, says: str
):
    put(empty_corpus, "a.txt")
    put(empty_corpus, file, content)
    result = run(empty_corpus, "ingest")
    assert result.exit_code == 1
    assert f"seeds/a.txt: {file}: " in result.stderr
    assert says in result.stderr
    assert not empty_corpus.document_ids()


def test_tokens_cannot_be_given_twice(empty_corpus: Corpus, run: Run):
    put(empty_corpus, "given.txt", "Vámonos al mar. Sí.")
    for file, content in GIVEN.items():
        put(empty_corpus, file, content)
    result = run(empty_corpus, "ingest")
    assert "given.conllu and given.tokens.json: both give tokens; remove one" in result.stderr


def test_given_tokens_of_an_annotated_document_cannot_change(files: Files, run: Run):
    files.check()
    before = snapshot(files.corpus)
    text = (files.corpus.seeds / "summit.txt").read_text(encoding="utf-8")
    put(files.corpus, "summit.tokens.json", json.dumps([text.split()]))
    result = run(files.corpus, "ingest")
    assert result.exit_code == 1
    assert "has changed, but the text has been annotated by gold" in result.stderr
    assert snapshot(files.corpus) == before


def test_defaults_hold_for_all_seeds_that_say_nothing_else(empty_corpus: Corpus, run: Run):
    put(empty_corpus, "a.txt")
    put(empty_corpus, "b.txt", "Une autre phrase.")
    put(empty_corpus, "b.toml", "language = 'fr'\n[source]\npublisher = 'Le Jour'")
    put(
        empty_corpus,
        "seeds.toml",
        "language = 'en'\n[source]\npublisher = 'The Day'\npublished = 2025-04-28\n"
        "[rights]\nlicense = 'CC0-1.0'\nredistribute_text = true",
    )
    assert run(empty_corpus, "ingest").exit_code == 0
    a, b = empty_corpus.read_document("a"), empty_corpus.read_document("b")
    assert (a.language, a.source.publisher, a.source.published) == ("en", "The Day", "2025-04-28")
    assert (b.language, b.source.publisher, b.source.published) == ("fr", "Le Jour", "2025-04-28")
    assert a.rights == b.rights
    assert a.rights.redistribute_text


def test_what_cannot_be_a_default_is_refused(empty_corpus: Corpus, run: Run):
    put(empty_corpus, "a.txt")
    put(empty_corpus, "seeds.toml", "title = 'All'")
    assert 'seeds.toml: "title" is for one seed' in run(empty_corpus, "ingest").stderr
    put(empty_corpus, "seeds.toml", "langauge = 'en'")
    assert 'seeds.toml: "langauge" is unknown' in run(empty_corpus, "ingest").stderr
    put(empty_corpus, "seeds.toml", "")
    put(empty_corpus, "seeds.txt", "A text.")
    assert "seeds/seeds.txt: its metadata would be seeds.toml" in run(empty_corpus, "ingest").stderr


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("<p>Ana met Bo.</p>", "HTML tags"),
        ("Ana &amp; Bo met.", "HTML entities"),
        ("FranÃ§ois met HÃ©lÃ¨ne in MÃ¼nchen.", "wrongly decoded"),
        ("Ana\x08 met Bo.", "control characters"),
        ("Ana met the am\u00adbassador.", "soft hyphens"),
        ("\n".join(["The minister and her guests met in the"] + ["old town of the capital to talk about it"] * 9), "lines that end within"),
    ],
)  # fmt: skip
def test_doubtful_texts_are_warned_about_once(
    empty_corpus: Corpus, run: Run, text: str, warning: str
):
    for number in range(5):
        put(empty_corpus, f"d{number}.txt", f"{text}\nNumber {number}.")
    put(empty_corpus, "ok.txt", "AT&T said x < y; a > b. R&D costs 5 & more.\nIt was so.\n")
    result = run(empty_corpus, "ingest")
    assert result.exit_code == 0
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("warning")]
    assert line.startswith("warning: seeds/d0.txt, seeds/d1.txt, seeds/d2.txt, and 2 more: has ")
    assert warning in line
    assert empty_corpus.read_document("d0").text == f"{text}\nNumber 0."
    assert "warning" not in run(empty_corpus, "ingest").stderr


def test_a_text_in_another_script_than_its_language_is_refused(empty_corpus: Corpus, run: Run):
    put(empty_corpus, "a.txt", "习近平访问了俄罗斯，会见了总统。")
    put(empty_corpus, "a.toml", "language = 'en'")
    result = run(empty_corpus, "ingest")
    assert result.exit_code == 1
    assert 'seeds/a.txt: the language is "en", but 100% of the letters' in result.stderr


SHORT = "The minister and her guests met in the old\ntown of the capital to talk.\n"


def test_a_fix_that_did_nothing_says_so_and_one_that_did_is_not_asked_for_again(
    empty_corpus: Corpus, run: Run
):
    put(empty_corpus, "short.txt", SHORT)
    put(empty_corpus, "lines.txt", "Ana met Bo.\nIt rained.\n")
    result = run(empty_corpus, "ingest", "--fix", "wrap")
    assert (
        "warning: seeds/short.txt: has line breaks within sentences that --fix wrap has left"
        in (result.stderr)
    )
    assert "lines.txt: has" not in result.stderr
    assert empty_corpus.read_document("short").text == SHORT
    lines = [
        "The minister and her guests met in the old",
        "town of the capital for a talk about it",
    ]
    put(empty_corpus, "long.txt", "\n".join(lines * 5 + ["a", "it ended here and"] * 4))
    result = run(empty_corpus, "ingest", "--fix", "wrap")
    assert "long.txt: has" not in result.stderr


def test_a_seed_with_tokens_needs_no_library_for_words(empty_corpus: Corpus, run: Run):
    if find_spec("pythainlp") is not None:
        pytest.skip("the extra is installed")
    put(empty_corpus, "a.txt", "ประเทศไทย")
    put(empty_corpus, "a.toml", "language = 'th'")
    put(empty_corpus, "a.tokens.json", '[["ประเทศ", "ไทย"]]')
    put(empty_corpus, "b.txt", "ประเทศลาว")
    put(empty_corpus, "b.toml", "language = 'th'")
    (warning,) = [w for w in run(empty_corpus, "ingest").stderr.splitlines() if "no tokens" in w]
    assert "seeds/b.txt" in warning
    assert "seeds/a.txt" not in warning


def test_tokens_in_another_normalization_are_named(empty_corpus: Corpus, run: Run):
    put(empty_corpus, "a.txt", "Ren\u00e9 met.")
    put(empty_corpus, "a.tokens.json", '[["Rene\u0301", "met", "."]]')
    result = run(empty_corpus, "ingest")
    assert result.exit_code == 1
    assert "They differ in Unicode normalization (NFC/NFD)" in result.stderr


def test_names_in_other_scripts_give_different_ids(empty_corpus: Corpus, run: Run):
    put(empty_corpus, "\u4e2d\u6587.txt", "It rained.")
    put(empty_corpus, "\u65e5\u672c.txt", "It snowed.")
    put(empty_corpus, "A.txt", "It froze.")
    assert run(empty_corpus, "ingest").exit_code == 0
    found = {
        d.original_id: d.id for d in map(empty_corpus.read_document, empty_corpus.document_ids())
    }
    assert found.keys() == {"\u4e2d\u6587", "\u65e5\u672c", "A"}
    assert found["A"] == "a"
    for name in ("\u4e2d\u6587", "\u65e5\u672c"):
        assert re.fullmatch("seed-[0-9a-f]{8}", found[name])
    assert "D109" not in run(empty_corpus, "validate").stdout


def test_hidden_files_are_no_seeds(empty_corpus: Corpus, run: Run):
    put(empty_corpus, "a.txt")
    put(empty_corpus, ".b.txt")
    assert run(empty_corpus, "ingest").exit_code == 0
    result = run(empty_corpus, "validate")
    assert ".b" not in result.stdout + result.stderr
