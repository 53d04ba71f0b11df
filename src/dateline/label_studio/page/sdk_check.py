"""What would break the labelling page, as the SDK sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def page_errors(rows: Sequence[Mapping[str, Any]], config: str) -> list[str]:
    """What the SDK finds wrong with rows for this labelling configuration.

    It knows dangling relations, which break the page, and unknown labels; it knows no offsets.
    """
    from label_studio_sdk.label_interface.interface import LabelInterface  # noqa: PLC0415 (heavy)

    page: Any = LabelInterface(config)
    errors = page.validate_prediction({"result": list(rows)}, return_errors=True)
    return [str(error) for error in errors]
