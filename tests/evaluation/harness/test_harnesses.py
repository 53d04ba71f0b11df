"""The commands of Inspect and lm-evaluation-harness, against a local server in place of a model.

Both are asked about the test split of this repository's corpus, as a built dataset. They have to
give the scores that ``dateline score`` gives to the same answers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import dateline
from dateline.cli.main import main
from dateline.evaluation.harness.tasks import LanguageModelTask, TaskOptions, make_task

from ...conftest import REPOSITORY, code_blocks
from ...release.loopback_hub import LoopbackHub
from ..endpoint import Endpoint

SHOTS = 1
PAGE = (REPOSITORY / "docs" / "models.md").read_text(encoding="utf-8")
(BLOCK,) = (block for block in code_blocks(PAGE, "sh") if "inspect eval" in block)
COMMANDS = {line.split()[0]: line for line in BLOCK.replace("\\\n", "").splitlines()}
"""The last command of each program in docs/models.md, by its name."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a dataset ``dist``, and nothing else of a corpus."""
    folder = tmp_path_factory.mktemp("harness")
    build = ["--root", str(REPOSITORY), "build", "--quiet", "--out", str(folder / "dist")]
    main(build, standalone_mode=False)
    return folder


@pytest.fixture(scope="module")
def claims(folder: Path) -> LanguageModelTask:
    return make_task(TaskOptions(name="claims", dataset=str(folder / "dist")))


def answers_of(made: LanguageModelTask) -> dict[str, str]:
    """Answers by text: a refusal, one in prose, one with an invented claim, and half of gold."""
    answers = {}
    for number, document in enumerate(made.documents):
        answer = json.loads(made.target(document.id))
        if number == 0:
            answers[document.text] = "I cannot do that."
        elif number == 1:
            answers[document.text] = f"Sure:\n```json\n{json.dumps(answer)}\n```"
        else:
            answer["claims"] = answer["claims"][::2]
            if number == 2:
                answer["claims"].append({**answer["claims"][0], "text": "words of nobody"})
            answers[document.text] = json.dumps(answer)
    return answers


@pytest.fixture(scope="module")
def endpoint(claims: LanguageModelTask):
    answers = answers_of(claims)
    found = Endpoint(lambda body: answers[body["messages"][-1]["content"]])
    yield found
    found.stop()


def run(folder: Path, endpoint: Endpoint, command: str) -> str:
    variables = {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        "PYTHONPATH": str(REPOSITORY / "src"),
        "OPENAI_API_KEY": "not-a-real-key",
        "LOCAL_API_KEY": "not-a-real-key",
        "LOCAL_BASE_URL": endpoint.url,
        "HF_HOME": str(folder / "hub"),
        "INSPECT_LOG_DIR": str(folder / "logs"),
        "INSPECT_LOG_FORMAT": "json",
        "INSPECT_DISPLAY": "none",
        "XDG_DATA_HOME": str(folder / "data"),
    }
    endpoint.asked.clear()
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder, env=os.environ | variables, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def expected(made: LanguageModelTask) -> dict[str, float]:
    """The scores of the answers, by our scorer."""
    answers = answers_of(made)
    return made.values([made.read(one.id, answers[one.text]) for one in made.documents])


def of_score(folder: Path, out: str) -> tuple[dict[str, float], str]:
    """Scores and signature that ``dateline score`` gives for the predictions that were written."""
    predictions, gold = folder / out / "predictions.jsonl", folder / "dist"
    groups = ("claim-relations",)
    report = dateline.score(predictions, gold, split="test", layers=("claims", *groups))
    kept = {f"{one.group}/{one.measure}": one.value for one in report.primary}
    return kept, str(report.signature)


def check_requests(endpoint: Endpoint, made: LanguageModelTask) -> None:
    """Each document was asked about once, in the words and with the schema of the task."""
    bodies = [body for _, _, body in endpoint.asked]
    texts = sorted(document.text for document in made.documents)
    assert sorted(body["messages"][-1]["content"] for body in bodies) == texts
    for body in bodies:
        assert body["messages"][0]["content"] == made.instructions
        assert len(body["messages"]) == 2 + 2 * SHOTS
        shape = body["response_format"]["json_schema"]
        assert (shape["strict"], shape["schema"]) == (True, made.schema)


