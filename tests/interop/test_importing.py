"""Importing what a reader yields, whatever its format: metadata, links, and defaults."""

from __future__ import annotations

import shlex
from collections import Counter

import pytest
from msgspec.structs import replace

from dateline.corpus.boilerplate import BYTE_ORDER_MARK
from dateline.corpus.guidelines import guidelines_of
from dateline.corpus.store import Corpus
from dateline.errors import ConflictError, InvalidInputError
from dateline.ingest.ingest import ingest
from dateline.interop.format import Format, Holds
from dateline.interop.importing.importer import import_into_existing, import_into_new
from dateline.interop.importing.labels import SourceLabel
from dateline.interop.importing.mapping import LabelMapping, free_value
from dateline.interop.importing.options import ImportOptions
from dateline.interop.importing.sources import SourceDocuments
from dateline.interop.losses import LossError
from dateline.interop.source import SourceDocument, SourceLoss, source_annotation, spans_at
from dateline.model import Entity, Event, Factuality, Link, Mention
from dateline.ontology.labels import Attribute
from dateline.ontology.schemas import meta_declarations

FORMAT = Format(name="some", title="Some format", holds=Holds(kinds=frozenset()))
TEXT = "Ana met Bo in Oslo."


def document(**fields) -> SourceDocument:
    mention = Mention(id="m1", type="PERSON", spans=spans_at(TEXT, [(0, 3)]))
    annotation = replace(source_annotation("a"), mentions=(mention,))
    given = {"name": "a", "text": TEXT, "language": "en", "annotations": {"": annotation}}
    return SourceDocument(**{**given, **fields, "items": {"mentions": 1}})


def imported(corpus: Corpus, *documents: SourceDocument, **options):
    given = SourceDocuments(documents)
    return import_into_existing(FORMAT, given, corpus, ImportOptions(**options))


def test_metadata_that_the_corpus_declares_is_imported_and_the_rest_is_said(repository, tmp_path):
    corpus = copy_of_schemas(repository, tmp_path)
    meta = {"genre": "wire", "world": "on paper", "mood": "grim"}
    given = document(meta=meta, title="Ana \U0001f600", split="extra", annotations={})
    result = imported(corpus, given)
    found = corpus.read_document("a")
    assert found.meta == {"genre": "wire"}
    assert found.title == "Ana \U0001f600"
    assert {loss.name: loss.reason for loss in result.report.losses} == {
        "split": 'is "extra", expected one of: train, validation, test',
        "meta.world": 'is "on paper", expected one of: real, invented',
        "meta.mood": "the corpus does not declare it",
    }
    counts = result.report.counts["metadata"]
    assert (counts.source, counts.kept, counts.left_out) == (6, 3, 3)


def test_a_new_corpus_declares_the_metadata_that_the_source_has(tmp_path):
    one = {"genre": "voyage", "pages": 3, "score": 1, "checked": True, "year": 2024}
    other = {"genre": "chat", "score": 0.5, "year": "c. 1900", "not a key": 1}
    given = [
        document(meta=one, annotations={}),
        document(name="b", text="Bo left.", meta=other, annotations={}),
    ]
    result = import_into_new(FORMAT, SourceDocuments(given), tmp_path / "new", ImportOptions())
    corpus = Corpus(tmp_path / "new")
    declared = meta_declarations(corpus.schemas)
    assert {key: schema["type"] for key, schema in declared.items()} == {
        "genre": "string", "pages": "integer", "score": "number", "checked": "boolean",
        "year": "string",
    }  # fmt: skip
    assert 'such as "voyage"' in declared["genre"]["description"]
    assert corpus.read_document("a").meta == {**one, "year": "2024"}
    assert corpus.read_document("b").meta == {k: v for k, v in other.items() if k != "not a key"}
    (loss,) = result.report.losses
    assert (loss.name, loss.reason) == ("meta.not a key", "the corpus does not declare it")


def test_metadata_of_a_text_that_the_corpus_has_are_said_if_they_differ(entities_only):
    imported(entities_only, document(split="train", title="One", annotations={}))
    result = imported(entities_only, document(split="test", title="One"))
    assert entities_only.read_document("a").split == "train"
    losses = [(loss.name, loss.reason) for loss in result.report.losses]
    assert losses == [("split", "the corpus has the text already, with other metadata")]


