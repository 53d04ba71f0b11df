"""The recipe ``gliner``: a GLiNER model that is trained further on mentions."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from dateline.corpus.store import Corpus, canonical_json
from dateline.dataset.output_folder import replaced_folder
from dateline.errors import InvalidInputError
from dateline.evaluation.columns.scoring_input import ScoringInput
from dateline.evaluation.gold import Gold
from dateline.evaluation.measures.groups import GROUPS
from dateline.evaluation.models.gliner import Gliner, asked_types, pretrained
from dateline.evaluation.models.training_record import TrainingRecord
from dateline.evaluation.scoring import score_groups
from dateline.extras import extra
from dateline.files.writing import sha256
from dateline.predictions.prediction import Prediction
from dateline.training.gliner_examples import gliner_examples
from dateline.training.recipe import RecipeOptions, Run, Trained, refuse_empty, versions
from dateline.training.trainer import device_name, epoch_log, quiet

PACKAGES = ("accelerate", "gliner", "numpy", "tokenizers", "torch", "transformers")


class GlinerOptions(RecipeOptions, frozen=True):
    """What to train on and how.

    ``base`` is a folder with a GLiNER model, or a name on the Hugging Face Hub. ``batch_size`` is a
    number of sentences. The weights after the epoch with the lowest loss on the validation split
    are kept.
    """

    epochs: int = 5
    batch_size: int = 8
    learning_rate: float = 1e-5


def train_gliner(corpus: Corpus, options: GlinerOptions, out: Path, log: IO[str]) -> TrainingRecord:
    """Train on the mentions of a split, on the fastest device, and write the model to ``out``.

    Uses GLiNER's own trainer. The model is asked for the titles of the types of mentions. No other
    split is read than the two that ``options`` names. The loss of each epoch is written to ``log``.
    An earlier model in ``out`` is replaced, on success only.

    Raises MissingExtraError if GLiNER is not installed with what it needs, NotFoundError without
    gold or if the base cannot be loaded, InvalidInputError if the splits are the same or have
    nothing to learn from, and ConflictError if ``out`` has something else.
    """
    if not options.base:
        raise InvalidInputError("base is empty. Name a model to start from.")
    with extra("gliner"):
        import accelerate  # noqa: F401, PLC0415 (heavy and optional)
    types = asked_types(corpus.ontology)
    run = Run(corpus, options, out)
    model = pretrained(options.base)
    left_out = Counter[str](), Counter[str]()
    titles = {name: title for title, name in types.items()}
    limits = model.config.max_len, model.config.max_width
    train, validation = (
        gliner_examples(gold, model.data_processor.words_splitter, titles, limits, counts)
        for gold, counts in zip((run.train, run.validation), left_out, strict=True)
    )
    refuse_empty(run.train, train.items, "mention that GLiNER can represent")
    refuse_empty(run.validation, validation.items, "mention that GLiNER can represent")
    with quiet(), replaced_folder(out) as folder:
        settings = _settings(options)
        device = _fit(model, train.examples, validation.examples, settings, log)
        model.save_pretrained(folder)
        config = {**model.config.to_dict(), "model_name": None}  # may be a place on this machine
        trained = Trained(
            config_sha256=sha256(canonical_json({"model": config, "trainer": settings})),
            used=[(train.items, left_out[0]), (validation.items, left_out[1])],
            scores=_scores(Gliner(model.eval(), "", types), run.validation),
            packages=versions(PACKAGES),
            hardware=device,
        )
        return run.record("gliner", folder, trained)


def _settings(options: GlinerOptions) -> dict[str, Any]:
    return {
        "seed": options.seed,
        "max_steps": -1,
        "num_train_epochs": options.epochs,
        "per_device_train_batch_size": options.batch_size,
        "per_device_eval_batch_size": options.batch_size,
        "learning_rate": options.learning_rate,
        "dataloader_num_workers": 0,
        "eval_strategy": "epoch",
        "save_strategy": "epoch",
        "save_only_model": True,
        "save_total_limit": 1,
        "load_best_model_at_end": True,
        "metric_for_best_model": "eval_loss",
        "logging_strategy": "no",
        "disable_tqdm": True,
        "dataloader_pin_memory": False,
    }


def _fit(
    model: Any,
    train: list[dict[str, Any]],
    validation: list[dict[str, Any]],
    settings: Mapping[str, Any],
    log: IO[str],
) -> str:
    """Train in place, keep the weights with the lowest loss, and return the device's name."""
    import transformers  # noqa: PLC0415 (heavy and optional)
    from gliner.training import Trainer  # noqa: PLC0415

    transformers.set_seed(settings["seed"])
    with tempfile.TemporaryDirectory(prefix="dateline-") as work:
        trainer = Trainer(
            model=model,
            args=model.create_training_args(work, **settings),
            train_dataset=train,
            eval_dataset=validation,
            data_collator=model._create_data_collator(),
            processing_class=model.data_processor.transformer_tokenizer,
        )
        trainer.remove_callback(transformers.PrinterCallback)
        trainer.add_callback(epoch_log("gliner", log, "eval_loss", "loss"))
        trainer.train()
    return device_name(trainer.args.device)


def _scores(model: Gliner, gold: Gold) -> dict[str, float]:
    """Precision, recall and F1 of mentions by the measure strict, as `dateline score` counts."""
    found = [one for one in model.predict([*gold.documents]) if isinstance(one, Prediction)]
    report = score_groups(gold, [ScoringInput(gold, found)], [GROUPS["entities"]])
    total = report.score("entities", "strict").total
    return {
        f"entities_strict_{rate}": (getattr(total, rate) if total else None) or 0.0
        for rate in ("precision", "recall", "f1")
    }
