"""``dateline studio``: ``config``, ``push`` and ``pull``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.annotation.connection import (
    Target,
    existing_project,
    target_options,
    uncertain_first_option,
    users_option,
)
from dateline.cli.annotation.curation import CURATION, how_to_go_on, to_curate
from dateline.cli.annotation.studio_assign import next_documents
from dateline.cli.interrupts import prompt_exit
from dateline.cli.shared import (
    Group,
    Settings,
    dry_run_option,
    echo,
    layers_option,
    names_option,
    pass_settings,
)
from dateline.errors import ConflictError
from dateline.rendering.printable import printable_markup

if TYPE_CHECKING:
    from dateline.label_studio.sync.push import PushResult
    from dateline.label_studio.sync.reconcile import OnConflict


@click.group(
    cls=Group,
    sections={
        "Commands": {
            "config": "annotation.studio:config",
            "assign": "annotation.studio_assign:assign",
            "push": "annotation.studio:push",
            "pull": "annotation.studio:pull",
            "status": "annotation.studio_status:status",
            "return": "annotation.studio_return:return_",
            "watch": "annotation.studio_watch:watch",
            "serve": "annotation.studio_serve:serve",
            "server": "annotation.studio_server:server",
            "import": "annotation.studio_import:import_export",
        }
    },
)
def studio() -> None:
    """Annotate documents in Label Studio."""


_labelled_layers = layers_option(
    "Layers to label; the others are shown as context.  [default: all]"
)


@studio.command()
@_labelled_layers
@pass_settings
def config(settings: Settings, layers: tuple[str, ...]) -> None:
    """Print the labelling configuration of the ontology as XML.

    \b
    Example:
      dateline studio config > labelling.xml
    """
    from dateline.corpus.store import Corpus
    from dateline.label_studio.config.labelling_config import labelling_config

    page = labelling_config(Corpus(settings.root).ontology, layers)
    echo(printable_markup(page), nl=False)


@studio.command()
@target_options
@click.option(
    "--from",
    "source",
    metavar="NAME|FILE",
    help='Annotations to start from: an annotator\'s, those of "gold", or a file of predictions.',
)
@names_option(
    "--conflicts",
    "NAME",
    "Let a curator resolve the conflicts between these annotators; conflicts are marked.",
)
@layers_option(
    "Layers to label; the others are shown as context.  [default: those of the project, or all]"
)
@click.option("--all", "all_documents", is_flag=True, help="Add all documents of the corpus.")
@click.option(
    "--lot",
    type=click.IntRange(1),
    help="With --plan, add the lots up to this one.  [default: the first that is not yet pulled]",
)
@uncertain_first_option(
    "Add documents of which the predictions in --from are least confident first."
)
@click.option(
    "--labels-only", is_flag=True, help="Update labelling page and instructions, and add nothing."
)
@dry_run_option("Show what would be uploaded, and change nothing.")
@prompt_exit()
def push(
    target: Target,
    source: str | None,
    conflicts: tuple[str, ...],
    layers: tuple[str, ...],
    all_documents: bool,
    lot: int | None,
    uncertain_first: bool,
    labels_only: bool,
    dry_run: bool,
) -> None:
    """Upload documents to a Label Studio project (creates it if missing).

    Only adds: documents on the server and the annotators' work are left alone, so a push can be
    repeated. A new project gets all documents, or those named. A project that exists keeps its
    documents; it gets others only with --documents, --documents-from or --all. The guidelines
    become the project's instructions. With --annotators, each annotator gets the documents in a
    project of their own, and with --plan their next lot. With --conflicts, a curator gets the
    annotations of several annotators in one, in the project "TITLE · curation".

    \b
    Examples:
      export LABEL_STUDIO_URL=http://localhost:8080
      export LABEL_STUDIO_API_KEY=...
      dateline studio push --from gold
      dateline studio push --from predictions.jsonl --uncertain-first
      dateline studio push --annotators ana,bo --documents-from ids.txt
      dateline studio push --annotators ana,bo --labels-only
      dateline studio push --plan annotations/plan.json
      dateline studio push --conflicts ana,bo
    """
    from dateline.label_studio.sync.push import Source, project_title, title_for
    from dateline.label_studio.sync.push import push as push_documents

    _check_options(
        {
            "Give either --all or the documents to add.": all_documents and target.documents,
            "--labels-only adds no documents and no annotations to start from.": labels_only
            and (source or conflicts or all_documents or target.documents),
            "--plan says which documents are added.": target.plan_file
            and (conflicts or all_documents or target.documents),
            "--lot needs --plan.": lot is not None and not target.plan_file,
            "Give either --from or --conflicts.": source is not None and conflicts,
            "--uncertain-first needs --from with a file of predictions.": uncertain_first
            and not (source or "").endswith(".jsonl"),
        }
    )
    target.corpus.ontology.chosen_layers(layers)  # fails before the server is asked
    every = target.chosen_documents()
    names = every if target.documents or all_documents else None
    titles = target.titles(left=False)
    start: Source | None = Path(source) if source and source.endswith(".jsonl") else source
    if conflicts:
        start, names, layers = to_curate(
            target.settings, target.corpus, conflicts, target.documents
        )
        if not target.annotators:
            title = target.title or project_title(target.corpus.ontology)
            titles = {title_for(title, CURATION): None}
    refused: list[str] = []
    with target.connect() as server:
        for title, annotator in titles.items():
            own, blank = names, set[str]()
            if annotator is not None and target.plan is not None and not conflicts:
                blank = target.plan.gold_questions()
                if target.plan_file and not labels_only:
                    own = next_documents(
                        target.settings, target.corpus, target.plan, annotator, lot
                    )
            result = push_documents(
                target.corpus,
                server,
                title,
                own,
                start,
                layers,
                blank=blank,
                uncertain_first=uncertain_first,
                labels_only=labels_only,
                dry_run=dry_run,
            )
            target.settings.say(_summary(result, labels_only=labels_only, dry_run=dry_run))
            refused += result.refused
    if conflicts and not dry_run:
        target.settings.say(how_to_go_on(conflicts, titles))
    if refused:
        raise ConflictError("Not pushed:\n" + "\n".join(f"  {message}" for message in refused))


@studio.command()
@target_options
@users_option
@layers_option("Layers that were to be annotated.  [default: those of the file here, or all]")
@click.option(
    "--kind",
    type=click.Choice(["human", "model"]),
    help="Who annotated.  [default: from annotations/annotators.json, or human]",
)
@click.option(
    "--on-conflict",
    type=click.Choice(["refuse", "ours", "theirs", "merge"]),
    default="refuse",
    show_default=True,
    help="If a file was changed both here and on the server: refuse it, keep ours (the file here), "
    "take theirs (the server's), or merge both.",
)
@click.option("--prune", is_flag=True, help="Remove files that were deleted on the server.")
@click.option("--full", is_flag=True, help="Ask for everything, not only for changes.")
@dry_run_option()
@prompt_exit()
def pull(
    target: Target,
    users: tuple[str, ...],
    layers: tuple[str, ...],
    kind: str | None,
    on_conflict: OnConflict,
    prune: bool,
    full: bool,
    dry_run: bool,
) -> None:
    """Download submitted annotations into annotations/PSEUDONYM/.

    Asks only for changes since the last pull. A file that was edited here is not overwritten: if
    it was also changed on the server, it is refused, with a list of the differences and exit code
    1, unless --on-conflict tells what to do. An annotation that breaks a rule is written, and the
    exit code is 1 too. Names and addresses of users are not kept.

    \b
    Examples:
      dateline studio pull --users 2=ana,3=bo
      dateline studio pull --annotators ana,bo
    """
    from dateline.cli.annotation.outcome import Outcome
    from dateline.label_studio.sync.annotation_pull import PullOptions
    from dateline.label_studio.sync.pull import pull as pull_annotations

    chosen = target.corpus.ontology.chosen_layers(layers) if layers else None
    pseudonyms = target.pseudonyms(users)
    names = frozenset(target.chosen_documents())
    titles = target.titles()
    outcome = Outcome(target.settings)
    with target.connect() as server:
        for title, annotator in titles.items():
            options = PullOptions(
                pseudonyms=pseudonyms,
                layers=chosen,
                kind=kind,
                annotator=annotator,
                on_conflict=on_conflict,
                prune=prune,
                full=full,
                dry_run=dry_run,
            )
            project = existing_project(server, title)
            with _counting(target.settings, "Pulling", len(names)) as on_task:
                result = pull_annotations(
                    target.corpus, server, project, names, options, on_task=on_task
                )
            outcome.show(result)
    outcome.finish("to write" if dry_run else "written")


def _check_options(errors: Mapping[str, object]) -> None:
    """Raise the first usage error that applies."""
    for message, applies in errors.items():
        if applies:
            raise click.UsageError(message)


def _summary(result: PushResult, *, labels_only: bool, dry_run: bool) -> str:
    added = "to add" if dry_run else "added"
    state = {
        "created": "to create" if dry_run else "created",
        "updated": "found, its labels to update" if dry_run else "found, its labels updated",
        "found": "found",
    }[result.project]
    lines = [f'project "{result.title}" {state}']
    if result.instructions == "updated":
        lines.append(f"instructions: guidelines {'to update' if dry_run else 'updated'}")
    elif result.instructions == "kept":
        lines.append("instructions: kept, they were written in Label Studio")
    if labels_only:
        return "\n".join(lines)
    lines.append(f"documents: {len(result.added)} {added}, {result.present} already there")
    if result.not_named:
        lines[-1] += (
            f"; {result.not_named} others of the corpus not added. Name them with --documents or "
            "--documents-from, or add all with --all."
        )
    if result.predictions or result.predictions_present:
        lines.append(
            f"annotations to start from: {result.predictions} {added}, "
            f"{result.predictions_present} already there"
        )
    return "\n".join(lines)


@contextmanager
def _counting(settings: Settings, label: str, total: int) -> Iterator[Callable[[], None]]:
    """A progress bar that advances at each call."""
    steps = (step for step in settings.progress(range(total), label))

    def advance() -> None:
        next(steps, None)

    try:
        yield advance
    finally:
        steps.close()
