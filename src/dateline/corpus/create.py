"""Create a corpus, with a small ontology or with that of the example in the package."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from dateline.corpus.annotators import Register, register_path
from dateline.corpus.languages import language_tag
from dateline.corpus.store import Corpus, canonical_json, file_name, schema_json
from dateline.errors import ConflictError, InvalidInputError
from dateline.files.writing import NOTES, locked, write_together
from dateline.ontology.consistency import NEEDS
from dateline.ontology.derived_schemas import derived_schemas, starting_ontology, template
from dateline.ontology.schemas import LAYER_DEFINITIONS, SCHEMA_NAMES
from dateline.packaged import packaged
from dateline.rendering.generated_blocks import marks
from dateline.rendering.markdown import Markdown, environment, one_line

FOLDERS = ("schema", "seeds", "corpus", "annotations")


def create_corpus(
    root: str | Path,
    layers: Collection[str] = (),
    pages: Mapping[str, bytes] = {},
) -> list[Path]:
    """Write the schemas and the empty folders of a new corpus, all or nothing.

    With ``layers``, the ontology has some labels for each, to be changed; without, it is that of
    the example that comes with the package. ``pages`` are further files by path in the corpus, of
    which those that exist are kept and returned.

    Raises ConflictError if the folder already has schemas, and InvalidInputError for a layer that
    needs another one.
    """
    root = Path(root)
    files = _example() if not layers else _schemas(layers, _title(root))
    files |= {".gitignore": b"dist/\n.dist.*/\n.dateline/\n", **pages}
    if not (root / NOTES).exists():  # else a command may have been interrupted
        _refuse_schemas(root)
    with locked(root):
        _refuse_schemas(root)
        for folder in FOLDERS:
            (root / folder).mkdir(parents=True, exist_ok=True)
        kept = [root / name for name in files if (root / name).exists()]
        new = {root / name: content for name, content in files.items() if root / name not in kept}
        write_together(root, new)
    return kept


def starting_pages(
    root: Path, layers: Collection[str] = (), language: str | None = None
) -> dict[str, bytes]:
    """Further files of a new corpus, by path in it: README, citation, datasheet and metadata.

    ``language`` is that of the texts, a BCP 47 tag. Raises InvalidInputError if it is not one.
    """
    tag = None if language is None else language_tag(language)
    title = _title(root)
    values = {
        "title": title,
        "quoted_title": Markdown(json.dumps(title, ensure_ascii=False)),
        "layers": layers,
        "language": Markdown(tag) if tag else None,
        "counts": Markdown(marks("counts")),
    }
    templates = environment("dateline.corpus")
    pages = {
        name: templates.get_template(f"start/{Path(name).name}.j2").render(values).encode()
        for name in ("README.md", "CITATION.cff", "DATASHEET.md", "seeds/seeds.toml")
    }
    register = register_path(Corpus(root)).relative_to(root).as_posix()
    return {**pages, register: canonical_json(Register())}


def _refuse_schemas(root: Path) -> None:
    schema = root / "schema"
    if schema.is_dir() and any(schema.iterdir()):
        raise ConflictError(
            f"{schema}: already exists and is not overwritten; choose another folder."
        )


def _title(root: Path) -> str:
    return one_line(root.resolve().name) or "Corpus"


def _example() -> dict[str, bytes]:
    with packaged("schema") as folder:
        return {
            f"schema/{file_name(name)}": (folder / file_name(name)).read_bytes()
            for name in SCHEMA_NAMES
        }


def _schemas(layers: Collection[str], title: str) -> dict[str, bytes]:
    definitions = {item: layer for layer, item in LAYER_DEFINITIONS.items() if layer in layers}
    for definition, layer in definitions.items():
        for needed in NEEDS.get(definition, ()):
            if not definitions.keys() & {*needed}:
                other = next(name for name, item in LAYER_DEFINITIONS.items() if item in needed)
                raise InvalidInputError(f'layers: "{layer}" needs "{other}"; name both.')
    ontology = starting_ontology(definitions, title)
    schemas = {
        "ontology": ontology,
        "document": template("document"),
        **derived_schemas(ontology),
    }
    return {
        **_example(),
        **{f"schema/{file_name(name)}": schema_json(schema) for name, schema in schemas.items()},
    }
