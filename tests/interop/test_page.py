"""The page of formats shows what the formats declare."""

from __future__ import annotations

from dateline.interop.description import formats_block
from dateline.interop.registry import all_formats
from dateline.rendering.generated_blocks import block

from ..conftest import REPOSITORY


def test_the_page_has_the_tables_of_the_formats_as_they_are():
    page = (REPOSITORY / "docs" / "formats.md").read_text(encoding="utf-8")
    assert block(page, "formats", "docs/formats.md") == formats_block(all_formats())
