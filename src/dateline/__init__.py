"""Dateline: texts to a corpus of entities, relations, events and claims, and to a dataset."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dateline.api import build as build
    from dateline.api import validate as validate
    from dateline.corpus.store import Corpus as Corpus
    from dateline.dataset.load import load as load
    from dateline.errors import ConflictError as ConflictError
    from dateline.errors import DatelineError as DatelineError
    from dateline.errors import InvalidInputError as InvalidInputError
    from dateline.errors import MissingExtraError as MissingExtraError
    from dateline.errors import NotFoundError as NotFoundError
    from dateline.errors import ServerError as ServerError
    from dateline.evaluation.arrow_scoring import score_mentions as score_mentions
    from dateline.evaluation.arrow_scoring import score_triggers as score_triggers
    from dateline.evaluation.columns.scoring_input import MatchingOptions as MatchingOptions
    from dateline.evaluation.comparison import compare as compare
    from dateline.evaluation.comparison_report import ComparisonReport as ComparisonReport
    from dateline.evaluation.report import Report as Report
    from dateline.evaluation.scoring import Runs as Runs
    from dateline.evaluation.scoring import score as score
    from dateline.evaluation.tag_scoring import trainer_metrics as trainer_metrics
    from dateline.model import Annotation as Annotation
    from dateline.model import Argument as Argument
    from dateline.model import Claim as Claim
    from dateline.model import Document as Document
    from dateline.model import Entity as Entity
    from dateline.model import Event as Event
    from dateline.model import Link as Link
    from dateline.model import Mention as Mention
    from dateline.model import Relation as Relation
    from dateline.model import Span as Span
    from dateline.predictions.prediction import Prediction as Prediction
    from dateline.release.hydration.hydrate import hydrate as hydrate
    from dateline.search.sql import query as query
    from dateline.validation.incidents import Incident as Incident

    __version__: str

# Module → public names. They are imported when first used, so that `import dateline` is fast.
_PUBLIC = {
    "api": ("build", "validate"),
    "corpus.store": ("Corpus",),
    "dataset.load": ("load",),
    "errors": (
        "ConflictError",
        "DatelineError",
        "InvalidInputError",
        "MissingExtraError",
        "NotFoundError",
        "ServerError",
    ),
    "evaluation.arrow_scoring": ("score_mentions", "score_triggers"),
    "evaluation.columns.scoring_input": ("MatchingOptions",),
    "evaluation.comparison": ("compare",),
    "evaluation.comparison_report": ("ComparisonReport",),
    "evaluation.report": ("Report",),
    "evaluation.scoring": ("Runs", "score"),
    "evaluation.tag_scoring": ("trainer_metrics",),
    "model": (
        "Annotation",
        "Argument",
        "Claim",
        "Document",
        "Entity",
        "Event",
        "Link",
        "Mention",
        "Relation",
        "Span",
    ),
    "predictions.prediction": ("Prediction",),
    "release.hydration.hydrate": ("hydrate",),
    "search.sql": ("query",),
    "validation.incidents": ("Incident",),
}
_MODULES = {name: module for module, names in _PUBLIC.items() for name in names}

__all__ = ["__version__", *_MODULES]  # noqa: PLE0604 (all are strings)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415

        return version("dateline")
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"dateline.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
