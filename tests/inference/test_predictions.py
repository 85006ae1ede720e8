"""Every face of every photo, in order; what has none; tables and lines of it."""

import csv
import json
import sys

import numpy as np
import pytest
from PIL import Image

from fer_keras.inference import faces, formats, stream
from fer_keras.inference.drawing import annotated
from fer_keras.inference.results import Prediction
from fer_keras.io.errors import UserError
from tests.inference.fakes import TWO, BrightSquares, classifier, finding, scene

NONE = scene(200, 120)


def test_all_faces_are_found_the_largest_first():
    first, second = finding().predict(TWO)
    assert (first.box, first.score, first.face, first.emotion) == ((100, 40, 60, 60), 0.9, 0, "sad")
    assert (second.box, second.face, second.emotion) == ((10, 20, 30, 30), 1, "happy")
    assert second.probabilities["happy"] == pytest.approx(200 / 255, abs=1e-5)
    assert [each.face for each in finding().predict(TWO, largest=True)] == [0]


def test_a_photo_without_a_face_has_no_label():
    (found,) = finding().predict(NONE)
    assert (found.emotion, found.probabilities, found.box, found.score, found.face) == (None, {}, None, None, None)
    assert found.confidence is None
    (taken,) = finding().predict(NONE, detect=False)
    assert (taken.emotion, taken.box, taken.notes) == ("sad", None, ())


def test_a_small_photo_is_a_cropped_face_unless_faces_are_to_be_found(monkeypatch):
    monkeypatch.setattr(faces, "open_detector", lambda name, threads: BrightSquares())
    small = scene(100, 100, (30, 30, 20, 255))
    (whole,) = classifier().predict(small)
    assert whole.box is None and whole.notes == ("100x100 pixels, taken as a cropped face",)
    (found,) = classifier().predict(small, detect=True)
    assert found.box == (30, 30, 20, 20) and found.notes == ()
    assert classifier(detect=True).predict(small)[0].box == found.box
    assert classifier().predict(scene(101, 100, (30, 30, 20, 255)))[0].box == found.box
    assert finding().predict(small)[0].box == found.box  # its training faces were cropped from such images


@pytest.mark.parametrize("shape", [(1, 1), (15, 200), (1, 5000), (5000, 20)])
def test_where_no_face_can_be_none_is_looked_for(shape):
    (found,) = finding().predict(np.full(shape, 200, np.uint8))
    assert found.emotion is None
    assert finding().predict(np.full(shape, 200, np.uint8), detect=False)[0].emotion == "happy"


def test_boxes_are_in_pixels_of_the_photo_however_small_it_was_read(tmp_path, monkeypatch):
    Image.fromarray(TWO).save(tmp_path / "two.jpg", quality=95)
    monkeypatch.setattr("fer_keras.inference.photo.WORKING_PIXELS", 100 * 60)
    found = finding().predict(tmp_path / "two.jpg")[0]
    np.testing.assert_allclose(found.box, (100, 40, 60, 60), atol=2)


def test_many_photos_keep_their_order_and_place(tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "FACES", 4)
    photos = [(NONE, TWO, TWO)[number % 3] for number in range(20)]
    found = finding().predict(iter(photos))
    assert [each.image for each in found] == [
        number for number in range(20) for _ in range(1 if number % 3 == 0 else 2)
    ]
    assert [each.emotion for each in found[:5]] == [None, "sad", "happy", "sad", "happy"]


def test_of_many_photos_only_a_few_are_in_memory(monkeypatch):
    given = 0

    def photos():
        nonlocal given
        for _ in range(500):
            given += 1
            yield TWO

    seen = stream.see(finding(), photos(), finding().finder())
    next(seen)
    assert given < 100


def test_an_unreadable_photo_ends_predict_and_names_it(tmp_path):
    with pytest.raises(UserError, match=r"Expected a photo at .*gone.jpg. Received: No such file"):
        finding().predict([TWO, tmp_path / "gone.jpg"])


