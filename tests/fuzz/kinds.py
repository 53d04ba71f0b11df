"""Kinds of files that come from outside, the commands that read them, and what must hold then."""

from __future__ import annotations

import json
import random
import shutil
import signal
import traceback
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from click.testing import CliRunner

from dateline.cli.main import main
from dateline.corpus.create import create_corpus
from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.ingest.ingest import ingest
from dateline.label_studio.convert.from_result import from_result, header_of
from dateline.label_studio.convert.to_result import to_result
from dateline.label_studio.server.error_messages import explain_errors
from dateline.label_studio.server.responses import TaskExport

from ..conftest import REPOSITORY
from ..evaluation.conftest import predicted
from ..label_studio.foreign import MAPPING, annotation, task
from ..small_corpus import TEXT, Files
from . import oracle
from .mutation import changed_bytes, changed_json, changed_lines, changed_text

SECONDS = 10
"""How much processor time a command may take for one input, whatever else the machine does."""

Check = Callable[[bytes, int], str | None]


class HangError(BaseException):
    """A command took too long; not an Exception, so that nothing takes it for an error."""


@dataclass
class Kind:
    """A file of a corpus, contents to start from, and the commands that read it.

    The first command is run for every input, and one or none of the others in turn. ``check`` gets the content and the exit code of the first command, and says what is wrong.
    """

    root: Path
    path: Path
    bases: Sequence[bytes]
    change: Callable[[bytes, random.Random], bytes]
    commands: Sequence[Sequence[str]]
    check: Check = lambda _content, _code: None
    written: Sequence[Path] = field(default_factory=list)

    def problems(self, content: bytes) -> Iterator[str]:
        """What goes wrong with this content in the file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(content)
        first, *others = self.commands
        code, found = run(self.root, first)
        if found is None:
            found = self.check(content, code)
        if found is not None:
            yield f"{first[0]}: {found}"
        turn = zlib.crc32(content) % (len(others) + 1)
        if turn < len(others):
            other = others[turn]
            _, found = run(self.root, other)
            if found is not None:
                yield f"{other[0]}: {found}"
        for path in self.root.rglob(".*"):
            if path.name.endswith(".tmp") or path.name.startswith(".dist."):
                yield f"left {path.name}"
                shutil.rmtree(path, ignore_errors=True)
                path.unlink(missing_ok=True)
        for path in self.written:
            path.unlink(missing_ok=True)


def run(root: Path, command: Sequence[str]) -> tuple[int, str | None]:
    """The exit code of a command, and what is wrong with how it ended."""
    with time_limit():
        try:
            result = CliRunner().invoke(main, ["--root", str(root), *command])
        except HangError:
            return -1, "took too long"
    if result.exc_info is not None and not isinstance(result.exception, SystemExit | None):
        last = traceback.extract_tb(result.exc_info[2])[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
        return -1, f"traceback {type(result.exception).__name__} at {place}"
    if result.exit_code not in (0, 1, 2):
        return result.exit_code, f"exit code {result.exit_code}"
    if result.exit_code and not result.output.strip():
        return result.exit_code, f"exit code {result.exit_code} without a message"
    if "Traceback" in result.output:
        return result.exit_code, "a traceback in the output"
    return result.exit_code, None


@contextmanager
def time_limit() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise HangError

    old = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, old)


def accepted_only_if(problem: Callable[[bytes], str | None]) -> Check:
    return lambda content, code: problem(content) if code == 0 else None


def corpus_in(root: Path, *annotators: str) -> Files:
    """The small corpus, with the gold as the annotation of more annotators."""
    create_corpus(root)
    corpus = Corpus(root)
    (root / "seeds" / "summit.txt").write_text(TEXT, encoding="utf-8", newline="")
    list(ingest(corpus, [root / "seeds" / "summit.txt"]))
    files = Files(corpus)
    files.check()
    gold = corpus.read_annotation("gold", "summit")
    for name in annotators:
        corpus.write_annotation(msgspec.structs.replace(gold, annotator=name))
        run(root, ["annotators", "add", name, "--kind", "human"])
    return files


def seed(root: Path) -> Kind:
    corpus_in(root)
    document = root / "corpus" / "fuzz.json"

    def check(content: bytes, code: int) -> str | None:
        if code != 0:
            return None
        problem = oracle.seed_problem(content) or oracle.document_problem(document.read_bytes())
        if problem is not None:
            return problem
        found = json.loads(document.read_bytes())
        kept, position = [], 0
        for cut in found["seed"]["dropped"]:
            kept.append(content.decode()[position : cut["start"]])
            position = cut["end"]
        text = "".join([*kept, content.decode()[position:]])
        return None if found["text"] == text else "the text is not that of the seed"

    bases = [
        TEXT.encode(),
        b'\xef\xbb\xbfARTICLE AD BOX\r\n"Why?" Al Roe asked.\r\nAdvertisement\r\nEnd of it.',
        "Yahoo! Inc. met Rep. Bo Lind. “Nein!” – sagte er. Cafe\u0301 नमस्ते 😀.\n".encode(),
    ]
    return Kind(
        root, root / "seeds" / "fuzz.txt", bases, changed_bytes, [["ingest"]], check, [document]
    )


def sidecar(root: Path) -> Kind:
    corpus_in(root)
    (root / "seeds" / "fuzz.txt").write_text("A text of its own.")
    document = root / "corpus" / "fuzz.json"

    def check(content: bytes, code: int) -> str | None:
        problem = oracle.sidecar_problem(content)
        if code == 0:
            return problem or oracle.document_problem(document.read_bytes())
        return None

    base = (
        'title = "Talks"\nlanguage = "en"\n[source]\npublisher = "The Paper"\n'
        'url = "https://example.org/a"\npublished = 2025-04-28\n[rights]\n'
        'license = "CC-BY-4.0"\nholder = "The Paper"\nredistribute_text = true\n'
    )
    return Kind(
        root, root / "seeds" / "fuzz.toml", [base.encode()], changed_text, [["ingest"]], check,
        [document],
    )  # fmt: skip


def document(root: Path) -> Kind:
    path = corpus_in(root).corpus.document_path("summit")
    return Kind(
        root, path, [path.read_bytes()], changed_json, [["validate"], ["stats"], ["ingest"]],
        accepted_only_if(oracle.document_problem), [path],
    )  # fmt: skip


def annotations(root: Path) -> Kind:
    path = corpus_in(root, "ana", "bo").corpus.annotation_path("ana", "summit")
    problem = partial(oracle.annotation_problem, text=TEXT)
    commands = [
        ["validate"], ["agree", "ana", "bo"], ["adjudicate", "ana", "bo", "--list"],
        ["annotators", "list"],
    ]  # fmt: skip
    return Kind(root, path, [path.read_bytes()], changed_json, commands, accepted_only_if(problem))


def schema(root: Path, name: str) -> Kind:
    corpus_in(root)
    path = root / "schema" / f"{name}.schema.json"
    commands = [["validate"], ["guidelines"], ["ontology"]]
    return Kind(root, path, [path.read_bytes()], changed_json, commands, _json_only)


def _json_only(content: bytes, code: int) -> str | None:
    return "it is not JSON" if code == 0 and not oracle.is_json(content) else None


def predictions(root: Path) -> Kind:
    files = corpus_in(root)
    perfect = predicted(files.corpus.read_annotation("gold", "summit"))
    path = root / "predictions.jsonl"

    def problem(content: bytes) -> str | None:
        # Where a line differs from the schema, a warning may be enough.
        for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
            if not line.strip():
                continue
            if not oracle.is_json(line):
                return "a line is not JSON"
            found = oracle.quote_problem(oracle.strict_json(line), TEXT)
            if found is not None:
                return found
        return None

    commands = [["check-predictions", str(path)], ["score", str(path)], ["errors", str(path)]]
    base = json.dumps(perfect, ensure_ascii=False).encode() + b"\n"
    return Kind(root, path, [base], changed_lines, commands, accepted_only_if(problem))


def export(root: Path) -> Kind:
    corpus_in(root)
    (root / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    path, made = root / "export.json", root / "annotations" / "cy" / "summit.json"

    def check(content: bytes, code: int) -> str | None:
        if code == 0 and not oracle.is_json(content):
            return "it is not JSON"
        if made.exists():
            return oracle.annotation_problem(made.read_bytes(), TEXT)
        return None

    mapping = ["--mapping", str(root / "mapping.toml"), "--users", "cy"]
    commands = [["studio", "import", str(path), *mapping],
                ["studio", "import", str(path), "--template"]]  # fmt: skip
    base = json.dumps([task(annotation())], ensure_ascii=False).encode()
    return Kind(root, path, [base], changed_json, commands, check, [made])


def mapping(root: Path) -> Kind:
    corpus_in(root)
    (root / "export.json").write_text(json.dumps([task(annotation())]), encoding="utf-8")
    path, made = root / "mapping.toml", root / "annotations" / "cy" / "summit.json"
    command = [
        "studio",
        "import",
        str(root / "export.json"),
        "--mapping",
        str(path),
        "--users",
        "cy",
    ]
    return Kind(root, path, [MAPPING.encode()], changed_text, [command], written=[made])


def manifest(root: Path) -> Kind:
    for folder in ("schema", "seeds", "corpus", "annotations", "releases"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    path = root / "releases" / "1.0.0.json"
    problem = partial(oracle.schema_problem, "release")
    return Kind(
        root, path, [path.read_bytes()], changed_json, [["verify", "1.0.0"]],
        accepted_only_if(problem),
    )  # fmt: skip


def card(root: Path) -> Kind:
    corpus_in(root)
    code, problem = run(root, ["build"])
    assert (code, problem) == (0, None)
    shutil.copytree(REPOSITORY / "releases", root / "releases")
    path = root / "dist" / "README.md"
    manifest = str(root / "releases" / "1.0.0.json")
    return Kind(
        root, path, [path.read_bytes()[:6000]], changed_text,
        [["verify", str(root / "dist"), "--manifest", manifest]],
    )  # fmt: skip


def waivers(root: Path) -> Kind:
    corpus_in(root, "ana")
    path = root / "annotations" / "waivers.toml"
    base = '[[waiver]]\nrule = "T305"\ndocument = "summit"\nannotator = "ana"\nid = "m2"\nreason = "A hyphen."\n'
    return Kind(root, path, [base.encode()], changed_text, [["validate"]])


def register(root: Path) -> Kind:
    corpus_in(root, "ana", "bo")
    path = root / "annotations" / "annotators.json"
    commands = [["validate"], ["annotators", "list"]]
    return Kind(root, path, [path.read_bytes()], changed_json, commands, _json_only)


class ServerAnswers(Kind):
    """Exports as a server sends them, read as `studio pull` reads them."""

    def problems(self, content: bytes) -> Iterator[str]:
        corpus = Corpus(self.root)
        found, ontology = corpus.read_document("summit"), corpus.ontology
        header = header_of(corpus.read_annotation("ana", "summit"))
        try:
            with time_limit():
                with explain_errors("http://localhost", "exporting the annotations"):
                    exports = msgspec.json.decode(content, type=list[TaskExport])
                    tasks = [export.decoded() for export in exports]
                for submission in (s for task in tasks for s in task.submissions):
                    made, problems = from_result(submission.result, found, header, ontology)
                    assert all(problem.line for problem in problems)
                    wrong = oracle.quote_problem(msgspec.to_builtins(made), TEXT)
                    if wrong is not None:
                        yield f"from_result: {wrong}"
        except DatelineError:
            return
        except HangError:
            yield "took too long"
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            yield f"traceback {type(error).__name__} at {Path(last.filename).name}:{last.lineno}"


def server(root: Path) -> Kind:
    files = corpus_in(root, "ana")
    rows: Any = to_result(files.corpus.read_annotation("ana", "summit"), files.corpus.ontology)
    answer = {
        "id": 5, "data": {"doc_id": "summit", "text": TEXT}, "drafts": [],
        "annotations": [annotation(msgspec.to_builtins(rows))],
    }  # fmt: skip
    base = json.dumps([answer], ensure_ascii=False).encode()
    return ServerAnswers(root, root / "answer.json", [base], changed_json, [])


KINDS: dict[str, Callable[[Path], Kind]] = {
    "seed": seed,
    "sidecar": sidecar,
    "document": document,
    "annotation": annotations,
    "ontology schema": partial(schema, name="ontology"),
    "document schema": partial(schema, name="document"),
    "annotation schema": partial(schema, name="annotation"),
    "predictions": predictions,
    "Label Studio export": export,
    "mapping": mapping,
    "manifest": manifest,
    "dataset card": card,
    "waivers": waivers,
    "annotators": register,
    "server answer": server,
}
