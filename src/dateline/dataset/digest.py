"""A hash of what a table says, whatever wrote it, with or without the text of its documents.

Files of equal content differ from one version of pyarrow to the next. What is hashed here is the
content itself: for each column, which values there are, how long they are, and the values. What the
withheld edition of a dataset lacks is left out, so that both editions have one hash.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dateline.dataset.texts import METADATA, holds_text

Digest = Any
"""A hash in the making, of the standard library's hashlib."""


def content_sha256(table: pa.Table) -> str:
    """SHA-256 of a table's content, less what tells the text; order of rows and columns counts."""
    digest = hashlib.sha256()
    for name in table.column_names:
        array = pa.concat_arrays(table.column(name).chunks) if table.num_rows else None
        digest.update(f"{name} {table.num_rows}\n".encode())
        if array is not None:
            _feed(digest, name, array)
    return digest.hexdigest()


def _feed(digest: Digest, name: str, array: pa.Array, metadata: bool = False) -> None:
    kind = array.type
    metadata = metadata or name in METADATA
    digest.update(f"{name}\n".encode())
    if not metadata and holds_text(name, kind):
        return
    digest.update(f"{kind}\n".encode() if pa.types.is_primitive(kind) else b"")
    digest.update(np.packbits(np.asarray(array.is_valid())).tobytes())
    if pa.types.is_struct(kind):
        for field, values in zip(kind, array.flatten(), strict=True):
            _feed(digest, field.name, values, metadata)
    elif pa.types.is_list(kind):
        _feed_numbers(digest, pc.list_value_length(array))
        _feed(digest, name, array.flatten(), metadata)
    elif pa.types.is_string(kind):
        _feed_numbers(digest, pc.binary_length(array))
        digest.update("".join(pc.drop_null(array).to_pylist()).encode())
    else:
        _feed_numbers(digest, array)


def _feed_numbers(digest: Digest, array: pa.Array) -> None:
    filled = pc.fill_null(array, False if pa.types.is_boolean(array.type) else 0)
    digest.update(np.asarray(filled).tobytes())
