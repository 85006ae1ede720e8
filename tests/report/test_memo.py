"""Pages are computed anew whenever something that they are made of has changed, and only then."""

import json

import pytest

from fer_keras.report import memo


@pytest.fixture
def reports(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_KERAS_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "reports"
    (folder / "notes").mkdir(parents=True)
    (folder / "record.json").write_text("{}")
    (folder / "notes" / "000.md").write_text("A note.")
    return folder


def looked_at(reports, readme="before and after"):
    """Return (pages, how often they were computed)."""
    computed = []

    def compute():
        computed.append(1)
        return {reports / "README.md": f"page {len(computed)}"}

    return memo.remembered(reports, readme, compute), len(computed)


def test_the_second_look_computes_nothing(reports):
    first, _ = looked_at(reports)
    assert looked_at(reports) == (first, 0)


@pytest.mark.parametrize("name", ["record.json", "notes/000.md", "predictions_test.npz", "figures.png"])
def test_a_changed_input_is_noticed(reports, name):
    looked_at(reports)
    (reports / name).write_text("changed")
    assert looked_at(reports)[1] == 1


def test_a_page_is_no_input(reports):
    looked_at(reports)
    (reports / "README.md").write_text("edited by hand")
    assert looked_at(reports)[1] == 0


def test_the_written_part_of_the_readme_is_an_input(reports):
    looked_at(reports)
    assert looked_at(reports, readme="other")[1] == 1


@pytest.mark.parametrize("damage", ["", "{", "[]", None])
def test_a_damaged_memo_is_replaced(reports, tmp_path, damage):
    looked_at(reports)
    path = tmp_path / "cache" / memo.FILES
    kept = json.loads(path.read_text())
    kept["pages"] = dict.fromkeys(kept["pages"], "forged")
    path.write_text(json.dumps(kept) if damage is None else damage)
    assert looked_at(reports)[1] == 1
    assert looked_at(reports)[1] == 0


def test_without_a_cache_folder_pages_are_computed_each_time(reports, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FER_KERAS_CACHE", str(tmp_path / "file" / "cache"))
    assert looked_at(reports)[1] == 1
    assert looked_at(reports)[1] == 1
