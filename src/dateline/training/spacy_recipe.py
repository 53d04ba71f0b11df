"""The recipe ``spacy``: a named entity recognizer, trained by spaCy from a generated config."""

from __future__ import annotations

import platform
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import msgspec

from dateline.corpus.store import Corpus, canonical_json
from dateline.dataset.output_folder import replaced_folder
from dateline.errors import ConflictError, InvalidInputError, NotFoundError
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.gold import Gold, gold_of_corpus
from dateline.evaluation.models.training_record import FILE, TrainingData, TrainingRecord
from dateline.evaluation.signature import sign
from dateline.extras import extra
from dateline.files.writing import sha256
from dateline.model import Struct
from dateline.training.spacy_examples import Examples, make_examples

LANGUAGE = "language"
"""The column of documents that chooses the tokenizer."""
EVERY_LANGUAGE = "xx"
"""spaCy's name for a tokenizer of any language."""

EVALUATE_EVERY = 100
"""The number of batches between two scores on the validation split."""


class SpacyOptions(Struct, frozen=True):
    """What to train on and how.

    ``base`` is an installed pipeline whose tokenizer, vocabulary and layer ``tok2vec`` are the
    start; empty for random weights. Training stops after ``max_steps`` batches, or when the score
    on the validation split has not improved for ``patience`` batches.
    """

    split: str = "train"
    validation_split: str = "validation"
    base: str = ""
    seed: int = 13
    max_steps: int = 1000
    patience: int = 400


def train_spacy(corpus: Corpus, options: SpacyOptions, out: Path, log: IO[str]) -> TrainingRecord:
    """Train on the gold of a split, on the CPU, and write the best pipeline to the folder ``out``.

    Mentions and triggers are entities of one component ``ner``. No other split is read than the two
    that ``options`` names; equal gold and options give equal weights. spaCy reports its progress to
    ``log``. An earlier model in ``out`` is replaced, on success only.

    Raises MissingExtraError if spaCy is not installed, NotFoundError if there is no gold or no
    base, InvalidInputError if the splits are the same or have nothing to learn from, and
    ConflictError if ``out`` has something else.
    """
    with extra("spacy"):
        import spacy  # noqa: PLC0415 (heavy and optional)
        from spacy.training.initialize import init_nlp  # noqa: PLC0415
        from spacy.training.loop import train  # noqa: PLC0415
    if options.split == options.validation_split:
        raise InvalidInputError(
            f"validation_split is {options.split!r}, which is the training split. Name another."
        )
    _refuse_other_content(out)
    gold = gold_of_corpus(corpus, options.split, by=(LANGUAGE,))
    validation = gold_of_corpus(corpus, options.validation_split)
    started, clock = datetime.now(UTC), time.perf_counter()
    start = _base(options.base) if options.base else spacy.blank(_language(gold))
    config = _config(start, options)
    parts = {"train": (gold, make_examples(gold, start))}
    parts["dev"] = validation, make_examples(validation, start)
    with replaced_folder(out) as folder, tempfile.TemporaryDirectory(prefix="dateline-") as work:
        paths = {name: str(Path(work) / f"{name}.spacy") for name in parts}
        for name, (part, examples) in parts.items():
            _refuse_empty(part, examples)
            examples.documents.to_disk(paths[name])
        pipeline = init_nlp(config.merge({"paths": paths}), use_gpu=-1)
        train(pipeline, Path(work), use_gpu=-1, stdout=log, stderr=log)
        best = spacy.load(Path(work) / "model-best")
        best.config["paths"].update(config["paths"])  # the examples are deleted
        best.to_disk(folder)
        scores = best.meta["performance"]
        record = TrainingRecord(
            recipe="spacy",
            settings=msgspec.to_builtins(options),
            config_sha256=sha256(config.to_str().encode()),
            corpus=gold.name,
            version=gold.version,
            ontology=f"{gold.ontology.title} {gold.ontology.version}",
            train=_data(*parts["train"]),
            validation=_data(*parts["dev"]),
            scores={name: round(scores[f"ents_{name}"], 6) for name in ("p", "r", "f")},
            packages=_packages(start, options),
            hardware=f"CPU, {platform.machine()}, {platform.system()}",
            started=started.isoformat(timespec="seconds"),
            seconds=round(time.perf_counter() - clock, 1),
        )
        (folder / FILE).write_bytes(canonical_json(record))
    return record


def _base(name: str) -> Any:
    """The pipeline to start from. Raises NotFoundError or InvalidInputError if it cannot be."""
    import spacy  # noqa: PLC0415

    try:
        pipeline = spacy.load(name)
    except OSError as error:
        raise NotFoundError(
            f"base: the spaCy pipeline {name!r} cannot be loaded: {error} Install its package and "
            "use the name that Python imports."
        ) from None
    if "tok2vec" not in pipeline.component_names:
        raise InvalidInputError(f'base: the spaCy pipeline {name!r} has no component "tok2vec".')
    return pipeline


def _language(gold: Gold) -> str:
    """The name in spaCy of the language of all documents, or for any language."""
    from spacy.util import find_matching_language  # noqa: PLC0415

    names = set(gold.fields[LANGUAGE].values())
    found = find_matching_language(names.pop()) if len(names) == 1 else None
    return found or EVERY_LANGUAGE


def _config(start: Any, options: SpacyOptions) -> Any:
    """What `spacy init config` writes for a recognizer on the CPU, with these options."""
    from spacy.cli.init_config import init_config  # noqa: PLC0415

    config = init_config(lang=start.lang, pipeline=["ner"], optimize="efficiency", gpu=False)
    config["system"]["seed"] = options.seed
    config["training"] |= {
        "max_steps": options.max_steps,
        "patience": options.patience,
        "eval_frequency": min(EVALUATE_EVERY, options.max_steps),
    }
    if options.base:
        config["components"]["tok2vec"] = {"source": options.base}
        width = start.get_pipe("tok2vec").model.get_dim("nO")
        config["components"]["ner"]["model"]["tok2vec"]["width"] = width
        config["initialize"]["before_init"] = {
            "@callbacks": "spacy.copy_from_base_model.v1",
            "tokenizer": options.base,
            "vocab": options.base,
        }
    return config


def _refuse_empty(gold: Gold, examples: Examples) -> None:
    if not examples.items:
        raise InvalidInputError(
            f"the split {gold.split!r} has no mention or trigger that spaCy can represent."
        )


def _data(gold: Gold, examples: Examples) -> TrainingData:
    return TrainingData(
        split=gold.split or "all",
        gold=sign(gold, ScoringInput(gold, ()), ()).gold,
        documents=tuple(document.id for document in gold.documents),
        items=examples.items,
        left_out=dict(examples.left_out),
    )


def _packages(start: Any, options: SpacyOptions) -> Mapping[str, str]:
    """Versions of what has an influence on the weights."""
    found = {"python": platform.python_version()}
    found |= {name: version(name) for name in ("dateline", "spacy", "thinc", "numpy")}
    return found | ({options.base: start.meta["version"]} if options.base else {})


def _refuse_other_content(out: Path) -> None:
    if out.exists() and not (out / FILE).is_file() and (out.is_file() or any(out.iterdir())):
        raise ConflictError(
            f"{out}: was not written by `dateline train`, and would be replaced. Choose another "
            "output folder, or remove this one."
        )
