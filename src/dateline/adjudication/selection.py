"""Which documents can be adjudicated, by whose annotations, and why others cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dateline.corpus.annotators import annotation_files
from dateline.corpus.store import Corpus
from dateline.errors import InvalidInputError, NotFoundError
from dateline.model import GOLD, Struct
from dateline.rendering.listing import counted, listed

SHOWN = 5
"""Documents that a message lists."""


class Selection(Struct, frozen=True):
    """Documents to adjudicate, each with its annotators, and messages on those left out."""

    documents: Mapping[str, tuple[str, ...]]
    left_out: tuple[str, ...]


def select_documents(
    corpus: Corpus, annotators: Sequence[str], chosen: Sequence[str] = ()
) -> Selection:
    """The documents, all or the chosen ones, that two or more of these annotators annotated.

    Raises InvalidInputError if fewer than two annotators are named, one is named twice, or one is
    gold; NotFoundError if an annotator or a chosen document does not exist, a chosen document has
    fewer than two annotations, or no document has two.
    """
    if len(set(annotators)) < 2 or len(set(annotators)) != len(annotators):
        raise InvalidInputError("Name at least two different annotators, each once.")
    if GOLD in annotators:
        raise InvalidInputError(f'"{GOLD}" is the result of adjudication. Name annotators instead.')
    files = {name: annotation_files(corpus, name) for name in annotators}
    known = corpus.document_ids()
    for document in chosen:
        if document not in known:
            path = corpus.relative(corpus.document_path(document))
            raise NotFoundError(f"{path}: there is no such file.")
    by_document = {
        document: tuple(name for name in annotators if document in files[name])
        for document in sorted({*chosen} or known)
    }
    selected = {document: names for document, names in by_document.items() if len(names) > 1}
    left_out = tuple(_reasons(by_document, annotators))
    if left_out and (chosen or not selected):
        raise NotFoundError("\n".join(["Adjudication needs two annotations.", *left_out]))
    if not selected:
        raise NotFoundError(f"{corpus.relative(corpus.documents)}: there are no documents.")
    return Selection(documents=selected, left_out=left_out)


def _reasons(
    by_document: Mapping[str, tuple[str, ...]], annotators: Sequence[str]
) -> Iterator[str]:
    """One message for each reason to leave documents out."""
    for only in ((), *((name,) for name in annotators)):
        names = [document for document, found in by_document.items() if found == only]
        if names:
            who = f'only "{only[0]}"' if only else f"none of {', '.join(annotators)}"
            advice = f" `dateline accept {only[0]}` makes gold from one annotation." if only else ""
            yield (
                f"{counted(len(names), 'document')} not adjudicated, annotated by {who}: "
                f"{', '.join(listed(names, SHOWN))}.{advice}"
            )
