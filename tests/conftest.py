"""What tests of every kind share: the repository, copies of its corpus, and the command line."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, settings

from dateline.corpus.store import Corpus
from dateline.ingest.ingest import ingest
from dateline.ingest.seeds import find_seeds
from dateline.model import Annotation, Document

from .chemistry import ONTOLOGY
from .corpora import NEWS, SCHEMA, new_corpus, write_ontology
from .layered import ENTITIES_ONLY, annotated_names, annotated_report
from .layered import ONTOLOGY as LAYERED_ONTOLOGY
from .small_corpus import TEXT, Files

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts background jobs so, and the commands that tests interrupt would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)

REPOSITORY = Path(__file__).parents[1]
ARTICLE = Path(__file__).parent / "article"
"""Annotations of this repository's first document."""
SEED = "000_debecc4f8dbd1735"

Run = Callable[..., Result]

SERVER = "tests/label_studio/"
SERVERLESS = tuple(
    f"{SERVER}test_{name}"
    for name in ("config", "convert", "import.py", "import_fuzz", "import_lossless", "interrupts")
)
"""Large modules of that folder which need no server, or for few tests."""

# Tests that use one of these fixtures get its mark, so that quick runs can leave them out.
MARKS = {"label_studio": "server", "local_server": "server", "chromium": "browser"}

# How fast an example is made and tried says something about the machine, not about us.
settings.register_profile("all", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("all"), max_examples=25)


SLOW = (
    "tests/adjudication/test_interruptions.py",
    "tests/agreement/test_agree.py::test_gamma_is_measured_on_demand",
    "tests/cli/test_init.py::test_a_killed",
    "tests/conformance/test_live.py",
    "tests/dataset/test_croissant.py",
    "tests/dataset/test_hostile.py",
    "tests/evaluation/models/test_libraries.py",
    "tests/evaluation/harness/test_harnesses.py",
    "tests/evaluation/test_check_and_score.py",
    "tests/evaluation/test_gold_on_the_hub.py",
    "tests/evaluation/test_invariance.py",
    "tests/evaluation/test_kills.py",
    "tests/files/test_writing.py",
    "tests/fuzz/",
    "tests/kill/",
    "tests/label_studio/test_convert",
    "tests/label_studio/test_import",
    "tests/label_studio/test_interrupts.py",
    "tests/label_studio/test_local_server.py",
    "tests/migration/test_migrate.py::test_a_killed",
    "tests/ontology/test_format.py",
    "tests/release/test_diff.py",
    "tests/release/test_former_release.py",
    "tests/release/test_history.py",
    "tests/release/test_hub_answers.py",
    "tests/release/test_interrupted.py",
    "tests/release/test_publish.py",
    "tests/release/test_rights.py",
    "tests/release/test_verify.py",
    "tests/release/test_verify_version.py",
    "tests/test_annotators.py::test_no_entry_of_parallel",
    "tests/test_benchmark.py",
    "tests/test_docs_site.py",
    "tests/test_extras.py",
    "tests/test_installed.py",
    "tests/test_rename.py::test_a_killed_rename",
    "tests/test_segmentation.py::test_a_library_splits_words",
    "tests/test_segmentation.py::test_long_runs",
    "tests/test_segmentation.py::test_sentences_end",
    "tests/test_stats.py::test_pictures",
    "tests/test_stats.py::test_plots",
    "tests/test_walkthrough.py",
    "tests/training/",
    "tests/validation/test_judges.py",
)
"""Tests that kill commands at every step, try thousands of inputs, or run whole programs."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that selects slow tests."""
    parser.addoption("--all", action="store_true", help="Run slow tests too, and more examples.")


def pytest_configure(config: pytest.Config) -> None:
    """Try fewer examples of each property in the quick loop."""
    settings.load_profile("all" if config.getoption("--all") else "quick")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests that need a server or a browser, and leave slow ones out of the quick loop.

    Slow tests run with ``--all``, and if their file or folder is named. They come first, so that
    no process is left with a long test at the end.
    """
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in MARKS:
                item.add_marker(MARKS[fixture])
    items.sort(
        key=lambda item: (
            item.get_closest_marker("server") is None,
            not item.nodeid.startswith(SLOW),
        )
    )
    if config.getoption("--all") or config.args_source is not config.ArgsSource.TESTPATHS:
        return
    slow = [item for item in items if item.nodeid.startswith(SLOW)]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if not item.nodeid.startswith(SLOW)]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With ``--dist loadscope``, let one process run what needs the server.

    Only one of these tests can run at a time, and others would wait in their processes.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            needs_server = nodeid.startswith(SERVER) and not nodeid.startswith(SERVERLESS)
            return "server" if needs_server else super()._split_scope(nodeid)

    return Scheduling(config, log) if config.getoption("dist") == "loadscope" else None


def code_blocks(page: str, language: str) -> list[str]:
    """The code blocks of a Markdown page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page, flags=re.M | re.S)


