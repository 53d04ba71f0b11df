"""Pulling only changes, resolving conflicts, pruning, many tasks, and being killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from dateline.label_studio.server import client, reading
from dateline.label_studio.sync.pull_progress import FOLDER as NOTES

from .test_network_failures import NAMES, contents, corpus_at
from .test_sync import as_submitted


@pytest.fixture
def five(tmp_path):
    """A corpus of five documents with gold."""
    return corpus_at(tmp_path / "five")


@pytest.fixture
def tasks(five, sync, label_studio, title):
    """The five documents on the server, each submitted by the annotator, and pulled as ana's."""
    assert sync(five, "push", "--from", "gold").exit_code == 0
    tasks = label_studio.annotator.tasks(title)
    for task in tasks.values():
        task["submitted"] = label_studio.annotator.submit(task, rows_of(task))
    return tasks


@pytest.fixture
def pull(five, sync, tasks, label_studio):
    """Pull into ana's folder."""
    who = f"{label_studio.annotator.id}=ana"
    return lambda *options: sync(five, "pull", "--users", who, *options)


@pytest.fixture
def requests(monkeypatch):
    """How many annotated tasks the server was asked for, in each request for them."""
    asked = []
    for name in ("_listed", "_export"):
        real = getattr(client.Server, name)

        def counted(self, *arguments, real=real):
            found = real(self, *arguments)
            asked.append(len(found))
            return found

        monkeypatch.setattr(client.Server, name, counted)
    return asked


def rows_of(task):
    return as_submitted(task["predictions"][0]["result"])


def notes_of(corpus):
    """The notes of the last pull."""
    return (corpus.root / NOTES).glob("pull-*.json")


def later(corpus):
    """As if the last pull had been long ago, so that nothing of then is asked for again."""
    (notes,) = notes_of(corpus)
    content = json.loads(notes.read_bytes())
    notes.write_text(json.dumps(content | {"since": "2999-01-01T00:00:00.000000Z"}))


def edit(corpus, document="a", **fields):
    """Change ana's file here."""
    ours = corpus.read_annotation("ana", document)
    corpus.write_annotation(msgspec.structs.replace(ours, **fields))


def test_only_what_has_changed_is_asked_for(five, pull, tasks, requests, label_studio):
    assert "5 written, 0 unchanged" in pull().stderr
    later(five)
    before = contents(five)
    requests.clear()
    assert "0 written, 5 unchanged" in pull().stderr
    assert requests == [0]
    assert contents(five) == before
    (notes,) = notes_of(five)
    now = json.loads(notes.read_bytes())["since"]
    assert now < "2999"
    notes.write_text(notes.read_text().replace(now, "2999-01-01T00:00:00.000000Z"))
    label_studio.annotator.update(tasks["b"]["submitted"], rows_of(tasks["b"])[:4])
    notes.write_text(notes.read_text().replace("2999-01-01T00:00:00.000000Z", now))
    requests.clear()
    result = pull()
    assert "annotations/ana/b.json" in result.stdout
    assert "1 written, 4 unchanged" in result.stderr


@pytest.mark.parametrize("gone", ["annotations/ana/c.json", "annotations/ana/label-studio/c.json"])
def test_a_file_lost_here_is_pulled_again(five, pull, requests, gone):
    pull()
    later(five)
    before = contents(five)
    (five.root / gone).unlink()
    requests.clear()
    assert pull().exit_code == 0
    assert contents(five) == before
    assert sum(requests) == 1, "only the document in question was asked for"


def test_without_notes_or_with_other_labels_everything_is_asked_for(five, pull, requests):
    pull()
    later(five)
    for options, change in (
        (("--full",), lambda: None),
        (("--layers", "events"), lambda: None),
        ((), lambda: next(notes_of(five)).write_text("{")),
        ((), lambda: next(notes_of(five)).unlink()),
    ):
        change()
        requests.clear()
        assert pull(*options).exit_code == 0
        assert sum(requests) == 5