def test_inspect_gives_the_scores_of_dateline_score(
    folder: Path, claims: LanguageModelTask, endpoint: Endpoint
):
    run(folder, endpoint, COMMANDS["inspect"])
    check_requests(endpoint, claims)
    (log,) = (folder / "logs").glob("*.json")
    content = json.loads(log.read_bytes())
    (scores,) = content["results"]["scores"]
    found = {name: metric["value"] for name, metric in scores["metrics"].items()}
    assert found == pytest.approx(expected(claims), abs=1e-9)
    assert found["unparsable"] == 1
    assert found["ungrounded"] > 1
    of_dateline, signature = of_score(folder, "inspect")
    assert of_dateline == pytest.approx({name: found[name] for name in of_dateline}, abs=1e-9)
    assert content["eval"]["metadata"]["signature"] == signature
    printed = run(folder, endpoint, COMMANDS["dateline"])
    assert f"{found['claims/overlap']:.1%}".rstrip("%") in printed
    assert (
        json.loads((folder / "inspect" / "scores.json").read_bytes())["signature_line"] == signature
    )


def test_lm_eval_gives_the_scores_of_dateline_score(
    folder: Path, claims: LanguageModelTask, endpoint: Endpoint
):
    run(folder, endpoint, COMMANDS["lm_eval"])
    check_requests(endpoint, claims)
    (path,) = (folder / "results").rglob("results_*.json")
    content = json.loads(path.read_bytes())
    values = content["results"]["dateline_claims"]
    wanted = expected(claims)
    found = {name: values[f"{name},none"] for name in wanted}
    assert found == pytest.approx(wanted, abs=1e-9)
    of_dateline, signature = of_score(folder, "lm")
    assert of_dateline == pytest.approx({name: found[name] for name in of_dateline}, abs=1e-9)
    assert content["configs"]["dateline_claims"]["metadata"]["signature"] == signature


HUB = "news-lab/war-news"
IN_ONE_PROCESS = f"""
from unittest.mock import patch

import pytest
from inspect_ai import eval
from inspect_ai._util.error import PrerequisiteError
from inspect_ai.model import ModelOutput, ModelUsage, get_model

from dateline.evaluation.harness.lm_eval_task import AnnotationTask
from dateline.evaluation.harness.tasks import LanguageModelTask


def inspect(**options):
    answer = ModelOutput.from_content("mockllm/model", "I cannot do that.")
    answer.usage = ModelUsage()  # without it, a tokenizer is downloaded to count tokens
    model = get_model("mockllm/model", custom_outputs=[answer])
    return eval("dateline/claims", model=model, task_args=options, limit=1, display="none")


def lm_eval(**options):
    metadata = {{"dateline_task": "claims", **options}}
    return AnnotationTask({{"task": "dateline_claims", "metadata": metadata}})


(log,) = inspect(dataset="{HUB}")
assert log.status == "success"
for options, message in (
    ({{}}, "dataset: is missing"),
    ({{"dataset": "{HUB}-2"}}, "there is no such dataset on the Hub"),
    ({{"dataset": "{HUB}", "split": "tset"}}, "tset"),
    ({{"dataset": "{HUB}", "contrasts": "maybe"}}, "contrasts: is 'maybe'. Expected `bool`"),
):
    with pytest.raises(PrerequisiteError, match=message):
        inspect(**options)
    with pytest.raises(SystemExit, match=message):  # what ends the program with this line alone
        lm_eval(**options)

task = lm_eval(dataset="{HUB}")
documents = task.test_docs()
answered = [task.process_results(one, [task.doc_to_target(one)]) for one in documents]
with patch.object(LanguageModelTask, "report", autospec=True, side_effect=LanguageModelTask.report) as report:
    for name, aggregate in task.aggregation().items():
        aggregate([one[name] for one in answered])
    assert report.call_count == 1
    task.aggregation()["unparsable"]([one["unparsable"] for one in answered[:2]])
    assert report.call_count == 2
"""


def test_a_dataset_on_the_hub_is_evaluated_and_wrong_options_are_one_line(folder: Path, tmp_path):
    hub = LoopbackHub("hf_token")
    hub.start()
    try:
        hub.add_dataset(HUB, folder / "dist")
        variables = {
            "HF_ENDPOINT": hub.endpoint,
            "HF_HOME": str(tmp_path / "hub"),
            "HF_HUB_DISABLE_XET": "1",
            "INSPECT_LOG_DIR": str(tmp_path / "logs"),
            "XDG_DATA_HOME": str(tmp_path / "data"),
        }
        done = subprocess.run(
            [sys.executable, "-c", IN_ONE_PROCESS],
            cwd=tmp_path, env=os.environ | variables, capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        hub.stop()
    assert done.returncode == 0, done.stdout + done.stderr