def test_new_texts_have_the_metadata_that_ingest_gives_them(entities_only):
    seeds = entities_only.seeds
    (seeds / "seeds.toml").write_text(
        'language = "zh"\n[source]\npublisher = "A paper"\n[rights]\nredistribute_text = true\n'
    )
    (seeds / "old.txt").write_text("An old text.")
    table = "seed,group,split\nold,storm,test\n"
    (seeds / "seeds.csv").write_text(table)
    assert [o.result for o in ingest(entities_only, [seeds / "old.txt"])] == ["added"]
    (seeds / "seeds.csv").write_text(f"{table}a,storm,\n")
    given = document(name="b", text="\u5979\u6765\u4e86\u3002", language=None, annotations={})
    result = imported(entities_only, document(title="One", annotations={}), given)
    one, other = map(entities_only.read_document, ("a", "b"))
    assert (one.language, one.title, one.group, one.split) == ("en", "One", "storm", "test")
    assert (other.language, other.source.publisher) == ("zh", "A paper")
    assert other.rights.redistribute_text
    outcomes = [o.result for o in ingest(entities_only, [seeds / "a.txt", seeds / "b.txt"])]
    assert outcomes == ["unchanged"] * 2
    files = {f"{folder}/{name}" for folder, name in [("seeds", "a.toml"), ("corpus", "b.json")]}
    assert files < {*result.written}


def test_new_texts_give_the_warnings_of_ingest_and_each_new_file_is_printed(
    entities_only, run, tmp_path
):
    (tmp_path / "a.txt").write_text("Ana left &amp; returned.")
    (tmp_path / "a.ann").write_text("T1\tPERSON 0 3\tAna\n")
    arguments = ("import", "brat", str(tmp_path), "--language", "en")
    result = run(entities_only, *arguments, "--dry-run")
    assert "warning: seeds/a.txt: has HTML entities such as &amp;" in result.stderr
    assert result.stdout.splitlines() == [
        "seeds/a.txt", "corpus/a.json", "annotations/annotator1/a.json",
    ]  # fmt: skip
    before = {*entities_only.root.rglob("*.*")}
    assert run(entities_only, *arguments).stdout == result.stdout
    new = {path for path in entities_only.root.rglob("*.*") if path.is_file()} - before
    made = [name for name in map(entities_only.relative, new) if not name.startswith(".")]
    made.remove("annotations/annotators.json")
    assert sorted(made) == sorted(result.stdout.splitlines())
    other = tmp_path / "new corpus"
    said = run(entities_only, *arguments, "--out", str(other)).stderr
    assert f"into the new corpus {other}." in said.replace("\n", " ")
    command = said.partition("Check them with: dateline ")[2].splitlines()[0]
    checked = run(entities_only, *shlex.split(command))
    assert (checked.exit_code, shlex.split(command)) == (0, ["--root", str(other), "validate"])


def test_the_kind_of_annotators_is_said_unless_it_was_given(entities_only, run, tmp_path):
    (tmp_path / "a.txt").write_text("Ana left.")
    (tmp_path / "a.ann").write_text("T1\tPERSON 0 3\tAna\n")
    hint = "use --kind model if a model made them"
    arguments = ("import", "brat", f"bo={tmp_path}", "--language", "en")
    assert hint not in run(entities_only, *arguments, "--kind", "model", "--dry-run").stderr
    assert hint in run(entities_only, *arguments).stderr
    assert hint not in run(entities_only, *arguments).stderr
    assert entities_only.read_annotation("bo", "a").provenance.kind == "human"


def test_links_to_other_sheets_than_the_corpus_has_are_said(repository, tmp_path):
    links = (Link(kb="scenario", id="storm/ana"), Link(kb="wikidata", id="Q1"))
    given = document()
    annotation = given.annotations[""]
    annotation = replace(
        annotation,
        mentions=tuple(replace(m, entity="e1") for m in annotation.mentions),
        entities=(Entity(id="e1", type="PERSON", name="Ana", links=links),),
    )
    given = replace(given, annotations={"": annotation})
    report = import_into_new(FORMAT, SourceDocuments([given]), tmp_path / "new", ImportOptions())
    assert len(Corpus(tmp_path / "new").read_annotation("annotator1", "a").entities[0].links) == 2
    assert not report.report.losses

    (tmp_path / "old").mkdir()
    corpus = copy_of_schemas(repository, tmp_path / "old")
    (corpus.seeds / "scenarios").mkdir()
    (corpus.seeds / "scenarios" / "flood.toml").write_text("")
    result = imported(corpus, given, draft=True)
    (entity,) = corpus.read_annotation("annotator1", "a").entities
    assert [link.kb for link in entity.links] == ["wikidata"]
    assert [loss.name for loss in result.report.losses] == ["e1 scenario:storm/ana"]


