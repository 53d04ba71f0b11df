"""The datasheet of a corpus as an HTML page."""

from __future__ import annotations

import base64

from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.files.names import inside
from dateline.files.reading import read_bytes, read_text
from dateline.rendering.header import Header
from dateline.rendering.markdown_html import markdown_html
from dateline.rendering.pages import page
from dateline.reports.datasheet import counts
from dateline.reports.statistics import statistics_of

DATASHEET = "DATASHEET.md"

_IMAGES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}
_LARGEST = 1_000_000
"""Bytes of an image that is shown."""


def datasheet_markdown(corpus: Corpus) -> str:
    """The file DATASHEET.md as it is, or the counts alone if there is none.

    Raises DatelineError if the file cannot be read, or, without it, an annotation has errors.
    """
    if (corpus.root / DATASHEET).is_file():
        return read_text(inside(corpus.root, corpus.root / DATASHEET))
    return f"# Datasheet\n\n{counts(statistics_of(corpus), corpus.ontology)}"


def datasheet_html(corpus: Corpus, markdown: str, header: Header) -> str:
    """A datasheet as a page, with the images of the corpus that it shows."""

    def image(address: str) -> str | None:
        kind = _IMAGES.get(f".{address.rpartition('.')[2].lower()}")
        try:
            path = inside(corpus.root, corpus.root / address)
            if kind is None or not path.is_file() or path.stat().st_size > _LARGEST:
                return None
            content = read_bytes(path)
        except (DatelineError, OSError, ValueError):
            return None
        return f"data:{kind};base64,{base64.b64encode(content).decode()}"

    return page(
        "dateline.reports",
        "datasheet.html.j2",
        header,
        has_images=True,
        title="Datasheet",
        body=markdown_html(markdown, image),
    )
