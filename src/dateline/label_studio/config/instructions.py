"""The guidelines as a project's instructions, which annotators see on the labelling page."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING

from dateline.corpus.guidelines import guidelines_of
from dateline.corpus.store import Corpus
from dateline.files.reading import read_text
from dateline.files.writing import sha256
from dateline.label_studio.config.relations import relation_labels
from dateline.model import Guidelines
from dateline.ontology.guidelines import guidelines
from dateline.ontology.guidelines_page import PAGE

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MAX_LENGTH = 100_000
"""Characters of HTML: annotators wait for the instructions whenever they open a task."""

RELATIONS_SAVED = (
    "Relations are saved when you change a span, click a text in the list of texts, or submit. "
    "Reloading or leaving the page before that loses new ones."
)
"""Label Studio saves drafts after changes of regions only."""

CHANGES_SAVED = (
    "Changes of spans are saved after five seconds: wait before you reload or leave the page. "
    "Open a text in one tab only, because the later version of two tabs replaces the other one."
)
"""Label Studio's editor has no setting for this delay."""

_MARK = "`dateline studio push` writes these instructions and replaces changes."
_STATED = re.compile(r"Guidelines ([^<>]+), SHA-256 ([0-9a-f]{64})\.")


def instructions(corpus: Corpus) -> str:
    """The guidelines as HTML that cannot contain scripts, links or images, with a mark at the end.

    Raw HTML in the page is shown as text. Long guidelines are cut, with a note.
    """
    path = corpus.root / PAGE
    page = read_text(path) if path.is_file() else f"# Labels\n\n{guidelines(corpus.ontology)}"
    html = _html(re.sub(r"<!--.*?-->", "", page, flags=re.S))
    relations = [RELATIONS_SAVED] if relation_labels(corpus.ontology) else []
    html = f"<p><strong>{' '.join([*relations, CHANGES_SAVED])}</strong></p>\n{html}"
    shown = guidelines_of(corpus)
    return (
        f"{html}<p><em>{_MARK} Version {sha256(html.encode())[:12]}. Guidelines "
        f"{escape(shown.version)}, SHA-256 {shown.sha256}.</em></p>"
    )


def guidelines_shown(instructions: str) -> Guidelines | None:
    """The guidelines whose version and hash a project's instructions state; None if they do not."""
    found = _STATED.search(instructions.rpartition(_MARK)[2]) if _MARK in instructions else None
    return found and Guidelines(version=unescape(found[1]), sha256=found[2])


def is_current(present: str, wanted: str) -> bool:
    """Whether a project has these instructions; the server may have changed their HTML a little."""
    return wanted[wanted.rindex(_MARK) :].partition("<")[0] in present


def is_written_by_hand(present: str) -> bool:
    """Whether a project has instructions that did not come from here."""
    return bool(present.strip()) and _MARK not in present


def _html(page: str) -> str:
    reader = _reader()
    tokens = reader.parse(page)
    blocks: list[str] = []
    length = start = 0
    for end, token in enumerate(tokens, 1):
        if token.level == 0 and token.nesting <= 0:
            block = reader.renderer.render(tokens[start:end], reader.options, {})
            length, start = length + len(block), end
            if length > MAX_LENGTH:
                return "".join([*blocks, "<p>These guidelines are cut: they are too long.</p>\n"])
            blocks.append(block)
    return "".join(blocks)


def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 (only push needs it)

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    # Links and images would lead away from the page, or load something from elsewhere.
    for rule in ("link_open", "link_close"):
        reader.add_render_rule(rule, lambda *_: "")
    reader.add_render_rule(
        "image",
        lambda renderer, tokens, position, options, env: renderer.renderInlineAsText(
            tokens[position].children, options, env
        ),
    )
    return reader