@pytest.mark.parametrize("target", ["AUTHOR", "WRITER", None])
def test_a_source_of_factuality_is_a_claimer_that_can_be_mapped(target, tmp_path):
    event = Event(
        id="e1",
        trigger=spans_at(TEXT, [(4, 7)]),
        type="Meet",
        factuality=(Factuality(source="AUTHOR", value="CT+"),),
    )
    given = document(annotations={"": replace(source_annotation("a"), events=(event,))})
    mapping = LabelMapping(
        targets={
            SourceLabel("event", "Meet"): "Meet",
            SourceLabel("factuality", "CT+"): "CT+",
            SourceLabel("claimer", "AUTHOR"): target,
        }
    )
    options = ImportOptions(mapping=mapping) if target != "AUTHOR" else ImportOptions()
    result = import_into_new(FORMAT, SourceDocuments([given]), tmp_path / "new", options)
    (found,) = Corpus(tmp_path / "new").read_annotation("annotator1", "a").events
    assert [given.source for given in found.factuality] == ([target] if target else [])
    assert [loss.name for loss in result.report.losses] == ([] if target else ["e1 AUTHOR"])


def test_required_attributes_get_the_defaults_of_the_mapping(layered, run, tmp_path):
    source = tmp_path / "brat"
    source.mkdir()
    (source / "a.txt").write_text(TEXT)
    (source / "a.ann").write_text(
        "T1\tPERSON 0 3\tAna\nT2\tPERSON 8 10\tBo\nA1\tlevel T2 pronoun\n"
    )
    template = run(layered, "import", "brat", str(source), "--template").stdout
    assert '# "mention.level" = "name"' in template
    assert "break rules" in run(layered, "import", "brat", str(source)).stderr
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        template.replace('# "mention.level" = "name"', '"mention.level" = "nominal"')
    )
    result = run(layered, "import", "brat", str(source), "--mapping", str(mapping))
    assert result.exit_code == 0, result.output
    found = layered.read_annotation("annotator1", "a").mentions
    assert [mention.attributes["level"] for mention in found] == ["nominal", "pronoun"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('"mention.levle" = "name"', 'defaults.mention.levle: "mention.levle" is not a label'),
        ('"mention.level" = "nmae"', 'defaults.mention.level: "nmae" is not a label'),
    ],
)
def test_a_default_that_does_not_fit_is_said(line, message, layered, run, tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "a.ann").write_text("T1\tPERSON 0 3\tAna\n")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(f'[entity]\nPERSON = "PERSON"\n[defaults]\n{line}\n')
    result = run(layered, "import", "brat", str(tmp_path), "--mapping", str(mapping))
    assert result.exit_code == 1
    assert message in result.stderr


def test_strict_allows_the_loss_of_metadata_and_refuses_that_of_annotations(entities_only):
    lost = SourceLoss(kind="notes", name="n1", reason="are not imported")
    with pytest.raises(LossError, match="notes, 1 left out: are not imported"):
        imported(entities_only, document(losses=(lost,)), strict=True)
    assert "a" not in entities_only.document_ids()
    found = imported(entities_only, document(meta={"mood": "grim"}), strict=True)
    assert [loss.name for loss in found.report.losses] == ["meta.mood"]


def test_documents_of_two_annotators_are_one_document_with_both():
    first = document()
    annotation = first.annotations[""]
    parts = [replace(first, annotations={name: annotation}) for name in ("ana", "bo")]
    documents = SourceDocuments([*parts, document(name="b")])
    assert len(documents) == 2
    assert documents.annotators == ["", "ana", "bo"]
    for _ in range(2):
        one, other = documents
        assert ([*one.annotations], Counter(one.items)) == (["ana", "bo"], {"mentions": 2})
        assert other == document(name="b")


