"""Gold from a dataset on the Hub, by the real client against a Hub on this machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.release.loopback_hub import LoopbackHub

from .conftest import write_lines

NAME = "news-lab/war-news"


@pytest.fixture
def hub(five, run):
    """A Hub that has the dataset of five documents, tagged v1.0.0, and then another card.

    The branch ``hidden`` withholds the labels of all splits.
    """
    assert run(five, "build").exit_code == 0
    folder = five.root / "dist"
    server = LoopbackHub("hf_token")
    server.start()
    repository = server.add_dataset(NAME, folder)
    first = repository.refs["tags/v1.0.0"] = repository.refs["heads/main"]
    tree = repository.commits[first]["tree"]
    withheld = {"splits": ["train", "validation", "test"], "sha256": 64 * "0"}
    hidden = {**tree, "withheld_labels.json": server.keep(json.dumps(withheld).encode())}
    repository.commit("heads/hidden", hidden, "Withhold the labels", [first])
    tree = {**tree, "README.md": server.keep(b"Nothing is here any more.\n")}
    repository.commit("heads/main", tree, "Break it", [first])
    yield server
    server.stop()


@pytest.fixture
def dateline(hub, tmp_path):
    """Run the command line in a folder that is not a corpus."""
    environment = {
        "HF_ENDPOINT": hub.endpoint,
        "HF_HOME": str(tmp_path / "huggingface"),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    empty = tmp_path / "empty"
    empty.mkdir()

    def invoke(*arguments, **more):
        return subprocess.run(
            [sys.executable, "-m", "dateline", *arguments],
            cwd=empty,
            env={**os.environ, **environment, **more},
            capture_output=True,
            text=True,
            check=False,
        )

    return invoke


def test_predictions_are_scored_against_a_revision(dateline, five, five_predicted, tmp_path):
    path = str(write_lines(tmp_path / "p.jsonl", *five_predicted))
    shutil.rmtree(five.root)
    gold = ("--gold", f"{NAME}@v1.0.0")
    result = dateline("score", path, *gold, "--format", "json")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["signature"]["corpus"] == f"{NAME}@v1.0.0"
    assert {s["value"] for s in report["scores"] if s["measure"] == "strict"} == {1.0}
    checked = dateline("check-predictions", path, *gold)
    assert checked.returncode == 0, checked.stderr
    again = dateline("score", path, *gold, HF_HUB_OFFLINE="1")
    assert again.returncode == 0, again.stderr


def test_a_dataset_on_the_hub_is_searched_and_queried(dateline, five):
    mentions = sum(len(five.read_annotation("gold", n).mentions) for n in five.document_ids())
    shutil.rmtree(five.root)
    dataset = ("--dataset", f"{NAME}@v1.0.0")
    found = dateline("find", "--mention", *dataset, "--format", "jsonl")
    assert len(found.stdout.splitlines()) == mentions, found.stderr
    statement = "SELECT count(*) AS n FROM annotators.mentions"
    asked = dateline("query", statement, *dataset, "--format", "jsonl")
    assert json.loads(asked.stdout) == {"n": mentions}, asked.stderr
    unreachable = dateline(
        "find", "--mention", "--dataset", "a/b", HF_ENDPOINT="http://127.0.0.1:9"
    )
    assert unreachable.returncode == 1
    (line,) = unreachable.stderr.splitlines()
    assert "there is no folder a/b, so it was taken for a dataset on the Hub" in line
    assert "the Hub cannot be reached (" in line


def test_what_the_hub_does_not_have_is_explained(dateline, five_predicted, tmp_path):
    path = str(write_lines(tmp_path / "p.jsonl", *five_predicted))
    for gold, message in (
        (NAME, f"{NAME}/README.md: declares no dataset"),
        (f"{NAME}@hidden", "are withheld, so its predictions cannot be scored here"),
        (f"{NAME}@v9", "has no revision 'v9'"),
        ("news-lab/other", "there is no such dataset on the Hub"),
    ):
        result = dateline("score", path, "--gold", gold)
        assert result.returncode == 1, gold
        assert "Traceback" not in result.stderr
        assert message in result.stderr, (gold, result.stderr)
    for revision in ("", "@" + 40 * "a"):
        unreachable = dateline(
            "score", path, "--gold", f"{NAME}{revision}",
            HF_ENDPOINT="http://127.0.0.1:9", HF_HOME=str(tmp_path),
        )  # fmt: skip
        assert unreachable.returncode == 1
        assert "the Hub cannot be reached ([Errno 111] Connection refused)" in unreachable.stderr
        assert f"there is no folder {NAME}{revision}, so it was taken" in unreachable.stderr
        assert len(unreachable.stderr.splitlines()) == 1  # no "Retrying in 8s"
    assert "neither a folder" in dateline("score", path, "--gold", "../nowhere").stderr
    assert "neither a folder" in dateline("score", path, "--gold", "nowhere").stderr
