"""Videos, without a camera: a file that the same library has written, through the same reader."""

import itertools
import os
import sys

import numpy as np
import pytest

from fer_keras.detection import Face
from fer_keras.inference import timeline as timelines
from fer_keras.inference.results import Prediction
from fer_keras.inference.timeline import Timeline, clock
from fer_keras.inference.tracking import Tracker, overlap
from fer_keras.inference.video import Frame, Video, VideoWriter
from fer_keras.inference.watch import watch
from fer_keras.io.errors import UserError
from tests.inference.fakes import finding, scene

cv2 = pytest.importorskip("cv2")
RATE, FRAMES = 10.0, 40


def film(path, frames):
    writer = VideoWriter(path, RATE)
    for number, pixels in enumerate(frames):
        writer.write(pixels, number / RATE)
    writer.close()
    return path


def moving():
    """A face that walks to the right and brightens at once after two seconds; a second one from the second second on."""
    for number in range(FRAMES):
        squares = [(10 + 2 * number, 10, 48, 220 if number >= 20 else 90)]
        yield scene(320, 160, *squares, *([(220, 90, 40, 200)] if number >= 10 else []))


@pytest.fixture(scope="module", params=[".mp4", ".avi"])
def clip(request, tmp_path_factory):
    return film(tmp_path_factory.mktemp("film") / f"clip{request.param}", moving())


def test_frames_come_one_by_one_with_their_time(clip):
    with Video(clip) as video:
        assert (video.rate, video.frames, video.live) == (RATE, FRAMES, False)
        frames = list(video)
    assert [frame.number for frame in frames] == list(range(FRAMES))
    np.testing.assert_allclose([frame.seconds for frame in frames], np.arange(FRAMES) / RATE, atol=1e-3)
    assert frames[0].pixels.shape == (160, 320, 3)
    np.testing.assert_allclose(frames[0].pixels[30, 30], 90, atol=12)


def test_faces_are_followed_and_smoothed(clip):
    model = finding()
    with Video(clip) as video:
        seen = list(watch(model, video, model.finder(), smooth=0))
    assert [sorted(each.face for each in watched.predictions) for watched in seen] == [[0]] * 10 + [[0, 1]] * 30
    first = [next(each for each in watched.predictions if each.face == 0) for watched in seen]
    assert [each.emotion for each in first] == ["sad"] * 20 + ["happy"] * 20
    assert first[5].frame == 5 and first[5].seconds == pytest.approx(0.5, abs=1e-3)
    with Video(clip) as video:
        smooth = [watched.predictions for watched in watch(model, video, model.finder(), smooth=1.0)]
    happy = [next(each for each in predictions if each.face == 0).probabilities["happy"] for predictions in smooth]
    assert happy[19] < happy[20] < happy[39] < first[39].probabilities["happy"]
    reached = happy[19] + (first[20].probabilities["happy"] - happy[19]) * (1 - np.exp(-0.1))
    assert happy[20] == pytest.approx(reached, abs=0.01)


class Endless:
    """A source of frames without end that counts those it has given."""

    def __init__(self, live):
        self.name, self.live, self.given = "endless", live, 0

    def __iter__(self):
        for number in itertools.count():
            self.given += 1
            yield Frame(number, number / RATE, scene(320, 160, (10, 10, 40, 200)))


def test_a_video_of_any_length_is_a_few_frames_in_memory():
    video, model = Endless(live=False), finding()
    seen = watch(model, video, model.finder())
    assert next(seen).frame.number == 0 and video.given <= 16


def test_a_camera_is_answered_at_once():
    camera, model = Endless(live=True), finding()
    next(watch(model, camera, model.finder()))
    assert camera.given == 1


@pytest.mark.parametrize("name", ["text.mp4", "cut.mp4", "gone.mp4"])
def test_what_is_no_video_is_one_line(tmp_path, name, capfd):
    whole = film(tmp_path / "whole.mp4", itertools.islice(moving(), 5))
    (tmp_path / "text.mp4").write_text("hello")
    (tmp_path / "cut.mp4").write_bytes(whole.read_bytes()[:900])
    with pytest.raises(UserError, match=f"Expected a video .*{name}. Received: ") as caught:
        Video(tmp_path / name)
    assert "\n" not in str(caught.value) and capfd.readouterr() == ("", "")


