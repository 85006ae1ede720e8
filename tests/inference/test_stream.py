"""Photos read by several threads: the same answers, in order, few in memory, and an end when it is asked for."""

import gc
import os
import pathlib
import signal
import threading
import weakref

import numpy as np
import pytest
from PIL import Image

from fer_keras.api import classifier as api
from fer_keras.commands.main import main
from fer_keras.data.readers.toy import toy_faces
from fer_keras.detection import open_detector
from fer_keras.inference import faces, stream
from tests.inference.fakes import TWO, BrightSquares, classifier, finding, scene

LONGEST = 30


@pytest.fixture(autouse=True)
def _two_processors(monkeypatch):
    monkeypatch.setattr(stream.litert, "processors", lambda: 2)


def detecting(monkeypatch, kind):
    """Return a classifier whose default detector is `kind`, and the list of threads that each one was opened for."""
    opened = []
    monkeypatch.setattr(faces, "open_detector", lambda name, threads: opened.append(threads) or kind())
    return classifier(), opened


def test_what_is_ready_first_waits_for_its_turn(tmp_path, monkeypatch):
    """The first photo's faces are found only when the second's are; between the third and the fifth is a bad file."""
    second_found = threading.Event()

    class Slow(BrightSquares):
        def find(self, image):
            if image.width == 201:
                assert second_found.wait(LONGEST)
            found = super().find(image)
            if image.width == 202:
                second_found.set()
            return found

    model, _ = detecting(monkeypatch, Slow)
    for number in range(1, 7):
        Image.fromarray(scene(200 + number, 120, (10, 20, 30, 200))).save(tmp_path / f"{number}.png")
    (tmp_path / "4.png").write_text("no photo")
    paths = [tmp_path / f"{number}.png" for number in range(1, 7)]
    seen = list(stream.see(model, paths, model.finder()))
    assert [each.source for each in seen] == paths
    assert [each.photo and each.photo.width for each in seen] == [201, 202, 203, None, 205, 206]
    assert [len(each.predictions) for each in seen] == [1, 1, 1, 0, 1, 1]
    assert str(seen[3].error).startswith(f"Expected a photo that Pillow can read at {paths[3]}. Received: text")


def test_boxes_and_probabilities_are_those_of_one_photo_after_the_other(monkeypatch):
    """Drawn faces in pictures of several shapes; the detector is the package's."""
    drawn = toy_faces(n_train=60, n_public=8, n_private=8, seed=3).images[..., 0]
    photos = []
    for number, (height, width) in enumerate(((300, 400), (400, 300), (360, 640)) * 3):
        photos.append(np.full((height, width), 128, np.uint8))
        photos[-1][40:232, 60:252] = drawn[5 * number].repeat(4, axis=0).repeat(4, axis=1)
    model = classifier()
    found = model.predict(photos)
    alone = [each for photo in photos for each in model.predict(photo)]
    assert [(each.box, each.score, each.probabilities) for each in found] == [
        (each.box, each.score, each.probabilities) for each in alone
    ]
    assert len([each for each in found if each.box]) >= 3
    one, two = open_detector(threads=1), open_detector(threads=2)
    assert all(one.find(photo) == two.find(photo) for photo in photos)


def test_several_photos_have_a_detector_a_thread_and_one_photo_all_threads(monkeypatch):
    model, opened = detecting(monkeypatch, BrightSquares)
    model.predict([TWO] * 20)
    assert opened == [1, 1]
    opened.clear()
    assert len(model.predict(TWO)) == 2
    assert opened == [2]
    opened.clear()
    model.predict(each for each in [TWO] * 3)
    assert opened == [1, 1]


@pytest.mark.parametrize("whole", [False, True])
def test_pixels_of_few_photos_are_in_memory(tmp_path, monkeypatch, whole):
    """Of those that are read, searched or next; with `whole`, whose photos are drawn on, of the batch as well."""
    monkeypatch.setattr(stream, "FACES", 8)
    Image.fromarray(TWO).save(tmp_path / "two.png")
    alive, most, lock = set(), [0], threading.Lock()
    read = stream.read_photo

    def counted(*given):
        photo = read(*given)
        with lock:
            alive.add(id(photo))
            most[0] = max(most[0], len(alive))
        weakref.finalize(photo, alive.discard, id(photo))
        return photo

    monkeypatch.setattr(stream, "read_photo", counted)
    for seen in stream.see(finding(), [tmp_path / "two.png"] * 100, finding().finder(), whole=whole):
        assert seen.error is None
    del seen
    gc.collect()
    assert not alive
    assert most[0] <= 2 * 2 + 1 + (8 if whole else 2)


def test_who_stops_early_starts_no_more_photos(tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "FACES", 2)
    begun = []
    monkeypatch.setattr(stream, "of_pixels", lambda array, of=stream.of_pixels: begun.append(1) or of(array))
    seen = stream.see(finding(), [TWO] * 1000, finding().finder())
    next(seen)
    seen.close()
    assert len(begun) < 20
    assert not [each for each in threading.enumerate() if each.name.startswith("ThreadPoolExecutor")]


@pytest.mark.skipif(os.name == "nt", reason="a signal to oneself")
def test_ctrl_c_ends_predict_in_one_line_and_leaves_no_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    count = []

    class Interrupted(BrightSquares):
        def find(self, image):
            count.append(1)
            if len(count) == 5:
                signal.raise_signal(signal.SIGINT)
            return super().find(image)

    model, _ = detecting(monkeypatch, Interrupted)
    monkeypatch.setattr(api, "load_model", lambda path=None, **how: model)
    Image.fromarray(TWO).save("two.png")
    assert main(["predict", *["two.png"] * 500, "--out", "found.txt"]) == 130
    assert capsys.readouterr().err.splitlines()[-1] == "Stopped."
    assert len(count) < 50
    assert [path.name for path in pathlib.Path().iterdir()] == ["two.png"]
