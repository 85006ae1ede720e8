"""The files that an audit leaves, and the command that writes them."""

import csv
import dataclasses
import gzip
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from fer_keras.commands import audit as command
from fer_keras.io.errors import UserError
from fer_keras.studies.audit import audit_page, findings, page
from fer_keras.studies.site import check, regenerate


@pytest.fixture(scope="module")
def audited(toy, tmp_path_factory):
    """Sixty drawn faces with a copy of each kind, audited: (findings, folder)."""
    faces = toy.take(np.r_[0:40, 240:250, 320:330])
    images = faces.images.copy()
    images[45] = images[0]
    images[50] = images[1] // 2
    images[55] = images[2, :, ::-1]
    images[[3, 59]] = 7
    faces = dataclasses.replace(faces, images=images, source="planted | faces")
    found = findings.find(faces, threshold=0.97)
    folder = tmp_path_factory.mktemp("audit")
    page.write(found, findings.summary(found), folder)
    return found, folder


def test_the_page_is_what_its_json_generates(audited):
    _, folder = audited
    record = audit_page.read(folder / "audit.json")
    assert (folder / "audit.md").read_text() == audit_page.render(record)
    assert audit_page.stale(folder, record) == []
    made = record["provenance"]
    assert (made["seconds"], set(made["versions"])) == (
        None,
        {"python", "numpy", "scipy", "scikit-learn", "matplotlib"},
    )
    assert "By `python -m fer_keras.audit planted | faces` at commit `" in audit_page.render(record)


def test_what_was_changed_by_hand_is_named(audited, tmp_path):
    _, folder = audited
    shutil.copytree(folder, tmp_path / "audit")
    copy = tmp_path / "audit"
    record = audit_page.read(copy / "audit.json")
    (copy / "audit_blank.png").write_bytes(b"another picture")
    (copy / "audit_new.png").write_bytes(b"a new picture")
    (copy / "pairs.csv.gz").write_bytes(gzip.compress(b"row_a\n"))
    named = [copy / name for name in ("audit_blank.png", "pairs.csv.gz", "audit_new.png")]
    assert audit_page.stale(copy, record) == named
    (copy / "audit.json").write_text((copy / "audit.json").read_text().replace('"rows": 60', '"rows": 61'))
    assert copy / "audit_exact.png" in audit_page.stale(copy, audit_page.read(copy / "audit.json"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"rows": 60,', "", "Expected a value at rows in "),
        ('"threshold": 0.97', '"threshold": "high"', "Expected int or float at threshold in "),
        ('"exact": "audit_exact.png"', '"exact": "../audit_exact.png"', "under plain file names in "),
        ('"exact": "audit_exact.png"', '"odd": "audit_exact.png"', "Expected figures of exact, conflict, "),
        ("{", "", "Expected JSON in "),
    ],
)
def test_a_damaged_audit_json_is_a_line_for_the_user(audited, tmp_path, old, new, message):
    text = (audited[1] / "audit.json").read_text()
    assert old in text
    (tmp_path / "audit.json").write_text(text.replace(old, new, 1))
    with pytest.raises(UserError, match=message):
        audit_page.read(tmp_path / "audit.json")


def test_the_report_command_generates_and_checks_the_page(audited, tmp_path):
    reports = tmp_path / "reports"
    shutil.copytree(audited[1], reports / "audit")
    page_file = reports / "audit" / "audit.md"
    page_file.unlink()
    assert page_file in regenerate(reports, [])
    assert page_file.read_text() == (audited[1] / "audit.md").read_text()
    assert check(reports, []) == []
    page_file.write_text(page_file.read_text().replace("60 faces", "61 faces"))
    (reports / "audit" / "notes.md").write_text("99 %")
    assert check(reports, []) == [page_file, reports / "audit" / "notes.md"]


