"""Plans a release: its version, its manifest and the files it writes. Writes nothing."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import version as version_of
from pathlib import Path

import msgspec
from semver import Version

from dateline.corpus.snapshot import Snapshot
from dateline.corpus.store import Corpus, canonical_json, file_name
from dateline.dataset.build import Progress, build
from dateline.dataset.description.citation import CITATION, with_version
from dateline.dataset.load import texts_by_document
from dateline.dataset.parquet import WrittenTables
from dateline.dataset.row_hash import table_sha256
from dateline.errors import ConflictError, InvalidInputError, NotFoundError
from dateline.files.reading import read_text
from dateline.model import GOLD, ITEM_FIELDS, Struct
from dateline.ontology.schemas import SCHEMA_NAMES
from dateline.release.changelog import CHANGELOG, with_entry
from dateline.release.diff.corpus_diff import CorpusDiff, diff_corpus
from dateline.release.diff.formats import describe
from dateline.release.diff.revision import classify, find_revision
from dateline.release.git import Git
from dateline.release.history import read_history, released_items, retired_items
from dateline.release.manifest import (
    Manifest,
    ReleasedDocument,
    ReleasedTable,
    hashed_file,
    manifest_path,
)
from dateline.release.version import next_version, parse_version, tag_of
from dateline.rendering.listing import listed
from dateline.rendering.suggestions import sentences
from dateline.validation.engine import Checker
from dateline.validation.incidents import Incident
from dateline.validation.release_context import (
    Fingerprint,
    ReleaseContext,
    ReleasedIds,
    fingerprint,
)
from dateline.validation.schema import SchemaValidator

FIRST = Version(1, 0, 0)

_NOT_RELEASED = frozenset({"annotations/annotators.json"})
"""JSON files of a corpus that are neither documents nor annotations."""


class ReleasePlan(Struct, frozen=True):
    """A release that can be cut.

    ``difference`` is the difference with the previous release, None for the first release.
    ``files`` maps paths relative to the corpus root to the contents that the release writes.
    """

    version: Version
    difference: CorpusDiff | None
    manifest: Manifest
    warnings: tuple[Incident, ...]
    files: Mapping[str, bytes]


def plan_release(
    corpus: Corpus, version: str | None, date: str, progress: Progress = iter
) -> ReleasePlan:
    """Plan the release of a corpus: as this version, or the smallest one the changes allow.

    ``date`` is an ISO 8601 date. Nothing is written.

    Raises InvalidInputError if the corpus, the version or CITATION.cff does not allow the release,
    ConflictError if files are not committed or the version's tag exists, and NotFoundError if
    the previous release or CITATION.cff is missing.
    """
    git = Git(corpus.root)
    git.refuse_no_repository()
    _refuse_uncommitted(corpus, git)
    releases = read_history(corpus)
    previous = releases[-1].manifest if releases else None
    difference = diff_corpus(corpus, previous.version, None) if previous else None
    released = _choose_version(version, previous, difference)
    _refuse_tag(git, released)
    tables = _tables(corpus, progress)
    contents = released_contents(corpus)
    nothing = Snapshot(schemas={}, documents={}, annotations={})
    before, after = difference.states if difference else (nothing, nothing)
    history = released_items(corpus, releases)
    context = ReleaseContext(
        corpus=corpus,
        before=before,
        after=after,
        history=history,
        documents=contents.fingerprints,
        annotations=contents.annotations,
    )
    warnings = _check_rules(context)
    manifest = Manifest(
        version=str(released),
        previous=previous.version if previous else None,
        date=date,
        tool=f"dateline {version_of('dateline')}",
        schemas=tuple(
            hashed_file(corpus, corpus.root / "schema" / file_name(name)) for name in SCHEMA_NAMES
        ),
        documents=contents.documents,
        tables=tables,
        counts=contents.counts,
        retired=retired_items(
            history, {document.id for document in contents.documents}, {*contents.annotations}
        ),
    )
    _check_schema(corpus, manifest)
    _check_complete(corpus, manifest)
    return ReleasePlan(
        version=released,
        difference=difference,
        manifest=manifest,
        warnings=warnings,
        files={
            corpus.relative(manifest_path(corpus, released)): canonical_json(manifest),
            CHANGELOG: _changelog(corpus, released, date, difference, contents.counts),
            CITATION: _citation(corpus, released, date),
        },
    )


def _refuse_uncommitted(corpus: Corpus, git: Git) -> None:
    if git.commit_of("HEAD") is None:
        raise ConflictError(f"{corpus.root}: there is no commit yet. Commit the corpus first.")
    changed = git.run("status", "--porcelain", "--untracked-files=no").decode().splitlines()
    head, present = find_revision(corpus, "HEAD"), find_revision(corpus, None)
    paths = {line[3:] for line in changed}
    paths.update(p for p in present.blobs if present.blobs[p] != head.blobs.get(p))
    if paths:
        raise ConflictError(
            "these files differ from the last commit:\n"
            + "\n".join(f"  {path}" for path in listed(sorted(paths), 5))
            + "\nCommit or revert them; a release contains committed files only."
        )


def _choose_version(
    wanted: str | None, previous: Manifest | None, difference: CorpusDiff | None
) -> Version:
    if previous is None or difference is None:
        return parse_version(wanted) if wanted else FIRST
    if not difference.files and wanted is None:
        raise InvalidInputError(
            f"nothing in schema/, corpus/ and annotations/ has changed since {previous.version}. "
            "To release the same data again, for example with a better card, give a version."
        )
    level = difference.bump.level
    least = next_version(parse_version(previous.version), level)
    version = parse_version(wanted) if wanted else least
    if version < least:
        reasons = listed([describe(change) for change in difference.bump.because], 5)
        lines = "".join(f"\n  {reason}" for reason in reasons)
        raise InvalidInputError(
            f"version {version} is too low. There are {level} changes since {previous.version}, "
            f"so the version must be {least} or higher{':' if lines else '.'}{lines}"
        )
    return version


def _refuse_tag(git: Git, version: Version) -> None:
    tag = tag_of(version)
    if git.commit_of(f"refs/tags/{tag}") is not None:
        raise ConflictError(
            f"the tag {tag} exists already, and a released version never changes. Give a higher "
            "version, or release from a branch that contains this one."
        )


def _tables(corpus: Corpus, progress: Progress) -> tuple[ReleasedTable, ...]:
    """The tables of the dataset, which is built in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "dist"
        return released_tables(out, build(corpus, out, progress).tables)


