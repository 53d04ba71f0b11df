"""Fingerprints of gold, by which a decision log knows what it was when it was written.

They have the form of format 1.0, so that logs outlive a change of the format: an annotation that
could be written in 1.0 has the fingerprint that it had there.
"""

from __future__ import annotations

from typing import Any

import msgspec

from dateline.corpus.store import canonical_json
from dateline.files.writing import sha256
from dateline.model import Annotation, canonical

_FIELDS = ("mentions", "entities", "events", "event_relations", "claims", "claim_relations")
_ITEMS: dict[str, dict[str, Any]] = {
    "mentions": {"attributes": {}, "entity": None},
    "entities": {"link": None},
    "events": {"arguments": [], "attributes": {}, "cluster": None},
    "claims": {"cue": None, "events": [], "attributes": {}},
}
"""Fields of items that format 1.0 always writes, in their order after the required ones."""


def fingerprint(annotation: Annotation) -> str:
    """SHA-256 of an annotation's content without header, links and retired ids."""
    value = msgspec.to_builtins(canonical(annotation))
    header = {"schema_version": "1.0"} | {
        name: value[name] for name in ("document", "text_sha256", "annotator", "layers", "status")
    }
    provenance = dict.fromkeys(("tool", "created", "updated", "label_studio", "note"))
    content = {name: [_item(name, item) for item in value.get(name, ())] for name in _FIELDS}
    added = {name: value[name] for name in ("attributes", "relations") if name in value}
    former = {
        **header,
        "provenance": {"kind": "", **provenance},
        **content,
        "retired": [],
        **added,
    }
    return sha256(canonical_json(former))


def _item(field: str, item: dict[str, Any]) -> dict[str, Any]:
    optional = _ITEMS.get(field, {})
    kept = {name: value for name, value in item.items() if name not in {*optional, "links"}}
    return {**kept, **{name: item.get(name, empty) for name, empty in optional.items()}}
