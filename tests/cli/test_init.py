"""Starting a corpus: from `dateline init` to a dataset, with any layers."""

from __future__ import annotations

import functools
import itertools
import json
import operator
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from dateline.cli.main import main
from dateline.corpus.store import Corpus, schema_json
from dateline.model import LAYERS
from dateline.ontology.schemas import boilerplate, meta_keys
from tests.conftest import REPOSITORY, Run
from tests.killed import contents, killed_runs


def init(root: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["init", str(root), *options])


@pytest.mark.parametrize(
    "layers",
    [
        layers
        for number in range(1, len(LAYERS) + 1)
        for layers in itertools.combinations(LAYERS, number)
        if "relations" not in layers or "entities" in layers
    ],
    ids=",".join,
)
def test_any_layers_make_a_valid_corpus(layers: tuple[str, ...], tmp_path: Path, run: Run):
    result = init(tmp_path / "mine", "--layers", ",".join(layers))
    assert result.exit_code == 0, result.output
    corpus = Corpus(tmp_path / "mine")
    assert corpus.ontology.layer_names == layers
    path = corpus.root / "schema" / "ontology.schema.json"
    schema = json.loads(path.read_bytes())
    Draft202012Validator.check_schema(schema)
    assert path.read_bytes() == schema_json(schema), "`dateline rename` can change it"
    assert all("$comment" in schema["$defs"][name] for name in schema["$defs"])
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 10 + 40 * len(layers)
    (corpus.seeds / "a.txt").write_text("Grace Hopper flew to Paris.", encoding="utf-8")
    assert run(corpus, "ingest").exit_code == 0
    assert "0 errors, 0 warnings" in run(corpus, "validate").stderr
    for command in ("ontology", "guidelines"):
        shown = run(corpus, command)
        assert shown.exit_code == 0
        for layer in corpus.ontology.layers.values():
            assert all(label.name in shown.stdout.replace("\\", "") for label in layer.labels)


def test_each_command_names_the_next_one(tmp_path: Path):
    program = str(Path(sys.executable).parent / "dateline")

    def command(*arguments: str, folder: Path = tmp_path) -> str:
        done = subprocess.run(
            [program, *arguments], cwd=folder, capture_output=True, text=True, check=True
        )
        return done.stderr

    assert "run: cd mine && dateline ingest\n" in command("init", "mine", "--example", "news")
    corpus = tmp_path / "mine"
    (corpus / "seeds" / "a.txt").write_text("Ada Lovelace moved to London.", encoding="utf-8")
    assert "`dateline build` for a dataset" in command("ingest", folder=corpus)
    built = command("build", folder=corpus)
    assert f'load_dataset("{corpus / "dist"}")' in built
    code = built.partition("Load it in Python: ")[2].partition("\n")[0]
    shown = f"{code.replace('; load', '; print(load', 1)}['train'][0]['text'])"
    done = subprocess.run(
        [sys.executable, "-c", shown], capture_output=True, text=True, check=True, cwd=corpus
    )
    assert done.stdout == "Ada Lovelace moved to London.\n"


