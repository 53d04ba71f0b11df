"""Dateline: news texts to a versioned corpus of entities, events and claims, and to a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dateline.dataset.load import load as load
    from dateline.evaluation.scoring import score as score
    from dateline.release.hydration.hydrate import hydrate as hydrate

__all__ = ["hydrate", "load", "score"]


def __getattr__(name: str) -> Any:
    # `import dateline` must stay cheap: the dataset machinery is imported when first used.
    if name == "load":
        from dateline.dataset.load import load  # noqa: PLC0415

        return load
    if name == "score":
        from dateline.evaluation.scoring import score  # noqa: PLC0415

        return score
    if name == "hydrate":
        from dateline.release.hydration.hydrate import hydrate  # noqa: PLC0415

        return hydrate
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415

        return version("dateline")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
