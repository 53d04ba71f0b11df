"""Exports made with other labels: what is mapped is imported, and nothing else."""

from __future__ import annotations

import contextlib
import json
import tomllib

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dateline.errors import DatelineError, InvalidInputError
from dateline.interop.formats.label_studio import export_file as export_module
from dateline.interop.formats.label_studio.export_file import read_export
from dateline.interop.importing.importer import import_into_existing
from dateline.interop.importing.labels import count_labels
from dateline.interop.importing.mapping import Targets
from dateline.interop.importing.mapping_file import mapping_template, read_mapping
from dateline.interop.importing.options import ImportOptions
from dateline.interop.importing.sources import SourceDocuments
from dateline.interop.registry import format_of

from ..small_corpus import TEXT
from .foreign import (
    BY_CONTROL,
    JSON,
    MAPPING,
    RESULT,
    ROWS,
    annotation,
    place,
    region,
    relation,
    said,
    task,
)
from .strategies import document_of


@pytest.fixture
def import_tasks(files, run, tmp_path):
    """Run the import for the small corpus; no file but annotations may change."""

    def invoke(tasks, *arguments, mapping=MAPPING, users="ana"):
        export, labels = tmp_path / "export.json", tmp_path / "mapping.toml"
        content = tasks if isinstance(tasks, bytes) else json.dumps(tasks).encode()
        export.write_bytes(content)
        labels.write_text(mapping, encoding="utf-8")
        result = run(
            files.corpus, "import", "label-studio", str(export), "--mapping", str(labels),
            *(("--annotators", users) if users else ()), *arguments,
        )  # fmt: skip
        assert isinstance(result.exception, SystemExit | None), result.exception
        assert "Traceback" not in result.output
        return result

    return invoke


def problem_lines(result):
    return [line.strip() for line in result.stderr.splitlines() if line.startswith("  ")]


def without(*ids):
    return [r for r in RESULT if not {r.get("id"), r.get("from_id"), r.get("to_id")} & {*ids}]


def test_mapped_labels_are_imported(import_tasks, files, run):
    result = import_tasks([task(annotation())])
    assert result.exit_code == 0, result.output
    assert result.stdout == "annotations/ana/summit.json\n"
    assert "mentions, 1 left out: its label is ignored by the mapping (export-1: misc)" in (
        result.stderr
    )
    made = files.corpus.read_annotation("ana", "summit")
    assert [(m.id, m.type, m.entity, m.attributes) for m in made.mentions] == [
        ("aB3_x-1", "PERSON", "ana", {"level": "name"}),
        ("an_id_with_blanks", "PERSON", None, {"level": "name"}),
        ("oslo", "GPE", None, {"level": "name"}),
        ("she", "PERSON", "ana", {"level": "pronoun"}),
    ]
    (entity,) = made.entities
    assert (entity.name, entity.links[0].id) == ("Ana Ruiz", "Q42")
    (event,) = made.events
    assert [(a.role, a.mention) for a in event.arguments] == [
        ("party", "aB3_x-1"),
        ("party", "an_id_with_blanks"),
    ]
    (claim,) = made.claims
    assert (claim.act, claim.claimer, claim.spans[0].text) == (
        "ASSERT",
        "she",
        "the talks would go on",
    )
    assert (made.status, made.provenance.kind, made.provenance.label_studio) == (
        "submitted",
        "human",
        None,
    )
    assert made.provenance.created == "2025-02-03T04:05:06.7Z"
    assert run(files.corpus, "validate", str(files.root / "annotations" / "ana")).exit_code == 0


def test_importing_again_changes_nothing_and_never_overwrites(import_tasks, files):
    import_tasks([task(annotation())])
    path = files.corpus.annotation_path("ana", "summit")
    before = path.read_bytes()
    result = import_tasks([task(annotation())])
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "(1 unchanged)" in result.stderr
    result = import_tasks([task(annotation(without("oslo")))])
    assert result.exit_code == 1
    assert "exist with another content, and are not overwritten. Move them away" in result.stderr
    assert "  annotations/ana/summit.json\n" in result.stderr
    assert path.read_bytes() == before


