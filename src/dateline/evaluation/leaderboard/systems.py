"""The systems that the maintainers run, as listed in `benchmarks/systems.toml`."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from dateline.corpus.store import Corpus
from dateline.errors import DatelineError, InvalidInputError
from dateline.evaluation.gold import Gold, gold_of_corpus
from dateline.evaluation.leaderboard.results import Result, result_of
from dateline.evaluation.models.loading import load_model
from dateline.evaluation.models.run import run
from dateline.evaluation.models.secrets import known_secrets
from dateline.files.names import inside, plain_name
from dateline.files.reading import MalformedError, converted, read_toml
from dateline.model import Struct

FILE = "benchmarks/systems.toml"


class System(Struct, frozen=True):
    """A model with its options, and a note for readers of its scores."""

    title: str
    model: str
    options: Mapping[str, str] = {}
    note: str = ""


class Systems(Struct, frozen=True):
    """The systems to run and the split to run them on.

    ``ceiling`` is two annotators whose agreement is shown as the upper bound of scores; ``note`` is
    shown with the scores.
    """

    systems: Mapping[str, System] = {}
    split: str | None = None
    train_split: str = "train"
    ceiling: tuple[str, str] | None = None
    note: str = ""


def read_systems(corpus: Corpus) -> Systems:
    """Read the list of a corpus; empty if it has none. Raises InvalidInputError if malformed."""
    path = corpus.root / FILE
    if not path.is_file():
        return Systems()
    try:
        listed = converted(read_toml(inside(corpus.root, path)), Systems)
    except MalformedError as error:
        raise InvalidInputError(f"{path}: {error.problem}.") from None
    for name in listed.systems:
        plain_name(name, f"{path}: the system")
    return listed


def listed_annotators(corpus: Corpus, documents: Iterable[str]) -> tuple[str, str] | None:
    """The two annotators that the list names, if both annotated one of these documents."""
    annotators = read_systems(corpus).ceiling
    if annotators is None:
        return None
    both = (set(annotators) <= set(corpus.annotators_of(name)) for name in documents)
    return annotators if any(both) else None


def run_systems(corpus: Corpus, listed: Systems, gold: Gold) -> Iterator[tuple[str, Result]]:
    """Run each system on the texts of the gold, and score it; name and result of each.

    File names in options are relative to the corpus. Raises DatelineError if a system cannot be
    loaded, or fails on a text.
    """
    source = f"corpus, split {listed.split or 'all'}"
    with tempfile.TemporaryDirectory(prefix="dateline-") as folder:
        for name, system in listed.systems.items():
            with contextlib.chdir(corpus.root):
                model = load_model(
                    system.model,
                    system.options,
                    corpus.ontology,
                    lambda: gold_of_corpus(corpus, listed.train_split),
                )
            out = Path(folder) / f"{name}.jsonl"
            record = run(
                system.model,
                model,
                gold.every_document(),
                source,
                out,
                secrets=known_secrets(system.options),
            )
            for document, reason in record.failed.items():
                raise DatelineError(f"{FILE}: {name} failed on {document}: {reason}")
            yield name, result_of(gold, out, system.title, system.note)
