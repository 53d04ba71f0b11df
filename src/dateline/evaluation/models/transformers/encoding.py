"""Sentences as inputs of a model, with the offsets of its tokens; and running the model on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dateline.errors import InvalidInputError, NotFoundError
from dateline.extras import extra
from dateline.model import Range
from dateline.text import redacted

BATCH = 32
"""The number of inputs that a model reads at once."""

LONGEST = 512
"""Tokens of an input, if neither the tokenizer nor the model has a limit."""

Input = dict[str, Any]
"""Numbers of tokens, ``input_ids``, and what else the model reads of them."""


class Inputs(NamedTuple):
    """Inputs of a model for sentences, of which long ones are cut into several.

    ``sentence`` has the number of each input's sentence; ``offsets`` those of its tokens in the
    sentence, without spaces around, and empty for tokens that the tokenizer adds.
    """

    inputs: list[Input]
    sentence: list[int]
    offsets: list[list[Range]]


def encode(tokenizer: Any, sentences: Sequence[str], max_length: int) -> Inputs:
    """Encode sentences as inputs of at most ``max_length`` tokens."""
    if not sentences:
        return Inputs([], [], [])
    encoded = tokenizer(
        list(sentences),
        truncation=True,
        max_length=max_length,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
    )
    sentence = encoded.pop("overflow_to_sample_mapping")
    offsets = [
        [_trimmed(sentences[number], start, end) for start, end in row]
        for number, row in zip(sentence, encoded.pop("offset_mapping"), strict=True)
    ]
    rows = [dict(zip(encoded, row, strict=True)) for row in zip(*encoded.values(), strict=True)]
    return Inputs(rows, list(sentence), offsets)


def _trimmed(text: str, start: int, end: int) -> Range:
    """Some tokenizers count the space before a word as a part of it."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


class Classifier:
    """A model that classifies tokens or texts, with its tokenizer, on the fastest device.

    ``labels`` are its classes in order, and ``max_length`` the most tokens that it reads.
    """

    def __init__(self, model: Any, tokenizer: Any) -> None:
        import torch  # noqa: PLC0415 (heavy and optional)

        found = (
            torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
        )
        self._model = model.to(found or "cpu").eval()
        self.tokenizer = tokenizer
        self.labels = tuple(model.config.id2label[n] for n in range(model.config.num_labels))
        self.max_length = longest_input(tokenizer, model.config)

    def logits(self, inputs: Sequence[Input]) -> Iterator[npt.NDArray[np.floating[Any]]]:
        """The logits of inputs in batches; those of tokens are padded to the longest of a batch."""
        import torch  # noqa: PLC0415

        for first in range(0, len(inputs), BATCH):
            batch = self.tokenizer.pad(inputs[first : first + BATCH], return_tensors="pt").to(
                self._model.device
            )
            with torch.inference_mode():
                yield self._model(**batch).logits.float().cpu().numpy()


def probabilities(logits: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """The probabilities of classes, the last axis, from their logits."""
    powers = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    found: npt.NDArray[np.float64] = powers / powers.sum(axis=-1, keepdims=True)
    return found


def longest_input(tokenizer: Any, config: Any) -> int:
    """The most tokens that a model reads."""
    positions = getattr(config, "max_position_embeddings", None) or LONGEST
    return int(min(tokenizer.model_max_length, positions, LONGEST))


def pretrained(auto: str, source: str, **settings: Any) -> tuple[Any, Any]:
    """A model and its tokenizer: ``source`` is a folder, or a name on the Hugging Face Hub.

    ``auto`` is the class of Transformers to load the model with. Raises MissingExtraError if
    Transformers is not installed, NotFoundError if the model cannot be loaded, and
    InvalidInputError if its tokenizer has no offsets.
    """
    with extra("transformers"):
        import torch  # noqa: F401, PLC0415 (heavy and optional)
        import transformers  # noqa: PLC0415
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(source)
        model = getattr(transformers, auto).from_pretrained(source, **settings)
    except (OSError, ValueError) as error:
        raise NotFoundError(
            f"the model {source!r} cannot be loaded with Transformers: {redacted(error, ())} Use "
            "a folder with a model and its tokenizer, or a name on the Hugging Face Hub."
        ) from None
    if not tokenizer.is_fast:
        raise InvalidInputError(
            f"the tokenizer of {source!r} is not a fast one, and gives no offsets. Choose another "
            "model."
        )
    return model, tokenizer
