"""Markdown from outside as HTML: nothing in it can run, and nothing is loaded."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_COMMENT = re.compile(r"<!--.*?-->", re.S)
_WEB = re.compile(r"https?://", re.I)
_RIGHT = "text-align:right"

Source = Callable[[str], str | None]
"""The ``data:`` address of an image by its address in the Markdown; None if it is not shown."""


def markdown_html(text: str, image: Source) -> Markup:
    """Markdown (CommonMark with tables) as HTML.

    HTML in it is shown as text, but for comments, which are left out. Only links to the web remain:
    on the page, others would lead nowhere. An image that is not shown is its description.
    """
    return Markup(_reader(image).render(text))  # noqa: S704 (HTML in the text is escaped)


def _reader(image: Source) -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 (slow to import)

    reader = MarkdownIt("commonmark").enable("table")
    rules = reader.renderer.rules  # type: ignore[attr-defined]

    def html(tokens: Sequence[Token], at: int, *_: Any) -> str:
        return str(escape(_COMMENT.sub("", tokens[at].content).strip("\n")))

    def cell(tokens: Sequence[Token], at: int, *_: Any) -> str:
        # A style would be refused by the page's policy.
        kind = "" if tokens[at].attrGet("style") == _RIGHT else ' class="text"'
        return f"<{tokens[at].tag}{kind}>"

    def picture(tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        token = tokens[at]
        description = reader.renderer.renderInlineAsText(token.children or [], options, env)  # type: ignore[attr-defined]
        found = image(str(token.attrGet("src")))
        if found is None:
            return str(escape(description))
        return f'<img src="{escape(found)}" alt="{escape(description)}">'

    def link(tokens: Sequence[Token], at: int, *_: Any) -> str:
        address = str(tokens[at].attrGet("href"))
        return f'<a href="{escape(address)}">' if _WEB.match(address) else "<span>"

    def link_end(tokens: Sequence[Token], at: int, *_: Any) -> str:
        opening = next(
            one
            for one in reversed(tokens[:at])
            if one.type == "link_open" and one.level == tokens[at].level
        )
        return "</a>" if _WEB.match(str(opening.attrGet("href"))) else "</span>"

    region = '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>\n'
    rules.update(
        html_block=html,
        html_inline=html,
        th_open=cell,
        td_open=cell,
        image=picture,
        link_open=link,
        link_close=link_end,
        table_open=lambda *_: region,
        table_close=lambda *_: "</table></div>\n",
    )
    return reader