def test_a_camera_that_is_not_there_is_one_line(capfd):
    with pytest.raises(UserError, match="Expected camera 99. Received: none that opens."):
        Video(99)
    assert capfd.readouterr() == ("", "")


def test_without_opencv_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(UserError, match=r"Expected OpenCV, .*videos. Received: none installed. Run: .*\[video\]"):
        Video("clip.mp4")


def test_an_irregular_video_is_written_at_its_pace(tmp_path):
    writer = VideoWriter(tmp_path / "out.avi", RATE)
    for seconds in (0.0, 0.5, 0.51, 0.52, 1.0):
        writer.write(scene(64, 48), seconds)
    writer.close()
    with Video(tmp_path / "out.avi") as video:
        assert len(list(video)) == 11
    with pytest.raises(UserError, match=r"a name for a video that ends in \.mp4, .* Received: out.gif"):
        VideoWriter(type(tmp_path)("out.gif"), RATE)


@pytest.mark.skipif(sys.platform == "win32", reason="a limit to the size of files")
@pytest.mark.parametrize("suffix", [".mp4", ".avi"])
def test_a_video_for_which_there_is_no_room_is_refused(tmp_path, suffix, monkeypatch):
    """OpenCV's writer says nothing: the file is as short as one that a full disk has cut."""
    writer = VideoWriter(tmp_path / f"cut{suffix}", RATE)
    for number, pixels in enumerate(moving()):
        writer.write(pixels, number / RATE)
    release = writer.release

    def cut():
        release()
        os.truncate(tmp_path / f"cut{suffix}", (tmp_path / f"cut{suffix}").stat().st_size // 2)

    monkeypatch.setattr(writer, "release", cut)
    with pytest.raises(OSError, match="^not all of the 40 frames could be written$"):
        writer.close()
    with pytest.raises(OSError, match="^there is no frame to write$"):
        VideoWriter(tmp_path / f"none{suffix}", RATE).close()


def test_a_face_that_comes_back_soon_is_the_same_and_later_another():
    tracker, face = Tracker(), Face((10.0, 10.0, 40.0, 40.0), 1.0)
    other = Face((200.0, 10.0, 40.0, 40.0), 1.0)
    numbers = [
        [track.number for track in tracker.follow(faces, seconds)]
        for faces, seconds in (([face], 0.0), ([], 0.5), ([other, face], 0.9), ([face], 1.5), ([face, other], 3.0))
    ]
    assert numbers == [[0], [], [1, 0], [0], [2, 3]]


def test_overlap_is_intersection_over_union():
    assert overlap((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 10, 10), (10, 0, 10, 10)) == 0
    assert (overlap(None, None), overlap(None, (0, 0, 1, 1))) == (1, 0)


def test_a_timeline_of_any_length_keeps_its_mean_in_bounded_memory(tmp_path):
    timeline = Timeline(("sad", "happy"))
    for number in range(5000):
        happy = float(number >= 2500)
        timeline.add([Prediction("x", {"sad": 1 - happy, "happy": happy}, face=0, frame=number, seconds=number / 25)])
    (course,) = timeline.courses()
    seconds, shares = course.curve()
    assert course.frames == 5000 and len(seconds) <= timelines.BINS
    np.testing.assert_allclose(course.mean(), [0.5, 0.5])
    assert shares[seconds < 99].max(axis=0).tolist() == [1, 0] and shares[seconds > 101].max(axis=0).tolist() == [0, 1]
    assert timeline.summary() == ["face 1: 0:00.0 to 3:19.9, 5,000 frames: sad 50 %, happy 50 %"]
    timeline.draw(tmp_path / "time.png")
    assert (tmp_path / "time.png").stat().st_size > 5000
    with pytest.raises(UserError, match="a figure's name that ends in"):
        timeline.draw(tmp_path / "time.xyz")


def test_a_crowd_is_cut_to_the_faces_that_are_seen_most():
    timeline = Timeline(("sad", "happy"))
    for number in range(200):
        here = [0, 1 + number]
        timeline.add([Prediction("x", {"sad": 0.5, "happy": 0.5}, face=face, seconds=number / 25) for face in here])
    assert next(course.number for course in timeline.courses()) == 0
    assert len(timeline.courses()) == timelines.FACES and timeline.summary()[-1] == "more faces, each in fewer frames"
    assert clock(75.25) == "1:15.2"
