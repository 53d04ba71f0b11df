"""Libraries that split text without spaces into words, by language; each comes with an extra."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise

import regex

from dateline.corpus.segmentation.unicode import IDEOGRAPHS, SplitWords
from dateline.extras import extra
from dateline.model import Range, Struct

_PIECE = 1_000
"""Code points that a library gets at once: some take quadratic time, others refuse long texts."""


class WordLibrary(Struct, frozen=True):
    """A library that splits runs of a script into words.

    ``load`` returns a function from a run of text to its words, as ranges of code points within the
    run; ``packages`` are distributions whose versions decide on the result.
    """

    extra: str
    module: str
    packages: tuple[str, ...]
    script: regex.Pattern[str]
    load: Callable[[], SplitWords]

    @property
    def is_installed(self) -> bool:
        """Whether all packages are installed."""
        try:
            return bool(self.version)
        except PackageNotFoundError:
            return False

    @property
    def version(self) -> str:
        """The versions of its packages, such as ``0.7.0 20261015``."""
        return " ".join(version(package) for package in self.packages)

    def split(self, run: str) -> Iterator[Range]:
        """The words of a run of this script."""
        with extra(self.extra):
            split = _loaded(self.load)
        for start in range(0, len(run), _PIECE):
            for first, last in split(run[start : start + _PIECE]):
                yield start + first, start + last


def _chinese() -> SplitWords:
    # The library prints what it loads, and leaves the file open.
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        from cutword.cutword import Cutter  # noqa: PLC0415 (optional)

        cut = Cutter().cutword
    from opencc import OpenCC  # noqa: PLC0415 (optional)

    simplified = OpenCC("t2s").convert

    def split(run: str) -> Iterator[Range]:
        # The dictionary has simplified characters; a conversion that changes lengths is left out.
        converted = simplified(run)
        return _ranges(cut(converted if len(converted) == len(run) else run))

    return split


def _japanese() -> SplitWords:
    from sudachipy import Dictionary, SplitMode  # noqa: PLC0415 (optional)

    tokenizer = Dictionary(dict="small").tokenizer(SplitMode.A)
    return lambda run: ((word.begin(), word.end()) for word in tokenizer.tokenize(run))


def _korean() -> SplitWords:
    from kiwipiepy import Kiwi  # noqa: PLC0415 (optional)

    kiwi = Kiwi()

    def split(run: str) -> Iterator[Range]:
        # Contracted morphemes overlap, so that only their shared boundaries are boundaries.
        morphemes = [(morpheme.start, morpheme.end) for morpheme in kiwi.tokenize(run)]
        inner = {end for _, end in morphemes} | {start for start, _ in morphemes}
        covered = {i for start, end in morphemes for i in range(start + 1, end)}
        return pairwise(sorted({0, len(run)} | (inner - covered)))

    return split


def _thai() -> SplitWords:
    from attacut import tokenize  # noqa: PLC0415 (optional)

    return lambda run: _ranges(tokenize(run))


WORD_LIBRARIES: dict[str, WordLibrary] = {
    "zh": WordLibrary(
        extra="chinese",
        module="cutword",
        packages=("cutword", "opencc"),
        script=regex.compile(r"[\p{scx=Han}--\p{P}]+", regex.V1),
        load=_chinese,
    ),
    "ja": WordLibrary(
        extra="japanese",
        module="sudachipy",
        packages=("sudachipy", "sudachidict-small"),
        script=regex.compile(f"(?:{IDEOGRAPHS.pattern})+", regex.V1),
        load=_japanese,
    ),
    "ko": WordLibrary(
        extra="korean",
        module="kiwipiepy",
        packages=("kiwipiepy", "kiwipiepy-model"),
        script=regex.compile(r"\p{Hangul}+"),
        load=_korean,
    ),
    "th": WordLibrary(
        extra="thai",
        module="attacut",
        packages=("attacut",),
        script=regex.compile(r"\p{Thai}+"),
        load=_thai,
    ),
}
"""By the first part of a BCP 47 tag."""


@cache
def _loaded(load: Callable[[], SplitWords]) -> SplitWords:
    return load()


def _ranges(words: Iterable[str]) -> Iterator[Range]:
    start = 0
    for word in words:
        yield start, start + len(word)
        start += len(word)
