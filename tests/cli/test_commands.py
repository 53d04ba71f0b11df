"""The command line: help, shared options, and the commands of a corpus."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dateline.cli.main import main
from dateline.corpus.store import Corpus
from tests.conftest import REPOSITORY, Run
from tests.corpora import write_ontology
from tests.layered import ONTOLOGY
from tests.small_corpus import Files, span


def commands(group: click.Group, *names: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)
        yield " ".join((*names, name)), command


ALL = dict(commands(main))


@pytest.mark.parametrize("name", ALL)
def test_each_command_has_help(name: str, run: Run, empty_corpus: Corpus):
    result = run(empty_corpus, *name.split(), "--help")
    assert result.exit_code == 0
    if not isinstance(ALL[name], click.Group):
        assert f"dateline {name}" in result.output.partition("\n  Example")[2]
    assert "--root DIR" in result.output
    assert not re.findall(r"^  [a-z-]+ {2,}.*\.\.\.$", result.output, flags=re.M), "is cut off"
    examples = result.output.partition("\n  Example")[2].partition("\n\n")[0].splitlines()
    assert examples[:1] in ([], [":" if len(examples) == 2 else "s:"])


def test_help_imports_little():
    code = (
        "import sys; before = {*sys.modules}; from dateline.cli.main import main; "
        "main(['--help'], standalone_mode=False); "
        "print(*({*sys.modules} - before), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = done.stderr.split()
    packages = {name.partition(".")[0] for name in modules} - sys.stdlib_module_names
    assert packages <= {"click", "dateline", "msgspec", "typing_extensions"}
    below = [name for name in modules if name.startswith("dateline.") and ".cli" not in name]
    assert len(below) <= 10
    assert len(modules) <= 250, "more modules take noticeably longer"


def test_root_and_quiet_work_in_any_place(files: Files):
    files.check()
    root = str(files.root)
    command = [str(Path(sys.executable).parent / "dateline")]
    for arguments in (["--root", root, "-q", "validate"], ["validate", "--root", root, "-q"]):
        done = subprocess.run(
            [*command, *arguments], capture_output=True, text=True, check=False, cwd="/"
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_nearest_corpus_above_is_found(files: Files):
    files.check()
    command = str(Path(sys.executable).parent / "dateline")
    done = subprocess.run(
        [command, "validate"], capture_output=True, text=True, check=False, cwd=files.corpus.seeds
    )
    assert "Checked 1 document and 1 annotation: 0 errors, 0 warnings" in done.stderr


def test_validate_prints_file_pointer_code_quote_and_hint(files: Files, run: Run):
    files.gold["mentions"][2]["spans"] = [span("Oslo") | {"text": "Osla"}]
    files.check()
    result = run(files.corpus, "validate")
    assert result.exit_code == 1
    assert result.stdout == (
        "annotations/gold/summit.json /mentions/2/spans/0/text (m3)\n"
        '  error T302: is "Osla", but [24, 28] is "Oslo"\n'
        "    Ruiz met Bo Lind in [Oslo] on Monday.\\nShe said\n"
        "    The text does not contain the quote. Fix the quote; the text never changes.\n"
    )
    assert "1 error, 0 warnings" in result.stderr


def test_validate_prints_json_for_machines(files: Files, run: Run):
    files.gold["mentions"][2]["entity"] = "n9"
    files.check()
    result = run(files.corpus, "validate", "--format", "json")
    found = json.loads(result.stdout)
    assert {i["code"] for i in found} == {"M401", "M404"}
    assert set(found[0]) >= {"file", "pointer", "code", "level", "message", "quote", "hint"}


def test_validate_prints_annotations_for_github(files: Files, run: Run):
    files.gold["mentions"][0]["entity"] = "n3"
    files.gold["entities"][2]["name"] = "100% Oslo"
    files.check()
    result = run(files.corpus, "validate", "--format", "github")
    assert (
        "::error file=annotations/gold/summit.json,title=M402::/mentions/0/type is PERSON, but its "
        'entity "n3" (100%25 Oslo) is GPE'
    ) in result.stdout


def test_validate_exits_with_0_on_warnings(files: Files, run: Run):
    files.gold["mentions"][2]["spans"] = [span("Osl")]
    files.check()
    result = run(files.corpus, "validate")
    assert result.exit_code == 0
    assert "warning T305" in result.stdout


def test_validate_looks_at_the_named_paths_only(files: Files, run: Run):
    files.gold["mentions"][2]["entity"] = "n9"
    files.document["split"] = "test" if files.document["split"] != "test" else "train"
    files.check()
    result = run(files.corpus, "validate", str(files.corpus.documents), "--format", "json")
    assert {i["code"] for i in json.loads(result.stdout)} == {"D107"}
    result = run(files.corpus, "validate", str(files.corpus.annotations), "--format", "json")
    assert {i["code"] for i in json.loads(result.stdout)} == {"M401", "M404"}


def test_validate_of_a_path_outside_of_the_corpus_says_so(files: Files, run: Run):
    result = run(files.corpus, "validate", "/etc/hostname")
    assert result.exit_code == 1
    assert "no documents or annotations of this corpus there" in result.stderr


def test_the_real_corpus_is_valid(repository: Corpus, run: Run):
    result = run(repository, "validate")
    assert result.exit_code == 0, result.output


def test_rules_lists_every_rule_with_its_reason(repository: Corpus, run: Run):
    from dateline.validation.registry import all_rules

    rows = json.loads(run(repository, "rules", "--format", "json").stdout)
    assert [row["code"] for row in rows] == [*all_rules()]
    assert all(row["why"] and row["title"] for row in rows)
    assert "T302 error: The quoted text matches the offsets." in (run(repository, "rules").stdout)


def test_ontology_shows_every_label(repository: Corpus, run: Run):
    shown = run(repository, "ontology").stdout
    for layer in repository.ontology.layers.values():
        for label in layer.labels:
            assert label.name in shown
    assert json.loads(run(repository, "ontology", "--format", "json").stdout)["version"]


def test_ontology_shows_ends_of_relations_and_forms_of_values(chemistry: Corpus, run: Run):
    write_ontology(chemistry, ONTOLOGY)
    shown = run(Corpus(chemistry.root), "ontology", env={"COLUMNS": "200"}).stdout
    lines = {" ".join(line.replace("│", " ").split()) for line in shown.splitlines()}
    for line in (
        "WORKS_FOR Means WORKS_FOR. PERSON ORGANIZATION",
        "topics any of the labels",
        "patients whole number from 0, in persons",
        "registry text that matches ^NCT[0-9]{4}$",
        "approved true or false",
        "HARM Means HARM. cause, harm",
    ):
        assert line in lines
    assert "links of events" in shown


def test_init_starts_a_corpus_and_overwrites_none(tmp_path: Path, run: Run, repository: Corpus):
    root = tmp_path / "mine"
    assert run(repository, "init", str(root), "--example", "news").exit_code == 0
    for name in ("ontology", "document", "annotation", "prediction", "release"):
        written = root / "schema" / f"{name}.schema.json"
        assert written.read_bytes() == (REPOSITORY / "schema" / written.name).read_bytes()
    assert run(Corpus(root), "validate").exit_code == 0
    again = run(repository, "init", str(root), "--example", "news")
    assert again.exit_code == 1
    assert "not overwritten" in again.stderr


def test_a_broken_ontology_is_explained(empty_corpus: Corpus, run: Run):
    path = empty_corpus.root / "schema" / "ontology.schema.json"
    schema = json.loads(path.read_bytes())
    schema["$defs"]["entityType"]["oneOf"][0]["x-hotkey"] = "2"
    schema["$defs"]["role"]["place"]["x-fillers"] = ["PLANET"]
    path.write_text(json.dumps(schema))
    result = run(empty_corpus, "validate")
    assert result.exit_code == 1
    assert (
        '/$defs/entityType/oneOf/1/x-hotkey: ORGANIZATION has "2", which is already the hotkey of '
        "PERSON. Choose another one.\n"
    ) in result.stderr
    assert "/$defs/role/place/x-fillers: place has PLANET. Allowed: " in result.stderr
    path.write_text('{"$id": "urn:dateline:ontology"}')
    assert "is missing" in run(empty_corpus, "ontology").stderr
    path.write_text("{}")
    assert 'expected an object with "$id": "urn:dateline:ontology"' in (
        run(empty_corpus, "ontology").stderr
    )


def test_a_reference_to_nothing_in_a_schema_is_explained(empty_corpus: Corpus, run: Run):
    path = empty_corpus.root / "schema" / "annotation.schema.json"
    path.write_text(path.read_text(encoding="utf-8").replace('#/$defs/entity"', '#/$defs/no"'))
    result = run(empty_corpus, "validate")
    assert result.exit_code == 1
    assert "Run `dateline migrate`, which derives it from the ontology" in result.stderr
    path = empty_corpus.root / "schema" / "document.schema.json"
    path.write_text(path.read_text(encoding="utf-8").replace('#/$defs/offset"', '#/$defs/no"'))
    result = run(empty_corpus, "validate")
    assert "'#/$defs/no' is not a place in one of the corpus's schemas" in result.stderr


def test_an_ontology_may_hold_its_lists_in_place(empty_corpus: Corpus, run: Run):
    path = empty_corpus.root / "schema" / "ontology.schema.json"
    schema = json.loads(path.read_bytes())
    definitions = schema["$defs"]
    definitions["mention"]["properties"]["type"] = definitions.pop("entityType")
    definitions["claim"]["properties"]["act"] = definitions.pop("act")
    path.write_text(json.dumps(schema))
    assert run(empty_corpus, "validate").exit_code == 0


def test_system_errors_are_reported_without_a_traceback(files: Files, run: Run):
    files.check()
    files.corpus.document_path("summit").unlink()
    files.corpus.document_path("summit").mkdir()
    result = run(files.corpus, "validate")
    assert result.exit_code == 1
    assert "corpus/summit.json" in result.stdout
    assert "is not a regular file" in result.stdout
    assert "Traceback" not in result.output


def test_a_terminal_without_the_characters_gets_escapes(files: Files):
    files.check()
    command = [sys.executable, "-m", "dateline", "--root", str(files.root), "ontology"]
    environment = {"PYTHONIOENCODING": "ascii", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "PERSON" in done.stdout


def test_malformed_json_is_shown_by_line_and_column(files: Files, run: Run):
    files.check()
    path = files.corpus.annotation_path("gold", "summit")
    path.write_text('{"schema_version": "2.0",\n "document" "summit"}', encoding="utf-8")
    result = run(files.corpus, "validate")
    assert "line 2, column 13: expected `:`" in result.stdout
    assert "Checked 1 document and 1 annotation" in result.stderr
