"""Labels of a split are withheld: nothing that is published depends on them but a commitment."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest

import dateline
from dateline.corpus.store import Corpus
from dateline.errors import NotFoundError
from dateline.rendering.generated_blocks import marks

from ..conftest import Run
from ..corpora import CorpusMaker
from .conftest import commit, git

SALT = "5a" * 32
SETTING = f'splits = ["test"]\nsalt = "{SALT}"\n'
IDS = re.compile(r'"([a-z])(\d+)"')


def hidden_document(corpus: Corpus) -> str:
    (name,) = [n for n in corpus.document_ids() if corpus.read_document(n).split == "test"]
    return name


def renamed(corpus: Corpus) -> None:
    """Give the items of the withheld gold ids that no other file has, and add an annotator."""
    gold = corpus.read_annotation("gold", hidden_document(corpus))
    content = IDS.sub(r'"\g<1>74\g<2>"', msgspec.json.encode(gold).decode())
    gold = msgspec.json.decode(content, type=type(gold))
    corpus.write_annotation(gold)
    corpus.write_annotation(msgspec.structs.replace(gold, annotator="ana"))
    page = f"# Datasheet\n\n<!-- croissant:dataBiases -->\n\n7,413 events.\n\n{marks('counts')}"
    (corpus.root / "DATASHEET.md").write_text(page, encoding="utf-8")


def emptied(corpus: Corpus) -> None:
    """Other labels: no gold item at all."""
    name = hidden_document(corpus)
    gold = corpus.read_annotation("gold", name)
    nothing = {field: [] for field in ("mentions", "entities", "events", "claims")}
    nothing |= {field: [] for field in ("event_relations", "claim_relations")}
    content = {**msgspec.to_builtins(gold), **nothing}
    corpus.write_annotation(msgspec.convert(content, type(gold)))


def published(corpus: Corpus, run: Run, out: Path) -> dict[str, bytes]:
    """Release and publish a corpus; the files of the dataset and of the site."""
    (corpus.root / "annotations" / "withheld.toml").write_text(SETTING, encoding="utf-8")
    if (corpus.root / "DATASHEET.md").exists():
        assert run(corpus, "datasheet", "--write").exit_code == 0
    commit(corpus)
    cut = run(corpus, "release", "--date", "2026-11-30")
    assert cut.exit_code == 0, cut.output
    places = "--out", str(out / "dist"), "--site", str(out / "site")
    shown = run(corpus, "publish", "news-lab/news", "--dry-run", *places)
    assert shown.exit_code == 0, shown.output
    assert "Labels withheld: test; commitment: " in shown.output
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def staged(corpus: Corpus, run: Run, tmp_path: Path) -> dict[str, bytes]:
    renamed(corpus)
    return published(corpus, run, tmp_path / "out")


def test_published_files_depend_on_withheld_labels_only_by_the_commitment(
    corpus: Corpus, staged: dict[str, bytes], maker: CorpusMaker, run: Run, tmp_path: Path
):
    other = Corpus(tmp_path / "other")
    shutil.copytree(corpus.root, other.root)
    git(other, "reset", "-q", "--hard", "HEAD~2")
    git(other, "tag", "-d", "v1.0.0")
    emptied(other)
    second = published(other, run, tmp_path / "second")

    def unsigned(files: dict[str, bytes]) -> dict[str, bytes]:
        digest = json.loads(files["dist/withheld_labels.json"])["sha256"].encode()
        return {name: content.replace(digest, b"-") for name, content in files.items()}

    assert staged["dist/withheld_labels.json"] != second["dist/withheld_labels.json"]
    assert unsigned(staged) == unsigned(second)
    assert {"dist/README.md", "dist/croissant.json", "site/index.html"} <= staged.keys()
    gold = corpus.read_annotation("gold", hidden_document(corpus))
    secrets = re.compile(rf"\b({'|'.join([*gold.ids(), SALT])})\b")
    for name, content in staged.items():
        table = pq.read_table(tmp_path / "out" / name) if name.endswith(".parquet") else None
        shown = content.decode() if table is None else str(table.to_pylist())
        assert not secrets.search(shown), name


def test_researchers_get_texts_and_tokens_but_no_scores(
    corpus: Corpus, staged: dict[str, bytes], run: Run, tmp_path: Path
):
    dist, name = tmp_path / "out" / "dist", hidden_document(corpus)
    (row,) = dateline.load(split="test", path=dist)
    assert (row["id"], row["text"]) == (name, corpus.read_document(name).text)
    assert row["tokens"]
    assert not row["annotated"]
    assert row["mentions"] == []
    prediction = {"document": name, "mentions": []}
    with pytest.raises(NotFoundError, match=r"labels of the split test are withheld.*maintainers"):
        dateline.score([prediction], dist, split="test")
    train = [{"document": n} for n in corpus.document_ids() if n != name]
    assert dateline.score(train, dist, layers="entities").signature.documents == 2
    verified = run(corpus, "verify", str(dist))
    assert verified.exit_code == 0, verified.output
    outside = run(Corpus(tmp_path), "verify", str(dist))
    assert outside.exit_code == 0, outside.output

    # Once labels and salt are public, anybody can compute the commitment.
    lines = []
    for path in sorted((corpus.root / "annotations").glob(f"*/{name}.json")):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"{digest}  {path.relative_to(corpus.root).as_posix()}\n")
    assert len(lines) == 2
    expected = hashlib.sha256((f"{SALT}\n" + "".join(lines)).encode()).hexdigest()
    assert json.loads(staged["dist/withheld_labels.json"])["sha256"] == expected


def test_maintainers_score_against_the_gold_that_was_committed_to(
    corpus: Corpus, staged: dict[str, bytes], run: Run, tmp_path: Path
):
    dist, name = tmp_path / "out" / "dist", hidden_document(corpus)
    gold = corpus.read_annotation("gold", name)
    predictions = tmp_path / "predictions.jsonl"
    mentions = msgspec.to_builtins(gold.mentions)
    predictions.write_text(json.dumps({"document": name, "mentions": mentions}) + "\n")
    arguments = "score", str(predictions), "--split", "test", "--commitment", str(dist)
    scored = run(corpus, *arguments)
    assert scored.exit_code == 0, scored.output
    assert "commits to this gold" in scored.stderr

    corpus.write_annotation(msgspec.structs.replace(gold, claims=(), claim_relations=()))
    refused = run(corpus, *arguments)
    assert refused.exit_code == 1
    assert "does not commit to the gold of this corpus" in refused.stderr
    assert "withheld_labels.json: is not a commitment" in run(corpus, "verify", str(dist)).output


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('splits = ["test"]\nsalt = "secret"', '"salt" is not 64 hexadecimal digits'),
        (f'splits = ["tset"]\nsalt = "{SALT}"', "Allowed: train"),
        (f'splits = []\nsalt = "{SALT}"', "Allowed: train"),
        ('splits = ["test"]', "withheld.toml: "),
    ],
)
def test_a_setting_with_errors_publishes_nothing(
    corpus: Corpus, run: Run, tmp_path: Path, content: str, problem: str
):
    (corpus.root / "annotations" / "withheld.toml").write_text(content, encoding="utf-8")
    site = run(corpus, "view", "--out", str(tmp_path / "site"))
    assert site.exit_code == 1
    assert problem in site.stderr
    assert not (tmp_path / "site").exists()
