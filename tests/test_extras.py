"""Without an optional extra, each command that needs it names it in one line."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from msgspec.structs import replace

from dateline.errors import MissingExtraError
from dateline.extras import extra
from tests.conftest import REPOSITORY

EXTRAS = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"][
    "optional-dependencies"
]
PREDICT = ("predict", "--out", "predictions.jsonl", "--model")
SERVER = ("--url", "http://127.0.0.1:1", "--token", "0123456789abcdef")
COMMANDS = {
    "cas": [("export", "cas", "--out", "cas", "--include-text", "all")],
    "eval": [("tasks",)],
    "gamma": [("agree", "pass-a", "pass-b", "--gamma")],
    "gliner": [("train", "gliner", "--base", "b", "--out", "model"), (*PREDICT, "gliner:m")],
    "llm": [(*PREDICT, "openai:m", "--option", "base_url=http://127.0.0.1:1")],
    "plots": [("stats", "--plots", "plots")],
    "query": [("query", "SELECT 1")],
    "spacy": [(*PREDICT, "spacy:en_core_web_sm"), ("train", "spacy", "--out", "model")],
    "transformers": [
        ("train", "transformers", "--base", "b", "--out", "model"),
        (*PREDICT, "transformers:m"),
    ],
    "studio": [
        ("studio", "push", *SERVER),
        ("studio", "push", *SERVER, "--from", "gold", "--backoff", "0"),
        ("studio", "pull", *SERVER),
        ("studio", "status", *SERVER),
        ("studio", "watch", *SERVER, "--backoff", "0"),
    ],
}
LANGUAGES = {
    "chinese": ("zh", "习近平访问了俄罗斯，会见了总统。"),
    "japanese": ("ja", "東京で会議が開かれ、首相が出席した。"),
    "korean": ("ko", "김정은은 러시아를 방문하여 대통령을 만났다."),
    "thai": ("th", "นายกรัฐมนตรีเดินทางไปเยือนประเทศญี่ปุ่น"),
}

# Hides a module and its metadata, as if its distribution was not installed.
WITHOUT = """
import sys
from importlib.machinery import PathFinder

hidden = sys.argv.pop(1)

class Finder(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] == hidden else super().find_spec(name, path, target)

    @classmethod
    def find_distributions(cls, context):
        found = super().find_distributions(context)
        return (d for d in found if d.metadata["Name"].lower().replace("-", "_") != hidden)

sys.meta_path[sys.meta_path.index(PathFinder)] = Finder
from dateline.__main__ import run
run()
"""


def module(requirement: str) -> str:
    name = requirement.partition(">")[0].replace("-", "_")
    return name.removeprefix("dkpro_")


@pytest.fixture(scope="session")
def metadata(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package's metadata; those of an older installation may lack an extra."""
    folder = tmp_path_factory.mktemp("metadata")
    make = (
        "import sys; from hatchling.build import *; prepare_metadata_for_build_wheel(sys.argv[1])"
    )
    subprocess.run([sys.executable, "-c", make, str(folder)], cwd=REPOSITORY, check=True)
    return folder


@pytest.fixture
def run_without(metadata: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line without the package of a requirement."""

    def run(requirement: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", WITHOUT, module(requirement), *arguments]
        path = os.pathsep.join([str(metadata), *filter(None, sys.path)])
        environment = os.environ | {"PYTHONPATH": path}
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )

    return run


def test_each_extra_is_tried():
    assert EXTRAS.keys() == COMMANDS.keys() | LANGUAGES.keys()


@pytest.mark.parametrize(
    ("extra", "arguments", "missing"),
    [
        (extra, arguments, package)
        for extra, commands in COMMANDS.items()
        for number, arguments in enumerate(commands)
        for package in (EXTRAS[extra] if number == 0 else EXTRAS[extra][-1:])
    ],
    ids=str,
)
def test_a_command_names_the_missing_extra(
    run_without, tmp_path: Path, extra: str, arguments: tuple[str, ...], missing: str
):
    done = run_without(missing, tmp_path, "--root", str(REPOSITORY), *arguments)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"Error: {module(missing)} of the extra ")
    assert line.count(" is not installed. Run: pip install ") == 1
    assert f"'{missing}'" in line
    assert [*tmp_path.iterdir()] == []


def test_agreement_needs_no_extra_but_for_gamma(run_without, entities_only):
    (document,) = entities_only.document_ids()
    gold = entities_only.read_annotation("gold", document)
    for name in ("ana", "bo", "cy"):
        entities_only.write_annotation(replace(gold, annotator=name))
    done = run_without("krippendorff", entities_only.root, "agree", "ana", "bo", "cy")
    assert done.returncode == 0, done.stderr
    assert "alpha of all annotators on entities: 1.000" in done.stdout


@pytest.mark.parametrize("extra", LANGUAGES)
def test_ingest_names_the_missing_extra_of_a_language(run_without, empty_corpus, extra: str):
    language, text = LANGUAGES[extra]
    (empty_corpus.seeds / "a.txt").write_text(text, encoding="utf-8")
    (empty_corpus.seeds / "a.toml").write_text(f'language = "{language}"\n', encoding="utf-8")
    # One of two packages is as good as none.
    done = run_without(EXTRAS[extra][-1], empty_corpus.root, "ingest")
    assert done.returncode == 0, done.stderr
    (warning,) = [line for line in done.stderr.splitlines() if "warning" in line]
    assert f'the extra "{extra}"' in warning
    assert all(f"'{package}'" in warning for package in EXTRAS[extra])


def test_a_broken_installation_is_not_called_missing(tmp_path: Path):
    (tmp_path / "matplotlib").mkdir()
    (tmp_path / "matplotlib" / "__init__.py").write_text("from sys import nothing\n")
    arguments = ["--root", str(REPOSITORY), "stats", "--plots", "plots"]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
         "from dateline.__main__ import run; run()", *arguments],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "of the extra \"plots\" cannot be imported: cannot import name 'nothing'" in line


def test_a_package_with_other_versions_than_it_needs_is_named(monkeypatch, tmp_path):
    installed = version("numpy")
    needed = f"Requires-Dist: numpy<{installed}\nRequires-Dist: nothing>9; extra == 'onnx'\n"
    folder = tmp_path / "gliner-0.2.29.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Name: gliner\nVersion: 0.2.29\n{needed}")
    (tmp_path / "gliner.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(MissingExtraError) as error, extra("gliner", checked="gliner"):
        pass
    message = f'gliner of the extra "gliner" needs numpy<{installed}, but numpy {installed} is'
    assert str(error.value).startswith(message)
    assert "Run: pip install" in str(error.value)
    (folder / "METADATA").write_text("Name: gliner\nVersion: 0.2.29\nRequires-Dist: numpy>=1\n")
    with extra("gliner", checked="gliner"):
        pass
