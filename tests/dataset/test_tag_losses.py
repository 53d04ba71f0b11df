"""How many mentions BIO tags leave out, against the tags as seqeval reads them."""

from __future__ import annotations

from itertools import count

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities

from dateline.corpus.store import Corpus
from dateline.dataset.build import build
from dateline.dataset.rows import RowMaker
from dateline.dataset.tag_losses import TagLosses
from dateline.dataset.token_index import TokenIndex
from dateline.model import GOLD, Annotation, Document, Mention, Span
from tests.conftest import ARTICLE, REPOSITORY, SEED, Run
from tests.corpora import NEWS

DOCUMENT = Corpus(REPOSITORY).read_document(SEED)
ANNOTATION = Corpus(ARTICLE).read_annotation(GOLD, SEED)
LABELS = NEWS.ontology.labels_of("entities")[:2]


def losses(document: Document, gold: Annotation) -> tuple[int, int]:
    """Mentions without tags of their own, and with tags that are wider."""
    maker = RowMaker(NEWS.ontology, ())
    rows = list(maker.entity_rows(document, gold, TokenIndex(document)))
    found = TagLosses()
    found.add(len(gold.mentions), rows)
    assert found.mentions == len(gold.mentions)
    exact, wider = set(), set()
    for row in rows:
        for label, first, last in get_entities(row.ner_tags):
            place = row.token_offsets[first].start, row.token_offsets[last].end
            exact.add((label, *place))
            for mention in row.mentions:
                (span, *others), tokens = mention.spans, [(t.start, t.end) for t in mention.tokens]
                inside = row.start <= span.start and span.end <= row.end and not others
                if inside and tokens == [(first, last + 1)] and mention.type == label:
                    wider.add(mention.id)
    expressed = {
        m.id for m in gold.mentions if len(m.spans) == 1 and (m.type, m.spans[0].start, m.spans[0].end) in exact
    }  # fmt: skip
    assert (found.untagged, found.widened) == (
        len(gold.mentions) - len(expressed | wider), len(wider - expressed)
    )  # fmt: skip
    return found.untagged, found.widened


def mentions(places: list[tuple[list[int], str]]) -> tuple[Mention, ...]:
    text, numbers = DOCUMENT.text, count(1)
    return tuple(
        Mention(
            id=f"m{next(numbers)}",
            type=label,
            attributes={"level": "name"},
            entity=None,
            spans=tuple(
                Span(start=start, end=end, text=text[start:end])
                for start, end in zip(ends[::2], ends[1::2], strict=True)
            ),
        )
        for ends, label in places
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from([2, 2, 2, 4]).flatmap(
                lambda n: st.lists(st.integers(0, 400), min_size=n, max_size=n, unique=True).map(sorted)
            ),
            st.sampled_from(LABELS),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_losses_are_what_the_tags_do_not_say(places: list[tuple[list[int], str]]):
    text = DOCUMENT.text
    kept = [
        (ends, label)
        for ends, label in places
        if all(text[a:b].strip() for a, b in zip(ends[::2], ends[1::2], strict=True))
    ]
    losses(DOCUMENT, msgspec.structs.replace(ANNOTATION, mentions=mentions(kept)))


def test_nested_discontinuous_and_cut_words_are_told_apart():
    text = DOCUMENT.text
    start = text.index("North Korea")
    nested = [([start, start + 11], "GPE"), ([start, start + 5], "GPE")]
    assert losses(DOCUMENT, msgspec.structs.replace(ANNOTATION, mentions=mentions(nested))) == (
        1,
        0,
    )
    apart = [([start, start + 5, start + 6, start + 11], "GPE")]
    assert losses(DOCUMENT, msgspec.structs.replace(ANNOTATION, mentions=mentions(apart))) == (1, 0)
    cut = [([start + 1, start + 11], LABELS[0])]
    assert losses(DOCUMENT, msgspec.structs.replace(ANNOTATION, mentions=mentions(cut))) == (0, 1)


def test_the_build_and_the_card_say_what_the_tags_leave_out(real_corpus: Corpus, run: Run):
    untagged, widened = losses(DOCUMENT, ANNOTATION)
    total = len(ANNOTATION.mentions)
    result = run(real_corpus, "build")
    assert f"{untagged} of {total} mentions have none of their own, and {widened} have" in " ".join(
        result.stderr.split()
    )
    assert build(real_corpus, real_corpus.root / "dist").tags.untagged == untagged
    card = (real_corpus.root / "dist" / "README.md").read_text(encoding="utf-8")
    assert f"Of {total} mentions, {untagged} have no tags of their own" in card
