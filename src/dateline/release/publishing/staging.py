"""The folder that is published: a release's dataset, without texts that may not be passed on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from dateline.corpus.store import Corpus, canonical_json
from dateline.dataset.build import build
from dateline.dataset.withholding import places
from dateline.errors import DatelineError
from dateline.files.writing import write_atomically
from dateline.model import Annotation, Document, Struct
from dateline.release.manifest import RELEASE, Manifest
from dateline.release.publishing.leaks import find_leaks
from dateline.validation.engine import CheckedCorpus, CheckedDocument

SHOWN = 5

Checked = CheckedDocument | CheckedCorpus
Watch = Callable[[Iterable[Checked]], Iterable[Checked]]


class Staged(Struct, frozen=True):
    """What a staged folder tells and does not tell.

    ``included`` are texts that may not be passed on and are in it all the same, as was asked for;
    ``lost`` are titles and names that a reader's copy of the text alone cannot bring back.
    """

    withheld: tuple[str, ...]
    included: tuple[str, ...]
    lost: tuple[str, ...]


def stage(
    corpus: Corpus,
    manifest: Manifest,
    out: Path,
    include_text: Collection[str] = (),
    watch: Watch = iter,
) -> Staged:
    """Write what is published of a release to the folder ``out``, in place of an earlier staging.

    Texts whose rights forbid to pass them on are withheld, but for the documents in
    ``include_text``. Every file is then read again for words of the withheld texts. Raises
    DatelineError where there are any, for unknown documents, and as building does.
    """
    unknown = {*include_text} - {*corpus.document_ids()}
    if unknown:
        raise DatelineError(
            f"{', '.join(sorted(unknown))}: there is no such document in the corpus."
        )
    seen = _Seen(include_text)
    build(corpus, out, lambda results: seen.watched(watch(results)), seen.withhold)
    write_atomically(out / RELEASE, canonical_json(manifest))
    leaks = [f"{leak.file}{leak.place}: {leak.words}" for leak in find_leaks(out, seen.texts)]
    if leaks:
        more = f"\n  and {len(leaks) - SHOWN:,} more" if len(leaks) > SHOWN else ""
        raise DatelineError(
            "words of texts that may not be passed on would be published:\n"
            + "\n".join(f"  {leak}" for leak in leaks[:SHOWN])
            + f"{more}\nTake them out of what is said there, or name the document in "
            "--include-text if its text may be published after all."
        )
    return Staged(
        withheld=tuple(sorted(seen.texts)),
        included=tuple(sorted(seen.included)),
        lost=tuple(seen.lost),
    )


class _Seen:
    """Decides which texts are withheld while the documents go by, and keeps these."""

    def __init__(self, include_text: Collection[str]) -> None:
        self._include_text = frozenset(include_text)
        self.texts: dict[str, str] = {}
        self.included: set[str] = set()
        self.lost: list[str] = []

    def withhold(self, document: Document) -> bool:
        return not document.rights.redistribute_text and document.id not in self._include_text

    def watched(self, results: Iterable[Checked]) -> Iterator[Checked]:
        for checked in results:
            if isinstance(checked, CheckedDocument) and checked.document is not None:
                self._add(checked.document, checked.annotations.values())
            yield checked

    def _add(self, document: Document, annotations: Iterable[Annotation]) -> None:
        if self.withhold(document):
            self.texts[document.id] = document.text
            self.lost += _lost(document, annotations)
        elif not document.rights.redistribute_text:
            self.included.add(document.id)


def _lost(document: Document, annotations: Iterable[Annotation]) -> Iterator[str]:
    wordings = {"title": document.title}
    wordings.update({f"{a.annotator}/{e.id}": e.name for a in annotations for e in a.entities})
    for place, wording in wordings.items():
        if wording is not None and places(wording, document.text) is None:
            yield f"{document.id}: {place} «{wording}»"
