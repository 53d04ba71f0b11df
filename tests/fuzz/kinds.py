"""Kinds of files of a corpus that come from outside."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ..conftest import REPOSITORY
from ..evaluation.conftest import predicted
from ..label_studio.foreign import MAPPING, annotation, task
from ..small_corpus import TEXT, small_corpus
from . import oracle
from .derived_kinds import DERIVED
from .kind import Kind, accepted_only_if, run
from .mutation import changed_bytes, changed_json, changed_lines, changed_text
from .server_answers import server_answers


def seed(root: Path, *options: str) -> Kind:
    small_corpus(root)
    document = root / "corpus" / "fuzz.json"

    def check(content: bytes, code: int) -> str | None:
        if code != 0:
            return None
        problem = oracle.seed_problem(content) or oracle.document_problem(document.read_bytes())
        if problem is not None:
            return problem
        found = json.loads(document.read_bytes())
        kept, position = [], 0
        for cut in found["seed"].get("dropped", ()):
            kept += [content.decode()[position : cut["start"]], cut.get("replacement", "")]
            position = cut["end"]
        text = "".join([*kept, content.decode()[position:]])
        return None if found["text"] == text else "the text is not that of the seed"

    bases = [
        TEXT.encode(),
        b'\xef\xbb\xbfARTICLE AD BOX\r\n"Why?" Al Roe asked.\r\nAdvertisement\r\nEnd of it.',
        "Yahoo! Inc. met Rep. Bo Lind. “Nein!” – sagte er. Cafe\u0301 नमस्ते 😀.\n".encode(),
    ]
    if options:
        lines = "The two ministers met again and they had\n" * 8
        bases += [f"<p class='x'>FranÃ§ois &amp; <b>Ana</b><br>{lines}</p><!-- it -->â€™".encode()]
    return Kind(
        root, root / "seeds" / "fuzz.txt", bases, changed_bytes, [["ingest", *options]], check,
        [document],
    )  # fmt: skip


def table(root: Path) -> Kind:
    small_corpus(root)
    (root / "seeds" / "fuzz.txt").write_text("A text of its own.")
    document = root / "corpus" / "fuzz.json"

    def check(content: bytes, code: int) -> str | None:
        problem = oracle.table_problem(content)
        if code == 0:
            return problem or oracle.document_problem(document.read_bytes())
        return None

    base = (
        b"seed,title,language,date,split,group,duplicate\n"
        b'fuzz.txt,"Talks, and more",en,2025-04-28,test,story-1,true\r\nsummit,,,,,,\n'
    )
    return Kind(
        root, root / "seeds" / "seeds.csv", [base], changed_text, [["ingest"]], check, [document]
    )


def sidecar(root: Path) -> Kind:
    small_corpus(root)
    (root / "seeds" / "fuzz.txt").write_text("A text of its own.")
    document = root / "corpus" / "fuzz.json"

    def check(content: bytes, code: int) -> str | None:
        problem = oracle.sidecar_problem(content)
        if code == 0:
            return problem or oracle.document_problem(document.read_bytes())
        return None

    base = (
        'title = "Talks"\nlanguage = "en"\ndate = 2025-04-27\nsplit = "test"\n'
        'group = "talks"\nduplicate = true\n[source]\npublisher = "The Paper"\n'
        'url = "https://example.org/a"\npublished = 2025-04-28\n[rights]\n'
        'license = "CC-BY-4.0"\nholder = "The Paper"\nredistribute_text = true\n'
    )
    return Kind(
        root, root / "seeds" / "fuzz.toml", [base.encode()], changed_text, [["ingest"]], check,
        [document],
    )  # fmt: skip


def document(root: Path) -> Kind:
    path = small_corpus(root).corpus.document_path("summit")
    return Kind(
        root, path, [path.read_bytes()], changed_json, [["validate"], ["stats"], ["ingest"]],
        accepted_only_if(oracle.document_problem), [path],
    )  # fmt: skip


def annotations(root: Path) -> Kind:
    path = small_corpus(root, "ana", "bo").corpus.annotation_path("ana", "summit")
    problem = partial(oracle.annotation_problem, text=TEXT)
    commands = [
        ["validate"], ["agree", "ana", "bo"], ["adjudicate", "ana", "bo", "--list"],
        ["annotators", "list"],
    ]  # fmt: skip
    return Kind(root, path, [path.read_bytes()], changed_json, commands, accepted_only_if(problem))


def schema(root: Path, name: str) -> Kind:
    small_corpus(root)
    path = root / "schema" / f"{name}.schema.json"
    commands = [["validate"], ["guidelines"], ["ontology"]]
    return Kind(root, path, [path.read_bytes()], changed_json, commands, _json_only)


def _json_only(content: bytes, code: int) -> str | None:
    return "it is not JSON" if code == 0 and not oracle.is_json(content) else None


def predictions(root: Path) -> Kind:
    files = small_corpus(root)
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
    small_corpus(root)
    (root / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    path, made = root / "export.json", root / "annotations" / "cy" / "summit.json"

    def check(content: bytes, code: int) -> str | None:
        if code == 0 and not oracle.is_json(content):
            return "it is not JSON"
        if made.exists():
            return oracle.annotation_problem(made.read_bytes(), TEXT)
        return None

    read = ["import", "label-studio", str(path)]
    options = ["--mapping", str(root / "mapping.toml"), "--annotators", "cy", "--known-texts"]
    commands = [[*read, *options], [*read, "--template"]]
    base = json.dumps([task(annotation())], ensure_ascii=False).encode()
    return Kind(root, path, [base], changed_json, commands, check, [made])


def mapping(root: Path) -> Kind:
    small_corpus(root)
    (root / "export.json").write_text(json.dumps([task(annotation())]), encoding="utf-8")
    path, made = root / "mapping.toml", root / "annotations" / "cy" / "summit.json"
    command = [
        "import", "label-studio", str(root / "export.json"), "--mapping", str(path),
        "--annotators", "cy", "--known-texts",
    ]  # fmt: skip
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
    small_corpus(root)
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
    small_corpus(root, "ana")
    path = root / "annotations" / "waivers.toml"
    base = '[[waiver]]\nrule = "T305"\ndocument = "summit"\nannotator = "ana"\nid = "m2"\nreason = "A hyphen."\n'
    return Kind(root, path, [base.encode()], changed_text, [["validate"]])


def register(root: Path) -> Kind:
    small_corpus(root, "ana", "bo")
    path = root / "annotations" / "annotators.json"
    commands = [["validate"], ["annotators", "list"]]
    return Kind(root, path, [path.read_bytes()], changed_json, commands, _json_only)


KINDS: dict[str, Callable[[Path], Kind]] = {
    "seed": seed,
    "fixed seed": lambda root: seed(root, "--fix", "html,mojibake,wrap"),
    "sidecar": sidecar,
    "table of seeds": table,
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
    **DERIVED,
    "server answers": server_answers,
}
