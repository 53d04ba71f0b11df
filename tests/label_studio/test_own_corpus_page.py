"""The page "Your own corpus": every command, in order, with somebody who annotates in between."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import httpx
import pytest

from dateline.corpus.store import Corpus
from dateline.label_studio.convert.to_result import to_result
from dateline.label_studio.local_server.environment import VARIABLE

from ..conftest import REPOSITORY
from ..corpora import make_annotation, quote
from .server import free_port

PAGE = REPOSITORY / "docs" / "your-own-corpus.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```", flags=re.M | re.S)
PUSH = "dateline studio push"
START = "dateline studio server start"
SAVE = "\ndeclare -x > {0}.new && pwd > {0}.folder && mv {0}.new {0}\n"


@pytest.fixture
def shell(tmp_path, installed):
    """Run a block of the page as in one shell: its variables and folder last until the next."""
    state = tmp_path / "state"
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, arguments in (("python", ""), ("dateline", " -m dateline")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}"{arguments} "$@"\n')
        (programs / name).chmod(0o755)
    environment = {
        **os.environ,
        VARIABLE: str(installed),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "HF_HOME": str(tmp_path / "cache"),
        **{f"GIT_{who}_NAME": "Ana" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "ana@example.org" for who in ("AUTHOR", "COMMITTER")},
    }
    (tmp_path / "work").mkdir()

    def run(block):
        restore = f"source {state}; cd $(cat {state}.folder)\n" if state.exists() else ""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", restore + block + SAVE.format(state)],
            cwd=tmp_path / "work", env=environment, capture_output=True, text=True, check=False,
            timeout=400,
        )  # fmt: skip
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
        return done.stdout

    yield run
    subprocess.run(
        ["bash", "-c", "dateline studio server stop"],
        cwd=tmp_path / "work" / "museum", env=environment, capture_output=True, check=False,
    )  # fmt: skip


def annotations_of(corpus):
    """What the annotator is to draw, by document."""
    first, second = (corpus.read_document(name) for name in ("aviso-1", "aviso-2"))

    def mention(document, id_, type_, words, entity, level="name", **attributes):
        return {
            "id": id_, "type": type_, "spans": quote(document.text, words), "entity": entity,
            "attributes": {"level": level, **attributes},
        }  # fmt: skip

    return {
        first.id: make_annotation(
            first,
            {
                "mentions": [
                    mention(first, "m1", "PERSON", "Valeria Montes", "n1"),
                    mention(first, "m2", "INSTITUTION", "Museo Náutico de Aldera", "n2"),
                    mention(first, "m3", "PLACE", "Aldera", "n3"),
                    mention(first, "m4", "INSTITUTION", "museo", "n2", "nominal", founded=1931),
                ],
                "entities": [
                    {"id": "n1", "type": "PERSON", "name": "Valeria Montes"},
                    {"id": "n2", "type": "INSTITUTION", "name": "Museo Náutico de Aldera"},
                    {"id": "n3", "type": "PLACE", "name": "Aldera"},
                ],
                "relations": [{"type": "WORKS_FOR", "source": "m1", "target": "m2"}],
            },
            layers=corpus.ontology.layer_names,
        ),
        second.id: make_annotation(
            second,
            {
                "mentions": [
                    mention(second, "m1", "PLACE", "Puerto Brisa", "n1"),
                    mention(second, "m2", "PERSON", "Tomás Quirós", "n2"),
                ],
                "entities": [
                    {"id": "n1", "type": "PLACE", "name": "Puerto Brisa"},
                    {"id": "n2", "type": "PERSON", "name": "Tomás Quirós"},
                ],
            },
            layers=corpus.ontology.layer_names,
        ),
    }


def annotate(corpus, credentials):
    """Submit the annotations as the page would."""
    headers = {"Authorization": f"Token {credentials['LABEL_STUDIO_API_KEY']}"}
    with httpx.Client(
        base_url=credentials["LABEL_STUDIO_URL"], headers=headers, timeout=60
    ) as server:
        (project,) = server.get("/api/projects/").raise_for_status().json()["results"]
        found = server.get("/api/tasks/", params={"project": project["id"], "fields": "all"})
        for task in found.raise_for_status().json()["tasks"]:
            annotation = annotations_of(corpus)[task["data"]["doc_id"]]
            rows = to_result(annotation, corpus.ontology)
            path = f"/api/tasks/{task['id']}/annotations/"
            server.post(path, json={"result": rows}).raise_for_status()


@pytest.mark.server
def test_every_command_of_the_page_works(shell, tmp_path):
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert len(blocks) >= 8
    printed = ""
    for block in blocks:
        printed += shell(block.replace(START, f"{START} --port {free_port()}"))
        if PUSH in block:
            exported = shell("dateline studio server credentials")
            credentials = dict(re.findall(r"export (\w+)='?([^'\n]*)", exported))
            annotate(Corpus(tmp_path / "work" / "museum"), credentials)
    assert "[('Valeria Montes', 'Museo Náutico de Aldera')]" in printed
    assert "B-INSTITUTION" in printed
    assert (tmp_path / "work" / "museum" / "releases" / "0.1.0.json").is_file()
