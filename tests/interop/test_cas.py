"""UIMA CAS: what cassis loads of it, files of other projects, and exports of INCEpTION."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import cassis
import pytest

from dateline.annotations.items import chains_of
from dateline.corpus.store import Corpus
from dateline.errors import InvalidInputError
from dateline.interop.formats.inception.cas_types import TOKEN
from dateline.interop.formats.inception.layers import (
    EVENT,
    NAMED_ENTITY,
    attribute_name,
    feature_name,
    links_of,
)
from dateline.interop.registry import format_of
from dateline.model import Link

SHARED = Path("/work/shared/formats/uima-cas")
real_files = pytest.mark.skipif(not SHARED.is_dir(), reason="needs files of other projects")


def read(path):
    return list(format_of("cas").reader(path))


@pytest.fixture
def exported(layered, run, tmp_path):
    def export(files="xmi"):
        out = tmp_path / files
        options = ("--option", f"files={files}", "--include-text", "all")
        result = run(layered, "export", "cas", "--out", str(out), *options)
        assert result.exit_code == 0, result.output
        (folder,) = out.iterdir()
        return folder

    return export


@pytest.mark.parametrize("files", ["xmi", "json"])
def test_cassis_loads_the_layers_with_their_text_and_arguments(files, exported, layered):
    folder = exported(files)
    (path,) = folder.glob(f"*.{files}")
    annotation = layered.read_annotation("gold", path.stem)
    types = cassis.load_typesystem(folder / "TypeSystem.xml")
    with path.open("rb") as file:
        cas = (
            cassis.load_cas_from_xmi(file, typesystem=types)
            if files == "xmi"
            else cassis.load_cas_from_json(file)
        )
    mentions = cas.select(NAMED_ENTITY)
    assert sorted((cas.get_covered_text(m), m.value) for m in mentions) == sorted(
        (m.spans[0].text, m.type) for m in annotation.mentions
    )
    roles = [
        (cas.get_covered_text(event), link.role)
        for event in cas.select(EVENT)
        for link in getattr(event.arguments, "elements", None) or ()
    ]
    assert sorted(roles) == sorted(
        (e.trigger[0].text, a.role) for e in annotation.events for a in e.arguments
    )
    chains = cas.select("de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceChain")
    assert len(chains) == len(chains_of(annotation)) > 0


def test_an_export_of_a_project_has_an_annotator_for_each_file(exported, run, layered, tmp_path):
    folder = exported()
    (path,) = folder.glob("*.xmi")
    project = tmp_path / "project"
    for annotator in ("ana@example.org", "INITIAL_CAS"):
        archive = project / "annotation" / "report.txt" / f"{annotator}.zip"
        archive.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(archive, "w") as made:
            made.write(path, f"{annotator}.xmi")
            made.write(folder / "TypeSystem.xml", "TypeSystem.xml")
    curated = project / "curation" / "report.txt"
    curated.mkdir(parents=True)
    shutil.copy(path, curated / "CURATION_USER.xmi")
    shutil.copy(folder / "TypeSystem.xml", curated)
    whole = Path(shutil.make_archive(str(tmp_path / "export"), "zip", project))
    for source in (project, whole):
        assert {(d.name, *d.annotations) for d in read(source)} == {
            ("report.txt", "ana@example.org"),
            ("report.txt", "CURATION_USER"),
        }
    out = tmp_path / "corpus"
    names = ("--annotators", "ana@example.org=ana,CURATION_USER=curator")
    result = run(
        layered, "import", "cas", str(project), "--out", str(out), *names, "--language", "en"
    )
    assert result.exit_code == 0, result.output
    assert Corpus(out).annotators() == ["ana", "curator"]


def of_type(structures, name):
    return next(one for one in structures if one["%TYPE"].endswith(name))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda types, _: types.update(a={"%SUPER_TYPE": "b"}, b={"%SUPER_TYPE": "a"}), "cassis can"),
        (lambda _, some: of_type(some, "Sofa").update(sofaString="\ud83d"), "JSON is malformed"),
        (lambda _, some: of_type(some, "NamedEntity").update(value="\ud83d"), "JSON is malformed"),
        (lambda _, some: of_type(some, "NamedEntity").update(begin="3"), "cassis can read"),
        (lambda _, some: of_type(some, "NamedEntity").update(begin=-3), "outside of its text"),
        (lambda _, some: of_type(some, "Token").update(end=10**9), "outside of its text"),
        (lambda _, some: of_type(some, "NamedEntity").update(begin=2, end=1), "Correct the offsets"),
        (lambda _, some: some[5].update({"%ID": 10**6}), "cassis can read"),
    ],
)  # fmt: skip
def test_a_cas_with_a_part_that_does_not_fit_is_refused(change, message, exported, tmp_path):
    (path,) = exported("json").glob("*.json")
    content = json.loads(path.read_text())
    change(content["%TYPES"], content["%FEATURE_STRUCTURES"])
    (tmp_path / "a.json").write_text(json.dumps(content))
    with pytest.raises(InvalidInputError, match=rf"a\.json: .*{message}"):
        read(tmp_path / "a.json")


def test_annotations_of_further_views_are_counted(exported):
    folder = exported()
    (path,) = folder.glob("*.xmi")
    types = cassis.load_typesystem(folder / "TypeSystem.xml")
    cas = cassis.load_cas_from_xmi(path.open("rb"), typesystem=types)
    other = cas.create_view("other")
    other.sofa_string = "A"
    other.add(types.get_type(TOKEN)(begin=0, end=1))
    cas.to_xmi(path)
    (document,) = read(path)
    assert [(one.kind, one.name, one.reason) for one in document.losses] == [
        ("layers", "view other", "is not read (1 annotation)")
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_json_in_another_encoding_is_refused_with_the_fix(encoding, exported, tmp_path):
    (path,) = exported("json").glob("*.json")
    (tmp_path / "a.json").write_text(path.read_text(), encoding=encoding)
    with pytest.raises(InvalidInputError, match=r"a\.json: .* save it as UTF-8"):
        read(tmp_path / "a.json")


def test_half_of_a_pair_is_not_in_the_name_of_an_attribute():
    assert attribute_name("attribute__d83d_x_2e_") == "_d83d_x."


@pytest.mark.parametrize("files", ["xmi", "json"])
def test_tokens_with_features_and_those_that_a_layer_refers_to_are_read(files, exported, tmp_path):
    folder = exported()
    (path,) = folder.glob("*.xmi")
    (before,) = read(path)
    types = cassis.load_typesystem(folder / "TypeSystem.xml")
    types.create_feature(TOKEN, "lemma", "uima.cas.String")
    step = types.create_type("webanno.custom.Step")
    for name in ("Governor", "Dependent"):
        types.create_feature(step, name, TOKEN)
    with path.open("rb") as file:
        cas = cassis.load_cas_from_xmi(file, typesystem=types)
    first, second, third, *_ = cas.select(TOKEN)
    first.lemma = "one"
    cas.add(step(begin=second.begin, end=third.end, Governor=second, Dependent=third))
    out = tmp_path / "linked"
    out.mkdir()
    types.to_xml(out / "TypeSystem.xml")
    (cas.to_xmi if files == "xmi" else cas.to_json)(out / f"a.{files}")
    (document,) = read(out / f"a.{files}")
    assert (document.tokens, document.sentences) == (before.tokens, before.sentences)
    reasons = [loss.reason for loss in document.losses if loss.kind == "other relations"]
    assert reasons == ["joins none and none"]


@real_files
def test_files_of_other_projects_have_their_texts_at_utf_16_offsets():
    for ending in ("xmi", "json"):
        (document,) = read(SHARED / f"casWithEmojiUnicodeTextAndAnnotations.{ending}")
        (annotation,) = document.annotations.values()
        assert [m.spans[0].text for m in annotation.mentions] == document.text.split(" ")
        (document,) = read(SHARED / f"casWithTraditionalChineseTextAndAnnotations.{ending}")
        (annotation,) = document.annotations.values()
        assert [m.spans[0].text for m in annotation.mentions] == ["這", "是", "一個", "測試"]


@real_files
def test_layers_that_the_type_system_does_not_have_are_read_by_their_structure():
    (document,) = read(SHARED / "stackedmerge.xmi")
    (annotation,) = document.annotations.values()
    assert sorted((m.type, m.spans[0].text) for m in annotation.mentions) == [
        ("A", "tale"), ("A", "tale"), ("B", "tale"), ("C", "kinds"),
    ]  # fmt: skip
    assert [r.type for r in annotation.relations] == ["r1", "r2"]
    assert len(document.tokens) == 8
    assert not document.losses


@real_files
def test_a_cas_without_text_is_refused():
    with pytest.raises(InvalidInputError, match=r"casWithTextAndAnnotations\.xmi: has no text"):
        read(SHARED / "casWithTextAndAnnotations.xmi")


def test_offsets_and_declarations_that_do_not_fit_are_refused(exported):
    (path,) = exported().glob("*.xmi")
    content = path.read_text(encoding="utf-8")
    path.write_text(content.replace(' begin="0"', ' begin="99999"', 1), encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"xmi: has offsets outside of its text"):
        read(path)
    path.write_text(content.replace("?>", "?>\n<!DOCTYPE a>", 1), encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"xmi: has a DOCTYPE, which is not read"):
        read(path)


def test_json_may_have_its_types_in_a_file_beside_it_and_must_be_a_cas(exported):
    (path,) = exported("json").glob("*.json")
    (before,) = read(path)
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["%TYPES"]
    path.write_text(json.dumps(content), encoding="utf-8")
    (after,) = read(path)
    assert after == before
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"json: is not a UIMA CAS: it has no %FEATURE"):
        read(path)


@pytest.mark.parametrize("name", ["level", "value", "a-b", "attribute_x", "1st", "class", "größe"])
def test_names_of_attributes_become_names_of_features_and_come_back(name):
    assert feature_name(name).isidentifier()
    assert feature_name(name).isascii()
    assert attribute_name(feature_name(name)) == name


def test_identifiers_are_links_to_knowledge_bases():
    assert links_of("http://www.wikidata.org/entity/Q42") == (Link(kb="wikidata", id="Q42"),)
    assert links_of("http://example.org/kb#e1") == (Link(kb="http://example.org/kb#", id="e1"),)
    assert links_of("geonames:1 wikidata@2025-01-01:NIL") == (
        Link(kb="geonames", id="1"),
        Link(kb="wikidata", id=None, date="2025-01-01"),
    )
