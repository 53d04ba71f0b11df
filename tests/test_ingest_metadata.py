"""Metadata of seeds: split, group, date, declared keys, tables, names, duplicates, language."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.corpus.seed_names import document_id, is_document_id
from dateline.corpus.store import Corpus
from dateline.dataset.build import build
from dateline.dataset.load import load
from dateline.ontology.derived_schemas import template
from tests.conftest import Run

NEWS = "Ana Ruiz met Bo Lind.\n"
SPLITS = ("train", "validation", "test")


def put(corpus: Corpus, name: str, content: str = "") -> Path:
    path = corpus.seeds / name
    path.write_text(content or f"This is the text of {name}.\n", encoding="utf-8")
    return path


def declare(corpus: Corpus, **keys: Any) -> Corpus:
    """The corpus with these keys of the metadata declared."""
    path = corpus.root / "schema" / "document.schema.json"
    schema = json.loads(path.read_bytes())
    schema["properties"]["meta"]["properties"] = keys
    path.write_text(json.dumps(schema), encoding="utf-8")
    return Corpus(corpus.root)


GENRES = {
    "description": "What kind of text it is.",
    "oneOf": [
        {"const": "news", "description": "A report."},
        {"const": "blog", "description": "A post."},
    ],
}
KEYS = {
    "genre": GENRES,
    "author": {"type": "string", "description": "Who wrote it."},
    "words": {"type": "integer", "description": "How many words it has."},
    "score": {"type": "number", "description": "How readable it is."},
    "paid": {"type": "boolean", "description": "Whether it is an advertisement."},
}


@pytest.mark.parametrize("split", SPLITS)
def test_a_given_split_is_kept(empty_corpus: Corpus, run: Run, split: str):
    put(empty_corpus, "a.txt")
    put(empty_corpus, "a.toml", f'split = "{split}"')
    assert run(empty_corpus, "ingest").exit_code == 0
    assert empty_corpus.read_document("a").split == split
    assert run(empty_corpus, "validate").exit_code == 0
    put(empty_corpus, "a.toml", "# nothing")
    assert run(empty_corpus, "ingest").exit_code == 0
    assert empty_corpus.read_document("a").split == split
    assert run(empty_corpus, "validate").exit_code == 0
    other = next(s for s in SPLITS if s != split)
    put(empty_corpus, "a.toml", f'split = "{other}"')
    result = run(empty_corpus, "ingest")
    assert result.exit_code == 1
    assert f'the split is "{other}", but the document has been ingested into "{split}"' in (
        result.stderr
    )


def test_documents_of_a_group_are_in_one_split(empty_corpus: Corpus, run: Run):
    for number in range(20):
        put(empty_corpus, f"doc{number}.txt")
        put(empty_corpus, f"doc{number}.toml", f'group = "story-{number % 4}"')
    assert run(empty_corpus, "ingest").exit_code == 0
    documents = [empty_corpus.read_document(name) for name in empty_corpus.document_ids()]
    assert len({(document.group, document.split) for document in documents}) == 4
    assert run(empty_corpus, "validate").exit_code == 0


def test_a_given_split_is_that_of_the_group(empty_corpus: Corpus, run: Run):
    for name in ("a", "b", "c"):
        put(empty_corpus, f"{name}.txt")
        put(empty_corpus, f"{name}.toml", 'group = "talks"')
    put(empty_corpus, "a.toml", 'group = "talks"\nsplit = "test"')
    put(empty_corpus, "c.toml", 'group = "talks"\nsplit = "validation"')
    result = run(empty_corpus, "ingest")
    assert result.exit_code == 1
    assert (
        'seeds/c.txt: the split is "validation", but "a" of the same group, "talks", is in "test"'
    ) in result.stderr
    assert {empty_corpus.read_document(name).split for name in ("a", "b")} == {"test"}


def test_a_document_that_gets_a_group_keeps_its_split(empty_corpus: Corpus, run: Run):
    for name in "abcdefghijkl":
        put(empty_corpus, f"{name}.txt")
    assert run(empty_corpus, "ingest").exit_code == 0
    splits = {name: empty_corpus.read_document(name).split for name in empty_corpus.document_ids()}
    put(empty_corpus, "seeds.toml", 'group = "all"')
    result = run(empty_corpus, "ingest")
    assert result.exit_code == 1
    assert 'of the same group, "all", is in' in result.stderr
    assert splits == {name: empty_corpus.read_document(name).split for name in splits}


def test_the_date_is_by_default_that_of_publication(empty_corpus: Corpus, run: Run):
    put(empty_corpus, "a.txt")
    put(empty_corpus, "a.toml", "[source]\npublished = 2025-04-28")
    put(empty_corpus, "b.txt")
    put(empty_corpus, "b.toml", "date = 1924-10-01\n[source]\npublished = 2025-04-28")
    assert run(empty_corpus, "ingest").exit_code == 0
    assert [empty_corpus.read_document(name).date for name in "ab"] == ["2025-04-28", "1924-10-01"]


def test_declared_metadata_become_columns(empty_corpus: Corpus, run: Run, tmp_path: Path):
    corpus = declare(empty_corpus, **KEYS)
    put(corpus, "a.txt")
    put(
        corpus,
        "a.toml",
        'split = "train"\ngroup = "talks"\ndate = 2025-04-28\n[meta]\ngenre = "news"\n'
        'author = "A. Roe"\nwords = 9\nscore = 1\npaid = false',
    )
    put(corpus, "B.Ruiz.txt")
    put(corpus, "B.Ruiz.toml", 'split = "train"')
    assert run(corpus, "ingest").exit_code == 0
    assert run(corpus, "validate").exit_code == 0
    build(corpus, tmp_path / "dist")
    rows = list(load(path=tmp_path / "dist", split="train"))
    first, second = sorted(rows, key=lambda row: row["id"])
    assert first["meta"] == {
        "genre": "news", "author": "A. Roe", "words": 9, "score": 1.0, "paid": False
    }  # fmt: skip
    assert (first["group"], first["date"], first["original_id"]) == ("talks", "2025-04-28", None)
    assert first["segmentation"]["name"] == "syntok"
    assert second["meta"] == dict.fromkeys(KEYS)
    assert (second["id"], second["original_id"]) == ("b-ruiz", "B.Ruiz")


@pytest.mark.parametrize(
    ("sidecar", "says"),
    [
        ("[meta]\ngener = 'news'", '"meta.gener" is unknown. Allowed: genre, author, words, score'),
        ("[meta]\ngenre = 'poem'", '"meta.genre" is "poem", expected one of: news, blog.'),
        ("[meta]\nwords = 1.5", '"meta.words" is 1.5, expected a whole number.'),
        ("[meta]\nwords = true", '"meta.words" is true, expected a whole number.'),
        ("[meta]\nscore = nan", '"meta.score" is NaN, expected a number.'),
        ("[meta]\npaid = 'no'", '"meta.paid" is "no", expected true or false.'),
        ("[meta.genre]\na = 1", '"meta.genre" is {"a": 1}, expected one of'),
        ("meta = 'x'", "write it as [meta]"),
        ("split = 'dev'", '"split" is "dev", expected one of: train, validation, test.'),
        ("group = 7", '"group" is 7, expected a string.'),
        ("group = ''", "group: is empty"),
        ("date = '28 April'", '"date" is "28 April", expected a date such as'),
        ("'source.url' = 'https://a.org'", '"source.url" is quoted; write it without quotes.'),
        ("duplicate = 'yes'", '"duplicate" is "yes", expected true or false.'),
    ],
)
def test_wrong_metadata_are_refused(empty_corpus: Corpus, run: Run, sidecar: str, says: str):
    corpus = declare(empty_corpus, **KEYS)
    put(corpus, "a.txt")
    put(corpus, "a.toml", sidecar)
    result = run(corpus, "ingest")
    assert result.exit_code == 1
    assert result.stderr.startswith("seeds/a.txt: a.toml: ")
    assert says in result.stderr
    assert not corpus.document_ids()


def test_undeclared_metadata_are_refused_with_the_place_to_declare_them(
    empty_corpus: Corpus, run: Run
):
    put(empty_corpus, "a.txt")
    put(empty_corpus, "a.toml", "[meta]\ngenre = 'news'")
    assert (
        '"meta.genre" is unknown. Declare it in schema/document.schema.json, at '
        "/properties/meta/properties."
    ) in run(empty_corpus, "ingest").stderr


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ({"type": "string"}, '"description" is missing. Say what the key means.'),
        ({"description": "A key."}, "/properties/meta/properties/genre"),
        ({"description": "A key.", "type": "array"}, "/properties/meta/properties/genre/type"),
        ({"description": "A key.", "oneOf": []}, "/properties/meta/properties/genre/oneOf"),
    ],
)
def test_a_wrong_declaration_is_an_error_of_the_schema(
    empty_corpus: Corpus, run: Run, key: dict[str, Any], says: str
):
    result = run(declare(empty_corpus, genre=key), "ingest")
    assert result.exit_code == 1
    assert "schema/document.schema.json: cannot be used" in result.stderr
    assert says in result.stderr


TABLE = """\
seed,split,group,language,date,meta.genre,meta.words,meta.paid,rights.redistribute_text
a.txt,test,story-1,en,2025-04-28,news,12,true,true
B.b,train,story-2,,,blog,,,
c,,,,,,,,
"""


def test_a_table_has_the_metadata_of_many_seeds(empty_corpus: Corpus, run: Run):
    corpus = declare(empty_corpus, **KEYS)
    for name in ("a", "B.b", "c", "d"):
        put(corpus, f"{name}.txt")
    put(corpus, "seeds.csv", f"\ufeff{TABLE}")
    put(corpus, "a.toml", "[meta]\nwords = 13")
    put(corpus, "seeds.toml", "language = 'de'\ngroup = 'story-0'\nsplit = 'validation'")
    result = run(corpus, "ingest")
    assert result.exit_code == 0, result.stderr
    a, b, c, d = (corpus.read_document(name) for name in ("a", "b-b", "c", "d"))
    assert (a.split, a.group, a.language, a.date) == ("test", "story-1", "en", "2025-04-28")
    assert a.meta == {"genre": "news", "paid": True, "words": 13}
    assert a.rights.redistribute_text
    assert (b.split, b.group, b.language, b.meta) == ("train", "story-2", "de", {"genre": "blog"})
    assert (b.id, b.original_id) == ("b-b", "B.b")
    for other in (c, d):
        assert (other.split, other.group, other.language) == ("validation", "story-0", "de")
    result = run(corpus, "validate")
    assert result.exit_code == 0
    assert "seeds.csv" not in result.output


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("a,train\n", 'seeds/seeds.csv: line 1: has no column "seed". Name the columns'),
        ("", 'seeds/seeds.csv: line 1: has no column "seed"'),
        ("seed,spilt\na,train\n", 'line 1: "spilt" is unknown. Allowed: title, language'),
        ("seed,split,split\na,test,test\n", 'line 1: the column "split" is duplicated'),
        ("seed,split\nz,train\n", 'line 2: there is no seed "z.txt"'),
        ("seed,split\na,train\na.txt,test\n", 'line 3: "a" has a row already'),
        ("seed,split\na,train,x\n", "line 2: has 3 cells, and the header has 2"),
        ('seed,split\na,"tr\n', "line 2: unexpected end of data"),
        ("seed,split\na,dev\n", 'seeds/a.txt: seeds.csv: line 2: "split" is "dev", expected one'),
        ("seed,meta.words\na,many\n", 'line 2: "meta.words" is "many", expected a whole number'),
        ("seed,duplicate\na,yes\n", 'line 2: "duplicate" is "yes", expected true or false'),
    ],
)
def test_a_wrong_table_is_refused_with_the_line(
    empty_corpus: Corpus, run: Run, table: str, says: str
):
    corpus = declare(empty_corpus, **KEYS)
    put(corpus, "a.txt")
    (corpus.seeds / "seeds.csv").write_text(table, encoding="utf-8")
    result = run(corpus, "ingest")
    assert result.exit_code == 1
    assert says in result.stderr
    assert "Traceback" not in result.output
    assert not corpus.document_ids()


def test_names_with_capitals_and_dots_are_kept_as_original_ids(empty_corpus: Corpus, run: Run):
    for name in ("NF-kB.v2", "Ανα 1", "plain_name"):
        put(empty_corpus, f"{name}.txt")
    put(empty_corpus, "NF-kB.v2.toml", "title = 'A title'")
    put(
        empty_corpus,
        "Ανα 1.tokens.json",
        json.dumps([["This", "is", "the", "text", "of", "Ανα", "1.txt", "."]]),
    )
    assert run(empty_corpus, "ingest").exit_code == 0
    documents = {name: empty_corpus.read_document(name) for name in empty_corpus.document_ids()}
    assert {name: document.original_id for name, document in documents.items()} == {
        "nf-kb-v2": "NF-kB.v2", "1-5b0a686c": "Ανα 1", "plain_name": None
    }  # fmt: skip
    assert documents["nf-kb-v2"].title == "A title"
    assert documents["1-5b0a686c"].segmentation is not None
    assert documents["1-5b0a686c"].segmentation.given
    result = run(empty_corpus, "validate")
    assert (result.exit_code, "0 warnings" in result.output) == (0, True)
    assert "3 unchanged" in run(empty_corpus, "ingest").stderr


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("Færøerne", "faeroerne"),
        ("Ålesund (1)", "alesund-1"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Đà Nẵng", "da-nang"),
        ("İstanbul – Şişli", "istanbul-sisli"),
        ("Þingvellir", "thingvellir"),
        ("--été…", "ete"),
    ],
)
def test_marks_of_letters_are_left_out_of_ids(
    empty_corpus: Corpus, run: Run, name: str, document: str
):
    put(empty_corpus, f"{name}.txt")
    assert run(empty_corpus, "ingest").exit_code == 0
    assert empty_corpus.document_ids() == [document]
    assert empty_corpus.read_document(document).original_id == name


NAMES_OF_OTHER_SCRIPTS = (
    "新闻",
    "体育-2024-05",
    "财经-2024-05",
    "الخبر",
    "Москва",
    "🙂",
    "が",
    "é" * 99,
)


def test_names_without_latin_letters_have_ids_of_their_own(empty_corpus: Corpus, run: Run):
    for name in NAMES_OF_OTHER_SCRIPTS:
        put(empty_corpus, f"{name}.txt")
    result = run(empty_corpus, "ingest")
    assert result.exit_code == 0, result.stderr
    documents = [empty_corpus.read_document(name) for name in empty_corpus.document_ids()]
    assert {d.original_id for d in documents} == {*NAMES_OF_OTHER_SCRIPTS}
    ids = {d.original_id: d.id for d in documents}
    assert ids["体育-2024-05"].startswith("2024-05-")
    assert ids["新闻"].startswith("seed-")


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=120))
def test_every_printable_name_has_an_id(name: str):
    schemas = {"document": template("document")}
    found = document_id(name, schemas)
    assert is_document_id(found, schemas)
    assert document_id(found, schemas) == found
    if not is_document_id(name, schemas):
        assert found.strip("-") == found
        assert document_id(unicodedata.normalize("NFD", name), schemas) == found


def test_two_seeds_never_have_one_id(empty_corpus: Corpus, run: Run):
    for name in ("A.b", "Á-b", "a.b", "c", "C"):
        put(empty_corpus, f"{name}.txt")
    result = run(empty_corpus, "ingest")
    assert result.exit_code == 1
    for name, other in (("A.b", "a.b"), ("a.b", "A.b"), ("Á-b", "A.b")):
        assert (
            f'seeds/{name}.txt: the id of its document would be "a-b", as that of {other}.txt'
        ) in result.stderr
    assert 'seeds/C.txt: the id of its document would be "c", as that of c.txt' in result.stderr
    assert empty_corpus.document_ids() == ["c"]


def test_a_seed_never_takes_the_document_of_another(empty_corpus: Corpus, run: Run):
    put(empty_corpus, "A.txt")
    assert run(empty_corpus, "ingest").exit_code == 0
    before = empty_corpus.read_document("a")
    put(empty_corpus, "a.txt")
    result = run(empty_corpus, "ingest")
    assert 'seeds/a.txt: the document "a" comes from A.txt' in result.stderr
    assert empty_corpus.read_document("a") == before


def test_unprintable_names_are_refused(empty_corpus: Corpus, run: Run):
    for name in (b"a\x07.txt", b"\xff.txt", "\u202e.txt".encode()):
        Path(empty_corpus.root / "seeds" / name.decode("utf-8", "surrogateescape")).write_text("A.")
    result = run(empty_corpus, "ingest")
    assert result.exit_code == 1
    assert result.stderr.count("rename the file") == 3
    assert not empty_corpus.document_ids()


def test_repeated_texts_are_refused_unless_they_are_allowed(empty_corpus: Corpus, run: Run):
    for name in "abc":
        put(empty_corpus, f"{name}.txt", NEWS)
    put(empty_corpus, "b.toml", "duplicate = true")
    result = run(empty_corpus, "ingest")
    assert result.exit_code == 1
    assert 'seeds/c.txt: has the same text as the document "a"' in result.stderr
    assert "duplicate = true in c.toml" in result.stderr
    assert "--allow-duplicates" in result.stderr
    assert "warning: seeds/b.txt: has the text of another document" in result.stderr
    assert empty_corpus.document_ids() == ["a", "b"]
    assert run(empty_corpus, "ingest", "--allow-duplicates").exit_code == 0
    documents = [empty_corpus.read_document(name) for name in "abc"]
    assert len({document.split for document in documents}) == 1
    assert run(empty_corpus, "validate").exit_code == 0
    assert "3 unchanged" in run(empty_corpus, "ingest").stderr


def test_the_language_of_the_command_is_for_seeds_without_one(empty_corpus: Corpus, run: Run):
    put(empty_corpus, "a.txt")
    put(empty_corpus, "b.txt", "Das ist ein Text.")
    put(empty_corpus, "b.toml", "language = 'de'")
    assert run(empty_corpus, "ingest", "--language", "en").exit_code == 0
    assert [empty_corpus.read_document(name).language for name in "ab"] == ["en", "de"]
    assert "2 unchanged" in run(empty_corpus, "ingest").stderr
    put(empty_corpus, "c.txt", "Один длинный текст.")
    result = run(empty_corpus, "ingest", "--language", "zh")
    assert 'seeds/c.txt: the language is "zh", but 100% of the letters' in result.stderr


FORMATS = Path("/work/shared/formats")
REAL = {
    "conllu/UD_Arabic-PUD.conllu": "ar",
    "conllu/UD_Chinese-GSD.conllu": "zh",
    "conllu/UD_Japanese-GSD.conllu": "ja",
    "conllu/UD_Thai-PUD.conllu": "th",
    "gum/dep-GUM_voyage_coron.conllu": "en",
}


@pytest.mark.skipif(not FORMATS.is_dir(), reason="needs files of other corpora")
def test_documents_of_other_corpora_keep_their_tokens_names_and_splits(
    empty_corpus: Corpus, run: Run
):
    corpus = declare(empty_corpus, genre={"description": "Genre.", "enum": ["news", "voyage"]})
    rows = ["seed,language,split,group,meta.genre"]
    sentences: dict[str, list[str]] = {}
    for file, language in REAL.items():
        content = (FORMATS / file).read_text(encoding="utf-8")
        name = Path(file).stem
        texts = [line[9:] for line in content.splitlines() if line.startswith("# text = ")]
        put(corpus, f"{name}.conllu", content)
        put(corpus, f"{name}.txt", "\n".join(texts) + "\n")
        genre = "voyage" if "GUM" in name else "news"
        rows.append(f"{name}.txt,{language},test,{name.partition('-')[0]},{genre}")
        sentences[name] = [text.strip() for text in texts]
    put(corpus, "seeds.csv", "\n".join(rows))
    result = run(corpus, "ingest", "--fix", "html,mojibake,wrap")
    assert result.exit_code == 0, result.stderr
    documents = [corpus.read_document(name) for name in corpus.document_ids()]
    assert {d.original_id for d in documents} == sentences.keys()
    for document in documents:
        assert document.original_id is not None
        assert (document.split, document.split_given) == ("test", True)
        assert document.segmentation is not None
        assert (document.segmentation.name, document.segmentation.given) == ("conllu", True)
        assert not document.seed.dropped
        assert [document.text[a:b] for a, b in document.sentences] == sentences[
            document.original_id
        ]
    assert run(corpus, "validate").exit_code == 0
    assert "5 unchanged" in run(corpus, "ingest").stderr


HEDGED = '[contrast]\nof = "Talks.txt"\nkind = "hedged"\n'


def test_a_contrast_names_its_original_by_seed_or_id(empty_corpus: Corpus, run: Run):
    put(empty_corpus, "Talks.txt")
    for name, original in (("a", "Talks"), ("b", "talks"), ("c", "Talks.txt")):
        put(empty_corpus, f"{name}.txt")
        put(empty_corpus, f"{name}.toml", f'[contrast]\nof = "{original}"\nkind = "hedged"')
    put(empty_corpus, "d.txt")
    put(empty_corpus, "seeds.csv", "seed,contrast.of,contrast.kind\nd,Talks,paraphrase\n")
    assert run(empty_corpus, "ingest").exit_code == 0
    found = [empty_corpus.read_document(name).contrast for name in "abcd"]
    assert [(contrast.of, contrast.kind) for contrast in found if contrast] == [
        *([("talks", "hedged")] * 3),
        ("talks", "paraphrase"),
    ]


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("a.toml", '[contrast]\nof = "b"', 'a.toml: "contrast.kind" is missing.'),
        ("a.toml", '[contrast]\nof = "b"\nkind = "odd"', '"contrast.kind" is "odd", expected one of'),
        ("a.toml", HEDGED + "changes = [{itme = 1}]", '"contrast.changes": Object contains unknown'),
        ("a.toml", HEDGED + 'changes = [{item = "event", quote = "is"}]',
         'contrast.changes.0: one of "field", "added", "removed" is missing.'),
        ("a.toml", HEDGED + 'changes = [{item = "vent", added = true}]', 'Did you mean "event"?'),
        ("seeds.csv", "seed,contrast.changes\na,x\n", '"contrast.changes" is not for a table'),
        ("seeds.toml", HEDGED, 'seeds.toml: "contrast.of" is for one seed'),
    ],
)  # fmt: skip
def test_a_contrast_with_an_error_is_refused(
    empty_corpus: Corpus, run: Run, file: str, content: str, message: str
):
    put(empty_corpus, "a.txt")
    put(empty_corpus, file, content)
    result = run(empty_corpus, "ingest")
    assert result.exit_code in (1, 2)
    assert message in result.stderr
    assert empty_corpus.document_ids() == []
