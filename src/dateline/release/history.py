"""Every release so far, and every document and id that any of them had.

Each release is recorded three times: by its manifest, by the commit that added the manifest, and by
its tag. They are held against one another, because each of them can be edited, moved or deleted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from semver import Version

from dateline.corpus.store import Corpus
from dateline.errors import ConflictError, InvalidInputError, NotFoundError
from dateline.files.reading import MalformedError, decode_json_as
from dateline.files.writing import sha256
from dateline.model import ID_FIELDS, Struct
from dateline.release.diff.revision import (
    check_tag,
    classify,
    decode_item,
    is_item,
    released_commit,
)
from dateline.release.git import Git
from dateline.release.manifest import (
    FOLDER,
    Manifest,
    RetiredAnnotation,
    RetiredDocument,
    RetiredItems,
    manifest_path,
    read_manifest,
    released_versions,
)
from dateline.release.version import is_version, parse_version, tag_of
from dateline.validation.release_context import ReleasedIds, ReleasedItems, ReleasedText


class ReleasedVersion(Struct, frozen=True):
    """A release: its commit, its manifest, and the blob ids of its files by path."""

    version: Version
    commit: str
    manifest: Manifest
    blobs: Mapping[str, str]


def read_history(corpus: Corpus) -> tuple[ReleasedVersion, ...]:
    """All releases up to HEAD, oldest first.

    Raises ConflictError, with the fix, if manifests, commits and tags contradict one another, and
    NotFoundError in a shallow clone, which does not know earlier releases.
    """
    git = Git(corpus.root)
    if git.is_shallow():
        raise NotFoundError(
            f"{corpus.root}: is a shallow clone, which lacks earlier releases. Run "
            "`git fetch --unshallow --tags`."
        )
    added = _commits_by_version(git)
    for version in released_versions(corpus):
        if version not in added:
            raise ConflictError(
                f"{FOLDER}/{version}.json: is not committed, so it is not a release. Remove it; "
                "`dateline release` writes manifests."
            )
    _refuse_other_releases(git, added)
    releases: list[ReleasedVersion] = []
    for version, commit in sorted(added.items()):
        release = _read_release(corpus, git, version, commit)
        _check_previous(release.manifest, [earlier.version for earlier in releases])
        releases.append(release)
    return tuple(releases)


def find_release(corpus: Corpus, version: Version) -> ReleasedVersion | None:
    """The release of a version in the history; None if it is not there, or there is no history.

    Raises ConflictError if its tag, its commit and its manifest contradict one another.
    """
    git = Git(corpus.root)
    commit = released_commit(corpus, git, version) if git.has_repository() else None
    return _committed_release(git, version, commit) if commit else None


def is_shallow(corpus: Corpus) -> bool:
    """Whether the corpus is in a shallow clone, whose history may lack releases."""
    git = Git(corpus.root)
    return git.has_repository() and git.is_shallow()


def released_files(corpus: Corpus, release: ReleasedVersion) -> Mapping[str, str]:
    """The SHA-256 of every file that the commit of a release has of it, by path."""
    listed = {file.path for file in release.manifest.files()}
    paths = sorted(path for path in release.blobs if path in listed or is_item(path))
    contents = Git(corpus.root).blobs(release.blobs[path] for path in paths)
    return {path: sha256(content) for path, content in zip(paths, contents, strict=True)}


def differences(manifest: Manifest, present: Mapping[str, str]) -> list[str]:
    """How files, given by path with their SHA-256, differ from those of a release: a line each."""
    listed = {file.path: file.sha256 for file in manifest.files()}
    found = [
        f"{path}: {'has changed' if path in present else 'is missing'}"
        for path, wanted in listed.items()
        if present.get(path) != wanted
    ]
    return found + [f"{path}: is not in the release" for path in sorted(present.keys() - listed)]


def released_items(corpus: Corpus, releases: tuple[ReleasedVersion, ...]) -> ReleasedItems:
    """Every document and every id that a release had."""
    documents: dict[str, ReleasedText] = {}
    known: dict[tuple[str, str], set[str]] = {}
    gone: dict[tuple[str, str], set[str]] = {}
    read: dict[str, Any] = {}
    for release in releases:
        for document in release.manifest.retired.documents:
            text = ReleasedText(text_sha256=document.text_sha256, split=None)
            documents.setdefault(document.id, text)
        for retired in release.manifest.retired.annotations:
            key = (retired.annotator, retired.document)
            known.setdefault(key, set()).update(retired.ids)
            gone.setdefault(key, set()).update(retired.ids)
        current = set()
        for path, content in _read_data(corpus, release, read):
            file = classify(path)
            if file is None:
                continue
            if isinstance(content, ReleasedText):
                documents[file.name] = content
            else:
                key = (file.annotator, file.name)
                current.add(key)
                ids = known.setdefault(key, set())
                ids.update(content.used, content.retired)
                gone.setdefault(key, set()).update(ids - content.used)
        for key in known.keys() - current:
            gone.setdefault(key, set()).update(known[key])
    return ReleasedItems(
        documents=documents,
        ids={key: frozenset(ids) for key, ids in known.items()},
        gone={key: frozenset(ids) for key, ids in gone.items()},
    )


def retired_items(
    history: ReleasedItems, documents: set[str], annotations: set[tuple[str, str]]
) -> RetiredItems:
    """What earlier releases had and these documents and annotations do not."""
    return RetiredItems(
        documents=tuple(
            RetiredDocument(id=name, text_sha256=document.text_sha256)
            for name, document in sorted(history.documents.items())
            if name not in documents or document.split is None
        ),
        annotations=tuple(
            RetiredAnnotation(annotator=annotator, document=document, ids=tuple(sorted(ids)))
            for (annotator, document), ids in sorted(history.ids.items())
            if (annotator, document) not in annotations
        ),
    )


def _commits_by_version(git: Git) -> dict[Version, str]:
    found = {}
    for path, commit in git.commits_that_added(FOLDER).items():
        folder, _, name = path.rpartition("/")
        stem = name.removesuffix(".json")
        if folder == FOLDER and stem != name and is_version(stem) and stem[0] != "v":
            found[parse_version(stem)] = commit
    return found


def _refuse_other_releases(git: Git, known: Mapping[Version, str]) -> None:
    """Refuse tags of releases that HEAD does not contain: their ids would be unknown."""
    for tag, commit in git.tags().items():
        version = parse_version(tag) if tag[0] == "v" and is_version(tag) else None
        if version is None or version in known:
            continue
        if f"{FOLDER}/{version}.json" in git.committed(commit):
            raise ConflictError(
                f"the tag {tag} is a release that HEAD does not contain. Merge it with "
                f"`git merge {tag}`, so that its ids are not used again."
            )


def _read_release(corpus: Corpus, git: Git, version: Version, commit: str) -> ReleasedVersion:
    release = _committed_release(git, version, commit)
    path = f"{FOLDER}/{version}.json"
    fix = f"Restore it with `git checkout {commit[:9]} -- {path}`."
    try:
        if read_manifest(manifest_path(corpus, version)) != release.manifest:
            raise ConflictError(
                f"{path}: differs from the manifest that commit {commit[:9]} released. {fix}"
            )
    except NotFoundError:
        raise ConflictError(
            f"{path}: is missing, although commit {commit[:9]} released {version}. {fix}"
        ) from None
    except InvalidInputError as error:
        raise InvalidInputError(f"{error} {fix}") from None
    tagged = check_tag(corpus, git, version, commit)
    if git.committed(tagged).get(path) != release.blobs[path]:
        raise ConflictError(
            f"the tag {tag_of(version)} is on commit {tagged[:9]}, which lacks {path} as released. "
            f"Move it with `git tag --force {tag_of(version)} {commit[:9]}`."
        )
    if differing := differences(release.manifest, released_files(corpus, release)):
        raise ConflictError(
            f"{path}: does not fit the commit {commit[:9]} that added it: {len(differing):,} files "
            f"differ ({differing[0]}). Restore the commit of the release, for example from the tag "
            f"{tag_of(version)} of another clone."
        )
    return release


def _committed_release(git: Git, version: Version, commit: str) -> ReleasedVersion:
    path = f"{FOLDER}/{version}.json"
    blobs = git.committed(commit)
    if path not in blobs:
        raise ConflictError(
            f"the tag {tag_of(version)} is on commit {commit[:9]}, which has no {path}. Move it to "
            "the commit of the release."
        )
    (content,) = git.blobs([blobs[path]])
    try:
        manifest = decode_json_as(content, Manifest)
    except MalformedError as error:
        raise ConflictError(
            f"{path} in commit {commit[:9]}: {error.problem}, so it is not the manifest of a "
            "release. Remove the commit from the history."
        ) from None
    if manifest.version != str(version):
        raise ConflictError(
            f"{path}: is the manifest of {manifest.version}. Only `dateline release` writes "
            "manifests; remove the commit that added this one from the history."
        )
    return ReleasedVersion(version=version, commit=commit, manifest=manifest, blobs=blobs)


def _check_previous(manifest: Manifest, earlier: list[Version]) -> None:
    known = [str(version) for version in earlier]
    if manifest.previous in known or (manifest.previous is None and not known):
        return
    raise ConflictError(
        f"{FOLDER}/{manifest.version}.json: follows {manifest.previous or 'no release'}, but the "
        f"history has {', '.join(known) or 'none'} before it. Restore the commits of all releases, "
        "for example from another clone."
    )


def _read_data(
    corpus: Corpus, release: ReleasedVersion, read: dict[str, Any]
) -> Iterator[tuple[str, ReleasedText | ReleasedIds]]:
    """The documents and annotations of a release; ``read`` keeps those of equal files."""
    paths = [path for path in release.blobs if is_item(path)]
    new = [path for path in paths if release.blobs[path] not in read]
    contents = Git(corpus.root).blobs(release.blobs[path] for path in new)
    for path, content in zip(new, contents, strict=True):
        try:
            is_document = path.startswith("corpus/")
            read[release.blobs[path]] = _text(content) if is_document else _ids(content)
        except (MalformedError, LookupError, TypeError) as error:
            problem = error.problem if isinstance(error, MalformedError) else "has another format"
            raise InvalidInputError(
                f"{path} in release {release.version}: {problem}, so its ids are unknown."
            ) from None
    for path in paths:
        yield path, read[release.blobs[path]]


def _ids(content: bytes) -> ReleasedIds:
    # Not by the model: an older release may break rules of today.
    annotation = decode_item("annotation", content)
    return ReleasedIds(
        used=frozenset(item["id"] for field in ID_FIELDS for item in annotation.get(field, ())),
        retired=frozenset(annotation.get("retired", ())),
    )


def _text(content: bytes) -> ReleasedText:
    document = decode_item("document", content)
    return ReleasedText(text_sha256=document["text_sha256"], split=document["split"])