@pytest.mark.parametrize("start", ["", BYTE_ORDER_MARK])
def test_a_text_is_found_by_every_form_of_its_seed(start, files):
    seed = f"{start}Advertisement\r\nAnna met\r\nBo.\r\n"
    path = files.corpus.seeds / "anna.txt"
    path.write_bytes(seed.encode())
    assert [outcome.result for outcome in ingest(files.corpus, [path])] == ["added"]
    forms = (seed, seed.replace("\r", ""), seed.removeprefix(start).strip())
    for number, text in enumerate(forms):
        quotes = ("Anna", "Bo", "Adv")
        ranges = [(text.index(quote), text.index(quote) + len(quote)) for quote in quotes]
        mentions = [
            Mention(id=f"m{at}", type="PERSON", spans=spans_at(text, [place]))
            for at, place in enumerate(ranges)
        ]
        annotation = replace(source_annotation("x"), mentions=tuple(mentions))
        given = document(name="x", text=text, language=None, annotations={"": annotation})
        given = replace(given, items={"mentions": 3})
        names = {"": f"ana{number}"}
        result = imported(files.corpus, given, pseudonyms=names, draft=True)
        made = files.corpus.read_annotation(f"ana{number}", "anna")
        assert [mention.spans[0].text for mention in made.mentions] == ["Anna", "Bo"]
        assert [(loss.name, loss.reason) for loss in result.report.losses] == [
            ("m2", "is in a part of the text that the corpus does not have")
        ]
    assert "x" not in files.corpus.document_ids()


def test_two_annotations_of_one_text_by_one_annotator_are_refused(entities_only):
    imported(entities_only, document(annotations={}))
    other = document(name="b", text=TEXT + "\n")
    with pytest.raises(ConflictError, match="a: the source has two annotations by annotator1"):
        imported(entities_only, document(), other)
    assert "annotator1" not in entities_only.annotators()


def test_a_dry_run_reports_and_writes_nothing(entities_only, tmp_path):
    result = imported(entities_only, document(), dry_run=True)
    assert (result.documents, result.report.counts["mentions"].kept) == (1, 1)
    assert "a" not in entities_only.document_ids()
    options = ImportOptions(dry_run=True)
    import_into_new(FORMAT, SourceDocuments([document()]), tmp_path / "new", options)
    assert not (tmp_path / "new").exists()


def test_layers_and_guidelines_can_be_given(files):
    guidelines = guidelines_of(files.corpus)
    given = document(annotations={"": source_annotation("a")})
    imported(files.corpus, replace(given, items={}), layers=("events",), guidelines=guidelines)
    made = files.corpus.read_annotation("annotator1", "a")
    assert made.layers == ("events",)
    assert made.provenance.guidelines == guidelines


def test_annotators_with_names_need_pseudonyms_in_a_corpus_that_exists(entities_only, tmp_path):
    annotation = document().annotations[""]
    named = document(annotations={"13": annotation, "7": annotation})
    with pytest.raises(InvalidInputError, match=r"Give each one: 7=PSEUDONYM,13=PSEUDONYM"):
        imported(entities_only, named)
    import_into_new(FORMAT, SourceDocuments([named]), tmp_path / "new", ImportOptions())
    assert Corpus(tmp_path / "new").annotators() == ["annotator1", "annotator2"]
    imported(entities_only, document(annotations={"7": annotation}), pseudonyms={"": "ana"})
    assert "ana" in entities_only.annotators()


def test_importing_again_changes_nothing_even_with_other_guidelines(files):
    given = document(annotations={"": source_annotation("a")})
    given = replace(given, items={})
    first = imported(files.corpus, given, layers=("entities",))
    assert first.written == (
        "seeds/a.toml", "seeds/a.txt", "corpus/a.json", "annotations/annotator1/a.json",
    )  # fmt: skip
    guidelines = guidelines_of(files.corpus)
    again = imported(files.corpus, given, layers=("entities",), guidelines=guidelines)
    assert (again.written, again.unchanged, again.new) == ((), 1, 0)
    with pytest.raises(ConflictError, match=r"not overwritten.*\n  annotations/annotator1/a\.json"):
        imported(files.corpus, given, layers=("events",))


def test_another_text_by_the_name_of_a_document_is_told_as_the_cause(entities_only):
    imported(entities_only, document(annotations={}))
    with pytest.raises(ConflictError, match=r"seeds/a\.txt(.|\n)*another text of this name"):
        imported(entities_only, document(text="Bo left.", annotations={}))


def test_texts_that_the_corpus_does_not_have_can_be_left_out(entities_only):
    imported(entities_only, document(annotations={}))
    other = document(name="b", text="Bo left.", annotations={"7": source_annotation("b")})
    given = document(name="x"), replace(other, items={})
    result = imported(entities_only, *given, known_texts=True)
    assert (result.documents, result.new, result.annotators) == (1, 0, ("annotator1",))
    assert [(x.kind, x.document) for x in result.report.losses] == [("documents", "b")]
    assert "b" not in entities_only.document_ids()
    with pytest.raises(InvalidInputError, match="the corpus has none of the texts"):
        imported(entities_only, given[1], known_texts=True)


