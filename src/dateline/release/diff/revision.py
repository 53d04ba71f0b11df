"""Reads a corpus at a version, at a git revision or in the working tree.

Files are compared by their git blob ids, and only files that differ are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from semver import Version

from dateline.annotations.former_format import upgraded_annotation
from dateline.corpus.former_format import upgraded_document
from dateline.corpus.snapshot import Snapshot
from dateline.corpus.store import Corpus
from dateline.errors import ConflictError, InvalidInputError, NotFoundError
from dateline.files.reading import (
    MalformedError,
    converted,
    decode_json,
    read_bytes,
)
from dateline.model import SCHEMA_VERSION, Annotation, Document, Struct
from dateline.ontology.schemas import SCHEMA_NAMES
from dateline.release.git import Git
from dateline.release.manifest import manifest_path, released_versions
from dateline.release.version import is_version, parse_version, tag_of

WORKING_TREE = "the working tree"


class File(NamedTuple):
    """The content of a file of a corpus: a schema, a document or an annotation."""

    kind: Literal["schema", "document", "annotation"]
    name: str
    annotator: str = ""


class Revision(Struct, frozen=True):
    """A state of a corpus; ``blobs`` maps paths of files to git blob ids.

    ``commit`` is None for the working tree.
    """

    name: str
    commit: str | None
    blobs: Mapping[str, str]


def find_revision(corpus: Corpus, name: str | None) -> Revision:
    """The state that a version or a git revision names; None is the working tree.

    A version is the commit with its tag, or, without that tag, the commit that added its manifest.

    Raises NotFoundError if there is no such version or revision, InvalidInputError outside a git
    repository, and ConflictError if a tag and a manifest disagree about the files of a version.
    """
    git = Git(corpus.root)
    git.refuse_no_repository()
    if name is None:
        return Revision(name=WORKING_TREE, commit=None, blobs=_of_corpus(git.present()))
    version = parse_version(name) if is_version(name) else None
    commit = released_commit(corpus, git, version) if version else None
    commit = commit or git.commit_of(name)
    if commit is None:
        raise NotFoundError(_not_found(corpus, git, name, version))
    return Revision(name=name, commit=commit, blobs=_of_corpus(git.committed(commit)))


def released_commit(corpus: Corpus, git: Git, version: Version) -> str | None:
    """The commit of a version; None if neither a tag nor the history of a manifest tells it.

    Raises the errors of ``check_tag``.
    """
    manifest = corpus.relative(manifest_path(corpus, version))
    added = git.commits_that_added(manifest).get(manifest)
    if added is None:
        return git.commit_of(f"refs/tags/{tag_of(version)}")
    return check_tag(corpus, git, version, added)


def check_tag(corpus: Corpus, git: Git, version: Version, added: str) -> str:
    """The commit with the tag of a version, or without a tag the one that added its manifest.

    Raises ConflictError if both exist and have other schemas, documents or annotations.
    """
    tag, manifest = tag_of(version), corpus.relative(manifest_path(corpus, version))
    tagged = git.commit_of(f"refs/tags/{tag}")
    if tagged is None or tagged == added:
        return added
    before, after = (_of_corpus(git.committed(commit)) for commit in (added, tagged))
    differing = sorted(p for p in {**before, **after} if before.get(p) != after.get(p))
    if differing:
        raise ConflictError(
            f"{version}: the tag {tag} is on commit {tagged[:9]}, but {manifest} was added "
            f"by commit {added[:9]}, and {len(differing):,} files differ, such as {differing[0]}. "
            f"Move the tag with `git tag --force {tag} {added[:9]}`, or name a commit "
            "instead of the version."
        )
    return tagged


def _not_found(corpus: Corpus, git: Git, name: str, version: Version | None) -> str:
    if version is None:
        return f'there is no git revision "{name}".'
    known = ", ".join(map(str, released_versions(corpus))) or "none"
    fetch = "git fetch --tags --unshallow" if git.is_shallow() else "git fetch --tags"
    return (
        f"there is no version {version}: neither a tag {tag_of(version)} nor a commit that added "
        f"{corpus.relative(manifest_path(corpus, version))}. Versions with a manifest: {known}. "
        f"If the version exists elsewhere, run `{fetch}`."
    )


def classify(path: str) -> File | None:
    """The content of a file by its path below the corpus root; None if it is not data."""
    match path.split("/"):
        case ["schema", name] if name.removesuffix(".schema.json") in SCHEMA_NAMES:
            return File("schema", name.removesuffix(".schema.json"))
        case ["corpus", name] if _is_json(name):
            return File("document", name.removesuffix(".json"))
        case ["annotations", annotator, name] if _is_json(name):
            return File("annotation", name.removesuffix(".json"), annotator)
    return None


def is_item(path: str) -> bool:
    """Whether a path is that of a document or an annotation."""
    file = classify(path)
    return file is not None and file.kind != "schema"


def read_both(corpus: Corpus, before: Revision, after: Revision) -> tuple[Snapshot, Snapshot]:
    """Both states of the files that differ; all schemas if one of them differs.

    Raises InvalidInputError naming a file that cannot be read.
    """
    paths = before.blobs.keys() | after.blobs.keys()
    changed = {path for path in paths if before.blobs.get(path) != after.blobs.get(path)}
    if any(path.startswith("schema/") for path in changed):
        changed.update(path for path in paths if path.startswith("schema/"))
    return read_snapshot(corpus, before, changed), read_snapshot(corpus, after, changed)


def read_snapshot(corpus: Corpus, revision: Revision, paths: Iterable[str]) -> Snapshot:
    """The files at these paths that the revision has; items in the present format.

    Raises InvalidInputError naming a file that cannot be read, for example because another version
    of the program wrote it.
    """
    schemas: dict[str, Any] = {}
    documents: dict[str, Document] = {}
    annotations: dict[tuple[str, str], Annotation] = {}
    wanted = sorted(path for path in paths if path in revision.blobs)
    for path, content in _contents(corpus, revision, wanted):
        file = classify(path)
        try:
            match file:
                case File("schema", name):
                    schemas[name] = decode_json(content)
                case File("document", name):
                    documents[name] = converted(decode_item("document", content), Document)
                case File("annotation", name, annotator):
                    value = decode_item("annotation", content)
                    annotations[annotator, name] = converted(value, Annotation)
        except MalformedError as error:
            raise InvalidInputError(
                f"{path} in {revision.name}: cannot be read: {error.problem}. "
                "For files in the working tree, run `dateline validate`."
            ) from None
    return Snapshot(schemas=schemas, documents=documents, annotations=annotations)


def decode_item(kind: Literal["document", "annotation"], content: bytes) -> dict[str, Any]:
    """The JSON value of a document or an annotation, of any version of the format, in the present.

    Raises MalformedError if it is something else, or of a version that is not known.
    """
    upgraded = upgraded_document if kind == "document" else upgraded_annotation
    value: dict[str, Any] = upgraded(decode_json(content))
    version = value.get("schema_version") if isinstance(value, dict) else None
    if version != SCHEMA_VERSION:
        raise MalformedError(f'schema_version is {version}, expected at most "{SCHEMA_VERSION}"')
    return value


def _contents(corpus: Corpus, revision: Revision, paths: list[str]) -> Iterator[tuple[str, bytes]]:
    if revision.commit is None:
        for path in paths:
            yield path, read_bytes(corpus.root / path)
    else:
        blobs = Git(corpus.root).blobs(revision.blobs[path] for path in paths)
        yield from zip(paths, blobs, strict=True)


def _of_corpus(blobs: Mapping[str, str]) -> dict[str, str]:
    return {path: blob for path, blob in blobs.items() if classify(path) is not None}


def _is_json(name: str) -> bool:
    return name.endswith(".json") and not name.startswith(".")
