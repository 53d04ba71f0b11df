"""Compare segmenters with treebanks: `scripts/benchmark --segmentation zh=FILE.conllu ...`.

Prints, for each file, the F of sentences and tokens against the treebank, without and with the
word library of the language, and the share of the treebank's words whose start and end are token
boundaries. Sentences are joined in groups of 20: without spaces in Chinese and Japanese, and with
a line break in Thai, which has no mark for the end of a sentence.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from dateline.corpus.segmentation import unicode
from dateline.corpus.segmentation.choosing import segmenter_for
from dateline.corpus.segmentation.interface import Segmenter, Segments
from dateline.ingest.given_segments import read_given_segments

GROUP = 20
BETWEEN = {"zh": "", "ja": "", "th": "\n"}


def texts(path: Path, between: str) -> Iterator[tuple[str, Segments]]:
    """Groups of sentences of a treebank, with their ranges and those of their tokens."""
    blocks = [b for b in path.read_text(encoding="utf-8").split("\n\n") if "# text = " in b]
    scratch = Path(sys.argv[0]).parents[1] / ".cache" / "segmentation"
    scratch.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(blocks), GROUP):
        group = blocks[start : start + GROUP]
        text = between.join(
            line.removeprefix("# text = ").strip()
            for block in group
            for line in block.splitlines()
            if line.startswith("# text = ")
        )
        (scratch / "text.conllu").write_text("\n\n".join(group) + "\n\n", encoding="utf-8")
        segments = read_given_segments(scratch, scratch / "text.txt", text)
        assert segments is not None
        yield text, segments


def f1(pairs: list[tuple[set, set]]) -> float:
    correct = sum(len(found & gold) for found, gold in pairs)
    return 2 * correct / sum(len(found) + len(gold) for found, gold in pairs)


def row(language: str, segmenter: Segmenter, groups: list[tuple[str, Segments]]) -> str:
    found = [segmenter.segment(text) for text, _ in groups]
    golds = [gold for _, gold in groups]
    sentences, tokens = (
        f1([(set(mine[part]), set(gold[part])) for mine, gold in zip(found, golds, strict=True)])
        for part in (0, 1)
    )
    words = bounded = 0
    for mine, gold in zip(found, golds, strict=True):
        starts, ends = ({token[side] for token in mine[1]} for side in (0, 1))
        words += len(gold[1])
        bounded += sum(start in starts and end in ends for start, end in gold[1])
    name = f"{segmenter.name} {segmenter.version}"
    return f"| {language} | {name} | {sentences:.3f} | {tokens:.3f} | {bounded / words:.3f} |"


def main() -> None:
    print("| language | segmenter | sentences, F | tokens, F | words on token boundaries |")
    print("|---|---|---|---|---|")
    for argument in sys.argv[1:]:
        language, _, file = argument.partition("=")
        groups = list(texts(Path(file), BETWEEN.get(language.partition("-")[0], " ")))
        chosen = segmenter_for(groups[0][0], language)
        plain = Segmenter(
            name="unicode",
            version=chosen.version.partition(" ")[0],
            segment=lambda text, language=language: unicode.segment(text, language),
        )
        for segmenter in [plain, chosen] if "+" in chosen.name else [chosen]:
            print(row(language, segmenter, groups), flush=True)


if __name__ == "__main__":
    main()
