"""Files that are not predictions: every command reads them alike, and explains what is wrong."""

from __future__ import annotations

import bz2
import gzip
import json
import math
import os

import pyarrow as pa
import pytest

import dateline
from dateline.errors import DatelineError
from dateline.evaluation.prediction_check import check_predictions
from dateline.predictions.prediction import Prediction
from dateline.predictions.reading import PredictionFile, read_json_lines


def line(prediction):
    return json.dumps(prediction).encode() + b"\n"


def with_score(prediction, number):
    """The prediction with a number as it is written, in a place that takes any."""
    scores = {"scores": {"factuality": {"certain": {"c1": 0}}}}
    return line(prediction | scores).replace(b'"c1": 0', b'"c1": ' + number)


def with_confidence(prediction, number):
    first, *others = prediction["mentions"]
    return prediction | {"mentions": [first | {"confidence": number}, *others]}


def zstd(content):
    return pa.compress(content, "zstd", asbytes=True)


# What is wrong with a file → how a good line becomes such a file, and what has to be said.
NASTY = {
    "UTF-16": (lambda p: line(p).decode().encode("utf-16"), "is UTF-16 or UTF-32"),
    "UTF-16 without a mark": (lambda p: line(p).decode().encode("utf-16-le"), "is UTF-16"),
    "UTF-32": (lambda p: line(p).decode().encode("utf-32"), "is UTF-16 or UTF-32"),
    "Latin-1": (lambda p: line(p).replace(b"PERSON", b"PERS\xd6N"), "byte 0xd6"),
    "bzip2": (lambda p: bz2.compress(line(p)), "is compressed (bzip2)"),
    "gzip, cut": (lambda p: gzip.compress(line(p))[:-9], "(gzip) is cut off or damaged"),
    "gzip, damaged": (lambda p: gzip.compress(line(p))[:-8] + b"abcdefgh", "is cut off or damaged"),
    "Zstandard, cut": (lambda p: zstd(line(p))[:-9], "(Zstandard) is cut off or damaged"),
    "NaN": (lambda p: with_score(p, b"NaN"), "NaN is not a number in JSON"),
    "Infinity": (lambda p: with_score(p, b"-Infinity"), "Infinity is not a number in JSON"),
    "1e400": (lambda p: with_score(p, b"1e400"), "too large"),
    "5,000 digits": (lambda p: with_score(p, b"1" * 5000), "number out of range"),
    "beyond 64 bits": (lambda p: with_score(p, b"1" * 30), "too large"),
    "deep": (lambda p: b"[" * 100_000 + b"\n", "nested deeper"),
    "deep and closed": (lambda p: b"[" * 100_000 + b"]" * 100_000 + b"\n", "nested deeper"),
    "repeated key": (lambda p: b'{"document": "x", ' + line(p)[1:], "document"),
    "lone surrogate": (
        lambda p: line(p).replace(b'"type": "PERSON"', b'"type": "\\ud800"'),
        "surrogate",
    ),
    "cut": (lambda p: line(p)[:-40], "ends within"),
    "empty": (lambda p: b"", "is empty"),
    "blank": (lambda p: b"\n \r\n\t\n", "is empty"),
    "a list of numbers": (lambda p: b"[1, 2]\n", "line 1"),
    "null": (lambda p: b"null\n", "null"),
    "prose only": (lambda p: b"I could not find any entities.\n", "has no JSON"),
    "two objects in prose": (
        lambda p: b"First " + line(p).strip() + b" then " + line(p),
        "expected value",
    ),
    "indented and cut": (lambda p: json.dumps(p, indent=1).encode()[:-40], "ends within"),
    "indented and broken": (
        lambda p: b"\n" + json.dumps(p, indent=1).replace("[", "[,", 1).encode(),
        "line 5",
    ),
    "a Python dict": (lambda p: f"{p}\n".encode(), "looks like a Python dict"),
    "NUL": (lambda p: b"\0" * 100 + b"\n", "UTF-16"),
    "CR only": (lambda p: line(p).replace(b"\n", b"\r") * 2, "trailing characters"),
    "misspelled list": (
        lambda p: line(p).replace(b'"mentions": [', b'"mention": [', 1),
        'Did you mean "mentions"?',
    ),
    "misspelled field": (lambda p: line(p).replace(b'"trigger": ', b'"triger": ', 1), '"trigger"?'),
    "confidence as text": (lambda p: line(with_confidence(p, "high")), "expected a finite number"),
    "confidence as truth": (lambda p: line(with_confidence(p, True)), "expected a finite number"),
    "confidence as NaN": (lambda p: line(with_confidence(p, math.nan)), "NaN is not a number"),
    "offset as a fraction": (lambda p: line(p).replace(b'"start": 0', b'"start": 0.5', 1), "start"),
}  # fmt: skip
GOOD = {
    "byte order mark": lambda p: b"\xef\xbb\xbf" + line(p),
    "CR LF": lambda p: line(p).replace(b"\n", b"\r\n"),
    "no line feed at the end": lambda p: line(p).rstrip(),
    "blank lines": lambda p: b"\n \t\n" + line(p) + b"\r\n\n",
    "gzip": lambda p: gzip.compress(line(p)),
    "gzip in two parts": lambda p: gzip.compress(line(p)[:9]) + gzip.compress(line(p)[9:]),
    "Zstandard": lambda p: zstd(line(p)),
}
# What is read in spite of what is around it → how, and the warning about it.
FORGIVEN = {
    "code fence": (lambda p: b"```json\n" + line(p) + b"```\n", "not JSON and skipped"),
    "prose": (
        lambda p: b"Here is the JSON you asked for:\n\n" + line(p) + "I hope this helps – bye!".encode(),
        "not JSON and skipped",
    ),
    "prose on the line": (
        lambda p: b"Answer: " + line(p).strip() + b" (as asked)\n",
        "the text around the JSON object is skipped",
    ),
    "fence on the line": (lambda p: b"```json " + line(p).strip() + b"```\n", "the text around"),
    "a second byte order mark": (lambda p: b"\xef\xbb\xbf" * 2 + line(p), "the text around"),
    "indented": (
        lambda p: json.dumps(p, indent=2).encode(),
        "are read as one JSON value",
    ),
    "indented in a fence": (
        lambda p: b"Sure!\n```json\n" + json.dumps(p, indent="\t").encode() + b"\n```\n",
        "are read as one JSON value",
    ),
    "a list": (lambda p: b"[" + line(p).strip() + b"]\n", "a list of 1 objects"),
    "an indented list": (lambda p: json.dumps([p], indent=2).encode(), "a list of 1 objects"),
    "unknown field": (lambda p: line(p | {"model": "m-1"}), "/model"),
    "confidence of a document": (lambda p: line(p | {"confidence": 1}), "/confidence"),
    "unknown field of items": (
        lambda p: line(p).replace(b'"type": "PERSON"', b'"type": "PERSON", "score": 0.3'),
        'Name it "confidence"',
    ),
}  # fmt: skip
COMMANDS = {
    "check": ("check-predictions", "FILE"),
    "score": ("score", "FILE"),
    "compare": ("compare", "FILE", "GOOD", "--resamples", "1"),
    "errors": ("errors", "FILE"),
    "add": ("leaderboard", "--add", "FILE", "--name", "mine"),
}


