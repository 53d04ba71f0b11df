"""What can interrupt somebody at the page: work is kept, or the page says that it is not."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .browser import Annotator
from .test_browser import bridge, pull  # noqa: F401 (a fixture)


@pytest.fixture
def texts(label_studio, title):
    """The words of the regions in each submitted annotation, and in each draft."""

    def read():
        (task,) = label_studio.annotator.tasks(title).values()
        submitted = label_studio.annotator.get(f"/api/tasks/{task['id']}/annotations/")
        drafts = label_studio.annotator.get(f"/api/tasks/{task['id']}/drafts")
        return [
            [{row["value"]["text"] for row in one["result"] if "labels" in row["value"]} for one in some]
            for some in (sorted(submitted, key=lambda one: one["id"]), drafts)
        ]  # fmt: skip

    return read


def mark(annotator, quote):
    """A mention with all that the page requires of it."""
    annotator.draw("1", "PERSON", quote)
    annotator.select(quote)
    annotator.choose("nominal")
    annotator.leave()


def test_reloading_keeps_every_saved_change(bridge, open_task, ana, texts):  # noqa: F811
    open_task(bridge)
    ana.draw("1", "PERSON", "mayor of Arden")
    ana.save()
    ana.reopen()
    assert texts() == [[], [{"mayor of Arden"}]]
    ana.select("mayor of Arden")
    ana.choose("nominal")
    ana.leave()
    ana.save()
    ana.reopen()
    ana.draw("1", "PERSON", "troops")
    ana.save()
    ana.reopen()
    ana.select("mayor of Arden")
    expect(ana.page.locator(".dateline .side .lsf-choice input:checked")).to_have_count(1)
    ana.page.keyboard.press("Backspace")
    ana.save()
    ana.reopen()
    assert texts() == [[], [{"troops"}]]
    expect(ana.page.locator(".htx-highlight[data-label]")).to_have_count(1)


def test_the_page_saves_a_change_by_itself_and_says_when(bridge, open_task, ana, texts):  # noqa: F811
    open_task(bridge)
    with ana.page.expect_response(lambda r: "/drafts" in r.url) as answer:
        ana.draw("1", "PERSON", "mayor of Arden")
    assert answer.value.ok
    assert texts() == [[], [{"mayor of Arden"}]]
    ana.reopen()
    expect(ana.page.locator(".htx-highlight[data-label]")).to_have_count(1)
    ana.page.get_by_role("button", name="Instructions").click()
    said = ana.page.get_by_text("Changes of spans are saved after five seconds").first
    expect(said).to_contain_text("wait before you reload or leave the page")
    expect(said).to_contain_text("Open a text in one tab only")


def test_a_relation_alone_is_lost_on_reloading_and_the_page_says_so(
    bridge,  # noqa: F811
    open_task,
    ana,
):
    open_task(bridge)
    mark(ana, "mayor of Arden")
    ana.draw("a", "ATTACK", "attacked")
    ana.relate("attacked", "mayor of Arden")
    ana.open_relations()
    expect(ana.relations).to_have_count(1)
    said = ana.page.locator(".lsf-relations").first.evaluate(
        "node => getComputedStyle(node, '::before').content"
    )
    assert "Reloading or leaving the page before that loses new ones." in said
    ana.save()
    ana.reopen()
    expect(ana.page.locator(".htx-highlight[data-label]")).to_have_count(2)
    ana.open_relations()
    expect(ana.relations).to_have_count(0)


def test_a_session_that_ends_loses_nothing(bridge, open_task, ana, texts, label_studio):  # noqa: F811
    open_task(bridge)
    mark(ana, "mayor of Arden")
    ana.save()
    ana.page.context.request.get(f"{label_studio.url}/logout/")
    mark(ana, "troops")
    with ana.page.expect_response(lambda r: "/annotations" in r.url) as answer:
        ana.click_on(ana.page.get_by_label("Submit current annotation"))
    assert answer.value.status == 401
    expect(ana.page.get_by_text("Annotation is not saved").first).to_be_visible()
    assert texts() == [[], [{"mayor of Arden"}]]
    # Who logs in again in another tab can submit what is still on the page.
    who = label_studio.annotator
    Annotator(ana.page.context.new_page(), label_studio.url, who.email, label_studio.password)
    ana.page.bring_to_front()
    ana.submit()
    submitted, _ = texts()
    assert submitted == [{"mayor of Arden", "troops"}]


def test_two_tabs_make_two_annotations_and_pull_names_the_older(
    bridge,  # noqa: F811
    open_task,
    ana,
    texts,
    sync,
    label_studio,
):
    open_task(bridge)
    other = ana.in_another_tab()
    other.reopen()
    ana.page.bring_to_front()
    mark(ana, "mayor of Arden")
    ana.submit()
    other.page.bring_to_front()
    mark(other, "troops")
    other.submit()
    (first, second), _ = texts()
    assert (first, "troops" in second) == ({"mayor of Arden"}, True)
    result = pull(bridge, sync, label_studio)
    assert "is older than" in result.stderr
    assert {
        s.text for m in bridge.read_annotation("ana", "bridge").mentions for s in m.spans
    } == second


def test_of_two_tabs_that_update_an_annotation_the_later_one_stays_and_pull_says_what_is_gone(
    bridge,  # noqa: F811
    open_task,
    ana,
    texts,
    sync,
    label_studio,
):
    open_task(bridge)
    mark(ana, "mayor of Arden")
    ana.submit()
    other = ana.in_another_tab()
    other.reopen()
    ana.page.bring_to_front()
    mark(ana, "troops")
    ana.update()
    pull(bridge, sync, label_studio)
    other.page.bring_to_front()
    mark(other, "Monday")
    other.update()
    # The page does not notice, and the server keeps no older version.
    assert texts() == [[{"mayor of Arden", "Monday"}], []]
    result = pull(bridge, sync, label_studio)
    assert 'bridge (ana): no longer has 1 item ("troops") of the last pull' in result.stderr
