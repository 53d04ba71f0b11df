"""neleval: mentions, links and chains."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from ..documents import NIL, Case, Items, bounds
from .chains import chains
from .peer import Numbers, Peer, Place, both_sides, contiguous, only_mentions, output_of

LINKS = {
    "strong_typed_mention_match": "entities: strict",
    **{f"strong_{name}_match": f"linking: {name}" for name in ("all", "link", "nil")},
    **{f"strong_typed_{name}_match": f"linking: {name}, typed" for name in ("all", "link", "nil")},
}
MENTIONS = {"strong_mention_match": "entities: exact"}
CHAINS = {
    "muc": "coreference: MUC",
    "b_cubed": "coreference: B3",
    "mention_ceaf": "coreference: CEAFm",
    "entity_ceaf": "coreference: CEAFe",
}
_SCRIPT = """
import collections, collections.abc, sys
for name in ("Sequence", "Iterable", "Mapping", "Callable"):  # gone from collections in Python 3.10
    setattr(collections, name, getattr(collections.abc, name))
from neleval.__main__ import main
main()
"""


def _linked(items: Items) -> Items:
    """Linked mentions, once each: NIL is said of an entity, never of a mention without one."""
    kept = {
        (m.type, m.span): m
        for m in contiguous(items.mentions)
        if m.entity is not None and m.entity in items.links
    }
    return only_mentions(kept.values(), items)


def _once(items: Items) -> Items:
    kept = {m.span: m for m in contiguous(items.mentions)}
    return msgspec.structs.replace(only_mentions(kept.values(), items), links={})


def link_lines(case: Case, side: str) -> str:
    """Mentions with their knowledge base entry, or without one."""
    rows = []
    for number, document in enumerate(case.documents):
        items: Items = getattr(document, side)
        for mention in items.mentions:
            start, end = bounds(mention.span)
            entry = items.links.get(mention.entity or "", NIL)
            rows.append(f"d{number}\t{start}\t{end - 1}\t{entry}\t1.0\t{mention.type}")
    return "\n".join(rows) + "\n"


def chain_lines(case: Case, side: str) -> str:
    """Mentions with their chain; chains of two documents are never one."""
    rows = []
    for number, document in enumerate(case.documents):
        for name, some in chains(getattr(document, side)).items():
            for mention in some:
                start, end = bounds(mention.span)
                rows.append(f"d{number}\t{start}\t{end - 1}\tNIL-{number}-{name}\t1.0\t")
    return "\n".join(rows) + "\n"


def _runner(lines: Callable[[Case, str], str], names: tuple[str, ...]) -> Callable[..., Numbers]:
    def run(case: Case, place: Place) -> Numbers:
        gold, predicted = place.scratch / "gold", place.scratch / "predicted"
        contents = lines(case, "gold"), lines(case, "predicted")
        if any(not content.strip() for content in contents):
            return {}
        for path, content in zip((gold, predicted), contents, strict=True):
            path.write_text(content)
        measures = [flag for name in names for flag in ("-m", name)]
        printed = output_of(
            [place.python, "-c", _SCRIPT, "evaluate", *measures, "-g", gold, predicted]
        )
        found = {}
        for line in printed.splitlines()[1:]:
            *_, precision, recall, f, name = line.split()
            found[name] = [float(precision), float(recall), float(f)]
        return found

    return run


def corpus_chain_lines(case: Case, side: str) -> str:
    """Mentions with their chain; chains of one name in two documents are one."""
    return re.sub(r"NIL-\d+-", "NIL-", chain_lines(case, side))


def _chains(name: str, lines: Callable[[Case, str], str], **settings: Any) -> Peer:
    run = _runner(lines, tuple(CHAINS))
    return Peer(name, "neleval", ("coreference",), run, CHAINS, tolerance=0.6e-3, **settings)


PEERS = (
    Peer(
        "neleval",
        "neleval",
        ("entities", "linking"),
        _runner(link_lines, tuple(LINKS)),
        LINKS,
        both_sides(_linked),
        tolerance=0.6e-3,
    ),
    Peer(
        "neleval-mentions",
        "neleval",
        ("entities",),
        _runner(link_lines, tuple(MENTIONS)),
        MENTIONS,
        both_sides(_once),
        tolerance=0.6e-3,
    ),
    _chains("neleval-chains", chain_lines, covers=both_sides(_once)),
    _chains("neleval-corpus-chains", corpus_chain_lines),
)
