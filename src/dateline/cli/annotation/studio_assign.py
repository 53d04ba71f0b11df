"""``dateline studio assign``, and the lots of its plan."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dateline.cli.annotation.connection import check_known, documents_from_option, ids_in
from dateline.cli.shared import (
    Command,
    Settings,
    annotators_option,
    documents_option,
    dry_run_option,
    pass_settings,
)
from dateline.rendering.listing import counted, listed
from dateline.text import whole_number

if TYPE_CHECKING:
    from dateline.corpus.store import Corpus
    from dateline.label_studio.plan.plan import Plan

SHOWN = 5
"""Documents that a message lists."""
LATER = ("overlap", "batch", "seed")
"""Options that change nothing of what is assigned."""


class Percent(click.ParamType[int]):
    """A whole number of percent, such as ``20%``."""

    name = "percent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number. Fails without "%", and above 100."""
        if isinstance(value, int):
            return value
        number = whole_number(str(value).removesuffix("%"))
        if not str(value).endswith("%") or number is None or number > 100:
            self.fail(f"{value!r} is not a whole number from 0% to 100%, such as 20%.", param, ctx)
        return number


@click.command(cls=Command)
@annotators_option("All annotators of the team from now on.  [default: those of the plan]")
@click.option(
    "--overlap",
    type=Percent(),
    metavar="N%",
    help="Documents that two annotators get.  [default: that of the plan, or 20%]",
)
@click.option(
    "--gold",
    type=Percent(),
    metavar="N%",
    help="Gold questions, for an annotator's other documents.  [default: that of the plan, or 0%]",
)
@click.option(
    "--batch",
    type=click.IntRange(1),
    help="Documents of a lot, of the whole team.  [default: that of the plan, or 500]",
)
@click.option("--seed", type=int, help="Seed of the order.  [default: that of the plan, or 13]")
@documents_option("Assign these documents too.  [default: all without gold]")
@documents_from_option("Assign those whose ids are in this file too, one on each line.")
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="File of the plan.  [default: annotations/plan.json]",
)
@dry_run_option()
@pass_settings
def assign(
    settings: Settings,
    annotators: tuple[str, ...],
    overlap: int | None,
    gold: int | None,
    batch: int | None,
    seed: int | None,
    documents: tuple[str, ...],
    documents_from: Path | None,
    plan_file: Path | None,
    dry_run: bool,
) -> None:
    """Plan who annotates which document, in which lot, and why.

    Each annotator gets the same number of documents. Some go to two annotators, to measure
    agreement. Gold questions have gold that annotators do not see. What is assigned stays assigned:
    run the command again to add documents. If --annotators leaves somebody out, what they have not
    yet done goes to the others; who is new gets an equal share of what is added. Pull first, so
    that done work is known.

    \b
    Examples:
      dateline studio assign --annotators ana,bo --overlap 20% --gold 10% --batch 500
      dateline studio push --plan annotations/plan.json
      dateline studio assign --annotators ana,cy           # bo leaves, cy joins
    """
    from msgspec.structs import replace

    from dateline.corpus.annotators import check_pseudonym
    from dateline.corpus.store import Corpus
    from dateline.files.writing import locked
    from dateline.label_studio.plan.assign import with_documents, with_team
    from dateline.label_studio.plan.plan import Plan, done_by, plan_path, read_plan, write_plan

    corpus = Corpus(settings.root)
    path = plan_file or plan_path(corpus)
    for name in annotators:
        check_pseudonym(name, f"--annotators {name}")
    if documents_from is not None:
        documents = (*documents, *ids_in(documents_from))
    known = corpus.document_ids()
    with_gold = {name for name in known if corpus.annotation_path("gold", name).is_file()}
    check_known(documents, known)
    with nullcontext() if dry_run else locked(corpus.root):
        old = read_plan(path) if path.is_file() else Plan(seed=13, overlap=20, gold=0, batch=500)
        given = {"overlap": overlap, "gold": gold, "batch": batch, "seed": seed}
        plan = replace(old, **{name: value for name, value in given.items() if value is not None})
        done = done_by(corpus, plan)
        if not (annotators or plan.team()):
            raise click.UsageError("Name the team with --annotators.")
        plan = with_team(plan, annotators or plan.team(), done)
        plan = with_documents(plan, documents or {*known} - with_gold, with_gold)
        changed = not dry_run and write_plan(path, plan)
    _show(settings, old, plan, done)
    state = "to write" if dry_run else "written" if changed else "unchanged"
    settings.say(f"{corpus.relative(path)}: {state}")


def next_documents(
    settings: Settings, corpus: Corpus, plan: Plan, annotator: str, lot: int | None
) -> list[str]:
    """What an annotator's project has up to this lot, or up to the first that is not done."""
    from dateline.label_studio.plan.plan import done_by

    done = {document for name, document in done_by(corpus, plan) if name == annotator}
    own = plan.of(annotator)
    number = lot or plan.current_lot(annotator, done)
    of_lot = [one.document for one in own if one.lot == number]
    last = max((one.lot for one in own), default=1)
    settings.say(
        f"{annotator}: lot {number} of {last}, {len({*of_lot} & done)} of "
        f"{counted(len(of_lot), 'document')} done"
    )
    return [one.document for one in own if one.lot <= number]


def _show(settings: Settings, old: Plan, plan: Plan, done: set[tuple[str, str]]) -> None:
    from dateline.label_studio.plan.plan import WHYS
    from dateline.rendering.tables import Table, print_tables

    for name in [name for name in old.team() if name not in plan.team()]:
        left = [one.document for one in old.of(name) if (name, one.document) not in done]
        settings.say(
            f"{name} leaves: {counted(len(left), 'document')} not done go to others"
            f"{': ' if left else ''}{', '.join(listed(left, SHOWN))}"
        )
    changed = [f"--{name}" for name in LATER if getattr(old, name) != getattr(plan, name)]
    if changed and old.assignments:
        settings.say(
            f"{' and '.join(changed)}: for documents that are added to the plan from now on; what "
            "was assigned before stays as it is."
        )
    rows = []
    for name in plan.team():
        own = plan.of(name)
        counts = Counter(one.why for one in own)
        finished = sum((name, one.document) in done for one in own)
        lots = len({one.lot for one in own})
        numbers = [len(own), *(counts[why] for why in WHYS), finished, lots]
        rows.append((name, *map("{:,}".format, numbers)))
    columns = ("annotator", "documents", "single", "overlap", "gold questions", "done", "lots")
    print_tables([Table("", columns, rows)])
