"""Fixtures of the Label Studio tests: a real server, people who annotate there, and the command."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import uuid
from dataclasses import dataclass, field

import httpx
import pytest
from click.testing import CliRunner
from filelock import FileLock

from dateline.cli.annotation.studio import studio
from dateline.corpus.store import Corpus
from dateline.label_studio.local_server.environment import stamp_of

from .proxy import Proxy
from .server import ANNOTATOR, OWNER, find_label_studio, shared_server


@pytest.fixture(scope="session")
def ontology(news):
    """The ontology of the small corpora."""
    return news.ontology


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Run the tests that need the server one at a time, whatever process they are in."""
    if item.get_closest_marker("server") is None:
        return (yield)
    with FileLock(_shared_folder(item.config._tmp_path_factory) / "label-studio.lock"):
        return (yield)


@dataclass
class Person:
    """Somebody with an account on the server, who does what the page would do for them."""

    url: str
    email: str
    token: str
    id: int = field(init=False)

    def __post_init__(self):
        self._api = httpx.Client(
            base_url=self.url, headers={"Authorization": f"Token {self.token}"}, timeout=60
        )
        self.id = self.get("/api/current-user/whoami")["id"]

    def close(self):
        self._api.close()

    def get(self, path, **params):
        return self._api.get(path, params=params).raise_for_status().json()

    def post(self, path, **body):
        return self._api.post(path, json=body).raise_for_status().json()

    def patch(self, path, **body):
        return self._api.patch(path, json=body).raise_for_status().json()

    def project(self, title):
        found = self.get("/api/projects/", title=title)["results"]
        return next((project for project in found if project["title"] == title), None)

    def tasks(self, title):
        """The project's tasks by document."""
        project = self.project(title)["id"]
        tasks = self.get("/api/tasks/", project=project, fields="all", page_size=100)["tasks"]
        return {task["data"]["doc_id"]: task for task in tasks}

    def submit(self, task, result, **body):
        """Submit an annotation; returns its id."""
        return self.post(f"/api/tasks/{task['id']}/annotations/", result=result, **body)["id"]

    def save_draft(self, task, result):
        self.post(f"/api/tasks/{task['id']}/drafts", result=result, lead_time=1)

    def update(self, annotation, result):
        self.patch(f"/api/annotations/{annotation}/", result=result)

    def delete_task(self, task):
        self._api.delete(f"/api/tasks/{task}/").raise_for_status()

    def delete(self, annotation):
        self._api.delete(f"/api/annotations/{annotation}/").raise_for_status()


@dataclass
class LabelStudio:
    """A running server with two accounts."""

    url: str
    password: str
    owner: Person
    annotator: Person
    personal_access_token: str
    """The owner's token of the newer kind; a user can have one."""

    @property
    def secrets(self):
        """What must be found in no file and no message."""
        people = (self.owner, self.annotator)
        return [
            self.password,
            self.personal_access_token,
            *(person.token for person in people),
            *(person.email for person in people),
            *(person.email.partition("@")[0] for person in people),
        ]


@pytest.fixture(scope="session")
def label_studio(tmp_path_factory):
    """A real Label Studio server, the same for all processes of a run, with its own database."""
    with (
        shared_server(_shared_folder(tmp_path_factory) / "label-studio") as access,
        contextlib.closing(Person(access.url, OWNER, access.owner_token)) as owner,
        contextlib.closing(Person(access.url, ANNOTATOR, access.annotator_token)) as annotator,
    ):
        yield LabelStudio(
            access.url, access.password, owner, annotator, access.personal_access_token
        )


@pytest.fixture(scope="module")
def chromium():
    """A headless Chromium. Its event loop must not last into other modules, which have their own."""
    from .browser import browser

    with browser() as started:
        yield started


@pytest.fixture
def proxy(label_studio):
    """A proxy before the server, which a test tells what to break."""
    with contextlib.closing(Proxy(label_studio.url)) as running:
        yield running


@pytest.fixture
def title():
    """The title of a project that no other test uses."""
    return f"test {uuid.uuid4().hex}"


@pytest.fixture
def sync(label_studio, title):
    """Run ``dateline studio`` for a corpus; whatever happens, no secret may show."""

    def invoke(corpus: Corpus, command, *arguments, url=None, token=None):
        used = token or label_studio.owner.token
        result = CliRunner().invoke(
            studio,
            [command, "--root", str(corpus.root), "--project", title, *arguments],
            env={"LABEL_STUDIO_URL": url or label_studio.url, "LABEL_STUDIO_API_KEY": used}
            | {"DATELINE_BACKOFF": "0"},
        )
        assert isinstance(result.exception, SystemExit | None), result.exception
        assert "Traceback" not in result.output
        for secret in (used, *label_studio.secrets):
            assert secret not in result.output
            for path in corpus.root.rglob("*"):
                assert path.is_dir() or secret.encode() not in path.read_bytes(), path
        return result

    return invoke


@pytest.fixture
def background(label_studio):
    """Start commands of the program in processes of their own, which are killed at the end."""
    running = []

    def start(corpus: Corpus, *arguments, **variables):
        process = subprocess.Popen(
            [sys.executable, "-m", "dateline", "--root", str(corpus.root), *arguments],
            env=os.environ
            | {"LABEL_STUDIO_URL": label_studio.url}
            | {"LABEL_STUDIO_API_KEY": label_studio.owner.token}
            | {"DATELINE_BACKOFF": "0", "PYTHONUNBUFFERED": "1"}
            | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


def _shared_folder(tmp_path_factory):
    """The temporary folder of all processes of a run."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture
def installed(tmp_path):
    """A complete virtual environment of the server at another place."""
    folder = tmp_path / "installed"
    folder.mkdir()
    for entry in find_label_studio().iterdir():
        (folder / entry.name).symlink_to(entry)
    stamp = folder / "dateline-stamp"
    stamp.unlink(missing_ok=True)
    stamp.write_text(stamp_of(folder))
    return folder


@pytest.fixture
def ana(chromium, label_studio):
    """The annotator, who has just logged in through the page."""
    from .browser import LOADING, TIMEOUT, Annotator

    context = chromium.new_context(viewport={"width": 1600, "height": 1000})
    context.set_default_timeout(TIMEOUT)
    context.set_default_navigation_timeout(LOADING)
    yield Annotator(
        context.new_page(), label_studio.url, label_studio.annotator.email, label_studio.password
    )
    context.close()


@pytest.fixture
def open_task(sync, label_studio, title, ana):
    """Push a corpus, and open its only document in the browser."""

    def push_and_open(corpus, *arguments):
        result = sync(corpus, "push", *arguments)
        assert result.exit_code == 0, result.output
        (task,) = label_studio.annotator.tasks(title).values()
        ana.open(label_studio.annotator.project(title)["id"], task["id"])

    return push_and_open