def dateline_lines(page: str) -> list[str]:
    """The ``dateline`` commands in a Markdown page's shell blocks, comments taken off."""
    lines = [line for block in code_blocks(page, "sh") for line in block.splitlines()]
    found = [line.partition("#")[0].strip() for line in lines]
    return [line for line in found if line.startswith("dateline ")]


def copy_article(root: Path) -> Corpus:
    """A corpus with this repository's first document alone, under the schemas of the tests.

    Its annotations are copies that change only with the format, so that tests do not depend on
    what is annotated in the repository.
    """
    shutil.copytree(ARTICLE, root)
    shutil.copytree(SCHEMA, root / "schema")
    shutil.copy(REPOSITORY / "seeds" / f"{SEED}.txt", root / "seeds")
    corpus = Corpus(root)
    (root / "corpus").mkdir()
    document = Corpus(REPOSITORY).read_document(SEED)
    corpus.write_document(msgspec.structs.replace(document, meta={}))
    return corpus


def copy_repository(root: Path) -> Corpus:
    """A copy of this repository's whole corpus."""
    for folder in ("schema", "seeds", "corpus", "annotations"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    (root / "docs").mkdir()
    shutil.copy(REPOSITORY / "docs" / "guidelines.md", root / "docs")
    return Corpus(root)


@pytest.fixture(scope="session")
def repository() -> Corpus:
    """This repository's own corpus; read it only."""
    return Corpus(REPOSITORY)


@pytest.fixture(scope="session")
def news() -> Corpus:
    """The schemas of the tests; read them only."""
    return NEWS


@pytest.fixture(scope="session")
def article(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A corpus with this repository's first document alone; read it only."""
    return copy_article(tmp_path_factory.mktemp("article") / "article")


@pytest.fixture
def real_corpus(tmp_path: Path) -> Corpus:
    """A corpus with this repository's first document alone, to change at will."""
    return copy_article(tmp_path / "real")


@pytest.fixture
def empty_corpus(tmp_path: Path) -> Corpus:
    """A corpus with the schemas of the tests and nothing else."""
    return new_corpus(tmp_path / "empty")


@pytest.fixture
def chemistry(tmp_path: Path) -> Corpus:
    """A corpus with an ontology of quite another field, and nothing else."""
    corpus = new_corpus(tmp_path / "chemistry")
    write_ontology(corpus, ONTOLOGY)
    return corpus


@pytest.fixture
def layered(tmp_path: Path) -> Corpus:
    """A corpus with every layer and kind of attribute, and one document with its gold."""
    corpus = new_corpus(tmp_path / "layered")
    write_ontology(corpus, LAYERED_ONTOLOGY)
    _write(corpus, *annotated_report(corpus))
    return corpus


@pytest.fixture
def entities_only(tmp_path: Path) -> Corpus:
    """A corpus of flat named entities without coreference, and one document with its gold."""
    corpus = new_corpus(tmp_path / "names")
    write_ontology(corpus, ENTITIES_ONLY)
    _write(corpus, *annotated_names(corpus))
    return corpus


def _write(corpus: Corpus, document: Document, annotation: Annotation) -> None:
    corpus.write_document(document)
    corpus.write_annotation(annotation)


@pytest.fixture
def files(empty_corpus: Corpus) -> Files:
    """A small valid corpus of one document, whose files a test can break in one place."""
    (empty_corpus.seeds / "summit.txt").write_text(TEXT, encoding="utf-8", newline="")
    assert [o.result for o in ingest(empty_corpus, find_seeds(empty_corpus, []))] == ["added"]
    return Files(empty_corpus)


@pytest.fixture(scope="session")
def run() -> Run:
    """Run the command line: ``run(corpus, "validate", "--format", "json")``."""
    from dateline.cli.main import main

    def invoke(corpus: Corpus, *arguments: str, **options: object) -> Result:
        runner = CliRunner()
        return runner.invoke(main, ["--root", str(corpus.root), *arguments], **options)

    return invoke