def released_tables(folder: Path, tables: WrittenTables) -> tuple[ReleasedTable, ...]:
    """The tables of a dataset that was built in a folder."""
    texts = texts_by_document(folder)
    return tuple(
        ReleasedTable(
            config=config,
            split=split,
            rows=written.rows,
            sha256=table_sha256(folder / config / f"{split}.parquet", texts),
        )
        for config, splits in tables.items()
        for split, written in splits.items()
    )


class ReleasedContents(Struct, frozen=True):
    """The documents of a release, their fingerprints, ids, and the number of items by kind."""

    documents: tuple[ReleasedDocument, ...]
    fingerprints: tuple[Fingerprint, ...]
    annotations: Mapping[tuple[str, str], ReleasedIds]
    counts: Mapping[str, int]


def released_contents(corpus: Corpus) -> ReleasedContents:
    """The documents of a corpus with their annotations, and what they contain."""
    documents, fingerprints = [], []
    ids: dict[tuple[str, str], ReleasedIds] = {}
    counts = Counter({"documents": 0, "annotations": 0})
    declared = corpus.schemas["annotation"]["properties"]
    kinds = [kind for kind in ITEM_FIELDS if kind in declared]
    for name in corpus.document_ids():
        document, annotators = corpus.read_document(name), corpus.annotators_of(name)
        annotations = {a: corpus.read_annotation(a, name) for a in annotators}
        gold = annotations.get(GOLD)
        for annotator, annotation in annotations.items():
            ids[annotator, name] = ReleasedIds(
                used=frozenset(annotation.ids()), retired=frozenset(annotation.retired)
            )
        documents.append(
            ReleasedDocument(
                id=name,
                split=document.split,
                document=hashed_file(corpus, corpus.document_path(name)),
                annotations=tuple(
                    hashed_file(corpus, corpus.annotation_path(annotator, name))
                    for annotator in annotators
                ),
            )
        )
        fingerprints.append(fingerprint(document, gold))
        counts["documents"] += 1
        counts["annotations"] += len(annotators)
        for kind in kinds:
            counts[kind] += len(getattr(gold, kind)) if gold else 0
    return ReleasedContents(
        documents=tuple(documents),
        fingerprints=tuple(fingerprints),
        annotations=ids,
        counts=counts,
    )


