"""Rules about the corpus as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.corpus.scenarios import read_scenario, scenario_paths
from dateline.corpus.seed_names import document_id
from dateline.corpus.unread_files import outside_folders, unread_files
from dateline.errors import DatelineError
from dateline.validation.contexts import CorpusContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule

SHOWN = 100
"""Unread files that are reported."""


@rule(
    "A202", "error", "corpus", "The annotated document exists",
    "Offsets mean nothing without the text.",
)  # fmt: skip
def document_exists(context: CorpusContext) -> Iterator[Finding]:
    corpus = context.corpus
    known = set(corpus.document_ids())
    for path in corpus.annotation_paths():
        if path.stem not in known:
            yield context.finding(
                path,
                path.stem,
                f'there is no document "{path.stem}"',
                f"Restore corpus/{path.stem}.json, or remove the annotation.",
                "/document",
            )


@rule(
    "D108", "error", "corpus", "No two documents have the same text, unless it is allowed",
    "Duplicates count twice, and may end up in two splits.",
)  # fmt: skip
def duplicate_text(context: CorpusContext) -> Iterator[Finding]:
    seen: dict[str, tuple[str, bool]] = {}
    for document, facts in context.documents.items():
        first, is_allowed = seen.setdefault(facts.text_sha256, (document, facts.duplicate))
        if first != document and not is_allowed and not facts.duplicate:
            yield context.document_finding(
                document,
                "/text",
                f'is also the text of "{first}"',
                "Remove one of the two documents and its seed, or set duplicate = true in the "
                "metadata of the seed.",
            )


@rule(
    "D111", "error", "corpus", "Documents of one group are in one split",
    "They are not independent, so a system would be tested on what it was trained on.",
)  # fmt: skip
def groups_in_one_split(context: CorpusContext) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for document, facts in context.documents.items():
        if facts.group is not None:
            other = first.setdefault(facts.group, document)
            if context.documents[other].split != facts.split:
                yield context.document_finding(
                    document,
                    "/split",
                    f'is "{facts.split}", but "{other}" of the same group, "{facts.group}", is in '
                    f'"{context.documents[other].split}"',
                    "Change the group of one of them, or the split of one that was not released.",
                )


@rule(
    "D109", "warning", "corpus", "Every seed has been ingested",
    "A seed that is not in the corpus is not in any release.",
)  # fmt: skip
def seeds_ingested(context: CorpusContext) -> Iterator[Finding]:
    corpus = context.corpus
    known = set(corpus.document_ids())
    for path in sorted(corpus.seeds.glob("*.txt")):
        is_hidden = path.name.startswith(".")  # which `ingest` does not read
        if not is_hidden and document_id(path.stem, corpus.schemas) not in known:
            yield context.finding(
                path,
                path.stem,
                "is not in the corpus",
                "Run `dateline ingest`, which adds it or reports the reason.",
            )


@rule(
    "S006", "error", "corpus", "Scenario sheets can be read and refer to nothing that is missing",
    "Texts are written from them, and gold is compared with them.",
)  # fmt: skip
def scenarios_read(context: CorpusContext) -> Iterator[Finding]:
    if context.corpus.is_elsewhere(context.corpus.seeds):
        return  # Nothing is read through a link; S004 reports it.
    for path in scenario_paths(context.corpus):
        try:
            read_scenario(path)
        except DatelineError as error:
            message = str(error).removeprefix(f"{path}: ")
            yield context.finding(path, path.stem, message, "Fix the sheet.")


@rule(
    "S003", "warning", "corpus", "Every file in the corpus's folders is read",
    "A file in another place or with another name is in no build, and nobody notices.",
)  # fmt: skip
def files_read(context: CorpusContext) -> Iterator[Finding]:
    found = list(unread_files(context.corpus))
    for number, (path, hint) in enumerate(found[:SHOWN], 1):
        message = "is not read"
        if number == SHOWN < len(found):
            message += f", and neither are {len(found) - SHOWN:,} more files"
        fix = f"{hint} Move, rename or remove the file."
        yield context.finding(path, path.name, message, fix)


@rule(
    "S004", "error", "corpus", "The corpus's folders are inside of it",
    "A folder that is a link to another place is not followed: it is in no version and no release.",
)  # fmt: skip
def folders_inside(context: CorpusContext) -> Iterator[Finding]:
    for folder in outside_folders(context.corpus):
        yield context.finding(
            folder,
            folder.name,
            "is a link that leads out of the corpus, so nothing in it is read",
            "Replace the link by the folder itself.",
        )