def test_pages_and_metadata_are_started(tmp_path: Path, run: Run):
    assert init(tmp_path / "my corpus", "--language", "sw").exit_code == 0
    corpus = Corpus(tmp_path / "my corpus")
    citation = yaml.safe_load((corpus.root / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["title"] == corpus.ontology.title == "my corpus"
    seeds = (corpus.seeds / "seeds.toml").read_text(encoding="utf-8")
    assert tomllib.loads(seeds) == {"language": "sw"}
    (corpus.seeds / "a.txt").write_text("Habari ya leo.", encoding="utf-8")
    assert run(corpus, "ingest").exit_code == 0
    assert corpus.read_document("a").language == "sw"
    assert run(corpus, "annotators", "list").exit_code == 0
    assert "my corpus" in (corpus.root / "README.md").read_text(encoding="utf-8")


def test_a_new_corpus_has_no_settings_of_the_example(tmp_path: Path):
    init(tmp_path / "mine")
    new, example = (
        json.loads((root / "schema" / "document.schema.json").read_bytes())
        for root in (tmp_path / "mine", REPOSITORY)
    )
    for *folders, name in (
        ("properties", "meta", "properties"),
        ("properties", "contrast", "properties", "kind"),
        ("properties", "seed", "properties", "dropped", "x-boilerplate"),
    ):
        for schema in (new, example):
            functools.reduce(operator.getitem, folders, schema).pop(name)
    assert new == example, "apart from settings, all corpora have one schema of documents"
    written = "".join(
        p.read_text(encoding="utf-8") for p in (tmp_path / "mine").rglob("*.*[a-z]") if p.is_file()
    )
    declared = Corpus(REPOSITORY).schemas
    own = [*meta_keys(declared), *boilerplate(declared)]
    assert own
    assert not [name for name in own if f'"{name}"' in written]


def test_a_new_corpus_can_have_contrasts_and_may_list_their_kinds(tmp_path: Path, run: Run):
    init(tmp_path / "mine")
    corpus = Corpus(tmp_path / "mine")
    for name, text in (("a", "Ada was in London."), ("b", "Ada was not in London.")):
        (corpus.seeds / f"{name}.txt").write_text(text, encoding="utf-8")
    (corpus.seeds / "a.toml").write_text('group = "ada"', encoding="utf-8")
    (corpus.seeds / "b.toml").write_text(
        'group = "ada"\n[contrast]\nof = "a"\nkind = "denied"', encoding="utf-8"
    )
    assert run(corpus, "ingest").exit_code == 0
    assert "0 errors, 0 warnings" in run(corpus, "validate").stderr
    path = corpus.root / "schema" / "document.schema.json"
    schema = json.loads(path.read_bytes())
    kind = {"const": "negated", "description": "A negation."}
    schema["properties"]["contrast"]["properties"]["kind"]["oneOf"] = [kind]
    path.write_bytes(schema_json(schema))
    assert '"denied", expected one of: negated' in run(corpus, "ingest").stderr
    assert run(corpus, "validate").exit_code == 1


@pytest.mark.parametrize(("given", "tag"), [("FI", "fi"), ("zh-hant", "zh-Hant"), ("eng", "en")])
def test_a_language_is_written_as_bcp_47_has_it(given: str, tag: str, tmp_path: Path, run: Run):
    assert init(tmp_path / "mine", "--language", given).exit_code == 0
    corpus = Corpus(tmp_path / "mine")
    path = corpus.seeds / "seeds.toml"
    assert tomllib.loads(path.read_text(encoding="utf-8")) == {"language": tag}
    path.write_text(f'language = "{given}"', encoding="utf-8")
    (corpus.seeds / "a.txt").write_text("1", encoding="utf-8")
    assert run(corpus, "ingest").exit_code == 0
    path.unlink()
    (corpus.seeds / "b.txt").write_text("2", encoding="utf-8")
    assert run(corpus, "ingest", "--language", given).exit_code == 0
    assert {d.language for d in map(corpus.read_document, corpus.document_ids())} == {tag}


def test_existing_files_are_kept(tmp_path: Path):
    root = tmp_path / "mine"
    root.mkdir()
    (root / "README.md").write_text("Mine.", encoding="utf-8")
    result = init(root)
    assert result.exit_code == 0
    assert f"{root / 'README.md'}: exists, and is kept" in result.stderr
    assert (root / "README.md").read_text(encoding="utf-8") == "Mine."
    before = contents(root)
    assert init(root).exit_code == 1
    assert contents(root) == before


def test_a_killed_init_is_finished_by_the_same_command_or_the_next(tmp_path: Path):
    (tmp_path / "start").mkdir()
    *killed, whole = killed_runs(tmp_path / "start", ("init", "{root}/mine"), tmp_path / "killed")
    assert len(killed) > 10
    for root in killed:
        again = init(root / "mine")
        assert again.exit_code == 0 or "already exists" in again.stderr
        assert contents(root) == contents(whole)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--layers", "relations"), '"relations" needs "entities"; name both'),
        (("--layers", "mentions"), "'mentions' is unknown. Allowed: document, entities"),
        (("--language", "English!"), '"English!" is not a language tag'),
        (("--layers", "entities", "--example", "news"), "--example has its own layers"),
    ],
)
def test_wrong_options_create_nothing(tmp_path: Path, options: tuple[str, ...], message: str):
    result = init(tmp_path / "mine", *options)
    assert result.exit_code != 0
    assert message in result.stderr
    assert not (tmp_path / "mine").exists()