def test_what_was_refused_is_refused_again(five, pull, tasks, label_studio):
    pull()
    edit(five, claims=())
    label_studio.annotator.update(tasks["a"]["submitted"], rows_of(tasks["a"])[:4])
    assert pull().exit_code == 1
    later(five)
    result = pull()
    assert result.exit_code == 1
    assert "annotations/ana/a.json was edited here, and on the server too" in result.stderr


@pytest.fixture
def conflict(five, pull, tasks, label_studio):
    """The claims of document a were removed here; on the server, an entity's type was changed."""
    pull()
    ours = five.read_annotation("ana", "a")
    claims = {claim.id for claim in ours.claims}
    edit(
        five,
        claims=(),
        claim_relations=(),
        events=tuple(
            msgspec.structs.replace(
                event, arguments=tuple(x for x in event.arguments if x.filler not in claims)
            )
            for event in ours.events
        ),
        retired=tuple(sorted((*ours.retired, *claims))),
    )
    mention = ours.mentions[0]
    other = next(
        label.name
        for label in five.ontology.layers["entities"].labels
        if label.name != mention.type
    )
    rows = rows_of(tasks["a"])
    chain = {other.id for other in ours.mentions if other.entity == mention.entity}
    for row in rows:
        if row.get("id") in chain and row["from_name"] == "entity":
            row["value"]["labels"] = [other]
    label_studio.annotator.update(tasks["a"]["submitted"], rows)
    return five, mention, other, claims


def test_a_conflict_shows_both_versions(conflict, pull):
    five, mention, other, claims = conflict
    before = contents(five)
    result = pull()
    assert result.exit_code == 1
    text = mention.spans[0].text
    assert (
        f'mention {mention.id} "{text}" type: {mention.type} here, {other} on the server'
        in result.stderr
    )
    assert f'claim {min(claims)} "' in result.stderr
    assert "only on the server" in result.stderr
    assert "on_conflict to ours, theirs or merge" in result.stderr
    assert contents(five) == before


def test_ours_is_kept_and_is_not_a_conflict_any_more(conflict, pull):
    five, *_ = conflict
    before = five.read_annotation("ana", "a")
    assert pull("--on-conflict", "ours").exit_code == 0
    assert five.read_annotation("ana", "a") == before
    result = pull()
    assert result.exit_code == 0
    assert "edited here since the last pull; kept as it is" in result.stderr
    assert five.read_annotation("ana", "a") == before


def test_theirs_replaces_ours(conflict, pull):
    five, _, other, claims = conflict
    assert pull("--on-conflict", "theirs").stdout == "annotations/ana/a.json\n"
    pulled = five.read_annotation("ana", "a")
    assert pulled.mentions[0].type == other
    assert {claim.id for claim in pulled.claims} == claims
    assert pull().exit_code == 0


def test_merge_keeps_both_edits(conflict, pull, run):
    five, _, other, claims = conflict
    result = pull("--on-conflict", "merge")
    assert result.exit_code == 0, result.output
    assert "both were merged" in result.stderr
    merged = five.read_annotation("ana", "a")
    assert merged.mentions[0].type == other
    assert merged.claims == ()
    assert claims <= set(merged.retired)
    assert pull().exit_code == 0
    assert five.read_annotation("ana", "a") == merged


def test_merge_stops_where_both_changed_the_same(conflict, pull):
    five, mention, other, _ = conflict
    types = [label.name for label in five.ontology.layers["entities"].labels]
    third = next(name for name in types if name not in (mention.type, other))
    ours = five.read_annotation("ana", "a")
    changed = (msgspec.structs.replace(ours.mentions[0], type=third), *ours.mentions[1:])
    edit(five, mentions=changed)
    before = contents(five)
    result = pull("--on-conflict", "merge")
    assert result.exit_code == 1
    clash = f'{mention.id} "{mention.spans[0].text}": type: {third} here, {other} there'
    assert clash in result.stderr
    assert contents(five) == before


def test_without_an_origin_there_is_nothing_to_merge(five, pull):
    gold = five.read_annotation("gold", "a")
    five.write_annotation(msgspec.structs.replace(gold, annotator="ana", claim_relations=()))
    before = five.read_annotation("ana", "a")
    result = pull("--on-conflict", "merge")
    assert result.exit_code == 1
    assert "set on_conflict to ours or theirs" in result.stderr
    assert five.read_annotation("ana", "a") == before
    assert pull("--on-conflict", "theirs").exit_code == 0
    assert five.read_annotation("ana", "a") != before


