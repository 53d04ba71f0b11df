"""The reference coreference scorer, corefud-scorer and scorch."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

from dateline.evaluation.columns.scoring_input import MatchingOptions

from ..documents import (
    BLANC_OF_EITHER,
    CONLL_WITH_ZERO,
    TEXT,
    Case,
    Items,
    Mention,
    bounds,
    points,
    ranges,
)
from .peer import Numbers, Peer, Place, both_sides, contiguous, only_mentions, output_of

LAYERS = ("coreference",)


def _once(mentions: Iterable[Mention]) -> list[Mention]:
    """One mention of each span, because these scorers identify a mention by its span."""
    return list({m.span: m for m in reversed(list(mentions))}.values())[::-1]


def _no_crossing_in_a_chain(mentions: Iterable[Mention]) -> list[Mention]:
    """Without mentions that cross another one of their chain: the formats cannot tell them apart."""
    kept: list[Mention] = []
    for mention in mentions:
        own = points(mention.span)
        if not any(
            own & points(other.span)
            and mention.entity == other.entity
            and not (own <= points(other.span) or points(other.span) <= own)
            for other in kept
        ):
            kept.append(mention)
    return kept


def _contiguous(items: Items) -> Items:
    kept = _no_crossing_in_a_chain(_once(contiguous(items.mentions)))
    return only_mentions(kept, items)


def _any_fragments(items: Items) -> Items:
    kept: list[Mention] = []
    for mention in _once(items.mentions):
        # A fragment that touches or crosses another mention of the chain is ambiguous in CoNLL-U.
        alike = [m for m in kept if m.entity == mention.entity]
        single = len(ranges(mention.span)) == 1
        if single and all(len(ranges(m.span)) == 1 for m in alike):
            if _no_crossing_in_a_chain([*alike, mention]) != [*alike, mention]:
                continue
        elif any(not _hull(m).isdisjoint(_hull(mention)) for m in alike):
            continue
        kept.append(mention)
    return only_mentions(kept, items)


def _hull(mention: Mention) -> set[int]:
    own = points(mention.span)
    return set(range(min(own), max(own) + 1))


def chains(items: Items) -> dict[str, list[Mention]]:
    """The mentions of each entity; a mention without one is alone."""
    found: dict[str, list[Mention]] = {}
    for number, mention in enumerate(items.mentions):
        found.setdefault(mention.entity or f"alone{number}", []).append(mention)
    return found


# The reference scorer, https://github.com/conll/reference-coreference-scorers

REFERENCE = {
    "muc": "coreference: MUC",
    "bcub": "coreference: B3",
    "ceafm": "coreference: CEAFm",
    "ceafe": "coreference: CEAFe",
    "blanc": "coreference: BLANC",
    "blanc links": "coreference: BLANC: coreferent",
    "blanc non-links": "coreference: BLANC: not coreferent",
}
_RATES = r"Recall: \([^)]*\) ([\d.]+)%\s+Precision: \([^)]*\) ([\d.]+)%\s+F1: ([\d.]+)%"
_LINES = {
    "Coreference": "",
    "BLANC": "",
    "Coreference links": " links",
    "Non-coreference links": " non-links",
}


def conll_file(case: Case, side: str) -> str:
    """A file in the format of CoNLL-2012 with one token per line."""
    lines = []
    for number, document in enumerate(case.documents):
        lines.append(f"#begin document (d{number}); part 000")
        marks: list[list[str]] = [[] for _ in TEXT]
        numbered = enumerate(chains(getattr(document, side)).values())
        rows = [(*bounds(m.span), chain) for chain, some in numbered for m in some]
        # Outer mentions open first and close last; those of one token open and close at once.
        for start, end, chain in sorted(rows, key=lambda row: (row[0], -row[1])):
            marks[start].append(f"({chain})" if end == start + 1 else f"({chain}")
        for start, end, chain in sorted(rows, key=lambda row: (row[1], -row[0])):
            if end > start + 1:
                marks[end - 1].insert(0, f"{chain})")
        for i, (letter, own) in enumerate(zip(TEXT, marks, strict=True)):
            closing = [mark for mark in own if not mark.startswith("(")][::-1]
            opening = [mark for mark in own if mark.startswith("(")]
            lines.append(f"d{number}\t0\t{i}\t{letter}\t{'|'.join(closing + opening) or '-'}")
        lines += ["", "#end document"]
    return "\n".join(lines) + "\n"


def run_reference(case: Case, place: Place) -> Numbers:
    key, response = place.scratch / "key", place.scratch / "response"
    key.write_text(conll_file(case, "gold"))
    response.write_text(conll_file(case, "predicted"))
    found = {}
    for metric in ("muc", "bcub", "ceafm", "ceafe", "blanc"):
        printed = output_of(["perl", place.clone / "scorer.pl", metric, key, response, "none"])
        for line in printed.splitlines():
            name, _, _ = line.partition(": ")
            numbers = re.search(_RATES, line)
            if name in _LINES and numbers:
                recall, precision, f = (float(number) / 100 for number in numbers.groups())
                found[metric + _LINES[name]] = [precision, recall, f]
    found["blanc"] = [None, None, found["blanc"][2]]
    return found


# corefud-scorer, https://github.com/ufal/corefud-scorer

COREFUD = {
    "muc": "coreference: MUC",
    "bcub": "coreference: B3",
    "ceafm": "coreference: CEAFm",
    "ceafe": "coreference: CEAFe",
    "lea": "coreference: LEA",
    "blanc": f"coreference: {BLANC_OF_EITHER}",
    "CoNLL": f"coreference: {CONLL_WITH_ZERO}",
}
AVERAGES = {"blanc": "coreference: BLANC", "CoNLL": "coreference: CoNLL"}


def conllu_file(case: Case, side: str) -> str:
    """A CoNLL-U file with coreference; every document is one sentence of one-letter tokens."""
    lines = []
    for number, document in enumerate(case.documents):
        lines.append(f"# newdoc id = d{number}")
        lines += [] if number else ["# global.Entity = eid-etype-head-other"]
        lines += [f"# sent_id = d{number}-s1", f"# text = {' '.join(TEXT)}"]
        marks: list[list[tuple[tuple[int, int, int], str]]] = [[] for _ in TEXT]
        for chain, some in chains(getattr(document, side)).items():
            eid = f"d{number}{chain}"
            for mention in some:
                _mark(marks, eid, mention)
        for i, (letter, own) in enumerate(zip(TEXT, marks, strict=True), start=1):
            entity = "".join(text for _, text in sorted(own))
            misc = f"Entity={entity}" if entity else "_"
            head = "0\troot" if i == 1 else "1\tdep"
            lines.append(f"{i}\t{letter}\t{letter}\tX\t_\t_\t{head}\t_\t{misc}")
        lines.append("")
    return "\n".join(lines) + "\n"


def _mark(marks: list[list[tuple[tuple[int, int, int], str]]], eid: str, mention: Mention) -> None:
    """Add the opening and closing brackets of a mention: first the closing ones, inner first."""
    fragments = ranges(mention.span)
    for part, (start, end) in enumerate(fragments, start=1):
        suffix = f"[{part}/{len(fragments)}]" if len(fragments) > 1 else ""
        opening, closing = f"({eid}{suffix}-x-1-", f"{eid}{suffix})"
        if end == start + 1:
            marks[start].append(((2, 0, 0), f"{opening})"))
        else:
            marks[start].append(((1, -end, 0), opening))
            marks[end - 1].append(((0, -start, 0), closing))


def _run_corefud(*flags: str) -> Callable[[Case, Place], Numbers]:
    def run(case: Case, place: Place) -> Numbers:
        key, response = place.scratch / "key.conllu", place.scratch / "response.conllu"
        key.write_text(conllu_file(case, "gold"))
        response.write_text(conllu_file(case, "predicted"))
        command = [place.python, "corefud-scorer.py", key.resolve(), response.resolve(), *flags]
        printed = output_of(command, folder=place.clone)
        found: dict[str, list[float | None]] = {}
        lines = printed.splitlines()
        for name, line in pairwise(lines):
            numbers = re.search(r"Recall: ([\d.]+) +Precision: ([\d.]+) +F1: ([\d.]+)", line)
            if numbers and name in COREFUD:
                recall, precision, f = (float(number) / 100 for number in numbers.groups())
                found[name] = [None, None, f] if name == "blanc" else [precision, recall, f]
        average = re.search(r"CoNLL score: ([\d.]+)", printed)
        if average:
            found["CoNLL"] = [None, None, float(average.group(1)) / 100]
        return found

    return run


# scorch, https://pypi.org/project/scorch

SCORCH = {
    "muc": "coreference: MUC",
    "b_cubed": "coreference: B3",
    "ceaf_m": "coreference: CEAFm",
    "ceaf_e": "coreference: CEAFe",
    "blanc": "coreference: BLANC",
    "conll2012": f"coreference: {CONLL_WITH_ZERO}",
}


def _partition(case: Case, side: str) -> list[set[tuple[int, str]]]:
    return [
        {(number, mention.span) for mention in some}
        for number, document in enumerate(case.documents)
        for some in chains(getattr(document, side)).values()
    ]


def run_scorch(case: Case, place: Place) -> Numbers:
    from scorch import scores

    gold, predicted = _partition(case, "gold"), _partition(case, "predicted")
    if not set().union(*gold) & set().union(*predicted):
        return {}  # scorch fails without a shared mention
    found: dict[str, list[float | None]] = {}
    for name in SCORCH:
        if name == "blanc" and len(case.documents) > 1:
            continue  # it would count links between documents
        result = getattr(scores, name)(gold, predicted)
        if name == "conll2012":
            found[name] = [None, None, float(result)]
        else:
            recall, precision, f = map(float, result)
            found[name] = [None, None, f] if name == "blanc" else [precision, recall, f]
    return found


def run_scorch_command(case: Case, place: Place) -> Numbers:
    """What the command prints for folders with a file for each document."""
    for side in ("gold", "predicted"):
        (place.scratch / side).mkdir()
        for number, document in enumerate(case.documents):
            clusters = {
                name: [mention.span for mention in some]
                for name, some in chains(getattr(document, side)).items()
            }
            path = place.scratch / side / f"d{number}.json"
            path.write_text(json.dumps({"type": "clusters", "clusters": clusters}))
    printed = output_of(
        [place.python, "-c", "from scorch.main import main_entry_point as main; main()",
         place.scratch / "gold", place.scratch / "predicted"]
    )  # fmt: skip
    names = {"MUC": "muc", "B³": "b_cubed", "CEAF_m": "ceaf_m", "CEAF_e": "ceaf_e"}
    found = {}
    for line in printed.splitlines():
        name, *cells = line.split("\t")
        if name.rstrip(":") in names:
            recall, precision, f = (float(cell.partition("=")[2]) for cell in cells)
            found[names[name.rstrip(":")]] = [precision, recall, f]
    return found


def _all(items: Items) -> Items:
    return only_mentions(_once(items.mentions), items)


def _corefud(
    name: str, *flags: str, measures: Mapping[str, str] = COREFUD, **settings: Any
) -> Peer:
    run = _run_corefud("-m", "all", *flags)
    return Peer(name, "corefud-scorer", LAYERS, run, measures, tolerance=0.6e-4, **settings)


PEERS = (
    Peer(
        "reference-coreference-scorers",
        "reference-coreference-scorers",
        LAYERS,
        run_reference,
        REFERENCE,
        both_sides(_contiguous),
        tolerance=1.01e-4,  # the scorer cuts percentages off after two decimals
    ),
    _corefud("corefud-scorer", "-a", "exact", "-s", covers=both_sides(_any_fragments)),
    _corefud(
        "corefud-scorer-no-singletons",
        "-a",
        "exact",
        covers=both_sides(_any_fragments),
        options=MatchingOptions(singletons=False),
    ),
    _corefud("corefud-scorer-averages", "-a", "exact", "-s", measures=AVERAGES),
    _corefud(
        "corefud-scorer-partial",
        "-a",
        "partial",
        "-s",
        options=MatchingOptions(mention_match="partial"),
    ),
    _corefud(
        "corefud-scorer-head", "-a", "head", "-s", options=MatchingOptions(mention_match="partial")
    ),
    Peer("scorch", "scorch", LAYERS, run_scorch, SCORCH, both_sides(_all)),
    Peer("scorch-command", "scorch", LAYERS, run_scorch_command, SCORCH),
)
