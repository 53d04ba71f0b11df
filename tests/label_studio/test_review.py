"""Annotations that a reviewer returns: the annotator reads why, and nothing of the work changes."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from dateline.label_studio.sync.push import title_for

from .test_browser import bridge  # noqa: F401 (a fixture)

COMMENT = "The mayor is a <b>person</b>,\nand $text stays as it is."


@pytest.fixture
def own(title):
    """The title of ana's own project."""
    return title_for(title, "ana")


def states(corpus, sync, *options):
    found = sync(corpus, "status", "--annotators", "ana", "--format", "json", *options)
    return {one["annotator"]: one for one in json.loads(found.stdout)}


def test_a_returned_annotation_shows_why_and_is_revised_on_the_page(
    bridge,  # noqa: F811
    sync,
    own,
    label_studio,
    ana,
):
    assert sync(bridge, "push", "--annotators", "ana").exit_code == 0
    project = label_studio.annotator.project(own)["id"]
    (task,) = label_studio.annotator.tasks(own).values()
    nothing = sync(bridge, "return", "ana", "bridge", "--comment", COMMENT)
    assert nothing.exit_code == 1
    assert "ana has submitted no annotation of bridge" in nothing.stderr
    ana.open(project, task["id"])
    expect(ana.page.locator(".dateline .review")).to_have_text("")
    ana.draw("a", "ATTACK", "attacked")
    ana.select("attacked")
    ana.choose("positive", "past", "asserted", "specific")
    ana.submit()
    assert sync(bridge, "pull", "--annotators", "ana").exit_code == 0
    (before,) = label_studio.owner.get(f"/api/tasks/{task['id']}/annotations/")

    result = sync(bridge, "return", "ana", "bridge", "--comment", COMMENT)
    assert result.exit_code == 0, result.output
    assert f"bridge: annotation {before['id']} returned to ana" in result.stderr
    assert label_studio.owner.get(f"/api/tasks/{task['id']}/annotations/") == [before]
    one = states(bridge, sync)["ana"]
    assert (one["state"], one["review"], one["comment"]) == ("pulled", "returned", COMMENT)
    assert "returned: The mayor" in sync(bridge, "status", "--annotators", "ana", "--list").stdout
    # It changes nothing of the task, so that a push adds and refuses nothing.
    again = sync(bridge, "push", "--annotators", "ana")
    assert "documents: 0 added, 1 already there" in again.stderr

    ana.open_list(project)
    for column in ("title", "split", "review"):
        expect(ana.page.locator(".lsf-table-head").get_by_text(column, exact=True)).to_be_visible()
    expect(ana.page.locator(".lsf-table__cell").get_by_text("The mayor is a")).to_be_visible()
    ana.reopen()
    shown = ana.page.locator(".dateline .review")
    expect(shown).to_be_visible()
    expect(shown).to_have_text(COMMENT)
    ana.draw("1", "PERSON", "mayor of Arden")
    ana.select("mayor of Arden")
    ana.choose("nominal")
    ana.update()
    one = states(bridge, sync, "--state", "revised")["ana"]
    assert (one["state"], one["review"]) == ("stale", "revised")
    assert sync(bridge, "pull", "--annotators", "ana").exit_code == 0
    assert len(bridge.read_annotation("ana", "bridge").mentions) == 1

    assert sync(bridge, "return", "ana", "bridge", "--done").exit_code == 0
    one = states(bridge, sync)["ana"]
    assert (one["state"], one["review"], one["comment"]) == ("pulled", None, None)


def test_in_a_shared_project_comments_name_whom_they_are_for(
    bridge,  # noqa: F811
    sync,
    title,
    label_studio,
):
    assert sync(bridge, "push").exit_code == 0
    (task,) = label_studio.annotator.tasks(title).values()
    people = {"ana": label_studio.annotator, "bo": label_studio.owner}
    for person in people.values():
        person.submit(task, [])
    users = ",".join(f"{person.id}={name}" for name, person in people.items())
    assert sync(bridge, "pull", "--users", users).exit_code == 0
    for name in people:
        result = sync(bridge, "return", name, "bridge", "--comment", f"For {name}.")
        (other,) = {*people} - {name}
        assert f"{other} can read the comment too" in result.stderr
    (task,) = label_studio.annotator.tasks(title).values()
    assert {*task["data"]["review"].splitlines()} == {"ana: For ana.", "bo: For bo."}
    assert sync(bridge, "return", "ana", "bridge", "--done").exit_code == 0
    found = json.loads(sync(bridge, "status", "--format", "json").stdout)
    assert {one["annotator"]: one["review"] for one in found} == {"ana": None, "bo": "returned"}


def test_a_page_of_a_former_version_must_be_updated_first(
    bridge,  # noqa: F811
    sync,
    title,
    label_studio,
):
    assert sync(bridge, "push").exit_code == 0
    project = label_studio.owner.project(title)
    former = project["label_config"].replace("$review", "Review")
    label_studio.owner.patch(f"/api/projects/{project['id']}/", label_config=former)
    result = sync(bridge, "return", "ana", "bridge", "--comment", "Why?")
    assert result.exit_code == 1
    assert "dateline studio push --labels-only" in result.stderr


def test_a_comment_or_done_is_needed(bridge, sync):  # noqa: F811
    for options in ([], ["--comment", " "], ["--comment", "x", "--done"]):
        result = sync(bridge, "return", "ana", "bridge", *options)
        assert result.exit_code == 2
        assert "Give either a --comment or --done." in result.stderr
