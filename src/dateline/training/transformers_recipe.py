"""The recipe ``transformers``: a tagger of mentions and triggers, and a classifier of roles."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from dateline.corpus.store import Corpus, canonical_json
from dateline.dataset.output_folder import replaced_folder
from dateline.errors import InvalidInputError
from dateline.evaluation.gold import Gold
from dateline.evaluation.models.training_record import TrainingRecord
from dateline.evaluation.models.transformers.encoding import longest_input, pretrained
from dateline.evaluation.models.transformers.model import ROLES, TAGGER
from dateline.evaluation.models.transformers.roles import NO_ROLE
from dateline.evaluation.report import rates
from dateline.evaluation.tag_scoring import trainer_metrics
from dateline.extras import extra
from dateline.files.writing import sha256
from dateline.training.recipe import RecipeOptions, Run, Trained, refuse_empty, versions
from dateline.training.trainer import device_name, epoch_log, quiet
from dateline.training.transformers_examples import (
    RoleExamples,
    TagExamples,
    role_examples,
    tag_examples,
    tags_of,
)

PACKAGES = ("accelerate", "numpy", "tokenizers", "torch", "transformers")


class TransformersOptions(RecipeOptions, frozen=True):
    """What to train on and how.

    ``base`` is a folder with a model and its tokenizer, or a name on the Hugging Face Hub.
    ``batch_size`` is a number of sentences, ``max_length`` of tokens in one input; longer sentences
    are cut into several. The weights after the epoch with the best F1 on the validation split are
    kept.
    """

    epochs: int = 10
    batch_size: int = 16
    learning_rate: float = 5e-5
    max_length: int = 256


def train_transformers(
    corpus: Corpus, options: TransformersOptions, out: Path, log: IO[str]
) -> TrainingRecord:
    """Train on the gold of a split, on the fastest device, and write the models to ``out``.

    The folder has ``tagger``, a token classifier of mentions and triggers, and if there are
    arguments in both splits ``roles``, a text classifier of pairs of trigger and mention. No other
    split is read than the two that ``options`` names. The F1 of each epoch is written to ``log``.
    An earlier model in ``out`` is replaced, on success only.

    Raises MissingExtraError if Transformers is not installed, NotFoundError if there is no gold or
    the base cannot be loaded, InvalidInputError if the splits are the same or have nothing to learn
    from, and ConflictError if ``out`` has something else.
    """
    if not options.base:
        raise InvalidInputError("base is empty. Name a model to start from.")
    with extra("transformers"):
        import accelerate  # noqa: F401, PLC0415 (heavy and optional)
        import torch  # noqa: F401, PLC0415
        import transformers  # noqa: F401, PLC0415
    run = Run(corpus, options, out)
    gold = run.train, run.validation
    left_out = Counter[str](), Counter[str]()
    with quiet(), replaced_folder(out) as folder:
        fitted = [_fit_tagger(gold, left_out, options, folder, log)]
        if run.train.ontology.roles:
            fitted += _fit_roles(gold, left_out, options, folder, log)
        trained = Trained(
            config_sha256=sha256(canonical_json({"models": [one.config for one in fitted]})),
            used=[(sum(one.items[n] for one in fitted), left_out[n]) for n in range(2)],
            scores={name: score for one in fitted for name, score in one.scores.items()},
            packages=versions(PACKAGES) | fitted[0].revision,
            hardware=fitted[0].device,
        )
        return run.record("transformers", folder, trained)


class _Fitted(NamedTuple):
    """A model that was trained: its configuration and trainer's, and what the record has of it.

    ``items`` are the numbers of both splits; ``revision`` is that of a base on the Hub.
    """

    config: Mapping[str, Any]
    items: tuple[int, int]
    scores: Mapping[str, float]
    revision: dict[str, str]
    device: str


def _fit_tagger(
    gold: tuple[Gold, Gold],
    left_out: tuple[Counter[str], Counter[str]],
    options: TransformersOptions,
    folder: Path,
    log: IO[str],
) -> _Fitted:
    import transformers  # noqa: PLC0415 (heavy and optional)

    tags = tags_of(gold[0])
    model, tokenizer = _start("AutoModelForTokenClassification", tags.names, options)
    train, validation = (
        tag_examples(part, tokenizer, tokenizer.model_max_length, tags, counts)
        for part, counts in zip(gold, left_out, strict=True)
    )
    for part, examples in zip(gold, (train, validation), strict=True):
        refuse_empty(part, examples.items, "mention or trigger that tags can represent")
    metrics = trainer_metrics(tags.names, validation.offsets, validation.gold)
    return _fit(
        model,
        tokenizer,
        transformers.DataCollatorForTokenClassification(tokenizer),
        (train, validation),
        lambda prediction: _strict(metrics(prediction)),
        options,
        folder / TAGGER,
        log,
    )


def _fit_roles(
    gold: tuple[Gold, Gold],
    left_out: tuple[Counter[str], Counter[str]],
    options: TransformersOptions,
    folder: Path,
    log: IO[str],
) -> list[_Fitted]:
    """The classifier of roles; none if one of the splits has no arguments to learn from."""
    import transformers  # noqa: PLC0415

    labels = NO_ROLE, *sorted(gold[0].ontology.roles)
    model, tokenizer = _start("AutoModelForSequenceClassification", labels, options)
    train, validation = (
        role_examples(part, tokenizer, tokenizer.model_max_length, labels, counts)
        for part, counts in zip(gold, left_out, strict=True)
    )
    if not (train.items and validation.items):
        return []
    collator = transformers.DataCollatorWithPadding(tokenizer)
    return [
        _fit(
            model, tokenizer, collator, (train, validation), _role_metrics, options, folder / ROLES,
            log,
        )
    ]  # fmt: skip


def _start(auto: str, labels: Sequence[str], options: TransformersOptions) -> tuple[Any, Any]:
    """The base with a new layer for these labels, and its tokenizer."""
    import transformers  # noqa: PLC0415

    transformers.set_seed(options.seed)
    model, tokenizer = pretrained(
        auto,
        options.base,
        num_labels=len(labels),
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
        ignore_mismatched_sizes=True,  # a base may have been trained for other labels
    )
    # Saved with the tokenizer, for prediction.
    limit = longest_input(tokenizer, model.config)
    tokenizer.model_max_length = min(limit, options.max_length)
    return model, tokenizer


def _fit(
    model: Any,
    tokenizer: Any,
    collator: Any,
    examples: tuple[TagExamples | RoleExamples, TagExamples | RoleExamples],
    metrics: Callable[[Any], Mapping[str, float]],
    options: TransformersOptions,
    folder: Path,
    log: IO[str],
) -> _Fitted:
    """Train, and save the weights of the epoch with the best F1 on the validation split."""
    import transformers  # noqa: PLC0415

    settings = {
        "seed": options.seed,
        "num_train_epochs": options.epochs,
        "per_device_train_batch_size": options.batch_size,
        "per_device_eval_batch_size": options.batch_size,
        "learning_rate": options.learning_rate,
        "eval_strategy": "epoch",
        "save_strategy": "epoch",
        "save_only_model": True,
        "save_total_limit": 1,
        "load_best_model_at_end": True,
        "metric_for_best_model": "f1",
        "logging_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
        "dataloader_pin_memory": False,
    }
    train, validation = examples
    with tempfile.TemporaryDirectory(prefix="dateline-") as work:
        trainer = transformers.Trainer(
            model=model,
            args=transformers.TrainingArguments(output_dir=work, **settings),
            data_collator=collator,
            train_dataset=train.inputs,
            eval_dataset=validation.inputs,
            compute_metrics=metrics,
            preprocess_logits_for_metrics=lambda logits, _: logits.argmax(-1),
        )
        trainer.remove_callback(transformers.PrinterCallback)
        trainer.add_callback(epoch_log(folder.name, log))
        trainer.train()
    best = max(
        (entry for entry in trainer.state.log_history if "eval_f1" in entry),
        key=lambda entry: entry["eval_f1"],
    )
    trainer.model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    revision = getattr(model.config, "_commit_hash", None)
    config = {**model.config.to_dict(), "_name_or_path": None}  # a place on this machine
    return _Fitted(
        config={"model": config, "trainer": settings},
        items=(train.items, validation.items),
        scores={
            f"{folder.name}_{rate}": best[f"eval_{rate}"] for rate in ("precision", "recall", "f1")
        },
        revision={options.base: revision} if revision else {},
        device=device_name(trainer.args.device),
    )


def _strict(found: Mapping[str, float]) -> Mapping[str, float]:
    return {rate: found[f"strict_{rate}"] for rate in ("precision", "recall", "f1")}


def _role_metrics(prediction: Any) -> Mapping[str, float]:
    """Precision, recall and F1 of roles, not of pairs without one; 0 if undefined."""
    gold, predicted = np.asarray(prediction.label_ids), np.asarray(prediction.predictions)
    right = float(((gold == predicted) & (gold > 0)).sum())
    found = rates(np.array([right, (gold > 0).sum(), right, (predicted > 0).sum()], np.float64))
    return {name: getattr(found, name) or 0.0 for name in ("precision", "recall", "f1")}