@pytest.fixture
def verdicts(five, five_predicted, written, run):
    """The exit code and the output of every command on a file."""
    good = str(written(*five_predicted, name="good.jsonl"))

    def read(path):
        found = {}
        for name, arguments in COMMANDS.items():
            replaced = [{"FILE": str(path), "GOOD": good}.get(a, a) for a in arguments]
            result = run(five, *replaced)
            assert result.exception is None or isinstance(result.exception, SystemExit), (
                name,
                result.exception,
            )
            found[name] = result.exit_code, result.stdout + result.stderr
        return found

    return read


@pytest.mark.parametrize("kind", NASTY)
def test_every_command_explains_a_nasty_file(verdicts, five, five_predicted, tmp_path, kind):
    from dateline.predictions.annotations import read_as_annotations

    make, message = NASTY[kind]
    path = tmp_path / "nasty.jsonl"
    path.write_bytes(make(five_predicted[0]))
    found = verdicts(path)
    assert {code for code, _ in found.values()} == {1}, found
    for name, (_, output) in found.items():
        assert message in output, (name, output)
        assert len(output) < 5000, name
    with pytest.raises(DatelineError):
        read_as_annotations(five, path)


@pytest.mark.parametrize("kind", GOOD)
def test_every_command_reads_a_file_with_other_habits(
    verdicts, five, five_predicted, tmp_path, kind
):
    path = tmp_path / "other.jsonl"
    path.write_bytes(GOOD[kind](five_predicted[0]))
    found = verdicts(path)
    assert {code for code, _ in found.values()} == {0}, found
    assert check_predictions(path, five).items == 15


@pytest.mark.parametrize("kind", FORGIVEN)
def test_every_command_reads_what_is_unambiguous_and_says_so(
    verdicts, five, five_predicted, tmp_path, kind
):
    path = tmp_path / "other.jsonl"
    make, message = FORGIVEN[kind]
    path.write_bytes(make(five_predicted[0]))
    found = verdicts(path)
    assert {code for code, _ in found.values()} == {0}, found
    for name in ("check", "score"):
        assert message in found[name][1], found[name]
    assert check_predictions(path, five).items == 15
    score = dateline.score(path, five).score("entities", "strict")
    assert (
        score.value == dateline.score([five_predicted[0]], five).score("entities", "strict").value
    )


@pytest.mark.parametrize("kind", ["folder", "pipe", "device", "nothing"])
def test_folders_pipes_and_devices_are_explained(five, tmp_path, kind):
    path = tmp_path / "odd.jsonl"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    message = "there is no such file" if kind == "nothing" else "is not a regular file"
    for read in (
        lambda: list(PredictionFile(path)),
        lambda: check_predictions(path, five),
        lambda: dateline.score(path, five),
    ):
        with pytest.raises(DatelineError, match=message):
            read()


def test_a_line_that_is_too_long_is_named_and_the_others_are_read(five_predicted, written):
    path = written(*five_predicted[:3])
    longest = len(line(five_predicted[1])) - 2
    read = list(read_json_lines(path, Prediction, longest=longest))
    wrong = [one for one in read if one.rejection]
    assert [one.number for one in read] == [1, 2, 3]
    assert wrong[0].rejection.message == f"is longer than {longest:,} bytes"
    whole = list(read_json_lines(path, Prediction, longest=10_000))
    assert all(isinstance(one.read, Prediction) for one in whole)


def test_the_number_of_explained_schema_problems_is_limited_and_said(five, five_predicted, written):
    first = five_predicted[0]
    first["mentions"] = [first["mentions"][0] | {"id": f"x {n}"} for n in range(2000)]
    problems = check_predictions(written(first), five).problems
    about_schema = [p for p in problems if "does not match" in p.message]
    assert 0 < len(about_schema) < 2000
    assert any("2,000 items have errors" in p.message for p in problems)
