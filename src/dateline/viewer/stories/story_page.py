"""The page of a story."""

from __future__ import annotations

from collections.abc import Sequence

from dateline.rendering.header import Header
from dateline.rendering.pages import page, resource
from dateline.rendering.site_links import story_file
from dateline.viewer.document_page import PACKAGE
from dateline.viewer.labels import Labels
from dateline.viewer.stories.network import LEFT, RIGHT, WIDTH, network_of
from dateline.viewer.stories.story import Claimed, Key, Story, StoryDocument


def story_page(
    header: Header, story: Story, contrasts: Sequence[StoryDocument], labels: Labels
) -> str:
    """The page as HTML."""
    network = network_of(story)
    return page(
        PACKAGE,
        "story.html.j2",
        header.of_page(story_file(story.group)),
        style=resource(PACKAGE, "viewer.css") + labels.style,
        script=resource(PACKAGE, "story.js"),
        story=story,
        contrasts=contrasts,
        network=network,
        claimers=_by_claimer(story.claims),
        related=sorted(story.related, key=lambda one: (not one.symmetric, one.label.title)),
        width=WIDTH,
        left=LEFT,
        right=RIGHT,
    )


def _by_claimer(claims: Sequence[Claimed]) -> list[tuple[str, list[Claimed]]]:
    found: dict[Key, list[Claimed]] = {}
    for claim in claims:
        found.setdefault(claim.claimer, []).append(claim)
    by_size = sorted(found.values(), key=len, reverse=True)
    return [(some[0].name, some) for some in by_size]
