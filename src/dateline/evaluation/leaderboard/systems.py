"""Systems that the maintainers run themselves, as `benchmarks/systems.toml` lists them."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.evaluation.gold import Gold, gold_of_corpus, texts_of_gold
from dateline.evaluation.leaderboard.results import Result, result_of
from dateline.evaluation.models.interface import make_model
from dateline.evaluation.models.run import run
from dateline.model import Struct

FILE = "benchmarks/systems.toml"


class System(Struct, frozen=True):
    """A model with its options, and what a reader of its scores has to know."""

    title: str
    model: str
    options: Mapping[str, str] = {}
    note: str = ""


class Systems(Struct, frozen=True):
    """What is run, on which split, and the two annotators whose agreement is the ceiling.

    ``note`` stands above the scores.
    """

    systems: Mapping[str, System] = {}
    split: str | None = None
    train_split: str = "train"
    ceiling: tuple[str, str] | None = None
    note: str = ""


def read_systems(corpus: Corpus) -> Systems:
    """The list of a corpus; empty where it has none. Raises DatelineError where it is malformed."""
    path = corpus.root / FILE
    if not path.is_file():
        return Systems()
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Systems)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DatelineError(f"{FILE}: is no list of systems: {error}.") from None


def run_systems(corpus: Corpus, listed: Systems, gold: Gold) -> Iterator[tuple[str, Result]]:
    """Let each system predict the texts of the gold, and score it.

    File names in options begin at the corpus. Raises DatelineError where a system cannot be
    made, or fails on a text.
    """
    texts = list(texts_of_gold(gold))
    source = f"corpus, split {listed.split or 'all'}"
    with tempfile.TemporaryDirectory(prefix="dateline-") as folder:
        for name, system in listed.systems.items():
            with contextlib.chdir(corpus.root):
                model = make_model(
                    system.model,
                    system.options,
                    corpus.ontology,
                    lambda: gold_of_corpus(corpus, listed.train_split),
                )
            out = Path(folder) / f"{name}.jsonl"
            record = run(system.model, model, texts, source, out)
            for document, reason in record.failed.items():
                raise DatelineError(f"{FILE}, {name}: failed on {document}: {reason}")
            yield name, result_of(gold, out, system.title, system.note)
