"""DocBin, as spaCy reads it."""

from __future__ import annotations

import zlib
from itertools import islice

import pytest
import spacy
import srsly
from msgspec.structs import replace
from spacy.cli.debug_data import debug_data
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab

from dateline.errors import InvalidInputError
from dateline.interop.format import Output
from dateline.interop.reduction import reduce
from dateline.interop.registry import format_of
from dateline.interop.source import source_annotation, spans_at

FORM = format_of("spacy")

CONFIG = """\
[nlp]
lang = "en"
pipeline = ["ner"]
[components]
[components.ner]
factory = "ner"
[corpora]
[corpora.train]
@readers = "spacy.Corpus.v1"
path = "train.spacy"
gold_preproc = false
max_length = 0
limit = 0
augmenter = null
[corpora.dev]
@readers = "spacy.Corpus.v1"
path = "dev.spacy"
gold_preproc = false
max_length = 0
limit = 0
augmenter = null
[training]
train_corpus = "corpora.train"
dev_corpus = "corpora.dev"
"""


def gold(repository, step):
    names = sorted(path.stem for path in (repository.annotations / "gold").glob("*.json"))[::step]
    return [
        reduce(repository.read_document(n), repository.read_annotation("gold", n), FORM.holds)
        for n in names
    ]


def write(path, items, ontology):
    FORM.writer(Output(path, [(i.document, i.annotation) for i in items], ontology))


def sentences(items):
    """A document of each sentence with its mentions: spaCy wants a hundred, and not to wait."""
    for item in items:
        document, mentions = item.document, item.annotation.mentions
        for number, (start, end) in enumerate(document.sentences):
            text = document.text[start:end]
            tokens = tuple((s - start, e - start) for s, e in document.tokens if start <= s < end)
            inside = [
                replace(
                    m,
                    entity=None,
                    spans=spans_at(text, [(s.start - start, s.end - start) for s in m.spans]),
                )
                for m in mentions
                if start <= m.spans[0].start and m.spans[-1].end <= end
            ]
            part = replace(
                document, id=f"{document.id}-{number}", text=text, tokens=tokens,
                sentences=((0, end - start),),
            )  # fmt: skip
            annotation = replace(source_annotation(part.id), mentions=tuple(inside))
            yield reduce(part, annotation, FORM.holds)


def test_spacy_finds_no_error_in_the_training_data(repository, tmp_path, monkeypatch, capsys):
    items = [*islice(sentences(gold(repository, 12)), 110)]
    write(tmp_path / "train.spacy", items[:100], repository.ontology)
    write(tmp_path / "dev.spacy", items[100:], repository.ontology)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base.cfg").write_text(CONFIG)
    config = spacy.util.load_config(tmp_path / "base.cfg")
    spacy.util.load_model_from_config(config, auto_fill=True).config.to_disk("config.cfg")
    debug_data(tmp_path / "config.cfg", silent=False)
    shown = capsys.readouterr().out
    assert "No entities consisting of or starting/ending with whitespace" in shown
    assert "No entities crossing sentence boundaries" in shown


def test_what_spacy_can_train_on_is_what_gold_has(repository, tmp_path):
    items = gold(repository, 15)
    write(tmp_path / "train.spacy", items, repository.ontology)
    docs = list(DocBin().from_disk(tmp_path / "train.spacy").get_docs(Vocab()))
    for doc, item in zip(docs, items, strict=True):
        whole = item.annotation
        assert doc.text == item.document.text
        assert [sent.text.strip() for sent in doc.sents if sent.text.strip()] == [
            doc.text[start:end] for start, end in item.document.sentences
        ]
        for group, found in (
            ("sc", [(m.id, m.type, m.spans) for m in whole.mentions]),
            ("triggers", [(e.id, e.type, e.trigger) for e in whole.events]),
            ("claims", [(c.id, c.act, c.spans) for c in whole.claims]),
        ):
            assert {(s.id_, s.label_, s.text) for s in doc.spans[group]} == {
                (name, label, spans[0].text) for name, label, spans in found if len(spans) == 1
            }
        assert {e.label_ for e in doc.ents} <= {m.type for m in whole.mentions}
        assert doc.user_data["._.", "annotation", None, None]["document"] == item.document.id
        chains = {m.entity for m in whole.mentions}
        clusters = [key for key in doc.spans if key.startswith("coref_clusters_")]
        assert 0 < len(clusters) <= len(chains)


def save(path, *docs):
    DocBin(store_user_data=True, docs=docs).to_disk(path)
    return path


def test_entities_that_were_corrected_in_spacy_are_read(repository, tmp_path):
    (item,) = gold(repository, 1000)
    write(tmp_path / "a.spacy", [item], repository.ontology)
    (doc,) = DocBin().from_disk(tmp_path / "a.spacy").get_docs(Vocab())
    doc.spans["sc"] = [Span(doc, 0, 1, label="NEW"), *list(doc.spans["sc"])[3:]]
    (read,) = FORM.reader(save(tmp_path / "b.spacy", doc))
    assert {m.type for m in read.annotations[""].mentions} > {"NEW"}
    assert [loss.kind for loss in read.losses][-1:] == ["annotation data"]
    assert read.name == item.document.id


