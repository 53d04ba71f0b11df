"""What a release would be: its version, its manifest and the files it writes, or why not."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import version as version_of
from pathlib import Path

import msgspec

from dateline.corpus.snapshot import Snapshot
from dateline.corpus.store import Corpus, canonical_json, file_name
from dateline.dataset.build import build
from dateline.dataset.content_hash import content_sha256, texts_of
from dateline.dataset.description.citation import CITATION
from dateline.errors import DatelineError
from dateline.model import GOLD, ITEM_FIELDS, Annotation, Document, Struct
from dateline.ontology.schemas import SCHEMA_NAMES
from dateline.release.diff.comparison import Comparison, compare
from dateline.release.diff.rendering import describe
from dateline.release.diff.revision import find_revision
from dateline.release.git import Git
from dateline.release.manifest import (
    Manifest,
    ReleasedDocument,
    ReleasedTable,
    RetiredItems,
    hashed_file,
    manifest_path,
    read_manifest,
    released_versions,
    retired_items,
)
from dateline.release.notes import CHANGELOG, with_entry, with_version
from dateline.release.version import Version, parse_version
from dateline.validation.engine import CheckedCorpus, CheckedDocument, Checker
from dateline.validation.incidents import Incident
from dateline.validation.release_context import Fingerprint, ReleaseContext, fingerprint
from dateline.validation.schema import SchemaValidator

FIRST = Version(1, 0, 0)
SHOWN = 5

Checked = CheckedDocument | CheckedCorpus
Watch = Callable[[Iterable[Checked]], Iterable[Checked]]


class Plan(Struct, frozen=True):
    """A release that may be cut; ``comparison`` is None for the first.

    ``files`` are those that it writes, by path below the root.
    """

    version: Version
    comparison: Comparison | None
    manifest: Manifest
    warnings: tuple[Incident, ...]
    files: Mapping[str, bytes]


def plan_release(corpus: Corpus, wanted: str | None, date: str, watch: Watch = iter) -> Plan:
    """What the release of a corpus would be: the wanted version, or the least legal one.

    ``date`` is an ISO 8601 date, and ``watch`` sees the documents go by, to show progress. Nothing
    is written. Raises DatelineError, with the hint, for what stands against the release.
    """
    git = Git(corpus.root)
    git.refuse_no_repository()
    _refuse_uncommitted(corpus, git)
    versions = released_versions(corpus)
    previous = read_manifest(manifest_path(corpus, versions[-1])) if versions else None
    comparison = compare(corpus, previous.version, None) if previous else None
    version = _version(wanted, previous, comparison)
    _refuse_tag(git, version)
    gathered = _Gathered(corpus)
    tables = _tables(corpus, lambda results: gathered.watched(watch(results)))
    nothing = Snapshot(schemas={}, documents={}, annotations={})
    before, after = comparison.states if comparison else (nothing, nothing)
    earlier = previous.retired if previous else RetiredItems()
    incidents = _incidents(corpus, before, after, earlier, gathered.fingerprints)
    manifest = Manifest(
        version=str(version),
        previous=previous.version if previous else None,
        date=date,
        tool=f"dateline {version_of('dateline')}",
        schemas=tuple(
            hashed_file(corpus, corpus.root / "schema" / file_name(name)) for name in SCHEMA_NAMES
        ),
        documents=tuple(gathered.documents),
        tables=tables,
        counts=gathered.counts,
        retired=retired_items(earlier, before, after),
    )
    _refuse_illegal(corpus, manifest)
    return Plan(
        version=version,
        comparison=comparison,
        manifest=manifest,
        warnings=incidents,
        files={
            corpus.relative(manifest_path(corpus, version)): canonical_json(manifest),
            CHANGELOG: _change_log(corpus, version, date, comparison, gathered.counts),
            CITATION: _citation(corpus, version, date),
        },
    )


class _Gathered:
    """What a manifest says of the documents, gathered while they go by."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self.documents: list[ReleasedDocument] = []
        self.fingerprints: list[Fingerprint] = []
        self.counts: Counter[str] = Counter({"documents": 0, "annotations": 0})

    def watched(self, results: Iterable[Checked]) -> Iterator[Checked]:
        """The same results."""
        for checked in results:
            if isinstance(checked, CheckedDocument) and checked.document is not None:
                self._add(checked.document, checked.annotations)
            yield checked

    def _add(self, document: Document, annotations: Mapping[str, Annotation]) -> None:
        corpus, name, gold = self._corpus, document.id, annotations.get(GOLD)
        self.documents.append(
            ReleasedDocument(
                id=name,
                split=document.split,
                document=hashed_file(corpus, corpus.document_path(name)),
                annotations=tuple(
                    hashed_file(corpus, corpus.annotation_path(annotator, name))
                    for annotator in sorted(annotations)
                ),
            )
        )
        self.fingerprints.append(fingerprint(document, gold))
        self.counts["documents"] += 1
        self.counts["annotations"] += len(annotations)
        for kind in ITEM_FIELDS:
            self.counts[kind] += len(getattr(gold, kind)) if gold else 0