def test_a_dry_run_writes_nothing(import_tasks, files):
    result = import_tasks([task(annotation())], "--dry-run")
    assert result.exit_code == 0, result.output
    assert result.stdout == "annotations/ana/summit.json\n"
    assert "Would import 1 document (0 new) and 1 annotation by ana" in result.stderr
    assert not files.corpus.annotations.joinpath("ana").exists()


def test_layers_can_be_given(import_tasks, files):
    rows = [row for row in RESULT if row.get("from_name") == "ner"]
    assert import_tasks([task(annotation(rows))], "--layers", "entities").exit_code == 0
    assert files.corpus.read_annotation("ana", "summit").layers == ("entities",)


def test_unmapped_labels_stop_the_import_and_are_listed(import_tasks, files):
    rows = [
        *RESULT,
        region("x1", "ner", "FOOD", "treaty"),
        region("x2", "ner", "FOOD", "Oslo"),
        region("x3", "other", "GPE", "Oslo"),
        {"id": "x4", "from_name": "h", "to_name": "doc", "type": "hypertextlabels", "value": {}},
        {
            "id": "x4",
            "from_name": "stars",
            "to_name": "doc",
            "type": "rating",
            "value": {"rating": 3},
        },
        relation("aB3_x-1", "she"),
        "no row",
    ]
    tasks = [task(annotation(rows))]
    result = import_tasks(tasks)
    assert result.exit_code == 1
    for line in (
        'entity "FOOD": 2 times, such as "treaty"',
        'entity "GPE": 1 time, such as "Oslo"',
        'relation "relation": 1 time, such as "Ana Ruiz → She"',
    ):
        assert f"  {line}\n" in result.stderr
    assert not files.corpus.annotations.joinpath("ana").exists()


def test_regions_of_other_types_are_missed_unless_they_are_ignored(import_tasks, files):
    rows = [
        *RESULT,
        {"id": "x4", "from_name": "h", "to_name": "doc", "type": "hypertextlabels", "value": {}},
        {"id": "x5", "from_name": "s", "to_name": "doc", "type": "rating", "value": {"rating": 3}},
        "no row",
    ]
    result = import_tasks([task(annotation(rows))])
    assert result.exit_code == 1
    (line,) = problem_lines(result)
    assert line == (
        "export-1 (ana): hypertextlabels x4: such rows are not imported; to leave them "
        "out, give the option types=hypertextlabels, or list hypertextlabels in types under "
        "[ignore] in the mapping"
    )
    mapping = MAPPING.replace("[ignore]", '[ignore]\ntypes = ["hypertextlabels"]')
    result = import_tasks([task(annotation(rows))], mapping=mapping)
    assert result.exit_code == 0, result.output
    for kind in ("hypertextlabels", "rating", "rows"):
        assert f"{kind}, 1 left out: such rows are not imported" in result.stderr


def test_an_annotation_with_problems_is_refused_or_a_draft(import_tasks, files, run):
    rows = [r for r in RESULT if r.get("labels") != ["said_by"]]
    result = import_tasks([task(annotation(rows))])
    assert result.exit_code == 1
    assert problem_lines(result) == ["export-1 (ana): claims says: has no claimer"]
    assert not files.corpus.annotations.joinpath("ana").exists()
    result = import_tasks([task(annotation(rows))], "--draft")
    assert result.exit_code == 0, result.output
    assert "claims, 1 left out: has no claimer (export-1: says)" in result.stderr
    assert "(1 draft)" in result.stderr
    assert files.corpus.read_annotation("ana", "summit").status == "draft"


