"""Everything that can fail between us and a real server: explained or retried, and nothing lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from dataclasses import dataclass

import httpx
import pytest

from dateline.corpus.store import Corpus
from dateline.label_studio.server import client, reading

from ..corpora import new_corpus
from . import proxy as p
from .proxy import ALWAYS, Rule
from .strategies import document_of
from .test_sync import annotation_of, as_submitted, files

WHOAMI = "/api/current-user/whoami"
VERSION = "/api/version/?"
PROJECTS = "/api/projects/?"
TASKS = "/api/tasks/?"
IMPORT = r"/api/projects/\d+/import"
PREDICTIONS = r"/api/projects/\d+/import/predictions"
PROJECT = r"/api/projects/\d+/?"
REFRESH = "/api/token/refresh/?"
QUOTES = ["one", "two", "three", "four", "five", "six", "seven", "eight"]
NAMES = ["a", "b", "c", "d", "e"]


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch):
    """Pages and batches of two, so that five documents fill three."""
    monkeypatch.setattr(reading, "PAGE", 2)
    monkeypatch.setattr(client, "BATCH", 2)


def corpus_at(root):
    """Five documents, each with gold."""
    corpus = new_corpus(root)
    for name in NAMES:
        document = document_of(f"{name}: " + " ".join(QUOTES), name)
        corpus.write_document(document)
        corpus.write_annotation(annotation_of(document, corpus.ontology, QUOTES))
    return corpus


@pytest.fixture
def small(tmp_path):
    return corpus_at(tmp_path / "small")


def on_server(label_studio, title):
    """What a project holds, without the server's numbers."""
    if label_studio.owner.project(title) is None:
        return None
    number = label_studio.owner.project(title)["id"]
    listed = label_studio.owner.get("/api/tasks/", project=number, fields="all", page_size=100)
    return sorted(
        (task["data"]["doc_id"], task["data"]["text"], sorted(
            (made["model_version"], json.dumps(made["result"], sort_keys=True))
            for made in task["predictions"]
        ))
        for task in listed["tasks"]
    )  # fmt: skip


def contents(corpus):
    """Every file but local notes; all of them whole."""
    found = {str(p.relative_to(corpus.root)): content for p, content in files(corpus).items()}
    for name, content in found.items():
        if name.endswith(".json"):
            json.loads(content)
    return found


@pytest.fixture(scope="module")
def annotated(label_studio, tmp_path_factory):
    """A project that all five documents were annotated in; its title and what a pull makes of it."""
    from click.testing import CliRunner

    from dateline.cli.annotation.studio import studio

    title = f"faults {uuid.uuid4().hex}"
    corpus = corpus_at(tmp_path_factory.mktemp("undisturbed") / "small")

    def run(*arguments):
        environment = {
            "LABEL_STUDIO_URL": label_studio.url,
            "LABEL_STUDIO_API_KEY": label_studio.owner.token,
        }
        options = ["--root", str(corpus.root), "--project", title]
        result = CliRunner().invoke(studio, [*arguments, *options], env=environment)
        assert result.exit_code == 0, result.output

    run("push", "--from", "gold")
    pushed = on_server(label_studio, title)
    for task in label_studio.owner.tasks(title).values():
        rows = as_submitted(task["predictions"][0]["result"])
        some = [*dict.fromkeys(filter(None, (row.get("id") for row in rows)))][: 1 + task["id"] % 2]
        label_studio.annotator.submit(task, [row for row in rows if row.get("id") in some])
    run("pull")
    return title, pushed, contents(corpus)


@dataclass
class Case:
    """A fault, where it strikes, and how the command ends: a fragment of its message, or None."""

    name: str
    command: str
    method: str
    path: str
    fault: object
    message: str | None = None
    nth: object = (1,)
    retried: bool = True
    options: tuple[str, ...] = ()