def test_documents_that_others_made_are_read(tmp_path, run, empty_corpus):
    words = ["Kim", "said", "she", "left", "York", "."]
    doc = Doc(Vocab(), words=words, sent_starts=[True] + 5 * [False])
    doc.ents = [Span(doc, 0, 1, label="PER", kb_id="Q1")]
    doc.spans["sc"] = [Span(doc, 0, 1, label="PER"), Span(doc, 0, 2, label="X")]
    doc.spans["places"] = [Span(doc, 4, 5)]
    doc.spans["coref_clusters_1"] = [Span(doc, 0, 1), Span(doc, 2, 3)]
    doc.spans["coref_head_clusters_1"] = [Span(doc, 0, 1)]
    doc.cats = {"NEWS": 1.0, "SPORT": 0.0}
    path = save(tmp_path / "dev.spacy", doc)
    (read,) = FORM.reader(path)
    found = read.annotations[""]
    assert sorted((m.type, m.spans[0].text) for m in found.mentions) == [
        ("PER", "Kim"), ("PER", "she"), ("X", "Kim said"), ("places", "York"),
    ]  # fmt: skip
    assert [m.spans[0].text for m in found.mentions if m.entity] == ["Kim", "she"]
    assert [(e.type, e.name) for e in found.entities] == [("PER", "Kim")]
    assert found.attributes == {"cats": ("NEWS",)}
    assert {loss.kind for loss in read.losses} == {"span groups", "ids in a knowledge base"}
    out = tmp_path / "out"
    result = run(empty_corpus, "import", "spacy", str(path), "--out", str(out), "--language", "en")
    assert result.exit_code == 0, result.output
    corpus = type(empty_corpus)(out)
    document = corpus.read_document(corpus.document_ids()[0])
    assert (document.split, len(document.tokens)) == ("validation", 6)


def test_what_others_have_that_an_annotation_has_no_place_for_is_said(tmp_path):
    doc = Doc(Vocab(), words=["Kim", "left"], lemmas=["Kim", "leave"], pos=["PROPN", "VERB"])
    doc.spans["sc"] = [Span(doc, 0, 1, label="PER"), Span(doc, 0, 1, label="PER")]
    doc.spans["empty"] = [Span(doc, 1, 1)]
    doc.spans["coref_clusters_1"] = [Span(doc, 0, 1), Span(doc, 1, 2)]
    doc.spans["coref_clusters_2"] = [Span(doc, 0, 1)]
    doc.cats = {"NEWS": 0.7, "SPORT": 0.0}
    doc.user_data["url"] = "https://example.org"
    doc.user_data["._.", "note", 0, 3] = "who?"
    (read,) = FORM.reader(save(tmp_path / "a.spacy", doc))
    found = read.annotations[""]
    assert [(m.type, m.spans[0].text, m.entity) for m in found.mentions] == [
        ("PER", "Kim", "x1"), ("PER", "left", "x1"),
    ]  # fmt: skip
    assert [(loss.kind, loss.name) for loss in read.losses] == [
        ("mentions", "sc 0-3"),
        ("mentions", "empty 4-4"),
        ("coreference", "coref_clusters_2 0-3"),
        ("scores of categories", "NEWS"),
        ("columns", "LEMMA"),
        ("columns", "POS"),
        ("user data", "url"),
        ("user data", "note"),
    ]
    assert read.items["mentions"] == 4


def test_triggers_of_changed_documents_are_not_mentions(repository, tmp_path):
    (item,) = gold(repository, 1000)
    write(tmp_path / "a.spacy", [item], repository.ontology)
    (doc,) = DocBin().from_disk(tmp_path / "a.spacy").get_docs(Vocab())
    doc.ents = []
    (read,) = FORM.reader(save(tmp_path / "b.spacy", doc))
    types = {m.type for m in item.annotation.mentions}
    assert {m.type for m in read.annotations[""].mentions} <= types
    lost = [loss.name for loss in read.losses if loss.kind == "span groups"]
    assert lost == ["triggers", "claims"]


def test_a_file_that_is_too_large_when_it_is_decompressed_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("dateline.interop.formats.docbin.reader.LARGEST", 1000)
    (tmp_path / "a.spacy").write_bytes(zlib.compress(bytes(2000)))
    with pytest.raises(InvalidInputError, match="more than 1,000 bytes when it is decompressed"):
        list(FORM.reader(tmp_path / "a.spacy"))


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("strings", lambda _: []),
        ("cats", lambda _: [5]),
        ("cats", lambda _: [{"NEWS": "high"}]),
        ("flags", lambda _: []),
        ("span_groups", lambda _: [b"junk"]),
        ("attrs", lambda attrs: attrs[:-1]),
    ],
)
def test_a_file_with_a_part_of_another_form_is_refused(field, change, tmp_path):
    doc = Doc(Vocab(), words=["Kim", "left"])
    doc.ents = [Span(doc, 0, 1, label="PER")]
    path = save(tmp_path / "a.spacy", doc)
    parts = srsly.msgpack_loads(zlib.decompress(path.read_bytes()))
    parts[field] = change(parts[field])
    path.write_bytes(zlib.compress(srsly.msgpack_dumps(parts)))
    with pytest.raises(InvalidInputError, match=r"a\.spacy.* is not a DocBin that spaCy can load"):
        list(FORM.reader(path))


@pytest.mark.parametrize("mentions", [[{"id": 1}], "no", [{"id": "m", "spans": [], "type": 3}]])
def test_annotation_data_of_another_form_is_refused(mentions, tmp_path):
    doc = Doc(Vocab(), words=["Kim"])
    doc.user_data["._.", "annotation", None, None] = {"document": "a", "mentions": mentions}
    with pytest.raises(InvalidInputError, match=r"b.spacy, document 1: doc\._\.annotation is not"):
        list(FORM.reader(save(tmp_path / "b.spacy", doc)))
