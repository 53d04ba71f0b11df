"""Ctrl+C ends what talks to a server, at whatever moment it comes."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys

import pytest

from dateline.label_studio.config.labelling_config import labelling_config

from .slow_server import slow_server
from .stand_in import TITLE
from .test_command import TOKEN

PATIENCE = 60
"""Seconds after which a process that has not ended counts as hanging."""

FORKS = """
import json, multiprocessing, os, signal, sys, time

import label_studio_sdk.base_client
import dateline.cli.annotation.studio_watch
import dateline.label_studio.server.connection
import dateline.label_studio.sync.pull
from dateline.__main__ import run

signal.signal(signal.SIGINT, signal.SIG_DFL)
arguments, moments, output, patience = json.loads(sys.argv[1])


def command(number):
    file = os.open(f"{output}/{number}", os.O_WRONLY | os.O_CREAT)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.argv[1:] = arguments
    run()


context = multiprocessing.get_context("fork")
ended = []
for start in range(0, len(moments), 10):
    batch = moments[start : start + 10]
    began = time.monotonic()
    processes = [context.Process(target=command, args=[start + n]) for n in range(len(batch))]
    for process in processes:
        process.start()
    for (moment, number), process in sorted(zip(batch, processes), key=lambda pair: pair[0]):
        time.sleep(max(0, began + moment - time.monotonic()))
        if process.is_alive():
            os.kill(process.pid, number)
    for process in processes:
        process.join(patience)
        ended.append(process.exitcode)
        process.kill()
print(json.dumps(ended))
"""
"""Forks processes that run a command, sends each a signal at its moment, and prints exit codes."""

STARTS = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)  # it may be ignored in the background
print("started", flush=True)
from dateline.__main__ import run
run()
"""
"""Runs the program after a line that tells that the interpreter, which it cannot rule, is up."""


@pytest.fixture
def environment(files, ontology):
    """Variables of a command that talks to a slow server about the corpus."""
    files.check()
    with slow_server(labelling_config(ontology)) as url:
        variables = {"LABEL_STUDIO_URL": url, "LABEL_STUDIO_API_KEY": TOKEN}
        yield os.environ | variables | {"DATELINE_BACKOFF": "0.05"}


def arguments_of(files, command):
    options = {"watch": ["--every", "0.05"]}.get(command, [])
    return ["studio", command, "--root", str(files.root), "--project", TITLE, *options]


def interrupted(arguments, moments, environment, folder):
    """Exit codes and output of a command that gets a signal at each of these moments."""
    folder.mkdir()
    given = json.dumps([arguments, moments, str(folder), PATIENCE])
    done = subprocess.run(
        [sys.executable, "-c", FORKS, given],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), "".join(p.read_text() for p in folder.iterdir())


def test_a_watch_can_be_stopped_at_any_moment(files, environment, tmp_path):
    chance = random.Random(1)
    signals = [signal.SIGINT, signal.SIGTERM]
    moments = [(chance.uniform(0.1, 1), chance.choice(signals)) for _ in range(70)]
    ended, output = interrupted(
        arguments_of(files, "watch"), moments, environment, tmp_path / "output"
    )
    assert set(ended) <= {0, 130, -signal.SIGINT, -signal.SIGTERM}, output
    assert 0 in ended, "some had begun to watch"
    assert "Error" not in output


@pytest.mark.parametrize("command", ["pull", "status"])
def test_other_commands_can_be_interrupted_at_any_moment(files, environment, tmp_path, command):
    chance = random.Random(2)
    moments = [(chance.uniform(0.1, 0.6), signal.SIGINT) for _ in range(10)]
    ended, output = interrupted(
        arguments_of(files, command), moments, environment, tmp_path / "output"
    )
    assert set(ended) <= {0, 1, 130, -signal.SIGINT}, output


def test_a_start_can_be_interrupted(files, environment):
    chance = random.Random(3)
    for _ in range(10):
        process = subprocess.Popen(
            [sys.executable, "-c", STARTS, *arguments_of(files, "watch")],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert process.stdout.readline() == b"started\n"
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0, 1.5))
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) in (0, 130, -signal.SIGINT)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