def test_an_annotation_that_is_damaged_in_the_source_is_refused_unless_it_is_ignored(entities_only):
    broken = SourceLoss(
        kind="mentions", name="m2", reason="has no place", annotator="", is_wrong=True,
        labels=(("entity", "PLACE"),),
    )  # fmt: skip
    given = replace(document(), losses=(broken,), items={"mentions": 2})
    with pytest.raises(InvalidInputError, match=r"a \(annotator1\): mentions m2: has no place"):
        imported(entities_only, given)
    targets = {SourceLabel("entity", "PERSON"): "PERSON", SourceLabel("entity", "PLACE"): None}
    result = imported(entities_only, given, mapping=LabelMapping(targets=targets))
    assert (result.drafts, result.report.counts["mentions"].left_out) == (0, 1)
    result = imported(entities_only, given, pseudonyms={"": "bo"}, draft=True)
    assert result.drafts == 1
    assert entities_only.read_annotation("bo", "a").status == "draft"


def test_mentions_that_are_given_twice_are_one(entities_only):
    (mention,) = document().annotations[""].mentions
    twice = replace(source_annotation("a"), mentions=(mention, replace(mention, id="m2")))
    result = imported(entities_only, document(annotations={"": twice}))
    assert len(entities_only.read_annotation("annotator1", "a").mentions) == 1
    assert not result.report.losses
    other = replace(mention, id="m2", attributes={"level": "name"})
    first = replace(mention, attributes={"level": "nominal"})
    twice = replace(source_annotation("a"), mentions=(first, other))
    targets = {
        SourceLabel("entity", "PERSON"): "PERSON",
        SourceLabel("attribute", "mention.level"): None,
    }
    with pytest.raises(InvalidInputError, match='M403 /mentions/1: is a duplicate of "m1"'):
        imported(
            entities_only, document(annotations={"": twice}), mapping=LabelMapping(targets=targets)
        )


def test_annotations_that_would_say_nothing_are_refused_with_what_the_source_has(entities_only):
    imported(entities_only, document(annotations={}))
    empty = replace(document(annotations={"": source_annotation("a")}), items={})
    with pytest.raises(InvalidInputError, match="Give the layers in which the annotators") as error:
        imported(entities_only, empty)
    assert "the source has no labels" in str(error.value)
    assert "  1 document, 1 annotation" in str(error.value)
    lost = SourceLoss(kind="images", name="1", reason="images are not read", annotator="")
    given = replace(empty, losses=(lost,), items={"images": 1})
    with pytest.raises(InvalidInputError, match="Leave the annotations out") as error:
        imported(entities_only, given, layers=("entities",))
    assert "  images, 1 left out: images are not read" in str(error.value)
    assert imported(entities_only, empty, layers=("entities",)).annotations == 1


def test_texts_without_labels_are_imported(entities_only, tmp_path):
    empty = replace(document(annotations={"": source_annotation("a")}), items={})
    result = imported(entities_only, empty)
    assert (result.new, result.annotations, result.annotators) == (1, 0, ())
    documents = SourceDocuments([empty])
    import_into_new(FORMAT, documents, tmp_path / "new", ImportOptions(strict=True))
    made = Corpus(tmp_path / "new")
    assert (made.document_ids(), made.annotators()) == (["a"], [])
    named = replace(empty, name="b", text="Bo left.", annotations={"7": source_annotation("b")})
    result = imported(entities_only, named, pseudonyms={"": "ana"})
    assert [(loss.kind, loss.name) for loss in result.report.losses] == [("annotations", "ana")]


def copy_of_schemas(corpus: Corpus, root) -> Corpus:
    for part in ("schema", "seeds", "corpus", "annotations"):
        (root / part).mkdir()
    for path in (corpus.root / "schema").glob("*.json"):
        (root / "schema" / path.name).write_bytes(path.read_bytes())
    return Corpus(root)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("12", "number", 12),
        ("12.5", "number", 12.5),
        ("12", "integer", 12),
        ("12.5", "integer", None),
        ("nan", "number", None),
        ("twelve", "number", None),
    ],
)
def test_a_number_is_read_as_it_is_written(text, kind, value):
    declared = Attribute(
        name="size", title="", description="", required=False, kind="number", schema={"type": kind}
    )
    found = free_value(text, declared)
    assert (found, type(found)) == (value, type(value))
