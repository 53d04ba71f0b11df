"""Corpora to train on, and a tiny model to start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline.corpus.store import Corpus

from ..corpora import TEXT, CorpusMaker

SPLITS = ("train", "train", "validation", "test")


def made_in(folder: Path) -> Corpus:
    """A corpus with documents of three splits, all of the same text."""
    maker = CorpusMaker(folder)
    corpus = maker.empty("three-splits")
    for split in SPLITS:
        maker.annotated(corpus, split)
    return corpus


@pytest.fixture
def split_corpus(tmp_path: Path) -> Corpus:
    """Documents of three splits."""
    return made_in(tmp_path)


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with random weights, and a tokenizer trained on the texts of the corpora."""
    # Slow to import, and not needed by the tests of spaCy.
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertModel, BertTokenizerFast, set_seed

    folder = tmp_path_factory.mktemp("tiny") / "base"
    set_seed(13)
    pieces = BertWordPieceTokenizer(lowercase=False)
    pieces.train_from_iterator([TEXT], vocab_size=120, show_progress=False)
    BertTokenizerFast(vocab=pieces.get_vocab(), do_lower_case=False).save_pretrained(folder)
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    limits = {"intermediate_size": 32, "max_position_embeddings": 64}
    config = BertConfig(vocab_size=pieces.get_vocab_size(), **sizes, **limits)
    BertModel(config).save_pretrained(folder)
    return folder
