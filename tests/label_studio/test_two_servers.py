"""Every new server starts at project 1, user 1: work of one must never be taken for another's."""

from __future__ import annotations

import contextlib

import pytest
from click.testing import CliRunner

from dateline.cli.annotation.studio import studio

from ..conftest import SEED
from .conftest import Person
from .server import OWNER, shared_server

pytestmark = pytest.mark.server


def files(corpus):
    return {
        path.relative_to(corpus.root).as_posix(): path.read_bytes()
        for path in corpus.annotations.rglob("*")
        if path.is_file()
    }


def rows(task):
    return task["predictions"][0]["result"]


@contextlib.contextmanager
def fresh_server(folder):
    """A server without projects; gives its owner and a function that runs ``dateline studio``."""
    with (
        shared_server(folder) as access,
        contextlib.closing(Person(access.url, OWNER, access.owner_token)) as owner,
    ):

        def run(corpus, command, *arguments):
            return CliRunner().invoke(
                studio,
                [command, "--root", str(corpus.root), *arguments],
                env={"LABEL_STUDIO_URL": access.url, "LABEL_STUDIO_API_KEY": access.owner_token},
            )

        yield owner, run


def test_a_fresh_clone_and_two_fresh_servers_in_turn(real_corpus, tmp_path):
    title = real_corpus.ontology.title
    shipped = files(real_corpus)
    # What was shipped was pulled from project 1, user 1 of another server.
    assert f"annotations/pass-a/label-studio/{SEED}.json" in shipped

    with fresh_server(tmp_path / "first") as (owner, run):
        assert run(real_corpus, "push", "--from", "gold").exit_code == 0
        task = owner.tasks(title)[SEED]
        assert (owner.project(title)["id"], owner.id) == (1, 1)
        number = owner.submit(task, rows(task)[:60])
        taken = run(real_corpus, "pull", "--users", "1=pass-a")
        assert taken.exit_code == 1
        assert "was pulled from another project or server" in taken.output
        assert files(real_corpus) == shipped
        pulled = run(real_corpus, "pull", "--users", "1=ana")
        assert pulled.exit_code == 0, pulled.output
        anas = files(real_corpus)
        assert anas.items() >= shipped.items()
        assert anas.keys() - shipped.keys() == {
            f"annotations/ana/{SEED}.json", f"annotations/ana/label-studio/{SEED}.json",
        }  # fmt: skip
        assert "deleted" not in run(real_corpus, "status").output
        assert run(real_corpus, "pull", "--full", "--prune").exit_code == 0
        assert files(real_corpus) == anas
        owner.delete(number)

    with fresh_server(tmp_path / "second") as (owner, run):
        assert run(real_corpus, "push", "--from", "gold").exit_code == 0
        task = owner.tasks(title)[SEED]
        owner.submit(task, rows(task)[:80])
        refused = run(real_corpus, "pull", "--users", "1=ana")
        assert refused.exit_code == 1
        assert "was pulled from another project or server" in refused.output
        run(real_corpus, "pull", "--prune", "--users", "1=ana")
        assert files(real_corpus) == anas
        # Under a name of its own it is pulled.
        assert run(real_corpus, "pull", "--prune", "--users", "1=bo").exit_code == 0
        assert files(real_corpus).items() >= anas.items()
        assert real_corpus.annotation_path("bo", SEED).is_file()


def test_a_project_that_was_not_made_by_a_push_gets_its_key_with_the_first(
    real_corpus, label_studio, sync, title
):
    assert sync(real_corpus, "push").exit_code == 0
    project = label_studio.owner.project(title)
    assert "dateline-project=" in project["description"]
    label_studio.owner.patch(f"/api/projects/{project['id']}/", description="Our own words.")
    before = files(real_corpus)
    refused = sync(real_corpus, "pull")
    assert refused.exit_code == 1
    assert "Push to it first" in refused.output
    assert files(real_corpus) == before
    assert sync(real_corpus, "push").exit_code == 0
    described = label_studio.owner.project(title)["description"]
    assert described.startswith("Our own words.\n")
    assert sync(real_corpus, "pull").exit_code == 0
    assert sync(real_corpus, "push").exit_code == 0
    assert label_studio.owner.project(title)["description"] == described
