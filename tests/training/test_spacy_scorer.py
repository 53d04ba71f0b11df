"""The scorer that the documentation shows, in spaCy's own trainer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import spacy
from spacy.cli.init_config import init_config
from spacy.tokens import DocBin
from spacy.training import Example
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from thinc.api import Config

from dateline.evaluation.spacy_scoring import make_mention_scorer

from ..conftest import REPOSITORY, code_blocks

SENTENCES = [
    ("Kim Jong Un met Putin in Kursk.", [(0, 11, "PERSON"), (16, 21, "PERSON"), (25, 30, "GPE")]),
    ("Putin left Kursk on Monday.", [(0, 5, "PERSON"), (11, 16, "GPE")]),
]


@pytest.fixture
def examples(tmp_path: Path) -> dict[str, str]:
    documents, nlp = DocBin(), spacy.blank("en")
    for text, spans in SENTENCES * 4:
        doc = nlp.make_doc(text)
        doc.ents = [doc.char_span(*span) for span in spans]
        documents.add(doc)
    path = str(tmp_path / "examples.spacy")
    documents.to_disk(path)
    return {"train": path, "dev": path}


def by_header(config: str) -> dict[str, str]:
    blocks = re.split(r"^(?=\[)", config, flags=re.M)
    return {block.partition("\n")[0]: block for block in blocks if block.strip()}


def test_the_config_shown_trains_by_the_scores_of_dateline(examples, tmp_path):
    page = (REPOSITORY / "docs" / "models.md").read_text(encoding="utf-8")
    (shown,) = code_blocks(page, "ini")
    made = init_config(lang="en", pipeline=["ner"], optimize="efficiency", gpu=False)
    blocks = by_header(made.to_str()) | by_header(shown)
    config = Config().from_str("\n".join(blocks.values()), interpolate=False)
    config["training"] |= {"max_steps": 40, "eval_frequency": 20}
    config["paths"] |= examples
    train(init_nlp(config, use_gpu=-1), tmp_path, use_gpu=-1)
    best = spacy.load(tmp_path / "model-best")
    performance = best.meta["performance"]
    assert performance["mentions_strict_f1"] > 0.5

    pairs = [(best(text), spans) for text, spans in SENTENCES * 4]
    flat = [Example.from_dict(doc, {"entities": spans}) for doc, spans in pairs]
    own = spacy.scorer.Scorer.score_spans(flat, "ents")
    assert performance["mentions_strict_f1"] == pytest.approx(own["ents_f"], abs=1e-6)


def test_overlapping_spans_of_a_group_are_scored():
    nlp = spacy.blank("en")
    reference, predicted = nlp("The Russian city fell."), nlp("The Russian city fell.")
    reference.spans["sc"] = [reference.char_span(0, 16, "GPE"), reference.char_span(4, 11, "GPE")]
    predicted.spans["sc"] = [predicted.char_span(4, 11, "GPE"), predicted.char_span(4, 16, "GPE")]
    scores = make_mention_scorer("sc")([Example(predicted, reference)])
    assert scores["mentions_strict_f1"] == scores["mentions_exact_f1"] == 0.5
    assert scores["mentions_partial_f1"] == 0.75
    assert scores["mentions_type_f1"] == 1
