"""Projects of single annotators, the state of each document, and watching."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import time

import pytest

from .server import free_port
from .test_network_failures import NAMES, contents, corpus_at
from .test_pull import rows_of


@pytest.fixture
def five(tmp_path):
    """A corpus of five documents with gold."""
    return corpus_at(tmp_path / "five")


def states(result):
    assert result.exit_code == 0, result.output
    return {(s["document"], s["annotator"]): s["state"] for s in json.loads(result.stdout)}


def test_status_shows_every_state(five, sync, label_studio, title):
    assert sync(five, "push", "--from", "gold", "--documents", "a,b,c,d").exit_code == 0
    found = states(sync(five, "status", "--format", "json"))
    assert set(found.items()) == {((n, None), "to do") for n in "abcd"} | {
        (("e", None), "not pushed")
    }
    annotator, tasks = label_studio.annotator, label_studio.annotator.tasks(title)
    submitted = {name: annotator.submit(tasks[name], rows_of(tasks[name])) for name in "abd"}
    who = f"user-{annotator.id}"
    annotator.save_draft(tasks["c"], rows_of(tasks["c"])[:1])
    found = states(sync(five, "status", "--format", "json"))
    assert found == {
        ("a", who): "submitted", ("b", who): "submitted", ("c", who): "in progress",
        ("d", who): "submitted", ("e", who): "not pushed",
    }  # fmt: skip
    sync(five, "pull", "--users", f"{annotator.id}=ana")
    annotator.update(submitted["b"], rows_of(tasks["b"])[:1])
    annotator.delete(submitted["d"])
    annotator.submit(tasks["c"], [], was_cancelled=True)
    label_studio.owner.submit(tasks["a"], rows_of(tasks["a"]))
    label_studio.owner.patch(f"/api/tasks/{tasks['d']['id']}/", data={"doc_id": "d", "text": "?"})
    owner = f"user-{label_studio.owner.id}"
    result = sync(five, "status", "--format", "json")
    assert states(result) == {
        ("a", "ana"): "pulled", ("b", "ana"): "stale", ("c", "ana"): "skipped",
        ("d", "ana"): "different text", ("e", "ana"): "not pushed",
        ("a", owner): "submitted", ("b", owner): "to do", ("c", owner): "to do",
        ("d", owner): "different text", ("e", owner): "not pushed",
    }  # fmt: skip
    result = sync(five, "status", "--documents", "d")
    assert "different text" in result.stdout
    label_studio.owner.patch(
        f"/api/tasks/{tasks['d']['id']}/",
        data={"doc_id": "d", "text": five.read_document("d").text},
    )
    assert states(sync(five, "status", "--format", "json"))[("d", "ana")] == "deleted"
    table = sync(five, "status", "--list")
    assert re.search(r"^b +ana +stale", table.stdout, flags=re.MULTILINE)
    assert "b  " not in sync(five, "status").stdout


def test_lead_time_is_kept_and_totalled(five, sync, label_studio, title):
    assert sync(five, "push", "--from", "gold").exit_code == 0
    annotator, tasks = label_studio.annotator, label_studio.annotator.tasks(title)
    for name, seconds in {"a": 90.5, "b": 29.5}.items():
        annotator.submit(tasks[name], rows_of(tasks[name]), lead_time=seconds)
    annotator.submit(tasks["c"], rows_of(tasks["c"]), lead_time=-1)
    who = ("--users", f"{annotator.id}=ana")
    assert sync(five, "pull", *who).exit_code == 0
    kept = five.annotations / "ana" / "label-studio"
    assert json.loads((kept / "a.json").read_text())["lead_time"] == 90.5
    assert "lead_time" not in json.loads((kept / "c.json").read_text())
    assert "lead_time" not in (five.annotations / "ana" / "a.json").read_text()
    found = json.loads(sync(five, "status", "--format", "json").stdout)
    assert [state["seconds"] for state in found] == [90.5, 29.5, None, None, None]
    assert all(state["submitted"] for state in found[:3])
    shown = sync(five, "status").stdout
    assert re.search(r"^ana +5 +2 +3 +2 min, 1.0 min each", shown, flags=re.MULTILINE)
    assert re.search(r"-W\d\d +ana +3 +2 min", shown)
    # Results that were kept before lead times were, and annotations edited since, are left alone.
    (kept / "a.json").write_text((kept / "a.json").read_text().replace(": 90.5", ": null"))
    result = sync(five, "pull", "--full", *who)
    assert result.exit_code == 0, result.output
    assert json.loads((kept / "a.json").read_text())["lead_time"] == 90.5


def test_each_annotator_gets_a_project_with_the_same_documents(five, sync, label_studio, title):
    pair = ("--annotators", "ana,bo", "--documents", "a,b")
    for _ in range(2):
        assert sync(five, "push", "--from", "gold", *pair).exit_code == 0
    people = {"ana": label_studio.annotator, "bo": label_studio.owner}
    for name, person in people.items():
        (project,) = [
            found
            for found in label_studio.owner.get("/api/projects/", title=title[:30])["results"]
            if found["title"].endswith(f" · {name}")
        ]
        tasks = person.tasks(project["title"])
        assert sorted(tasks) == ["a", "b"]
        person.submit(tasks["a"], rows_of(tasks["a"]))
    assert sync(five, "pull", *pair).exit_code == 0
    found = states(sync(five, "status", *pair, "--format", "json"))
    assert found == {
        ("a", "ana"): "pulled", ("a", "bo"): "pulled", ("b", "ana"): "to do", ("b", "bo"): "to do",
    }  # fmt: skip
    assert five.annotators() == ["ana", "bo", "gold"]
    first = label_studio.owner.tasks(f"{title[: 50 - len(' · ana')].rstrip()} · ana")["b"]
    label_studio.owner.submit(first, rows_of(first))
    before = contents(five)
    result = sync(five, "pull", *pair)
    assert result.exit_code == 1
    assert "is the project of ana, but users" in result.stderr
    assert contents(five) == before
    other = sync(five, "pull", *pair, "--users", f"{label_studio.owner.id}=curator")
    assert other.exit_code == 1, "the owner is bo already in the other project"
    assert "one person must not have two pseudonyms" in other.stderr


@pytest.mark.parametrize("name", ["gold", "Ana", "-a"])
def test_an_invalid_annotator_name_is_refused(five, sync, name):
    result = sync(five, "push", "--annotators", f"bo,{name}")
    assert result.exit_code == 1
    assert f"--annotators {name}" in result.stderr


@pytest.fixture
def watch(five, background, title):
    """Start watching, in a process of its own."""

    def start(*options, **variables):
        return background(five, "studio", "watch", "--project", title, *options, **variables)

    return start


def until(process, wanted, seconds=60):
    """Read the output of a process until this comes; fails if it does not come."""
    end = time.monotonic() + seconds
    said = b""
    while wanted.encode() not in said:
        left = end - time.monotonic()
        # Read without a buffer, in which a line could wait unseen.
        if left < 0 or not select.select([process.stdout], [], [], left)[0]:
            pytest.fail(f"{wanted!r} was not printed: {said!r}")
        more = os.read(process.stdout.fileno(), 65536)
        assert more, f"the process has ended: {said!r}"
        said += more
    return said.decode()


@pytest.mark.parametrize("called", [False, True], ids=["polling", "webhook"])
def test_watching_pulls_what_is_submitted(five, sync, watch, label_studio, title, called):
    assert sync(five, "push", "--from", "gold").exit_code == 0
    tasks = label_studio.annotator.tasks(title)
    who = ("--users", f"{label_studio.annotator.id}=ana")
    options = ("--every", "1")
    if called:
        place = f"127.0.0.1:{free_port()}"
        options = ("--every", "3000", "--webhook", f"http://{place}/changed", "--listen", place)
    process = watch(*who, *options)
    until(process, "watching")
    for name in NAMES[:2]:
        label_studio.annotator.submit(tasks[name], rows_of(tasks[name]))
        until(process, f"annotations/ana/{name}.json")
    project = label_studio.owner.project(title)["id"]
    assert len(label_studio.owner.get("/api/webhooks/", project=project)) == called
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert label_studio.owner.get("/api/webhooks/", project=project) == []
    assert five.annotators() == ["ana", "gold"]


def test_a_watch_waits_for_the_server_to_come_back(five, sync, watch, label_studio, title, proxy):
    assert sync(five, "push", "--from", "gold").exit_code == 0
    process = watch("--every", "0.2", LABEL_STUDIO_URL=proxy.url)
    until(process, "watching")
    proxy.refuse()
    until(process, "Trying again in")
    proxy.recover()
    task = label_studio.annotator.tasks(title)["a"]
    label_studio.annotator.submit(task, rows_of(task))
    until(process, f"annotations/user-{label_studio.annotator.id}/a.json")
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0


def test_no_name_or_address_is_written_or_printed(five, sync, label_studio, title, run, tmp_path):
    assert sync(five, "push", "--from", "gold").exit_code == 0
    tasks = label_studio.annotator.tasks(title)
    for person in (label_studio.annotator, label_studio.owner):
        person.submit(tasks["a"], rows_of(tasks["a"]))
        person.save_draft(tasks["b"], rows_of(tasks["b"])[:1])
    label_studio.annotator.submit(tasks["c"], [], was_cancelled=True)
    said = [
        sync(five, command, *options).output
        for command, options in (
            ("pull", ()), ("status", ()), ("status", ("--format", "json")), ("pull", ("--full",)),
            ("pull", ("--prune",)), ("pull", ("--on-conflict", "theirs", "--documents", "a")),
        )
    ]  # fmt: skip
    for folder in ("annotations", "corpus", ".dateline"):
        assert any((five.root / folder).rglob("*.json"))
    run(five, "build", "--out", str(tmp_path / "dist"))
    everything = b"".join(p.read_bytes() for p in five.root.rglob("*") if p.is_file())
    everything += b"".join(p.read_bytes() for p in tmp_path.rglob("*.parquet"))
    everything += "".join(said).encode()
    for secret in label_studio.secrets:
        assert secret.encode() not in everything
