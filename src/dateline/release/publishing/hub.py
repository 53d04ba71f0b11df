"""A dataset's repository on the Hugging Face Hub: looking at it, and changing it.

What goes wrong there becomes a DatelineError with the hint. The token is given to the client and to
nothing else, and stands in no message.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, errors
from huggingface_hub.hf_api import RepoFile

from dateline.errors import DatelineError, ServerError
from dateline.model import Struct

MAIN = "main"
OWN = frozenset({".gitattributes"})
"""Files that the Hub keeps itself."""

# Whichever HTTP library the client uses, its errors are known by this name.
_TransportError: type[Exception] = vars(errors)["HTTPError"]


class HubUnreachableError(ServerError):
    """The Hub does not answer."""


class Remote(Struct, frozen=True):
    """A repository as it is: head commit, tags by name, and the files of the head.

    A file's id is the SHA-256 of its content where it is large, and git's id of it where not.
    """

    head: str
    private: bool
    tags: Mapping[str, str]
    files: Mapping[str, str]


class Hub:
    """One dataset repository, as seen with a token; without one, as anybody sees it."""

    def __init__(self, repository: str, token: str | None) -> None:
        """Raises DatelineError where the name is not of the form ORG/NAME."""
        self.name = repository
        if "/" not in repository:
            raise self._misnamed()
        self._api = HfApi(endpoint=os.environ.get("HF_ENDPOINT"), token=token or False)

    @property
    def endpoint(self) -> str:
        """The address of the Hub."""
        return self._api.endpoint

    def look(self) -> Remote | None:
        """The repository; None where there is none, or none that the token may see."""
        with self._faults():
            try:
                found = self._api.repo_info(self.name, repo_type="dataset", revision=MAIN)
            except errors.RepositoryNotFoundError as error:
                if error.response.status_code == 401 and self._api.token:
                    raise
                return None
            refs = self._api.list_repo_refs(self.name, repo_type="dataset")
        return Remote(
            head=str(found.sha),
            private=bool(found.private),
            tags={tag.name: tag.target_commit for tag in refs.tags},
            files=self.files(str(found.sha)),
        )

    def files(self, commit: str) -> Mapping[str, str]:
        """The ids of the files of a commit, but for those that the Hub keeps itself."""
        with self._faults():
            entries = self._api.list_repo_tree(
                self.name, recursive=True, revision=commit, repo_type="dataset"
            )
            return {
                entry.path: entry.lfs.sha256 if entry.lfs else entry.blob_id
                for entry in entries
                if isinstance(entry, RepoFile) and entry.path not in OWN
            }

    def create(self, *, private: bool) -> None:
        """Make the repository."""
        with self._faults():
            self._api.create_repo(self.name, repo_type="dataset", private=private)

    def commit(
        self, folder: Path, paths: Iterable[str], gone: Iterable[str], parent: str, message: str
    ) -> str:
        """One commit onto ``parent`` that adds files and removes others, or nothing; its id."""
        operations: list[CommitOperationAdd | CommitOperationDelete] = [
            CommitOperationAdd(path_in_repo=path, path_or_fileobj=folder / path) for path in paths
        ]
        operations += [CommitOperationDelete(path_in_repo=path) for path in gone]
        with self._faults():
            done = self._api.create_commit(
                self.name,
                operations,
                commit_message=message,
                repo_type="dataset",
                revision=MAIN,
                parent_commit=parent,
            )
        return str(done.oid)

    def tag(self, name: str, commit: str, message: str) -> None:
        """Tag a commit."""
        with self._faults():
            self._api.create_tag(
                self.name, tag=name, revision=commit, tag_message=message, repo_type="dataset"
            )

    @contextlib.contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except errors.HfHubHTTPError as error:
            raise DatelineError(f"{self.name}: {self._meaning(error)}") from None
        except errors.HFValidationError:
            raise self._misnamed() from None
        except errors.OfflineModeIsEnabled:
            raise HubUnreachableError(
                "HF_HUB_OFFLINE is set, so the Hub is not asked; unset it."
            ) from None
        except (_TransportError, ConnectionError) as error:
            raise HubUnreachableError(
                f"{self.endpoint}: cannot be reached: {error}. Run the command again when it can; "
                "what was uploaded is not sent twice."
            ) from None

    def _meaning(self, error: errors.HfHubHTTPError) -> str:
        status, said = error.response.status_code, error.server_message or "no reason given"
        match status:
            case 401:
                return (
                    f"{self.endpoint} does not accept the token. Set HF_TOKEN to one that may "
                    "write to this dataset."
                )
            case 403:
                return f"the token may not do this ({said}). Set HF_TOKEN to one that may."
            case 409:
                return f"is there already ({said}). Look at the Hub, and run the command again."
            case 412:
                return (
                    "somebody has committed to it just now, so nothing was changed. Look at what "
                    "that was, and run the command again."
                )
        return (
            f"{self.endpoint} answered {status} ({said}). Run the command again; what was "
            "uploaded is not sent twice."
        )

    def _misnamed(self) -> DatelineError:
        return DatelineError(f"«{self.name}»: is no name of a dataset; write it as ORG/NAME.")