def test_a_table_has_a_row_a_face():
    pandas = pytest.importorskip("pandas")
    table = finding().predict([TWO, NONE]).to_dataframe()
    assert list(table.columns) == [
        *("file", "frame", "seconds", "face", "emotion", "left", "top", "width", "height", "score", "sad", "happy"),
        "notes",
    ]
    assert len(table) == 3
    assert table["emotion"].tolist()[:2] == ["sad", "happy"] and pandas.isna(table["emotion"][2])
    assert table["happy"][1] == pytest.approx(200 / 255, abs=1e-5)


def test_a_table_without_pandas_is_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UserError, match="Expected pandas, for a table. Received: none installed. Run: pip install"):
        finding().predict(TWO).to_dataframe()


FACE = Prediction("happy", {"sad": 0.25, "happy": 0.75}, (1, 2, 30, 40), 'a,"b".jpg', 0.875, face=1, notes=("cut off",))
EMPTY = Prediction(None, {}, None, "wall.jpg", face=None)


def test_text_says_what_where_and_how_sure():
    said = "happy (75.00% confidence); face 2 of 2, 30x40 pixels at 1,2, score 0.88; cut off"
    assert list(formats.text([FACE, FACE]))[1] == f'a,"b".jpg: {said}'
    assert list(formats.text([EMPTY])) == ["wall.jpg: no face found (--no-detect takes the whole photo)"]
    assert formats.shown("a\x1b[2J\nb\udcff") == "a?[2J?b?"


def test_json_has_every_probability_and_null_for_what_is_unknown():
    assert json.loads(formats.json_line(FACE)) == {
        "file": 'a,"b".jpg',
        "face": 1,
        "emotion": "happy",
        "probabilities": {"sad": 0.25, "happy": 0.75},
        "box": [1, 2, 30, 40],
        "score": 0.875,
        "notes": ["cut off"],
    }
    empty = json.loads(formats.json_line(EMPTY))
    assert [empty[name] for name in ("face", "emotion", "probabilities", "box", "score")] == [None] * 5


def test_csv_is_read_back():
    classes = ("sad", "happy")
    lines = [formats.csv_header(classes), formats.csv_line(FACE, classes), formats.csv_line(EMPTY, classes)]
    face, empty = csv.DictReader(lines)
    assert (face["file"], face["left"], face["happy"], face["frame"]) == ('a,"b".jpg', "1", "0.75", "")
    assert face["notes"] == "cut off"
    assert empty["file"] == "wall.jpg" and not any(value for name, value in empty.items() if name != "file")


def test_a_drawing_marks_the_box_and_stays_inside_the_picture():
    faces = finding().predict(TWO)
    drawn = np.asarray(annotated(TWO, faces))
    assert drawn.shape == TWO.shape
    assert (drawn[70, 99:103] != TWO[70, 99:103]).any() and (drawn[70, 130] == TWO[70, 130]).all()
    beyond = Prediction("happy", {"happy": 1.0}, (-20, -20, 500, 500), score=1.0)
    assert annotated(TWO, [beyond, EMPTY]).size == (200, 120)


def test_a_detector_that_cannot_be_had_is_an_error_only_where_it_is_needed(monkeypatch):
    def missing(name, threads):
        raise UserError("Expected a detector.")

    monkeypatch.setattr(faces, "open_detector", missing)
    assert classifier().predict(scene(48, 48))[0].emotion == "sad"
    with pytest.raises(UserError, match="Expected a detector"):
        classifier().predict([scene(48, 48), TWO])


def test_pictures_of_pillow_s_are_photos_and_what_is_none_is_refused():
    (first, second) = finding().predict(Image.fromarray(TWO))
    assert (first.box, second.box) == tuple(face.box for face in finding().predict(TWO))
    for wrong in (None, 3, [None]):
        with pytest.raises(ValueError, match="Expected paths, uint8 arrays .* or pictures. Received: "):
            finding().predict(wrong)


def test_no_detector_is_used_by_two_threads_at_once(monkeypatch):
    import threading

    opened = []

    class Alone(BrightSquares):
        def __init__(self):
            self.turn = threading.Lock()
            opened.append(threading.current_thread())

        def find(self, image):
            assert self.turn.acquire(blocking=False)
            try:
                return super().find(image)
            finally:
                self.turn.release()

    monkeypatch.setattr(faces, "open_detector", lambda name, threads: Alone())
    assert len(classifier().predict([TWO] * 50)) == 100
    assert set(opened) == {threading.current_thread()}
