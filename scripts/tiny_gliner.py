"""Write a GLiNER model with random weights, and a tokenizer trained on the spot, to a folder.

Usage: tiny_gliner.py FOLDER TEXT_FILE...
"""

from __future__ import annotations

import sys
from pathlib import Path

from gliner import GLiNER, GLiNERConfig
from tokenizers import BertWordPieceTokenizer
from transformers import BertConfig, BertModel, BertTokenizerFast, set_seed

SIZE = 32


def main(folder: Path, texts: list[Path]) -> None:
    set_seed(13)
    pieces = BertWordPieceTokenizer(lowercase=False)
    pieces.train(list(map(str, texts)), vocab_size=800, show_progress=False)
    encoder = folder / "encoder"
    BertTokenizerFast(vocab=pieces.get_vocab(), do_lower_case=False).save_pretrained(encoder)
    config = BertConfig(
        vocab_size=pieces.get_vocab_size(),
        hidden_size=SIZE,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=SIZE,
        max_position_embeddings=1024,
    )
    BertModel(config).save_pretrained(encoder)
    model = GLiNER.from_config(GLiNERConfig(model_name=str(encoder), hidden_size=SIZE, max_len=200))
    model.save_pretrained(folder / "base")


if __name__ == "__main__":
    main(Path(sys.argv[1]), list(map(Path, sys.argv[2:])))
