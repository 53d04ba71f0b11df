"""The manifest of a published dataset whose labels are withheld in some splits."""

from __future__ import annotations

from pathlib import Path

import msgspec

from dateline.corpus.store import Corpus
from dateline.corpus.withheld_labels import WithheldLabels
from dateline.dataset.parquet import WrittenTables
from dateline.release.manifest import Manifest
from dateline.release.plan import released_contents, released_tables


def published_manifest(
    manifest: Manifest, seen: Corpus, folder: Path, tables: WrittenTables, withheld: WithheldLabels
) -> Manifest:
    """The manifest of a release with nothing of the withheld labels, nor of their files.

    ``seen`` is the corpus without these labels, and ``tables`` what was built from it in
    ``folder``.
    """
    contents = released_contents(seen)
    hidden = {one.id for one in contents.documents if one.split in withheld.splits}
    retired = msgspec.structs.replace(
        manifest.retired,
        annotations=tuple(a for a in manifest.retired.annotations if a.document not in hidden),
    )
    return msgspec.structs.replace(
        manifest,
        documents=contents.documents,
        tables=released_tables(folder, tables),
        counts=contents.counts,
        retired=retired,
    )