def test_what_was_deleted_there_stays_unless_pruned(five, pull, tasks, label_studio):
    pull()
    later(five)
    before = contents(five)
    label_studio.annotator.delete(tasks["a"]["submitted"])
    label_studio.owner.delete_task(tasks["b"]["id"])
    edit(five, "b", claim_relations=())
    edited = contents(five)
    for _ in range(2):
        (notes,) = notes_of(five)
        notes.write_text(notes.read_text().replace("2999-", "2000-"))
        result = pull()
        assert result.exit_code == 0
        assert "a (ana): was deleted on the server; the files here are kept" in result.stderr
        assert "b (ana): was deleted on the server; the files here are kept" in result.stderr
        assert contents(five) == edited
    result = pull("--prune")
    assert result.exit_code == 1
    assert "annotations/ana/a.json: removed, because it was deleted on the server" in result.stderr
    assert "b (ana): was deleted on the server, but edited here, so it is kept" in result.stderr
    left = {name for name in before if not name.endswith("/a.json") or "/ana/" not in name}
    assert set(contents(five)) == left


@pytest.mark.parametrize("others", [0, 3], ids=["in a row", "with other projects between"])
def test_many_tasks_are_read_as_exports(
    five, sync, pull, tasks, requests, monkeypatch, others, label_studio, title
):
    if others:
        other = label_studio.owner.post("/api/projects/", title=f"other {title}"[:50])
        for name in NAMES[:2]:
            label_studio.owner.delete_task(tasks[name]["id"])
            for _ in range(others):
                label_studio.owner.post("/api/tasks/", project=other["id"], data={"text": "x"})
            sync(five, "push", "--documents", name, "--from", "gold")
            task = label_studio.annotator.tasks(title)[name]
            label_studio.annotator.submit(task, rows_of(task))
    pull()
    expected = {n: c for n, c in contents(five).items() if "label-studio" not in n}
    for path in (five.annotations / "ana").rglob("*.json"):
        path.unlink()
    monkeypatch.setattr(reading, "MAX_LISTED", 1)
    monkeypatch.setattr(reading, "EXPORT_BATCH", 2)
    requests.clear()
    assert "5 written" in pull("--full").stderr
    assert max(requests) <= 2
    assert {n: c for n, c in contents(five).items() if "label-studio" not in n} == expected


KILLED = """
import os, signal, sys
from dateline.cli.main import main
from dateline.label_studio.server import reading
reading.MAX_LISTED, reading.EXPORT_BATCH = 0, 2
left, real = int(sys.argv.pop(1)), os.replace
def replace(*paths):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    real(*paths)
os.replace = replace
main()
"""
"""A pull in several parts that is killed at once when it puts its n-th file in place."""


def finished(corpus):
    """All files but those that were being written, which begin with a dot."""
    found = contents(corpus)
    return {name: found[name] for name in found if not Path(name).name.startswith(".")}


def test_a_pull_may_be_killed_at_any_moment(five, pull, title, label_studio):
    pull()
    expected = finished(five)
    places = 2 * len(NAMES) + 1
    for kills in range(places + 1):
        for path in [*(five.annotations / "ana").rglob("*.json"), *notes_of(five)]:
            path.unlink()
        arguments = ["studio", "pull", "--root", str(five.root), "--project", title]
        who = f"{label_studio.annotator.id}=ana"
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(kills), *arguments, "--users", who],
            env=os.environ
            | {"LABEL_STUDIO_URL": label_studio.url}
            | {"LABEL_STUDIO_API_KEY": label_studio.owner.token},
            check=False,
            capture_output=True,
        )
        assert done.returncode == (-9 if kills < places else 0), done.stderr
        for name, content in finished(five).items():
            assert content == expected[name], "what is there is whole"
        assert pull().exit_code == 0
        assert finished(five) == expected
