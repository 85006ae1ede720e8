"""The page: its answer follows from the records, and nothing else does."""

import copy
import json

import numpy as np
import pytest

from fer_keras.io import files
from fer_keras.io.errors import UserError
from fer_keras.studies.where_it_looks import claims, figures, page, record, regions
from fer_keras.studies.where_it_looks.measure import summary


def drawn(weight, seed=0):
    """Return the summary of 60 maps whose regions weigh `weight` times the rest, of two classes."""
    rng = np.random.default_rng(seed)
    ground = 1 + (weight - 1) * regions.masks().any(axis=0)
    return summary(ground * rng.uniform(0.9, 1.1, (60, 48, 48)), np.arange(60) % 2, 2)


def network(weight, recipe="attention_cbam", untrained=(1.0, 1.05), gain=0.1):
    """Return a network's record with a spatial attention map and Grad-CAM."""
    trained, others = drawn(weight), [drawn(each, seed=1) for each in untrained]
    check = {"score": 0.6, "left": 0.3, "chance": 0.3 + gain, "gain": gain, "half": 0.01, "better": 0.7}
    common = {
        "grid": [48, 48],
        "layer": "spatial_attention",
        "trained": trained,
        "untrained": others,
        "deletion": check,
    }
    return {
        "run": f"{recipe}-paper-seed0",
        "recipe": recipe,
        "title": recipe,
        "seed": 0,
        "model_sha256": "0",
        "data": {"fingerprint": "f", "class_names": ["fear", "happy"]},
        "images": 60,
        "counts": [30, 30],
        "accuracy": 0.6,
        "hidden": {name: {"accuracy": 0.5, "moved": 0.59} for name in regions.REGIONS},
        "maps": [{"kind": kind, **copy.deepcopy(common)} for kind in ("spatial_attention", "grad_cam")],
    }


@pytest.fixture
def reports(tmp_path):
    folder = tmp_path / record.FOLDER
    for each in (network(3.0), network(1.0, "attention_spatial", untrained=(0.9, 1.1))):
        files.write_json(folder / f"{each['run']}.json", each)
    files.write_json(folder / record.MEAN_FACE, {"fingerprint": "f", "pixels": np.eye(48).tolist()})
    return tmp_path


def test_verdicts():
    verdict = lambda each: record.measured([each])[0].verdict  # noqa: E731
    assert verdict(network(3.0)) == record.MORE
    assert verdict(network(3.0, untrained=(1.0, 4.0))) == record.OPEN, "the untrained network does as much"
    assert verdict(network(1.0)) == record.OPEN
    assert verdict(network(0.3)) == record.LESS


def test_a_map_that_would_hold_as_much_elsewhere_is_not_beyond_chance():
    each = network(3.0)
    centre = np.zeros((48, 48))
    centre[35:42, 15:33] = 1
    each["maps"][0]["trained"]["mean_map"] = np.roll(centre, 20, 0).tolist()
    assert record.measured([each])[0].moved > record.MOST_MOVES
    assert record.measured([each])[0].verdict == record.OPEN


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ((3.0, 3.0), "Yes: 2 of 2"),
        ((3.0, 1.0), "Some do: 1 of 2"),
        ((1.0, 3.0, 1.0), "Hardly: 1 of 3"),
        ((1.0, 1.0), "No: 0 of 2"),
    ],
)
def test_the_answer_comes_first(weights, words):
    records = [network(weight, f"attention_{place}") for place, weight in enumerate(weights)]
    text = page.render(records)
    assert words in text.split("\n\n")[1]
    assert text.index(words) < text.index("##")


def test_of_maps_that_beat_no_chance_the_page_says_so():
    text = page.render([network(1.0, gain=0.001)])
    assert "for 0 of 2 maps" in text
    assert text.count("| does not beat chance |") == 2


def test_numbers_by_hand():
    maps = record.measured([network(3.0)])
    area = regions.areas()["eyes"]
    total = sum(regions.areas().values())
    assert maps[0].density("eyes") == pytest.approx(3 / (1 + 2 * total), rel=0.01)
    here, others, half = claims.against_others(maps[0], "eyes", "fear")
    assert here == pytest.approx(others, rel=0.01) and here == pytest.approx(area * 3 / (1 + 2 * total), rel=0.01)
    one, other = (maps[0].trained["per_class_half"][place][1] for place in (0, 1))
    assert half == pytest.approx(np.hypot(one, other))
    assert "the eyes 10.0 to 10.0 (elsewhere 1.0 to 1.0)" in page.render([network(3.0)])


def test_quotations_are_the_papers_words():
    assert [source for source, *_ in claims.CLAIMS] == ["000, §V-B", "001, §II-C", "001, §V", "003, §2.1"]
    lines = claims.quotes(record.measured([network(3.0), network(1.0, "attention_cnn")])).splitlines()
    assert lines[2].endswith('(eyes, mouth)" | `attention_cbam` | 1 of 1 |')
    assert lines[3].endswith("| `attention_cbam`, `attention_cnn` | 1 of 2 |")
    assert 'e.g., eyes for "fear"' in lines[5] and lines[5].endswith("| — | 0 of 0 |")


def test_pages_and_figures_follow_the_records(reports):
    text = page.pages(reports)[reports / page.PAGE]
    assert "Some do: 1 of 2" in text
    assert {path.name for path in figures.stale(reports)} == {
        "regions.png",
        "attention.png",
        "grad_cam.png",
        "mass.png",
    }
    assert len(figures.draw(reports)) == 4
    assert figures.stale(reports) == [] and figures.draw(reports) == []
    path = reports / record.FOLDER / "attention_cbam-paper-seed0.json"
    changed = json.loads(path.read_text())
    changed["maps"][0]["trained"]["mass"]["eyes"] = 0.5
    files.write_json(path, changed)
    assert {path.name for path in figures.stale(reports)} == {"attention.png", "mass.png"}


def test_without_records_there_is_no_page(tmp_path):
    assert page.pages(tmp_path) == {} and figures.of(tmp_path) == {}


def test_a_faulty_record_is_named(reports):
    path = reports / record.FOLDER / "attention_cbam-paper-seed0.json"
    changed = json.loads(path.read_text())
    del changed["hidden"]["eyes"]
    files.write_json(path, changed)
    with pytest.raises(UserError, match=r"hidden.eyes in .*attention_cbam-paper-seed0.json"):
        page.pages(reports)
