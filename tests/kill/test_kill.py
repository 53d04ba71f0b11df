"""A command that was killed at any moment is finished by running it again.

Each command is run to its end on a copy of a corpus; on other copies it is killed at a change of a
file, and run again. All files must then be the same. ``pytest tests/kill --all-kills`` kills at
every change, and not at a dozen of them.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dateline.cli.main import main
from dateline.corpus.store import Corpus
from dateline.release.plan import plan_release
from dateline.release.publishing.staging import stage

from ..adjudication.annotators import deciding, with_decisions
from ..corpora import CorpusMaker
from ..evaluation.conftest import predicted, write_lines
from ..killed import KILLED, Killer, contents, kill_points
from ..release.conftest import BOUND, CITATION, commit, git, source, story
from ..release.loopback_hub import LoopbackHub
from ..small_corpus import small_corpus

POINTS = 12
NAME = "news-lab/war-news"
TOKEN = "hf_" + "s3cret" * 5
_TIME = re.compile(rb'"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)"|"seconds": ?[\d.e-]+')


@dataclass
class Case:
    """A command, and the corpus that it changes."""

    make: Callable[[Path], Corpus]
    command: tuple[str, ...]
    code: int = 0


@pytest.fixture(scope="module")
def hub() -> Iterator[LoopbackHub]:
    hub = LoopbackHub(TOKEN)
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture(scope="module")
def killer(hub: LoopbackHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killer]:
    environment = {
        "HF_ENDPOINT": hub.endpoint,
        "HF_HOME": str(tmp_path_factory.mktemp("huggingface")),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_TOKEN": TOKEN,
    }
    killer = Killer(environment)
    yield killer
    killer.close()


@pytest.fixture(autouse=True)
def _fixed_time_of_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_DATE", "2026-11-30T12:00:00Z")


def small(root: Path) -> Corpus:
    return small_corpus(root, "ana").corpus


def new_seeds(root: Path) -> Corpus:
    corpus = small(root)
    for name in ("a", "b", "c"):
        (corpus.seeds / f"{name}.txt").write_text(f"Text {name}. It is new.")
    (corpus.seeds / "b.toml").write_text('title = "B"\n')
    return corpus


def documents(root: Path) -> Corpus:
    """Annotated documents under version control, with pages that commands update."""
    maker = CorpusMaker(root.parent)
    corpus = maker.empty(root.name)
    for split in ("train", "train", "test"):
        story(maker, corpus, split, source=source("2024-11-03"))
    story(maker, corpus, "train", rights=BOUND, source=source(None))
    (root / ".gitignore").write_text("dist/\n.dist.*/\n.dateline/\n*.jsonl\nstaged/\nout/\n")
    (root / "CITATION.cff").write_text(CITATION)
    git(corpus, "init", "-q", "-b", "main")
    commit(corpus)
    gold = [corpus.read_annotation("gold", name) for name in corpus.document_ids()]
    write_lines(root / "mine.jsonl", *map(predicted, gold))
    return corpus


def invoke(corpus: Corpus, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--root", str(corpus.root), *arguments])


def withheld(root: Path) -> Corpus:
    corpus = documents(root)
    stage(corpus, plan_release(corpus, None, "2026-11-30").manifest, root / "staged")
    return corpus


def released(root: Path) -> Corpus:
    corpus = documents(root)
    result = invoke(corpus, "release", "--date", "2026-11-30")
    assert result.exit_code == 0, result.output
    return corpus


def pages(root: Path) -> Corpus:
    corpus = documents(root)
    (root / "DATASHEET.md").write_text("<!-- dateline:counts -->\n<!-- /dateline:counts -->\n")
    (root / "elsewhere").mkdir()
    (root / "elsewhere" / "page.md").write_text(
        "<!-- dateline:labels -->\n<!-- /dateline:labels -->\n"
    )
    (root / "README.md").write_text(
        "<!-- dateline:leaderboard -->\n<!-- /dateline:leaderboard -->\n"
    )
    return corpus


def decisions(root: Path) -> Corpus:
    return with_decisions(root, invoke)


CASES = {
    "ingest": Case(new_seeds, ("ingest",)),
    "annotators add": Case(
        small, ("annotators", "add", "bo", "--kind", "human", "--since", "2025-01-01")
    ),
    "rename": Case(small, ("rename", "PERSON=HUMAN")),
    "adjudicate": Case(decisions, deciding("{root}/decisions.jsonl")),
    "build": Case(documents, ("build",)),
    "release": Case(documents, ("release", "--date", "2026-11-30")),
    "publish": Case(released, ("publish", NAME, "--yes", "--out", "{root}/out")),
    "predict": Case(
        documents, ("predict", "--model", "baseline", "--batch", "1", "--out", "{root}/out.jsonl")
    ),
    "leaderboard": Case(pages, ("leaderboard", "--add", "{root}/mine.jsonl", "--name", "mine")),
    "hydrate": Case(
        withheld,
        ("hydrate", "{root}/staged", "--texts", "{root}/seeds", "--out", "{root}/out"),
    ),
    "datasheet": Case(pages, ("datasheet", "--write")),
    "guidelines": Case(pages, ("guidelines", "--write", "{root}/elsewhere/page.md")),
}


def state(corpus: Corpus, hub: LoopbackHub) -> dict[str, object]:
    """All files, and what git and the hub have; without times."""
    found: dict[str, object] = {
        name: _TIME.sub(b"", content) for name, content in contents(corpus.root).items()
    }
    if (corpus.root / ".git").is_dir():
        log = git(corpus, "log", "--format=%s%n%D", "--name-status")
        found["git"] = (log, git(corpus, "status", "--porcelain"), git(corpus, "tag"))
    return found | hub.repositories


@pytest.mark.parametrize("name", CASES)
def test_a_killed_command_is_finished_by_running_it_again(
    name: str, tmp_path: Path, killer: Killer, hub: LoopbackHub, pytestconfig: pytest.Config
):
    hub.clear()
    case = CASES[name]
    corpus = case.make(tmp_path / "before")
    whole = tmp_path / "whole"
    shutil.copytree(corpus.root, whole)
    done = killer.run(whole, case.command)
    assert done.code == case.code, done.output
    assert done.changes > 1
    wanted = state(Corpus(whole), hub)
    failed = []
    most = None if pytestconfig.getoption("--all-kills", False) else POINTS
    points = kill_points(done.changes, most)
    for number in points:
        root = tmp_path / "killed"
        hub.clear()
        shutil.copytree(corpus.root, root)
        assert killer.run(root, case.command, number).code == KILLED
        again = killer.run(root, case.command)
        found = state(Corpus(root), hub)
        if again.code != case.code:
            failed.append(f"{number}: exit code {again.code}, {again.output[-300:]}")
        elif found != wanted:
            differ = sorted(k for k in {*found, *wanted} if found.get(k) != wanted.get(k))
            failed.append(f"{number}: differs in {', '.join(differ)}")
        shutil.rmtree(root)
    print(f"{name}: {len(points)} of {done.changes} points, {len(points) - len(failed)} recovered")
    assert not failed, "\n".join(failed)


def test_validate_changes_no_file(tmp_path: Path, killer: Killer):
    corpus = small(tmp_path / "corpus")
    done = killer.run(corpus.root, ["validate"])
    assert (done.code, done.changes) == (0, 0), done.output
