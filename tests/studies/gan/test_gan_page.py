import numpy as np
import pytest

from fer_keras.studies.gan import page
from fer_keras.studies.gan.memory import Nearest


@pytest.fixture
def record():
    return {
        "class": "disgust",
        "faces": 200,
        "seed": 3,
        "sha256": "cd" * 32,
        "command": "python -m fer_keras.gan --class disgust",
        "epochs": 2,
        "minutes": 12.4,
        "settings": {"batch_size": 32},
        "parameters": [468_049, 169_761],
        "history": [{"discriminator": 1.4, "generator": 0.9}, {"discriminator": 1.25, "generator": 1.01}],
        "held_name": "PublicTest",
        "held_copies": 4,
        "versions": {"keras": "3.15.1"},
        "commit": "0123456789abcdef",
        "dirty": True,
        "data": {
            "source": "fer2013.csv",
            "split": "official",
            "rows": 436,
            "fingerprint": "ab" * 32,
            "official": True,
            "synthetic": False,
            "unofficial_reasons": [],
        },
        "memory": {
            "percentile": 1,
            "made": {"faces": 200, "median": 0.7123, "minimum": 0.5012},
            "real": {"faces": 52, "median": 0.8034, "minimum": 0.6001},
            "threshold": 0.6123,
            "nearer": 0.035,
            "copies": 1,
        },
    }


def test_the_page_says_what_the_record_says(record):
    text = page.render(record)
    assert "436 disgust images of Training, fer2013.csv (split official)" in text
    assert "3.50 % of the generated faces lie nearer" in text
    assert "1st percentile (0.612)" in text
    assert "1 of 200 are near copies" in text
    assert "| generated | 200 | 0.712 | 0.501 |" in text
    assert "| real, PublicTest without 4 copies | 52 | 0.803 | 0.600 |" in text
    assert "SYNTHETIC" not in text


def test_drawn_and_unofficial_faces_are_stamped(record):
    record["data"] |= {"synthetic": True, "official": False}
    assert "SYNTHETIC FACES" in page.render(record)
    record["data"] |= {"synthetic": False, "unofficial_reasons": ["split public: 3 rows"]}
    assert "UNOFFICIAL DATA: split public: 3 rows" in page.render(record)


def test_without_held_back_faces_the_page_compares_nothing(record):
    record["memory"] |= {"real": None, "threshold": None, "nearer": None}
    text = page.render(record)
    assert "no held-back faces of this class to compare with" in text
    assert "real, PublicTest" not in text


def test_pairs_show_the_first_faces_and_the_nearest():
    distance = np.linspace(1, 0.5, 20)
    first, near = page.pairs_data(Nearest(distance, np.zeros(20, np.int64), np.zeros(20, bool)))
    assert first.tolist() == list(range(12))
    assert near.tolist() == list(range(19, 7, -1))


def test_few_faces_are_drawn_too(record, tmp_path):
    made = np.random.default_rng(0).integers(0, 256, (3, 48, 48, 1)).astype(np.uint8)
    found = Nearest(np.array([0.5, 0.4, 0.6]), np.array([0, 1, 1]), np.array([False, True, False]))
    assert page.write(tmp_path, record, made, made[:2], found) == tmp_path / "page.md"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gan.json", "nearest.png", "page.md", "samples.png"]
