"""The views that statements use, derived from the columns of the tables: one for each kind of item.

A view has the columns of the items as they are in the dataset, with the document in front. Items
with spans have ``start``, ``end`` and ``text`` too. Views of gold are in the main schema, those of
all annotators in the schema ``annotators``, with the annotator in front.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from dateline.model import ITEM_FIELDS

DOCUMENTS, ANNOTATIONS = "_documents", "_annotations"
"""The names of the tables that views are made from."""
ANNOTATORS = "annotators"
"""The schema of the views of all annotators."""

_NESTED = {
    ("entities", "links"): ("entity_links", "entity"),
    ("events", "arguments"): ("arguments", "event"),
    ("events", "factuality"): ("factuality", "event"),
    ("event_clusters", "links"): ("event_cluster_links", "cluster"),
    ("claims", "events"): ("claim_events", "claim"),
}
"""Lists in items: the name of the view, and of its column with the id of the item."""

_FILLERS = ("mention", "event", "claim")


def statements(documents: pa.Schema, annotations: pa.Schema | None) -> Iterator[str]:
    """The SQL statements that create the views."""
    shown = [name for name in documents.names if not _is_list_of_structs(documents, name)]
    yield f"CREATE VIEW documents AS SELECT {_columns(shown)} FROM {DOCUMENTS}"
    yield (
        "CREATE VIEW sentences AS SELECT document, sentence, place.start AS start, "
        'place."end" AS "end", substring(whole, place.start + 1, place."end" - place.start) AS '
        "text FROM (SELECT id AS document, text AS whole, unnest(sentences) AS place, "
        f"generate_subscripts(sentences, 1) - 1 AS sentence FROM {DOCUMENTS})"
    )
    yield (
        "CREATE VIEW tokens AS SELECT t.document, s.sentence, t.token, t.place.start AS start, "
        't.place."end" AS "end", '
        'substring(t.whole, t.place.start + 1, t.place."end" - t.place.start) AS text '
        "FROM (SELECT id AS document, text AS whole, unnest(tokens) AS place, "
        f"generate_subscripts(tokens, 1) - 1 AS token FROM {DOCUMENTS}) t "
        "ASOF JOIN sentences s ON t.document = s.document AND t.place.start >= s.start"
    )
    yield from _views(documents, "", f"(SELECT *, id AS document FROM {DOCUMENTS})", ["document"])
    if annotations is not None:
        shown = [name for name in annotations.names if not _is_list_of_structs(annotations, name)]
        yield f"CREATE VIEW annotations AS SELECT {_columns(shown)} FROM {ANNOTATIONS}"
        yield f"CREATE SCHEMA {ANNOTATORS}"
        keys = ["annotator", "document"]
        yield from _views(annotations, f"{ANNOTATORS}.", ANNOTATIONS, keys)


def _views(schema: pa.Schema, prefix: str, table: str, keys: Sequence[str]) -> Iterator[str]:
    """A view for each list of items, and for each list in these items."""
    for field in ITEM_FIELDS:
        if field not in schema.names or not _is_list_of_structs(schema, field):
            continue
        item = schema.field(field).type.value_type
        rows = f"(SELECT {_columns(keys)}, unnest({field}) AS item FROM {table})"
        spans = next((name for name in ("spans", "trigger") if name in _names(item)), None)
        places = f", {_places(f'item.{spans}')}" if spans else ""
        yield (
            f"CREATE VIEW {prefix}{field} AS SELECT {_columns(keys)}, unnest(item){places} "
            f"FROM {rows}"
        )
        for (of, inner), (name, parent) in _NESTED.items():
            if of != field or inner not in _names(item):
                continue
            part = item.field(inner).type.value_type
            nested = (
                f"(SELECT {_columns(keys)}, item.id AS {parent}, unnest(item.{inner}) AS part "
                f"FROM {rows})"
            )
            if inner == "arguments":
                columns = _argument(_names(part))
            else:
                columns = "unnest(part)" if pa.types.is_struct(part) else "part AS event"
            yield (
                f"CREATE VIEW {prefix}{name} AS SELECT {_columns(keys)}, {parent}, {columns} "
                f"FROM {nested}"
            )


def _places(spans: str) -> str:
    """Start, end and text of fragments; without text if it is withheld."""
    return (
        f'{spans}[1].start AS start, {spans}[-1]."end" AS "end", '
        f"CASE WHEN {spans}[1].text IS NOT NULL THEN "
        f"array_to_string([span.text FOR span IN {spans}], ' ') END AS text"
    )


def _argument(names: Sequence[str]) -> str:
    """Role, kind and id of the filler, and attributes: in place of a column for each kind."""
    kinds = [name for name in _FILLERS if name in names]
    cases = " ".join(f"WHEN part.{kind} IS NOT NULL THEN '{kind}'" for kind in kinds)
    fillers = ", ".join(f"part.{kind}" for kind in kinds)
    others = [f"part.{_columns([n])}" for n in names if n not in ("role", *kinds)]
    return ", ".join(
        [
            "part.role AS role",
            f"CASE {cases} END AS kind",
            f"coalesce({fillers}) AS filler",
            *others,
        ]
    )


def _is_list_of_structs(schema: pa.Schema, name: str) -> bool:
    found = schema.field(name).type
    is_list = pa.types.is_list(found) or pa.types.is_large_list(found)
    return bool(is_list and pa.types.is_struct(found.value_type))


def _names(struct: pa.StructType) -> list[str]:
    return [field.name for field in struct] if pa.types.is_struct(struct) else []


def _columns(names: Sequence[str]) -> str:
    return ", ".join('"' + name.replace('"', '""') + '"' for name in names)