def _check_rules(context: ReleaseContext) -> tuple[Incident, ...]:
    """The warnings of the release rules. Raises InvalidInputError for their errors."""
    incidents = Checker(context.corpus).check_release(context)
    errors = [incident for incident in incidents if incident.level == "error"]
    if errors:
        lines = [f"{e.file}: {e.code} {sentences(e.message, e.hint)}" for e in errors]
        raise InvalidInputError(
            "the corpus breaks rules for releases:\n"
            + "\n".join(f"  {line}" for line in listed(lines, 5))
        )
    return tuple(incidents)


def _check_complete(corpus: Corpus, manifest: Manifest) -> None:
    """Refuse to release less than what was committed."""
    listed_paths = {file.path for file in manifest.files()}
    committed = find_revision(corpus, "HEAD").blobs.keys()
    left_out = sorted(committed - listed_paths)
    folders = ("corpus", "annotations")
    for folder in folders:
        found = (path for path in (corpus.root / folder).rglob("*.json") if path.is_file())
        left_out += [
            path
            for path in sorted(corpus.relative(path) for path in found)
            if classify(path) is None and path not in _NOT_RELEASED and "label-studio" not in path
        ]
    for config, kind in (("documents", "documents"), ("annotations", "annotations")):
        rows = sum(table.rows for table in manifest.tables if table.config == config)
        if rows != manifest.counts[kind]:
            left_out.append(f"{manifest.counts[kind] - rows:,} of the {kind} (no row in a table)")
    if left_out:
        raise InvalidInputError(
            "the release would not contain these files:\n"
            + "\n".join(f"  {path}" for path in listed(left_out, 10))
            + "\nMove them to corpus/ID.json or annotations/ANNOTATOR/ID.json, where ID is a "
            "document, or remove them."
        )


def _check_schema(corpus: Corpus, manifest: Manifest) -> None:
    instance = msgspec.json.decode(msgspec.json.encode(manifest))
    for finding in SchemaValidator(corpus.schemas, "release").findings(instance):
        raise InvalidInputError(
            f"schema/release.schema.json: does not allow the manifest: {finding.pointer} "
            f"{finding.message}. Replace it by the file that `dateline init` writes."
        )


def _changelog(
    corpus: Corpus,
    version: Version,
    date: str,
    difference: CorpusDiff | None,
    counts: Mapping[str, int],
) -> bytes:
    try:
        log = read_text(corpus.root / CHANGELOG)
    except NotFoundError:
        log = ""
    return with_entry(log, version, date, difference, counts).encode()


def _citation(corpus: Corpus, version: Version, date: str) -> bytes:
    path = corpus.root / CITATION
    try:
        citation = read_text(path)
    except NotFoundError:
        raise NotFoundError(
            f"{path}: there is no such file. Write it in the Citation File Format "
            "(cff-version, message, title, authors, license), so that the release can be cited."
        ) from None
    return with_version(citation, str(version), date).encode()
