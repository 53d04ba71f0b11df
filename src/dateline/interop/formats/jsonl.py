"""JSON Lines of the rows of the dataset's config ``documents``, one for each document."""

from __future__ import annotations

from dateline.interop.format import Format, Holds, Output
from dateline.interop.units import KINDS


def _write(output: Output) -> None:
    import msgspec  # noqa: PLC0415

    from dateline.dataset.rows import RowMaker  # noqa: PLC0415

    maker = RowMaker(output.ontology, output.meta_keys)
    with output.target.open("wb") as file:
        for document, annotation in output.items:
            file.write(msgspec.json.encode(maker.document_row(document, annotation)) + b"\n")


FORMAT = Format(
    name="jsonl",
    title="JSON Lines",
    suffix=".jsonl",
    holds=Holds(kinds=frozenset(KINDS), ids=True),
    writer=_write,
    notes="The rows of the config documents of the dataset, see dataset.md.",
)