def test_defaults_fill_required_attributes(import_tasks):
    mapping = MAPPING.replace('"mention.level" = "name"', "")
    result = import_tasks([task(annotation())], mapping=mapping)
    assert result.exit_code == 1
    assert 'missing: "attributes"' in result.stderr
    mapping = MAPPING.replace("[defaults]", '[defaults]\nclaimer = "AUTHOR"')
    rows = [r for r in RESULT if r.get("labels") != ["said_by"]]
    assert import_tasks([task(annotation(rows))], mapping=mapping).exit_code == 0


def test_documents_are_found_by_their_text(import_tasks, files):
    other = task(annotation(user=8), text=TEXT + "!")
    result = import_tasks([other], "--known-texts")
    assert result.exit_code == 1
    assert "the corpus has none of the texts" in result.stderr
    result = import_tasks([task(annotation()), other], "--known-texts")
    assert result.exit_code == 0, result.output
    assert "documents, 1 left out: the corpus does not have its text (export-2" in result.stderr
    assert result.stdout == "annotations/ana/summit.json\n"
    assert files.corpus.document_ids() == ["summit"]
    result = import_tasks([other], "--language", "en")
    assert result.exit_code == 0, result.output
    assert result.stdout .splitlines() == [
        "seeds/export-1.txt", "corpus/export-1.json", "annotations/ana/export-1.json",
    ]  # fmt: skip


def test_fields_of_the_data_can_be_named(import_tasks, files):
    advice = "To do: Ana Ruiz met Bo Lind; mark all names that you see, as in the guidelines. " * 20
    for mapping in (MAPPING.replace('text = "body"', ""), MAPPING):
        result = import_tasks([task(annotation(RESULT[:1]), advice=advice)], mapping=mapping)
        assert result.exit_code == 0, result.output
        assert files.corpus.document_ids() == ["summit"]
    named = MAPPING.replace('text = "body"', 'text = "advice"\nid = "doc"')
    tasks = [task(annotation(RESULT[:1]), advice=advice, doc="tip")]
    result = import_tasks(tasks, "--language", "en", mapping=named)
    assert result.exit_code == 0, result.output
    assert files.corpus.read_document("tip").text == advice
    result = import_tasks([task(annotation()), *tasks], mapping=named)
    assert result.exit_code == 1
    assert 'task 1 has no "advice" in its data. It has the fields: "body", "count"' in (
        result.stderr
    )
    named = MAPPING.replace('text = "body"', 'id = "title"')
    result = import_tasks([task(annotation())], mapping=named)
    assert '"title" is not a field that names every text' in result.stderr


def test_users_need_pseudonyms_and_are_never_named(import_tasks, files):
    email = "somebody.real@example.org"
    who = {"id": 3, "email": email, "first_name": "Somebody", "last_name": "Real"}
    tasks = [task(annotation(user=who), annotation(without("oslo"), user=9, id=12))]
    result = import_tasks(tasks)
    assert result.exit_code == 1
    assert "3=PSEUDONYM,9=PSEUDONYM" in result.stderr
    result = import_tasks(tasks, users="3=ana,9=bo")
    assert result.stdout == "annotations/ana/summit.json\nannotations/bo/summit.json\n"
    for tasks in (
        [task(annotation(user=email, id=1), annotation(user="x" + email, id=2))],
        [task(annotation(user={"email": email}))],
    ):
        result = import_tasks(tasks, users="")
        assert "x1=PSEUDONYM" in result.stderr
        assert email not in result.output
    for path in files.root.rglob("*.json"):
        assert email.encode() not in path.read_bytes()


@pytest.mark.parametrize("name", ["gold", "Ana", "a b", "../x"])
def test_an_invalid_pseudonym_is_refused(import_tasks, name):
    result = import_tasks([task(annotation())], users=name)
    assert result.exit_code == 1
    assert name in result.stderr