def _refuse_uncommitted(corpus: Corpus, git: Git) -> None:
    if git.commit_of("HEAD") is None:
        raise DatelineError(
            f"{corpus.root}: nothing has been committed yet; commit the corpus first."
        )
    changed = git.run("status", "--porcelain", "--untracked-files=no").decode().splitlines()
    head, present = find_revision(corpus, "HEAD"), find_revision(corpus, None)
    paths = {line[3:] for line in changed}
    paths.update(p for p in present.blobs if present.blobs[p] != head.blobs.get(p))
    if paths:
        raise DatelineError(
            "these files are not committed as they are:\n"
            + "\n".join(f"  {path}" for path in _some(sorted(paths)))
            + "\nCommit them, or take the changes back; a release holds what is committed."
        )


def _version(wanted: str | None, previous: Manifest | None, found: Comparison | None) -> Version:
    if previous is None or found is None:
        return parse_version(wanted) if wanted else FIRST
    if not found.files and wanted is None:
        raise DatelineError(
            f"nothing in schema/, corpus/ and annotations/ has changed since {previous.version}. "
            "To release it again, for a better card for example, name the version."
        )
    level = found.bump.level
    least = parse_version(previous.version).bumped(level)
    version = parse_version(wanted) if wanted else least
    if version < least:
        reasons = _some([describe(change) for change in found.bump.because])
        listed = "".join(f"\n  {reason}" for reason in reasons)
        raise DatelineError(
            f"{version} is too small: after {previous.version}, {level} changes make it {least} at "
            f"least{':' if listed else '.'}{listed}"
        )
    return version


def _refuse_tag(git: Git, version: Version) -> None:
    if git.commit_of(f"refs/tags/{version.tag}") is not None:
        raise DatelineError(
            f"the tag {version.tag} is there already, and a version never changes. Name a higher "
            "one, or release from a branch that has that version."
        )


def _tables(corpus: Corpus, watch: Watch) -> tuple[ReleasedTable, ...]:
    """The tables of the dataset, which is built and thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "dist"
        files = build(corpus, out, watch)
        texts = texts_of(out)
        return tuple(
            ReleasedTable(
                config=config,
                split=split,
                rows=written.rows,
                sha256=content_sha256(out / config / f"{split}.parquet", texts),
            )
            for config, splits in files.items()
            for split, written in splits.items()
        )


def _incidents(
    corpus: Corpus,
    before: Snapshot,
    after: Snapshot,
    earlier: RetiredItems,
    documents: Iterable[Fingerprint],
) -> tuple[Incident, ...]:
    context = ReleaseContext(
        corpus=corpus,
        before=before,
        after=after,
        retired_texts={document.id: document.text_sha256 for document in earlier.documents},
        retired_ids={(a.annotator, a.document): a.ids for a in earlier.annotations},
        documents=tuple(documents),
    )
    incidents = Checker(corpus).check_release(context)
    errors = [incident for incident in incidents if incident.level == "error"]
    if errors:
        lines = [f"{e.file}: {e.code} {e.message}. {e.hint}" for e in errors]
        raise DatelineError(
            "the rules for releases are broken:\n" + "\n".join(f"  {line}" for line in _some(lines))
        )
    return tuple(incidents)


def _refuse_illegal(corpus: Corpus, manifest: Manifest) -> None:
    instance = msgspec.json.decode(msgspec.json.encode(manifest))
    findings = SchemaValidator(corpus.schemas, "release").findings(instance)
    for finding in findings:
        raise DatelineError(
            f"schema/release.schema.json: does not allow the manifest: {finding.pointer} "
            f"{finding.message}. Take over the file that `dateline init` writes."
        )


def _change_log(
    corpus: Corpus,
    version: Version,
    date: str,
    comparison: Comparison | None,
    counts: Mapping[str, int],
) -> bytes:
    path = corpus.root / CHANGELOG
    log = path.read_text(encoding="utf-8") if path.is_file() else ""
    held = ", ".join(f"{name.replace('_', ' ')} {number:,}" for name, number in counts.items())
    return with_entry(log, version, date, comparison, held).encode()


def _citation(corpus: Corpus, version: Version, date: str) -> bytes:
    path = corpus.root / CITATION
    if not path.is_file():
        raise DatelineError(
            f"{path}: there is no such file. Write it in the Citation File Format "
            "(cff-version, message, title, authors, license), so that the release can be cited."
        )
    return with_version(path.read_text(encoding="utf-8"), version, date).encode()


def _some(lines: list[str]) -> list[str]:
    more = len(lines) - SHOWN
    return [*lines[:SHOWN], f"and {more:,} more"] if more > 0 else lines
