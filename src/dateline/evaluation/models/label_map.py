"""Which label of the ontology a label of a model stands for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from dateline.errors import DatelineError
from dateline.ontology.labels import Ontology


def label_map(path: str, ontology: Ontology, given: Iterable[str]) -> Mapping[str, str]:
    """The map of a TOML file whose table ``labels`` goes from the model's labels to ours.

    Without a file, labels that are called the same stand for themselves. Raises DatelineError
    where the file cannot be read, or names a type of mention that the ontology does not have.
    """
    types = ontology.layers["entities"].label_names
    if not path:
        return {label: label for label in given if label in types}
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        found = {str(key): str(value) for key, value in content["labels"].items()}
    except OSError as error:
        raise DatelineError(f"{path}: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, AttributeError) as error:
        raise DatelineError(
            f'{path}: has no table [labels] with MODEL = "OURS" lines: {error}.'
        ) from None
    for label in found.values():
        if label not in types:
            raise DatelineError(
                f"{path}: «{label}» is no type of mention; they are {', '.join(types)}."
            )
    return found
