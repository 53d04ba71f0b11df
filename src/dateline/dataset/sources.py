"""Datasets by what a user names: a folder, or a name on the Hugging Face Hub."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from dateline.dataset.stored import DEFAULT_CONFIG
from dateline.errors import NotFoundError, ServerError

HUB_NAME = re.compile(r"(?P<repository>\w[\w.-]*/\w[\w.-]*)(?:@(?P<revision>[\w./-]+))?")


def is_hub_name(source: str | Path) -> bool:
    """Whether this is ORG/NAME or ORG/NAME@REVISION, and not the path of a file."""
    return (
        isinstance(source, str)
        and not Path(source).exists()
        and HUB_NAME.fullmatch(source) is not None
    )


@contextlib.contextmanager
def local_folder(source: str | Path, configs: Sequence[str] = (DEFAULT_CONFIG,)) -> Iterator[Path]:
    """The folder at a path, or that of a downloaded dataset while the context is open.

    Of a dataset on the Hub, only these configs are downloaded. Raises NotFoundError or ServerError
    as `download.downloaded`.
    """
    if not is_hub_name(source):
        yield Path(source)
        return
    from dateline.dataset.download import downloaded  # noqa: PLC0415 (slow to import)

    try:
        with downloaded(str(source), configs) as folder:
            yield folder
    except (NotFoundError, ServerError) as error:
        message = f"there is no folder {source}, so it was taken for a dataset on the Hub"
        raise type(error)(f"{message}: {error}") from None
