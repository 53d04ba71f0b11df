"""Downloads a built dataset from the Hugging Face Hub."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from huggingface_hub import HfApi, errors, snapshot_download

from dateline.dataset.sources import HUB_NAME
from dateline.dataset.stored import CARD, COMMITMENT, DEFAULT_CONFIG, ONTOLOGY, shown
from dateline.errors import DatelineError, InvalidInputError, NotFoundError, ServerError

TIMEOUT = 10.0
"""Seconds to wait for the Hub before the cache is used."""

# The class depends on the HTTP library that the client uses.
_TransportError: type[Exception] = vars(errors)["HTTPError"]


@contextlib.contextmanager
def downloaded(name: str, configs: Sequence[str] = (DEFAULT_CONFIG,)) -> Iterator[Path]:
    """The folder with a dataset ORG/NAME or ORG/NAME@REVISION, while the context is open.

    It has the card, the ontology, the commitment to withheld labels if there is one, and the tables
    of these configs.

    A revision is a branch, a tag or a commit; without one it is the main branch. Files that are in
    the cache of the Hub's client are not downloaded again, and are used if the Hub cannot be
    reached. Raises NotFoundError if there is no such dataset or revision, and ServerError if it
    cannot be downloaded. Errors about the folder that are raised in the context name the dataset.
    """
    found = HUB_NAME.fullmatch(name)
    if found is None:
        raise NotFoundError(f'"{name}" is not the name of a dataset. Expected ORG/NAME@REVISION.')
    with tempfile.TemporaryDirectory(prefix="dateline-") as folder:
        # The cache has links to files; the readers of datasets refuse links out of the folder.
        copy = shutil.copytree(
            _snapshot(found["repository"], found["revision"], configs), Path(folder) / "d"
        )
        try:
            yield copy
        except DatelineError as error:
            # The folder's name means nothing to anybody, and is gone.
            raise InvalidInputError(str(error).replace(str(copy), name)) from None


def _snapshot(repository: str, revision: str | None, configs: Sequence[str]) -> str:
    endpoint = os.environ.get("HF_ENDPOINT")
    unreachable = None
    try:
        try:
            # One request without retries: the download of a commit tries for a minute to list it.
            HfApi(endpoint=endpoint).dataset_info(repository, revision=revision, timeout=TIMEOUT)
        except (errors.RevisionNotFoundError, errors.RepositoryNotFoundError):
            raise
        except (OSError, _TransportError) as error:
            unreachable = error
        return snapshot_download(
            repository,
            repo_type="dataset",
            revision=revision,
            allow_patterns=[
                CARD,
                ONTOLOGY,
                COMMITMENT,
                *(f"{config}/*.parquet" for config in configs),
            ],
            endpoint=endpoint,
            local_files_only=unreachable is not None,
        )
    except errors.RevisionNotFoundError:
        raise NotFoundError(f"{repository}: has no revision {revision!r}.") from None
    except errors.RepositoryNotFoundError:
        raise NotFoundError(
            f"{repository}: there is no such dataset on the Hub, or it is private. For a private "
            "one, set HF_TOKEN."
        ) from None
    except errors.LocalEntryNotFoundError as error:
        # The client says at length what it looked for; what failed is the cause.
        reason = shown(unreachable or error.__cause__ or error)
        raise ServerError(
            f"{repository}: the Hub cannot be reached ({reason}), and the dataset "
            "is not in its cache. Check the connection, or name a folder."
        ) from None
    except (OSError, ValueError, _TransportError) as error:
        raise ServerError(f"{repository}: cannot be downloaded: {shown(error)}") from None
