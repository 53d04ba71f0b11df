"""A project with another labelling page on a real server, exported and imported."""

from __future__ import annotations

import json

import pytest

from ..small_corpus import TEXT
from .foreign import CONFIG, MAPPING, RESULT, place


@pytest.fixture
def foreign(label_studio, title):
    """A project with the small corpus's text and another one: its id, and its tasks by text."""
    project = label_studio.owner.post("/api/projects/", title=title, label_config=CONFIG)["id"]
    for text in (TEXT, "Nobody here knows this text."):
        label_studio.owner.post(f"/api/projects/{project}/import", body=text)
    tasks = label_studio.owner.get("/api/tasks/", project=project, fields="all")["tasks"]
    return project, {task["data"]["body"]: task for task in tasks}


@pytest.fixture
def import_project(files, run, tmp_path, label_studio, foreign):
    """Export the project as JSON and import it; no secret of the server may show."""

    def invoke(*arguments, mapping=MAPPING):
        export, labels = tmp_path / "export.json", tmp_path / "mapping.toml"
        path = f"/api/projects/{foreign[0]}/export"
        tasks = label_studio.owner.get(path, exportType="JSON", download_all_tasks="true")
        export.write_text(json.dumps(tasks), encoding="utf-8")
        labels.write_text(mapping, encoding="utf-8")
        mapped = () if "--template" in arguments else ("--mapping", str(labels))
        result = run(files.corpus, "import", "label-studio", str(export), *mapped, *arguments)
        assert isinstance(result.exception, SystemExit | None), result.exception
        for secret in label_studio.secrets:
            assert secret not in result.output
            for file in files.root.rglob("*"):
                assert file.is_dir() or secret.encode() not in file.read_bytes(), file
        return result

    return invoke


def test_an_export_of_the_real_server_is_imported(
    import_project, files, foreign, label_studio, run
):
    _, tasks = foreign
    ours = tasks[TEXT]
    label_studio.annotator.submit(ours, RESULT)
    label_studio.owner.submit(ours, RESULT[:4])
    label_studio.owner.submit(ours, [], was_cancelled=True)
    label_studio.owner.post("/api/predictions/", task=ours["id"], result=RESULT[:1])
    users = f"{label_studio.annotator.id}=ana,{label_studio.owner.id}=bo"
    template = import_project("--template").stdout
    for name in ("PER", "LOC", "MISC", "Contact", "participant_of", "good"):
        assert f'"{name}" = "?"' in template
    result = import_project("--annotators", users, "--known-texts")
    assert result.exit_code == 0, result.output
    assert result.stdout == "annotations/ana/summit.json\nannotations/bo/summit.json\n"
    assert "annotations, 1 left out: was skipped" in result.stderr
    assert "predictions, 1 left out" in result.stderr
    assert "documents, 1 left out: the corpus does not have its text" in result.stderr
    ana = files.corpus.read_annotation("ana", "summit")
    assert [m.spans[0].text for m in ana.mentions] == ["Ana Ruiz", "Bo Lind", "Oslo", "She"]
    assert [(e.type, len(e.arguments)) for e in ana.events] == [("MEET", 2)]
    assert [(c.act, c.claimer) for c in ana.claims] == [("ASSERT", "she")]
    assert len(files.corpus.read_annotation("bo", "summit").mentions) == 1
    assert run(files.corpus, "validate").exit_code == 0


def test_rows_that_the_server_accepts_may_be_refused(import_project, files, foreign, label_studio):
    _, tasks = foreign
    rows = [
        *RESULT,
        {"id": "z1", "from_name": "ner", "to_name": "doc", "type": "labels",
         "value": place("Oslo") | {"labels": ["PLANET"]}},
        {"type": "relation", "from_id": "she", "to_id": "gone", "direction": "bi"},
    ]  # fmt: skip
    label_studio.annotator.submit(tasks[TEXT], rows)
    unknown = next(task for text, task in tasks.items() if text != TEXT)
    label_studio.annotator.submit(unknown, [])
    result = import_project("--annotators", "ana")
    assert result.exit_code == 1
    assert 'entity "PLANET": 1 time, such as "Oslo"' in result.stderr
    mapping = MAPPING.replace('MISC = "ignore"', 'MISC = "ignore"\nPLANET = "GPE"')
    mapping = mapping.replace("[relation]", '[relation]\nrelation = "coreference"')
    result = import_project("--annotators", "ana", "--known-texts", mapping=mapping)
    assert result.exit_code == 1
    assert "has an end without a labelled region (gone)" in result.stderr
    assert not files.corpus.annotations.joinpath("ana").exists()
    result = import_project("--annotators", "ana", "--known-texts", "--draft", mapping=mapping)
    assert result.exit_code == 0, result.output
    assert result.stdout == "annotations/ana/summit.json\n"
    assert files.corpus.read_annotation("ana", "summit").status == "draft"