S = p.status
GET_ONCE = {
    "reset before": p.reset_before, "reset after": p.reset_after, "cut off": p.cut_off,
    "truncated": p.truncated, "empty": p.empty, "html called json": p.html_called_json,
    "408": S(408), "429": S(429, Retry_After="1"),
    "429 until a date": S(429, Retry_After="Wed, 21 Oct 2099 07:28:00 GMT"),
    "429 oddly": S(429, Retry_After="soon"),
    "500": S(500), "502": S(502), "503": S(503, Retry_After="2"), "504": S(504),
}  # fmt: skip
GET_FOR_GOOD = {
    "reset": (p.reset_before, "ReadError|RemoteProtocolError", True),
    "refused": (p.refused, "cannot connect", True),
    "cut off": (p.cut_off, "RemoteProtocolError|ReadError", True),
    "truncated": (p.truncated, "not JSON", True),
    "empty": (p.empty, "not JSON", True),
    "429": (S(429), "Too many requests", True),
    "500": (S(500), "HTTP 500 while listing", True),
    "503": (S(503), "overloaded or starting", True),
    "401": (S(401), "the token was rejected", False),
    "403": (S(403), "lacks permission", False),
    "404": (S(404), "read 2 of 5 entries", False),
    "409": (S(409), "HTTP 409 while listing", False),
    "html": (p.page_of_html, "not JSON", False),
    "other json": (p.other_json, "unexpected answer|changed while", False),
    "redirect": (p.redirect, r"redirects to https://elsewhere.example \(HTTP 302\)", False),
}  # fmt: skip
# The lost answers (done) and the lost requests (not done); what is retried ends well.
POST_ONCE = {
    "reset before": p.reset_before, "reset after": p.reset_after, "cut off": p.cut_off,
    "500": S(500), "500 done": S(500, done=True), "502 done": S(502, done=True),
    "503": S(503), "html done": p.page_of_html, "429": S(429),
}  # fmt: skip
POST_FOR_GOOD = {
    "401": (S(401), "the token was rejected", False),
    "403": (S(403), "lacks permission", False),
    "408": (S(408), "overloaded or starting", False),
    "504 done": (S(504, done=True), "overloaded or starting", False),
    "redirect": (p.redirect, "redirects to", False),
    "refused": (p.refused, "cannot connect", True),
    "reset": (p.reset_before, "ReadError|RemoteProtocolError", True),
}  # fmt: skip
# All of them strike the import of tasks; these the two other requests that add something.
CHOSEN = {
    "project": {"reset before", "reset after", "html done", "refused", "504 done"},
    "predictions": {"reset after", "500 done", "cut off", "429", "403", "reset"},
}
GOLD = ("--from", "gold")


def _table():
    for name, fault in GET_ONCE.items():
        yield Case(f"page 2, {name}", "pull", "GET", TASKS, fault, nth=(2,))
    for name, (fault, message, retried) in GET_FOR_GOOD.items():
        yield Case(
            f"page 2 on, {name}", "pull", "GET", TASKS, fault, message, range(2, 1000), retried
        )
    for what, path in {"who": WHOAMI, "projects": PROJECTS, "version": VERSION}.items():
        for name, fault in {"503": S(503), "reset": p.reset_after}.items():
            # At first contact a broken connection more likely means a wrong address.
            first = what == "who" and name == "reset"
            message = "ReadError|RemoteProtocolError" if first else None
            yield Case(f"{what}, {name}", "pull", "GET", path, fault, message, retried=not first)
    yield Case("slow once", "pull", "GET", TASKS, p.hold_after, options=("--timeout", "2"))
    for what, path, command in (
        ("project", PROJECTS, ()), ("tasks", IMPORT, GOLD), ("predictions", PREDICTIONS, GOLD),
    ):  # fmt: skip
        second = (2,) if path != PROJECTS else (1,)
        chosen = CHOSEN.get(what, {*POST_ONCE, *POST_FOR_GOOD})
        for name, fault in POST_ONCE.items():
            if name not in chosen:
                continue
            yield Case(f"{what}, {name}", "push", "POST", path, fault, nth=second, options=command)
        for name, (fault, message, retried) in POST_FOR_GOOD.items():
            if name not in chosen:
                continue
            nth = range(second[0], 1000)
            yield Case(
                f"{what}, {name}", "push", "POST", path, fault, message, nth, retried, command
            )
    for what, path in {"tasks": IMPORT, "predictions": PREDICTIONS}.items():
        for name, fault in {"before": p.hold_before, "after": p.hold_after}.items():
            yield Case(
                f"{what}, slow {name}", "push", "POST", path, fault, "timed out while", (2,), False,
                (*GOLD, "--timeout", "3"),
            )  # fmt: skip
    for name, fault in {"503": S(503), "reset": p.reset_after}.items():
        yield Case(f"list, {name}", "push", "GET", TASKS, fault, nth=(2,), options=GOLD)


