"""A dataset repository on the Hugging Face Hub: reads and changes it.

Errors of the client become DatelineErrors with a hint. The token is passed to the client only, and
is removed from what the Hub and the client report.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, errors
from huggingface_hub.hf_api import RepoFile

from dateline.errors import ConflictError, DatelineError, InvalidInputError, ServerError
from dateline.model import Struct
from dateline.text import redacted

MAIN = "main"
OWN = frozenset({".gitattributes"})
"""Files that the Hub maintains itself."""

_PASSWORD = re.compile(r"(?<=//)[^/@]*@")

# The class depends on the HTTP library that the client uses.
_TransportError: type[Exception] = vars(errors)["HTTPError"]


class HubUnreachableError(ServerError):
    """The Hub cannot be reached."""


class Remote(Struct, frozen=True):
    """The state of a repository: head commit, tags by name, and file ids of the head by path.

    The id of a large file is the SHA-256 of its content, of any other file its git blob id.
    """

    head: str
    private: bool
    tags: Mapping[str, str]
    files: Mapping[str, str]


class Hub:
    """A dataset repository, accessed with a token or, with None, anonymously."""

    def __init__(self, repository: str, token: str | None) -> None:
        """Raises InvalidInputError if the name is not of the form ORG/NAME."""
        self.name = repository
        self._token = token
        if "/" not in repository:
            raise self._invalid_name()
        self._api = HfApi(endpoint=os.environ.get("HF_ENDPOINT"), token=token or False)

    @property
    def endpoint(self) -> str:
        """The URL of the Hub, without a password that it may have."""
        return redacted(_PASSWORD.sub("", self._api.endpoint), [self._token])

    def look(self) -> Remote | None:
        """The state of the repository; None if it does not exist or the token cannot see it."""
        with self._explained():
            try:
                found = self._api.repo_info(self.name, repo_type="dataset", revision=MAIN)
            except errors.RepositoryNotFoundError as error:
                if error.response.status_code == 401 and self._api.token:
                    raise
                return None
            refs = self._api.list_repo_refs(self.name, repo_type="dataset")
            if not isinstance(found.sha, str):
                raise TypeError("there is no head commit")
            tags = {tag.name: tag.target_commit for tag in refs.tags}
        return Remote(
            head=found.sha, private=bool(found.private), tags=tags, files=self.files(found.sha)
        )

    def files(self, commit: str) -> Mapping[str, str]:
        """The file ids of a commit by path, without files that the Hub maintains itself."""
        with self._explained():
            entries = self._api.list_repo_tree(
                self.name, recursive=True, revision=commit, repo_type="dataset"
            )
            return {
                entry.path: entry.lfs.sha256 if entry.lfs else entry.blob_id
                for entry in entries
                if isinstance(entry, RepoFile) and entry.path not in OWN
            }

    def create(self, *, private: bool) -> None:
        """Create the repository."""
        with self._explained():
            self._api.create_repo(self.name, repo_type="dataset", private=private)

    def commit(
        self,
        folder: Path,
        uploads: Iterable[str],
        deletions: Iterable[str],
        parent: str,
        message: str,
    ) -> str:
        """Upload and delete files in one commit on top of ``parent``. Returns its id."""
        operations: list[CommitOperationAdd | CommitOperationDelete] = [
            CommitOperationAdd(path_in_repo=path, path_or_fileobj=folder / path) for path in uploads
        ]
        operations += [CommitOperationDelete(path_in_repo=path) for path in deletions]
        with self._explained():
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
        with self._explained():
            self._api.create_tag(
                self.name, tag=name, revision=commit, tag_message=message, repo_type="dataset"
            )

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except errors.HfHubHTTPError as error:
            raise self._error(error) from None
        except errors.HFValidationError:
            raise self._invalid_name() from None
        except errors.OfflineModeIsEnabled:
            raise HubUnreachableError(
                "HF_HUB_OFFLINE is set, so the Hub cannot be reached. Unset it."
            ) from None
        except (_TransportError, ConnectionError) as error:
            raise HubUnreachableError(
                f"{self.endpoint}: cannot be reached: {self._shown(error)}. Run the command again "
                "later; files that were uploaded are not sent again."
            ) from None
        except OSError:
            raise
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            # The client takes answers for granted, and fails in many ways on other ones.
            raise ServerError(
                f"{self.endpoint}: its answer is not one of the Hub's: {self._shown(error)}. "
                "Check HF_ENDPOINT, and whether a proxy answers in its place."
            ) from None

    def _error(self, error: errors.HfHubHTTPError) -> DatelineError:
        status = error.response.status_code
        reason = self._shown(error.server_message or "no reason given")
        match status:
            case 401:
                return ServerError(
                    f"{self.name}: {self.endpoint} does not accept the token. Set HF_TOKEN to a "
                    "token with write access to this dataset."
                )
            case 403:
                return ServerError(
                    f"{self.name}: the token does not allow this ({reason}). Set HF_TOKEN to a "
                    "token with write access to this dataset."
                )
            case 409:
                return ConflictError(
                    f"{self.name}: exists already ({reason}). Check the Hub and run the command "
                    "again."
                )
            case 412:
                return ConflictError(
                    f"{self.name}: somebody else has just committed, so nothing was changed. "
                    "Check their commit and run the command again."
                )
        return ServerError(
            f"{self.name}: {self.endpoint} answered {status} ({reason}). Run the command again; "
            "files that were uploaded are not sent again."
        )

    def _shown(self, reported: object) -> str:
        return redacted(reported, [self._token])

    def _invalid_name(self) -> InvalidInputError:
        name = self._shown(self.name)
        return InvalidInputError(f'"{name}" is not the name of a dataset. Expected ORG/NAME.')
