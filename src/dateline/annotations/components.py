"""Connected components of items that are joined in pairs."""

from __future__ import annotations

from collections.abc import Iterable


def components(names: Iterable[str], pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Connected components of a graph; components and their members keep the order of names."""
    from scipy.cluster.hierarchy import DisjointSet  # noqa: PLC0415 (slow to import)

    sets = DisjointSet(names)
    for one, other in pairs:
        sets.merge(one, other)
    groups: dict[str, list[str]] = {}
    for name in sets:
        groups.setdefault(sets[name], []).append(name)
    return list(groups.values())