def test_skips_predictions_and_older_annotations_are_reported_and_left_out(import_tasks, files):
    newer = annotation(without("oslo"), id=12, updated_at="2025-03-01T00:00:00Z")
    whole = task(annotation(), newer, annotation([], id=13, was_cancelled=True))
    result = import_tasks([whole | {"predictions": [{"result": RESULT}]}])
    assert result.exit_code == 0, result.output
    assert "predictions, 1 left out" in result.stderr
    assert "is older than 12 by the same user (export-1: 11)" in result.stderr
    assert "was skipped (export-1: 13)" in result.stderr
    assert len(files.corpus.read_annotation("ana", "summit").mentions) == 3


def test_an_export_in_the_old_format_is_read(import_tasks, files):
    old = task(annotation())
    old["completions"] = old.pop("annotations")
    del old["predictions"]
    assert import_tasks([old]).exit_code == 0
    assert len(files.corpus.read_annotation("ana", "summit").mentions) == 4


def test_offsets_in_utf16_units_are_converted(import_tasks, files):
    text = "A 🏙️ for Ana.\nBo."
    document = document_of(text, "town")
    files.corpus.write_document(document)
    quoted = place("Ana", text)
    wide = len(text[: quoted["start"]].encode("utf-16-le")) // 2
    row = region("r1", "ner", "PER", "Ana", text, start=wide, end=wide + 3)
    result = import_tasks([task(annotation([row]), text=text)])
    assert result.exit_code == 0, result.output
    (mention,) = files.corpus.read_annotation("ana", "town").mentions
    assert (mention.spans[0].start, mention.spans[0].text) == (quoted["start"], "Ana")
    del row["value"]["text"]
    result = import_tasks([task(annotation([row]), text=text)], users="bo")
    assert result.exit_code == 1
    assert "may be code points or UTF-16 units" in result.stderr


def test_regions_of_another_text_on_the_page_are_ignored(import_tasks, files):
    rows = [*RESULT, region("t", "ner", "PER", "Ana") | {"to_name": "title"}]
    result = import_tasks([task(annotation(rows))])
    assert result.exit_code == 0, result.output
    assert 'is not in the text that "doc" shows (export-1: t)' in result.stderr
    assert "t" not in set(files.corpus.read_annotation("ana", "summit").ids())
    mapping = MAPPING.replace("[document]", '[document]\nobject = "title"')
    assert import_tasks([task(annotation(rows))], mapping=mapping, users="bo").exit_code == 0
    assert [*files.corpus.read_annotation("bo", "summit").ids()] == ["t"]


def test_the_target_of_a_choice_may_depend_on_the_kind_of_region(import_tasks, files):
    mapping = (
        MAPPING
        + '\n["mention.sure"]\nno = ["event.polarity=negative", "claim.polarity=negative"]\n'
    )
    rows = [
        *RESULT,
        *(said(name, "sure", "choices", "met", choices=["no"]) for name in ("met", "says")),
    ]
    assert import_tasks([task(annotation(rows))], mapping=mapping).exit_code == 0
    made = files.corpus.read_annotation("ana", "summit")
    assert made.events[0].attributes["polarity"] == "negative"
    assert made.claims[0].attributes["polarity"] == "negative"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"id,text\n1,x\n", 'is not JSON. Export the project as "JSON".'),
        (b'1\ttext\n2\tx\n', 'is not JSON. Export the project as "JSON".'),
        (b'[{"data": {"body": "x"}, "annotations": [{"id": 1, ',
         "is cut off (line 1, column 51: ends within a value). Download the export again."),
        (b'[{"data": {"body": "\xc3', "is cut off"),
        (b'[{"data": {"body": "\xff"}}]', "is not UTF-8"),
        (b'[{"data": {"body": NaN}, "annotations": []}]', "line 1, column"),
        (b'[{"data": {"body": "\\ud800"}, "annotations": []}]', "line 1, column"),
        (b'[{"data": {}, "data": {}, "annotations": []}]', "duplicate"),
        (b'[{"data": {"n": ' + b"1" * 5000 + b'}, "annotations": []}]', "line 1, column"),
        (b'\xef\xbb\xbf[]', "byte order mark"),
        (b'[]', "source has no documents"),
        (b'"text"', "is not a list of tasks"),
        (b'{"tasks": []}', "is not a list of tasks"),
        (b"[1]", 'task 1 has no "data" object'),
        (b'[{"id": 1, "text": "x", "ner": []}]', 'not "JSON-MIN"'),
        (b'[{"data": {}}]', "no list of annotations"),
        (b'[{"data": {}, "annotations": [1]}]', 'annotation 1 has no "result" list'),
        (b'[{"data": {}, "annotations": [{"result": "x"}]}]', 'annotation 1 has no "result" list'),
        (b"[" * 1_000_000, "nested deeper than 100 levels"),
        (b'[{"data": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}]", "nested deeper than 100 levels"),
    ],
    ids=["empty", "csv", "tsv", "cut", "cut character", "latin", "nan", "surrogate", "repeated", "huge", "mark", "nothing", "text", "object", "number", "min", "none", "one", "result",
         "deep", "deep data"],
)  # fmt: skip
def test_a_file_that_is_not_an_export_is_refused(import_tasks, content, message):
    result = import_tasks(content)
    assert result.exit_code == 1
    assert message in result.stderr
    assert len(result.stderr) < 1_000