CASES = {f"{case.command}: {case.name}": case for case in _table()}


def ran(result, case, message):
    """The command ended as it should, and said so."""
    import re

    if message is None:
        assert result.exit_code == 0, result.output
    else:
        assert result.exit_code == 1, result.output
        assert re.search(message, result.stderr), result.stderr
        assert result.stderr.count("Error:") == 1
    # A busy server may be slow to answer other requests, which are repeated too.
    repeated = [line for line in result.stderr.splitlines() if "retrying in" in line]
    if case.method == "POST":
        repeated = [line for line in repeated if not line.startswith("GET ")]
    assert bool(repeated) == case.retried, result.stderr


@pytest.mark.parametrize(
    "case", [c for c in CASES.values() if c.command == "pull"], ids=lambda c: c.name
)
def test_a_pull_loses_nothing(case, small, proxy, annotated, sync):
    title, _, expected = annotated
    before = contents(small)
    rule = Rule(case.fault, case.method, case.path, case.nth)
    proxy.rules.append(rule)
    options = ("--project", title)
    result = sync(small, "pull", *options, *case.options, url=proxy.url)
    ran(result, case, case.message)
    assert rule.met
    assert contents(small) == (before if case.message else expected)
    proxy.recover()
    assert sync(small, "pull", *options, url=proxy.url).exit_code == 0
    assert contents(small) == expected


@pytest.mark.parametrize(
    "case", [c for c in CASES.values() if c.command == "push"], ids=lambda c: c.name
)
def test_a_push_doubles_nothing(case, small, proxy, annotated, sync, label_studio, title):
    _, expected, _ = annotated
    before = contents(small)
    rule = Rule(case.fault, case.method, case.path, case.nth)
    proxy.rules.append(rule)
    result = sync(small, "push", *case.options, url=proxy.url)
    ran(result, case, case.message)
    assert rule.met
    state = on_server(label_studio, title) or []
    if "--from" in case.options:
        assert all(entry[:2] in [e[:2] for e in expected] for entry in state)
        assert len({entry[0] for entry in state}) == len(state)
        assert all(len(made) <= 1 for _, _, made in state)
        if not case.message:
            assert state == expected
    proxy.recover()
    again = sync(small, "push", *GOLD, url=proxy.url)
    assert again.exit_code == 0, again.output
    assert on_server(label_studio, title) == expected
    assert contents(small) == before


