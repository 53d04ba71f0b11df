"""What recipes share that use the Trainer of Transformers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any


def epoch_log(name: str, log: IO[str], metric: str = "eval_f1", title: str = "F1") -> Any:
    """A callback of the trainer that writes a line for each epoch."""
    import transformers  # noqa: PLC0415

    class EpochLog(transformers.TrainerCallback):  # type: ignore[misc]
        def on_evaluate(
            self, _: Any, state: Any, _control: Any, metrics: Any, **_more: Any
        ) -> None:
            log.write(f"{name}, epoch {state.epoch:.0f}: {title} {metrics[metric]:.3f}\n")

    return EpochLog()


def device_name(device: Any) -> str:
    """The name of an accelerator, or of the kind of device."""
    import torch  # noqa: PLC0415

    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    return str(device.type).upper()


@contextmanager
def quiet() -> Iterator[None]:
    """Without the progress bars and reports of Transformers."""
    from transformers.utils import logging  # noqa: PLC0415

    before, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if bars:
            logging.enable_progress_bar()
