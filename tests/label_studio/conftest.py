"""Fixtures of the Label Studio tests: a real server, people who annotate there, and the command."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from dateline.cli.annotation.studio import studio
from dateline.corpus.store import Corpus

from ..conftest import REPOSITORY
from .proxy import Proxy

PATIENCE = 180
"""Seconds that a fresh server may take until it answers."""


@pytest.fixture(scope="session")
def ontology(repository):
    """This repository's ontology."""
    return repository.ontology


@dataclass
class Person:
    """Somebody with an account on the server, who does what the page would do for them."""

    url: str
    email: str
    token: str
    id: int = field(init=False)
    _personal: str | None = field(init=False, default=None)

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

    def personal_access_token(self, password):
        """The token of the newer kind, made as the account page makes it; a user can have one."""
        if self._personal is None:
            with _session(self.url, "/user/login/", self.email, password) as session:
                made = session.post("/api/token/").raise_for_status().json()
            self._personal = made["token"]
        return self._personal


@dataclass
class LabelStudio:
    """A running server with two accounts."""

    url: str
    password: str
    owner: Person
    annotator: Person

    @property
    def secrets(self):
        """What must be found in no file and no message."""
        people = (self.owner, self.annotator)
        return [
            self.password,
            *(person.token for person in people),
            *(person.email for person in people),
            *(person.email.partition("@")[0] for person in people),
        ]


@pytest.fixture(scope="session")
def label_studio(tmp_path_factory):
    """A real Label Studio server on a free port, with a database of its own."""
    venv = find_label_studio()
    folder = tmp_path_factory.mktemp("label-studio")
    password, token = secrets.token_urlsafe(18), secrets.token_hex(20)
    email = "owner.of.projects@example.org"
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("LABEL_STUDIO_")
    } | {
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "LABEL_STUDIO_USERNAME": email,
        "LABEL_STUDIO_PASSWORD": password,
        "LABEL_STUDIO_USER_TOKEN": token,
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "COLLECT_ANALYTICS": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "LATEST_VERSION_CHECK": "false",
        # So that it may call us back on this machine.
        "SSRF_PROTECTION_ENABLED": "false",
    }
    arguments = ["start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [venv / "bin" / "python", venv / "bin" / "label-studio", *arguments, "--data-dir", folder],
            cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            _wait(server, url, folder / "log")
            with (
                contextlib.closing(Person(url, email, token)) as owner,
                contextlib.closing(_sign_up(owner, password)) as annotator,
            ):
                yield LabelStudio(url, password, owner, annotator)
        finally:
            server.terminate()
            server.wait(30)


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


def find_label_studio():
    """The virtual environment of the server; fails where there is none."""
    default = REPOSITORY / ".cache" / "label-studio" / "venv"
    venv = Path(os.environ.get("DATELINE_LABEL_STUDIO_VENV", default))
    if not (venv / "bin" / "label-studio").is_file():
        pytest.fail(
            f"There is no Label Studio in {venv}: run `scripts/label-studio install`, or name its "
            "virtual environment in DATELINE_LABEL_STUDIO_VENV."
        )
    return venv


def free_port():
    """A port that nobody listens on."""

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _wait(server, url, log):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/health", timeout=5).is_success:
                return
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(0.2)
            break
    pytest.fail(f"Label Studio did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _sign_up(owner, password):
    """A second account, which joins the owner's organization through the invitation."""
    email = "an.annotator@example.org"
    invitation = httpx.URL(owner.url).join(owner.get("/api/invite")["invite_url"])
    page = invitation.raw_path.decode()
    with _session(owner.url, page, email, password) as session:
        token = session.get("/api/current-user/token").raise_for_status().json()["token"]
    return Person(owner.url, email, token)


@contextlib.contextmanager
def _session(url, page, email, password):
    with httpx.Client(base_url=url, timeout=60) as session:
        session.get(page).raise_for_status()
        form = {
            "email": email,
            "password": password,
            "csrfmiddlewaretoken": session.cookies["csrftoken"],
        }
        answer = session.post(page, data=form, headers={"Referer": url})
        assert answer.is_redirect, answer.text[:500]
        session.headers["X-CSRFToken"] = session.cookies["csrftoken"]
        session.headers["Referer"] = url
        yield session