def edit_second(edit):
    return p.changed(lambda page: page | edit(page))


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda page: {"total": 6}, "changed while it was read"),
        (lambda page: {"total": 4}, "changed while it was read"),
        (lambda page: {"total": None}, "unexpected answer"),
        (lambda page: {"tasks": [page["tasks"][0]] * 2}, "changed while it was read"),
        (lambda page: {"tasks": page["tasks"][:1]}, "read 4 of 5 entries"),
        (lambda page: {"tasks": []}, "read 2 of 5 entries"),
        (lambda page: {"tasks": None}, "read 2 of 5 entries"),
        (lambda page: {"tasks": [7, 8]}, "unexpected answer"),
    ],
    ids=["more", "fewer", "no total", "doubled", "one left out", "no tasks", "null", "numbers"],
)
@pytest.mark.parametrize("command", ["push", "pull"])
def test_a_list_that_changes_is_not_believed(
    edit, message, command, small, proxy, annotated, sync, label_studio
):
    title, pushed, expected = annotated
    before = contents(small)
    proxy.rules.append(Rule(edit_second(edit), "GET", TASKS, (2,)))
    result = sync(small, command, "--project", title, url=proxy.url)
    assert result.exit_code == 1, result.output
    assert message in result.stderr
    assert contents(small) == before
    assert on_server(label_studio, title) == pushed
    proxy.recover()
    assert sync(small, command, "--project", title, url=proxy.url).exit_code == 0
    assert contents(small) == (expected if command == "pull" else before)
    assert on_server(label_studio, title) == pushed


def test_a_page_with_another_text_is_refused(small, proxy, annotated, sync):
    title, _, expected = annotated

    def other(page):
        task = page["tasks"][0]
        return {"tasks": [task | {"data": task["data"] | {"text": "other"}}, *page["tasks"][1:]]}

    proxy.rules.append(Rule(edit_second(other), "GET", TASKS, (2,)))
    result = sync(small, "pull", "--project", title, url=proxy.url)
    assert result.exit_code == 1
    assert "has a different text" in result.stderr
    assert len(set(contents(small)) & set(expected)) == len(expected) - 2, "the others are pulled"
    proxy.recover()
    assert sync(small, "pull", "--project", title, url=proxy.url).exit_code == 0
    assert contents(small) == expected


@pytest.mark.parametrize(("path", "nth"), [(TASKS, 2), (PREDICTIONS, 1), (PREDICTIONS, 2)])
def test_a_task_deleted_meanwhile_is_made_by_the_next_push(
    path, nth, small, proxy, annotated, sync, label_studio, title
):
    _, expected, _ = annotated

    def delete():
        tasks = label_studio.owner.tasks(title)
        label_studio.owner._api.delete(f"/api/tasks/{tasks['a']['id']}/").raise_for_status()

    method = "GET" if path == TASKS else "POST"
    proxy.rules.append(Rule(p.meanwhile(delete), method, path, (nth,)))
    sync(small, "push", *GOLD, url=proxy.url)
    proxy.recover()
    assert sync(small, "push", *GOLD, "--all", url=proxy.url).exit_code == 0
    assert on_server(label_studio, title) == expected


@pytest.mark.parametrize(
    "fault", [p.reset_after, S(503), S(500, done=True)], ids=["reset", "503", "500"]
)
def test_a_changed_page_is_sent_again(fault, small, proxy, sync, label_studio, title):
    assert sync(small, "push").exit_code == 0
    path = small.root / "schema" / "ontology.schema.json"
    schema = json.loads(path.read_text())
    comet = {"const": "COMET", "description": "A dirty snowball."}
    schema["$defs"]["entityType"]["oneOf"].append(comet)
    path.write_text(json.dumps(schema))
    proxy.rules.append(Rule(fault, "PATCH", PROJECT))
    assert sync(Corpus(small.root), "push", url=proxy.url).exit_code == 0
    assert proxy.rules[0].met == 1
    assert "COMET" in label_studio.owner.project(title)["label_config"]


@pytest.fixture
def personal(label_studio):
    """A personal access token."""
    return label_studio.personal_access_token


