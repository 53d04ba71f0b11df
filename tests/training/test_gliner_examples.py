"""Examples for GLiNER; scripts/train_gliner trains with the library, in an environment of its own."""

from __future__ import annotations

import re
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from dateline.corpus.store import Corpus
from dateline.evaluation.gold import gold_of_corpus
from dateline.evaluation.models.gliner import asked_types
from dateline.training.gliner_examples import CUT, TOO_LONG, UNALIGNED, gliner_examples

from ..conftest import REPOSITORY


def words(text):
    """GLiNER's words."""
    for found in re.finditer(r"\w+(?:[-_]\w+)*|\S", text):
        yield found.group(), found.start(), found.end()


GOLD = gold_of_corpus(Corpus(REPOSITORY), "validation")
TYPES = asked_types(GOLD.ontology)


@settings(max_examples=10, deadline=None)
@given(longest_text=st.integers(1, 60), longest_span=st.integers(1, 12))
def test_every_mention_is_in_an_example_or_counted_as_left_out(longest_text, longest_span):
    titles, left_out = {name: title for title, name in TYPES.items()}, Counter()
    found = gliner_examples(GOLD, words, titles, (longest_text, longest_span), left_out)
    mentions = Counter()
    for document in GOLD.documents:
        for mention in document.items.mentions:
            quote = " ".join(span.text for span in mention.spans)
            mentions[" ".join(word for word, _, _ in words(quote)), mention.type] += 1
    learnt = Counter()
    for example in found.examples:
        text = example["tokenized_text"]
        assert 0 < len(text) <= longest_text
        for first, last, title in example["ner"]:
            assert 0 <= first <= last < len(text)
            assert last - first < longest_span
            learnt[" ".join(text[first : last + 1]), TYPES[title]] += 1
    assert learnt <= mentions
    assert found.items == learnt.total() == mentions.total() - left_out.total()
    reasons = {TOO_LONG, CUT, UNALIGNED, "discontinuous", "not in one sentence"}
    assert left_out.keys() <= reasons