def test_a_file_that_is_too_large_is_refused(import_tasks, monkeypatch):
    monkeypatch.setattr(export_module, "MAX_BYTES", 100)
    result = import_tasks([task(annotation())])
    assert result.exit_code == 1
    assert "export and import it in parts" in result.stderr


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ("x", "is not TOML"),
        ('[labels.ner]\nPER = "cue"\nPER = "cue"', "is not TOML"),
        ("a = " + "[" * 5000 + "]" * 5000, "is nested deeper than 100 levels"),
        ("a." * 5000 + "a = 1", "mapping.toml"),
        ("a = " + "1" * 5000, "mapping.toml"),
        ("[entity]\nPER = []", 'entity.PER: is empty. Write "ignore"'),
        ("[labels]\nPER = 3", "labels.PER: is not a table. `dateline import"),
        ("entity = 3", "entity: is not a table"),
        ('[label.ner]\nPER = "entity:PERSON"', "label: is not a kind of label. Allowed: entity, "),
        ('[document]\ntexts = "body"', "document.texts: does not exist. Allowed: text, id, object, attributes."),
        ('[entity]\nPER = "PERSN"', 'entity.PER: "PERSN" is not a label of this kind in the corpus. Did you mean "PERSON"?'),
        ('[labels.ner]\nPER = ["entity:PERSON", "event:MEET"]', "entity.PER: has several targets. Write one."),
        ('[choices.c]\nx = "mention.level=nam"', 'mention.c.x: "nam" is not a label of this kind in the corpus. Did you mean "name"?'),
        ('["mention.c"]\nx = "mention.levl=name"', 'Did you mean "mention.level"?'),
        ('[relations]\nx = "partie"', 'Did you mean "party"?'),
        ('[texts]\nx = "entity_ids"', 'Did you mean "entity_id"?'),
        ('[defaults]\n"mention.levl" = "name"', "defaults.mention.levl"),
    ],
)  # fmt: skip
def test_an_invalid_mapping_is_refused(import_tasks, mapping, message):
    result = import_tasks([task(annotation())], mapping=mapping)
    assert result.exit_code == 1
    assert message in result.stderr


