"""`dateline build`: validate the corpus and write it as a dataset, whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dateline.dataset.card import CARD, MARKER, CardContent, Counts, render
from dateline.dataset.citation import read_citation
from dateline.dataset.features import configs
from dateline.dataset.parquet import RowWriter, Written
from dateline.dataset.rows import RowMaker
from dateline.fault import Fault
from dateline.ontology import split_shares
from dateline.rules.check import Bundle, check_corpus
from dateline.rules.incident import Incident
from dateline.store import Corpus

SHOWN_INCIDENTS = 5

Watch = Callable[[Iterable[Bundle]], Iterable[Bundle]]
Files = Mapping[str, Mapping[str, Written]]
"""What was written, by config and split; only those with rows."""


def build(corpus: Corpus, out: Path, watch: Watch = iter) -> Files:
    """Write the dataset of a corpus to the folder ``out``, in place of an earlier build.

    ``watch`` sees the documents go by, to show progress. Raises Fault, and leaves ``out`` as it
    was, where the corpus has errors or no documents, or ``out`` holds anything but a build.
    """
    _refuse_foreign(out)
    splits = tuple(split_shares(corpus.schemas))
    _refuse_split_names(splits)
    tables = configs(corpus.schemas, corpus.ontology)
    citation = read_citation(corpus.root)
    with _replacing(out) as folder:
        counts = Counts()
        with ThreadPoolExecutor(max_workers=1) as worker:
            writers = {
                (name, split): RowWriter(folder / name / f"{split}.parquet", table.schema, worker)
                for name, table in tables.items()
                for split in splits
            }
            files = _write(corpus, writers, watch, counts)
        card = render(
            CardContent(
                ontology=corpus.ontology,
                citation=citation,
                configs=tables,
                files=files,
                counts=counts,
                content_sha256=_content_hash(files),
            )
        )
        (folder / CARD).write_text(card, encoding="utf-8", newline="\n")
    return files


def _write(
    corpus: Corpus, writers: Mapping[tuple[str, str], RowWriter], watch: Watch, counts: Counts
) -> Files:
    maker = RowMaker(corpus.ontology)
    errors: list[Incident] = []
    total = 0
    try:
        for bundle in watch(check_corpus(corpus)):
            found = [incident for incident in bundle.incidents if incident.level == "error"]
            total += len(found)
            errors += found[: SHOWN_INCIDENTS - len(errors)]
            if bundle.document is None or total:
                # Once it has failed, only the rest of the errors is of interest.
                continue
            counts.add(bundle.document, bundle.annotations)
            for name, rows in maker.rows(bundle.document, bundle.annotations).items():
                if rows:
                    writers[name, bundle.document.split].add(rows)
        _refuse_errors(errors, total)
        _refuse_nothing(corpus, counts)
        files: dict[str, dict[str, Written]] = {name: {} for name, _ in writers}
        for (name, split), writer in writers.items():
            written = writer.close()
            if written is not None:
                files[name][split] = written
    except BaseException:
        for writer in writers.values():
            writer.abandon()
        raise
    return files


def _refuse_split_names(splits: Iterable[str]) -> None:
    for split in splits:
        if not re.fullmatch(r"\w+", split):
            raise Fault(
                f"schema/document.schema.json: the split {split!r} cannot be loaded under that "
                "name; use letters, digits and underscores."
            )


def _refuse_errors(errors: list[Incident], total: int) -> None:
    if total:
        first = "\n".join(f"  {e.file} {e.pointer}: {e.code} {e.message}" for e in errors)
        more = f"\n  and {total - len(errors)} more" if total > len(errors) else ""
        raise Fault(
            f"the corpus has {total} error{'s' if total > 1 else ''}, so nothing was built:\n"
            f"{first}{more}\nRun `dateline validate`, which says how to mend them."
        )


def _refuse_nothing(corpus: Corpus, counts: Counts) -> None:
    if not counts.documents:
        raise Fault(
            f"{corpus.documents}: there are no documents, and a dataset without rows cannot be "
            "loaded. Put texts into seeds/ and run `dateline ingest`."
        )


def _content_hash(files: Files) -> str:
    digest = hashlib.sha256()
    for name, splits in files.items():
        for split, written in splits.items():
            digest.update(f"{name}/{split} {written.sha256}\n".encode())
    return digest.hexdigest()


def _refuse_foreign(out: Path) -> None:
    """A folder is only replaced if everything in it is ours to make again."""
    if not out.exists() and not out.is_symlink():
        return
    if out.is_symlink() or not out.is_dir():
        raise Fault(f"{out}: is not a folder; choose another --out.")
    found = sorted(path for path in out.rglob("*") if not path.is_dir())
    if not found and not any(out.iterdir()):
        return
    card = out / CARD
    if not card.is_file() or MARKER not in card.read_text(encoding="utf-8", errors="replace"):
        raise Fault(
            f"{out}: holds something that `dateline build` did not make, and would be replaced. "
            "Choose another --out, or remove the folder."
        )
    for path in found:
        place = path.relative_to(out)
        ours = path == card or (len(place.parts) == 2 and path.suffix == ".parquet")
        if not ours:
            raise Fault(
                f"{path}: does not belong to a build, and would be lost. Move it away, or choose "
                "another --out."
            )


@contextlib.contextmanager
def _replacing(out: Path) -> Iterator[Path]:
    """A new folder that takes the place of ``out`` if all goes well, and vanishes otherwise."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    except OSError as error:
        raise Fault(f"{out}: cannot be written: {error}. Choose another --out.") from None
    try:
        folder, old = temporary / "new", temporary / "old"
        folder.mkdir()
        yield folder
        if out.exists():
            out.rename(old)
        try:
            folder.rename(out)
        except OSError:
            if old.exists():
                old.rename(out)
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
