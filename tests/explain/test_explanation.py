"""All maps of one face with their checks, as lines, JSON, and a picture."""

import json

import numpy as np

from fer_keras.explain import picture
from fer_keras.explain.explanation import WITHOUT_GRADIENTS, explain_face
from tests.explain import networks

CLASSES = ("sad", "happy")
FACE = np.zeros((24, 24, 1), np.uint8)
FACE[7, 16] = 255


def block(faces):
    bright = faces[:, 7, 16, 0] / 255
    return np.stack([bright, 1 - bright], axis=1)


def blind(faces):
    return np.tile(np.array([[0.75, 0.25]]), (len(faces), 1))


def drawn_words(explanations, monkeypatch):
    words = []
    monkeypatch.setattr(picture, "_write", lambda draw, at, text, colour: words.append(text))
    return picture.picture(explanations), words


def test_without_gradients_there_is_occlusion_alone_and_a_line_says_so(monkeypatch):
    found = explain_face(block, CLASSES, FACE)
    assert [(each.map.kind, each.target) for each in found.maps] == [("occlusion", "sad")]
    assert found.maps[0].deletion.beats_chance
    assert found.lines()[0] == "sad 1.00"
    assert found.lines()[1].startswith("  occlusion, sad: hidden: 1.00 to 0.")
    assert found.lines()[-1] == f"  {WITHOUT_GRADIENTS}"
    sheet, words = drawn_words([found], monkeypatch)
    assert sheet.size == (2 * 244, 244 + 5 * picture.LINE + picture.LINE)
    assert "hides what counts (p 0.025)" in words and WITHOUT_GRADIENTS in words


def test_a_map_that_means_nothing_says_so(monkeypatch):
    found = explain_face(blind, CLASSES, FACE, true="happy")
    assert [(each.target, each.deletion.p) for each in found.maps] == [("sad", 1.0), ("happy", 1.0)]
    assert all(line.endswith("does not beat chance") for line in found.lines()[1:3])
    assert found.lines()[0] == "sad 0.75, true class happy 0.25"
    _, words = drawn_words([found], monkeypatch)
    assert words.count("NO BETTER THAN CHANCE (p 1.000)") == 2


def test_a_network_gives_all_its_maps(monkeypatch):
    network = networks.masked()
    forward = lambda faces: network.predict(faces, verbose=0)  # noqa: E731
    face = networks.face((0, 1), (1, 1), (2, 2))
    found = explain_face(forward, CLASSES, face, true="happy", network=network)
    kinds = [(each.map.kind, each.target) for each in found.maps]
    assert kinds == [
        *(("grad_cam", name) for name in CLASSES),
        *(("occlusion", name) for name in CLASSES),
        *(("spatial_attention", name) for name in CLASSES),
    ]
    assert found.maps[0].map.layer == "spatial_attention"
    np.testing.assert_allclose(found.channels["squeeze_excite"], [0.5])
    assert found.notes == ()
    sheet, words = drawn_words([found, found], monkeypatch)
    assert sheet.width == picture.ACROSS * 244
    assert words.count("spatial attention") == 2 and words.count("channel weights, sorted") == 2


def test_json_holds_the_numbers():
    found = explain_face(block, CLASSES, FACE, true="sad")
    value = json.loads(json.dumps(found.as_json()))
    assert value["emotion"] == value["true"] == "sad"
    assert value["probabilities"] == {"sad": 1.0, "happy": 0.0}
    (only,) = value["maps"]
    assert (only["kind"], only["class"], only["layer"]) == ("occlusion", "sad", None)
    assert np.shape(only["values"]) == (12, 12)
    assert set(only["deletion"]) == {"score", "left", "chance", "p", "beats_chance"}


def test_colours_lie_over_the_face_where_the_map_is():
    values = np.zeros((2, 2))
    values[0, 0] = 3
    over = np.asarray(picture.overlaid(np.full((12, 12, 3), 100, np.uint8), values, 60), float)
    assert over[0, 0].tolist() == [round(40 + 0.6 * colour) for colour in picture.COLOURS[-1]]
    assert over[-1, -1].tolist() == [round(40 + 0.6 * colour) for colour in picture.COLOURS[0]]


def test_long_words_end_before_the_next_panel():
    cut = picture._fitting("a very long name of a layer inside a backbone inside a network")
    assert cut.endswith("…") and picture._font().getlength(cut) <= picture.PANEL + picture.MARGIN
    assert picture._fitting("short") == "short"