def test_the_page_names_the_counts_and_shows_the_figures(audited):
    _, folder = audited
    text = (folder / "audit.md").read_text()
    assert "- 60 faces from planted | faces: 40 Training, 10 PublicTest, 10 PrivateTest.\n" in text
    assert (
        "- PrivateTest: 1 of 10 images (10.0%) have an exact copy in Training, 3 (30.0%) an exact or near copy.\n"
        in text
    )
    assert "- Blank images: 2, 2 of them of one single grey level.\n" in text
    assert "| PublicTest | 10 | 9 | 9 |" in text
    for kind in ("exact", "near", "mirrored", "blank"):
        assert f"](audit_{kind}.png)" in text
        with Image.open(folder / f"audit_{kind}.png") as figure:
            assert figure.width == 1008
    shown = {path.name for path in folder.iterdir()}
    assert {name for name in shown if name.startswith(".")} == set()


def test_pairs_are_listed_with_row_ids(audited):
    found, folder = audited
    with gzip.open(folder / "pairs.csv.gz", "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == page.COLUMNS
    listed = [(int(row["row_a"]), row["split_b"], int(row["row_b"]), row["kind"]) for row in rows]
    assert listed == [
        (0, "public", 245, "exact"),
        (3, "private", 329, "exact"),
        (1, "private", 320, "near"),
        (2, "private", 325, "mirrored"),
    ]
    assert rows[0]["score"] == "1.0000"
    assert rows[2]["label_b"] == found.faces.class_names[found.faces.labels[50]]


def test_the_same_faces_give_the_same_bytes(audited, tmp_path):
    found, folder = audited
    again = findings.find(found.faces, threshold=0.97)
    page.write(again, findings.summary(again), tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {p.name: p.read_bytes() for p in folder.iterdir()}


def test_examples_are_spread_over_the_scores_and_show_a_picture_once(audited):
    found, _ = audited
    pairs = np.array([[n, n + 30] for n in range(30)] + [[0, 59]])
    scores = np.linspace(0.8, 1, 31, dtype=np.float32)
    many = dataclasses.replace(found, groups=[], pairs=pairs, scores=scores, mirrored=np.zeros(31, bool))
    shown = page.examples(many)["near"]
    assert shown == [(n, n + 30) for n in (11, 13, 16, 18, 21, 23, 26, 28)]


def test_without_a_train_split_there_is_no_clean_score(audited):
    found, _ = audited
    faces = dataclasses.replace(found.faces, split=np.array(["test"] * 60))
    made = json.loads((audited[1] / "audit.json").read_text())["provenance"]
    record = findings.summary(dataclasses.replace(found, faces=faces)) | {"figures": {}, "provenance": made}
    assert record["clean"] == {}
    assert "clean score" not in audit_page.render(record)


def test_the_command_audits_what_the_loader_reads(audited, tmp_path, monkeypatch, capsys):
    found, _ = audited
    monkeypatch.setattr("fer_keras.data.find.at", lambda path: path)
    monkeypatch.setattr("fer_keras.data.find.load", lambda location: found.faces)
    assert command.main(["anything", "--out", str(tmp_path / "new" / "folder")]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "60 faces from planted | faces: 40 Training, 10 PublicTest, 10 PrivateTest."
    assert said[-1].startswith(f"Page: {tmp_path}/new/folder/audit.md (")


def test_a_path_without_faces_is_one_line_and_code_2(tmp_path, capsys):
    assert command.main([str(tmp_path / "nowhere")]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: Expected ")
    assert error.count("\n") == 1


def test_a_file_in_place_of_the_folder_is_refused_at_once(tmp_path, capsys):
    (tmp_path / "file").write_text("kept")
    assert command.main([str(tmp_path), "--out", str(tmp_path / "file")]) == 2
    line = f"error: Expected a folder for --out. Received: {tmp_path}/file, which is a file.\n"
    assert capsys.readouterr().err == line
    assert (tmp_path / "file").read_text() == "kept"


def test_auditing_loads_no_tensorflow():
    modules = "fer_keras.data.contamination, fer_keras.studies.audit.page, fer_keras.studies.audit.findings"
    program = f"import sys, {modules}; print('tensorflow' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