@pytest.mark.parametrize(
    ("method", "path", "nth"), [("GET", TASKS, 2), ("POST", IMPORT, 2), ("POST", PREDICTIONS, 1)]
)
def test_an_access_token_that_expires_is_renewed(
    method, path, nth, small, proxy, personal, annotated, sync, label_studio, title
):
    proxy.rules.append(Rule(S(401), method, path, (nth,)))
    assert sync(small, "push", *GOLD, url=proxy.url, token=personal).exit_code == 0
    assert proxy.rules[0].met == 1
    assert proxy.requests.count(("POST", "/api/token/refresh/")) == 2
    assert on_server(label_studio, title) == annotated[1]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (S(401), "the token was rejected"),
        (p.page_of_html, "not JSON"),
        (p.refused, "cannot connect"),
    ],
    ids=["revoked", "html", "refused"],
)
def test_a_token_that_cannot_be_renewed_is_explained(
    fault, message, small, proxy, personal, annotated, sync
):
    title, _, expected = annotated
    before = contents(small)
    proxy.rules.append(Rule(S(401), "GET", TASKS, ALWAYS))
    proxy.rules.append(Rule(fault, "POST", REFRESH, (2,)))
    options = ("--project", title)
    result = sync(small, "pull", *options, url=proxy.url, token=personal)
    assert result.exit_code == 1
    assert message in result.stderr
    assert contents(small) == before
    proxy.recover()
    assert sync(small, "pull", *options, url=proxy.url, token=personal).exit_code == 0
    assert contents(small) == expected


def test_a_token_is_renewed_only_once_for_a_request(small, proxy, personal, annotated, sync):
    proxy.rules.append(Rule(S(401), "GET", TASKS, ALWAYS))
    result = sync(small, "pull", "--project", annotated[0], url=proxy.url, token=personal)
    assert "the token was rejected" in result.stderr
    assert proxy.rules[0].met == 2


def test_quiet_says_nothing_of_second_attempts(small, proxy, annotated, sync):
    proxy.rules.append(Rule(S(503), "GET", TASKS))
    result = sync(small, "pull", "--quiet", "--project", annotated[0], url=proxy.url)
    assert result.exit_code == 0
    assert result.stderr == ""


def test_an_address_with_a_password_is_refused_without_naming_it(small, sync, label_studio):
    secret = label_studio.password
    result = sync(small, "push", url=label_studio.url.replace("//", f"//me:{secret}@"))
    assert result.exit_code == 1
    assert "contains a user name or a password" in result.stderr


@pytest.mark.parametrize("code", [200, 400, 500])
def test_nothing_private_is_printed_or_kept(code, small, proxy, annotated, label_studio):
    """A process of its own, with every log that the environment can turn on."""
    title = annotated[0]
    fault = p.meanwhile(lambda: None) if code == 200 else S(code)
    proxy.rules.append(Rule(fault, "GET", TASKS, (2,) if code == 500 else ALWAYS))
    environment = os.environ | {
        "LABEL_STUDIO_URL": proxy.url,
        "LABEL_STUDIO_API_KEY": label_studio.owner.token,
        "HTTPX_LOG_LEVEL": "trace", "HTTPCORE_LOG_LEVEL": "trace", "LOG_LEVEL": "DEBUG",
        "DEBUG": "1", "PYTHONDEVMODE": "1", "DATELINE_BACKOFF": "0", "TMPDIR": str(small.root),
        "HOME": str(small.root),
    }  # fmt: skip
    command = "from dateline.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, "studio", "pull", "--project", title],
        cwd=small.root, env=environment, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == (1 if code == 400 else 0), done.stderr
    found = [done.stdout, done.stderr]
    found += [path.read_bytes() for path in small.root.rglob("*") if path.is_file()]
    for secret in label_studio.secrets:
        assert not any(secret.encode() in text for text in found)


def test_the_proxy_changes_nothing(proxy, label_studio):
    headers = {"Authorization": f"Token {label_studio.owner.token}"}
    answers = [
        httpx.get(f"{url}/api/projects/", headers=headers, params={"title": "nothing"}).json()
        for url in (proxy.url, label_studio.url)
    ]
    assert answers[0] == answers[1]