def test_the_template_is_a_mapping_of_every_label(files, run, tmp_path, import_tasks):
    export = tmp_path / "export.json"
    export.write_text(json.dumps([task(annotation())]), encoding="utf-8")
    result = run(files.corpus, "import", "label-studio", str(export), "--template")
    assert result.exit_code == 0
    assert '"PER" = "?"   # 3 times, such as "Ana Ruiz"' in result.stdout
    assert '"good" = "?"   # 1 time, about the whole text' in result.stdout
    found = tomllib.loads(result.stdout)
    assert list(found["entity"]) == ["Contact", "LOC", "MISC", "PER", "assertion"]
    assert set(found["relation"]) == {"participant_of", "said_by"}
    # Unchanged, it maps nothing; with every other "?" ignored, it is complete.
    assert import_tasks([task(annotation())], mapping=result.stdout).exit_code == 1
    mapped = result.stdout.replace('"LOC" = "?"', '"LOC" = "GPE"')
    mapped = mapped.replace('= "?"', '= "ignore"').replace(
        "[defaults]", '[defaults]\n"mention.level" = "name"'
    )
    result = import_tasks([task(annotation())], mapping=mapped)
    assert result.exit_code == 0, result.output
    assert [m.id for m in files.corpus.read_annotation("ana", "summit").mentions] == ["oslo"]


def template(path, ontology):
    documents = SourceDocuments(format_of("label-studio").reader(path))
    return mapping_template(count_labels(documents.annotations), Targets(ontology))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=6), min_size=1, max_size=4
    )
)
def test_a_template_can_have_any_name(names, news, tmp_path):
    path = tmp_path / "any.json"
    rows = [region(str(at), name, name, "Ana") for at, name in enumerate(names)]
    rows += [relation("0", "0", *names), said("0", "".join(names), "textarea", "Ana", text=["x"])]
    path.write_bytes(msgspec.json.encode([task(annotation(rows))]))
    text = template(path, news.ontology)
    assert all(character.isprintable() or character == "\n" for character in text)
    assert set(tomllib.loads(text)["entity"]) == {name or "mention" for name in names}


def test_the_template_guesses_where_names_agree(news, files):
    rows = [region("a", "ner", "person", "Ana"), relation("a", "a", "AGENT")]
    export = files.root / "export.json"
    export.write_text(json.dumps([task(annotation(rows))]), encoding="utf-8")
    found = tomllib.loads(template(export, news.ontology))
    assert found["entity"]["person"] == "PERSON"
    assert found["relation"]["AGENT"] == "agent"


def test_the_former_command_and_mapping_do_the_same(import_tasks, files, run, tmp_path):
    import_tasks([task(annotation())], users="bo")
    (tmp_path / "old.toml").write_text(BY_CONTROL, encoding="utf-8")
    result = run(
        files.corpus, "studio", "import", str(tmp_path / "export.json"),
        "--mapping", str(tmp_path / "old.toml"), "--users", "ana",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert result.stdout == "annotations/ana/summit.json\n"
    assert "`dateline studio import` is `dateline import label-studio" in result.stderr
    ana, bo = (files.corpus.read_annotation(name, "summit") for name in ("ana", "bo"))
    assert msgspec.structs.replace(ana, annotator="bo") == bo


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(rows=ROWS)
def test_no_result_causes_a_crash(rows, files, tmp_path):
    path = tmp_path / "any.json"
    path.write_bytes(msgspec.json.encode([task(annotation(rows))]))
    labels = tmp_path / "mapping.toml"
    labels.write_text(MAPPING, encoding="utf-8")
    mapping = read_mapping(labels, Targets(files.corpus.ontology))
    form = format_of("label-studio")
    documents = SourceDocuments(form.reader_with(mapping.reading)(path))
    options = ImportOptions(mapping=mapping, pseudonyms={"": "ana"}, draft=True, dry_run=True)
    with contextlib.suppress(InvalidInputError):
        import_into_existing(form, documents, files.corpus, options)
    tomllib.loads(template(path, files.corpus.ontology))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200) | JSON.map(msgspec.json.encode))
def test_no_file_causes_a_crash(content, tmp_path):
    path = tmp_path / "any.json"
    path.write_bytes(content)
    with contextlib.suppress(DatelineError):
        read_export(path)
