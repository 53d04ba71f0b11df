"""The recipe ``spacy``: a pipeline that spaCy trains from a config that it generates."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from dateline.corpus.store import Corpus
from dateline.dataset.output_folder import replaced_folder
from dateline.errors import InvalidInputError, NotFoundError
from dateline.evaluation.gold import Gold
from dateline.evaluation.models.training_record import TrainingRecord
from dateline.extras import extra
from dateline.files.writing import sha256
from dateline.training.recipe import RecipeOptions, Run, Trained, refuse_empty, versions
from dateline.training.spacy_examples import (
    COMPONENTS,
    MAX_TOKENS,
    NER,
    SPANCAT,
    TEXTCAT,
    make_examples,
)

LANGUAGE = "language"
"""The column of documents that chooses the tokenizer."""
EVERY_LANGUAGE = "xx"
"""spaCy's name for a tokenizer of any language."""

EVALUATE_EVERY = 100
"""The number of batches between two scores on the validation split."""

SCORES = {NER: "ents_{}", SPANCAT: "spans_sc_{}", TEXTCAT: "cats_micro_{}"}
"""spaCy's names of precision, recall and F1 of a component."""


class SpacyOptions(RecipeOptions, frozen=True):
    """What to train on and how.

    ``base`` is an installed pipeline whose tokenizer, vocabulary and layer ``tok2vec`` are the
    start; empty for random weights. ``components`` are some of ``ner``, ``spancat`` and
    ``textcat_multilabel``, but not both of the first two. Training stops after ``max_steps``
    batches, or when the score on the validation split has not improved for ``patience`` batches.
    """

    components: tuple[str, ...] = (NER,)
    max_steps: int = 1000
    patience: int = 400


def train_spacy(corpus: Corpus, options: SpacyOptions, out: Path, log: IO[str]) -> TrainingRecord:
    """Train on the gold of a split, on the CPU, and write the best pipeline to the folder ``out``.

    Mentions and triggers are entities of ``ner``, or spans of ``spancat``; ``textcat_multilabel``
    gives sentences the acts of their claims. No other split is read than the two that ``options``
    names; equal gold and options give equal weights. spaCy reports its progress to ``log``. An
    earlier model in ``out`` is replaced, on success only.

    Raises MissingExtraError if spaCy is not installed, NotFoundError if there is no gold or no
    base, InvalidInputError if the splits are the same or have nothing to learn from or the
    components do not fit the corpus, and ConflictError if ``out`` has something else.
    """
    with extra("spacy"):
        import spacy  # noqa: PLC0415 (heavy and optional)
        from spacy.training.initialize import init_nlp  # noqa: PLC0415
        from spacy.training.loop import train  # noqa: PLC0415
    components = _checked_components(options.components, corpus)
    run = Run(corpus, options, out, by=(LANGUAGE,))
    start = _base(options.base) if options.base else spacy.blank(_language(run.train))
    config = _config(start, options, components)
    parts = {
        "train": make_examples(run.train, start, components),
        "dev": make_examples(run.validation, start, components),
    }
    refuse_empty(run.train, parts["train"].items, "item that spaCy can represent")
    refuse_empty(run.validation, parts["dev"].items, "item that spaCy can represent")
    with replaced_folder(out) as folder, tempfile.TemporaryDirectory(prefix="dateline-") as work:
        paths = {name: str(Path(work) / f"{name}.spacy") for name in parts}
        for name, examples in parts.items():
            examples.documents.to_disk(paths[name])
        pipeline = init_nlp(config.merge({"paths": paths}), use_gpu=-1)
        train(pipeline, Path(work), use_gpu=-1, stdout=log, stderr=log)
        best = spacy.load(Path(work) / "model-best")
        best.config["paths"].update(config["paths"])  # the examples are deleted
        best.to_disk(folder)
        trained = Trained(
            config_sha256=sha256(config.to_str().encode()),
            used=[(part.items, part.left_out) for part in parts.values()],
            scores=_scores(best.meta["performance"], components),
            packages=_packages(start, options),
            hardware="CPU",
        )
        return run.record("spacy", folder, trained)


def _checked_components(names: tuple[str, ...], corpus: Corpus) -> tuple[str, ...]:
    """The components in spaCy's order. Raises InvalidInputError if they do not fit."""
    for name in names:
        if name not in COMPONENTS:
            raise InvalidInputError(f"components has {name!r}. Allowed: {', '.join(COMPONENTS)}.")
    if not names or {NER, SPANCAT} <= {*names}:
        raise InvalidInputError(
            f"components is {', '.join(names) or 'empty'}. Choose at least one; {NER} and "
            f"{SPANCAT} learn the same items, so that one of them is enough."
        )
    if TEXTCAT in names and not corpus.ontology.claimers:
        raise InvalidInputError(
            f"components has {TEXTCAT}, but the ontology declares no claimers that are not "
            "mentions, which claims of whole sentences would have."
        )
    return tuple(name for name in COMPONENTS if name in names)


def _scores(performance: Mapping[str, Any], components: tuple[str, ...]) -> dict[str, float]:
    return {
        f"{component}_{rate}": performance[SCORES[component].format(rate)] or 0.0
        for component in components
        for rate in "prf"
    }


def _base(name: str) -> Any:
    """The pipeline to start from. Raises NotFoundError or InvalidInputError if it cannot be."""
    import spacy  # noqa: PLC0415

    try:
        pipeline = spacy.load(name)
    except OSError as error:
        reason = str(error).partition("\n")[0]  # more lines are Python to copy
        raise NotFoundError(
            f"base: the spaCy pipeline {name!r} cannot be loaded: {reason} Install its package and "
            "use the name that Python imports."
        ) from None
    if "tok2vec" not in pipeline.component_names:
        raise InvalidInputError(f'base: the spaCy pipeline {name!r} has no component "tok2vec".')
    return pipeline


def _language(gold: Gold) -> str:
    """The name in spaCy of the language of all documents, or for any language."""
    from spacy.util import find_matching_language  # noqa: PLC0415

    names = {language for (language,) in gold.fields[LANGUAGE].values()}
    found = find_matching_language(names.pop()) if len(names) == 1 else None
    return found or EVERY_LANGUAGE


def _config(start: Any, options: SpacyOptions, components: tuple[str, ...]) -> Any:
    """What `spacy init config` writes for these components on the CPU, with these options."""
    from spacy.cli.init_config import init_config  # noqa: PLC0415

    config = init_config(lang=start.lang, pipeline=[*components], optimize="efficiency", gpu=False)
    config["system"]["seed"] = options.seed
    config["training"] |= {
        "max_steps": options.max_steps,
        "patience": options.patience,
        "eval_frequency": min(EVALUATE_EVERY, options.max_steps),
    }
    made = config["components"]
    if SPANCAT in components:
        made[SPANCAT]["suggester"]["sizes"] = [*range(1, MAX_TOKENS + 1)]
    if options.base:
        if "tok2vec" in made:
            made["tok2vec"] = {"source": options.base}
        width = start.get_pipe("tok2vec").model.get_dim("nO")
        for component in {NER, SPANCAT} & {*components}:
            made[component]["model"]["tok2vec"]["width"] = width
        config["initialize"]["before_init"] = {
            "@callbacks": "spacy.copy_from_base_model.v1",
            "tokenizer": options.base,
            "vocab": options.base,
        }
    return config


def _packages(start: Any, options: SpacyOptions) -> Mapping[str, str]:
    """Versions of what has an influence on the weights."""
    found = versions(("spacy", "thinc", "numpy"))
    return found | ({options.base: start.meta["version"]} if options.base else {})
