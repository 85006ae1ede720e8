"""What a user may name: files, folders, wildcards, cameras; and where what is made of them is written."""

import pathlib

import pytest

from fer_keras.inference.destinations import Destinations
from fer_keras.inference.inputs import Input, expand
from fer_keras.io.errors import UserError

JPEG, MP4 = b"\xff\xd8\xff\xe0" + bytes(60), b"\0\0\0\x20ftypisom" + bytes(60)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = {
        "b.jpg": JPEG,
        "a.PNG": JPEG,
        "notes.txt": b"x",
        ".hidden.jpg": JPEG,
        "sub/c.webp": JPEG,
        ".git/d.jpg": JPEG,
        "clip.mp4": MP4,
        "film.jpg": MP4,
    }
    for name, content in files.items():
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "photos" / "round").symlink_to(tmp_path)
    (tmp_path / "empty").mkdir()
    return tmp_path


def named(*words):
    return [each.name.replace("\\", "/") if isinstance(each, Input) else str(each) for each in expand(words)]


def test_a_folder_is_the_photos_in_and_below_it(here):
    assert named("photos") == ["photos/a.PNG", "photos/b.jpg", "photos/film.jpg", "photos/sub/c.webp"]


def test_wildcards_are_those_of_a_shell(here):
    assert named("photos/?.*") == ["photos/a.PNG", "photos/b.jpg"]
    assert named("photos/su*") == ["photos/sub/c.webp"]
    assert named("photos/**/*.webp") == ["photos/sub/c.webp"]


def test_a_name_with_brackets_is_a_file_where_there_is_one(here):
    (here / "me[1].jpg").write_bytes(JPEG)
    assert named("me[1].jpg") == ["me[1].jpg"]


def test_videos_are_told_by_their_content(here):
    kinds = [each.kind for each in expand(["photos/clip.mp4", "photos/film.jpg", "photos/b.jpg", "gone.mov", "0"])]
    assert kinds == ["video", "video", "photo", "video", "camera"]
    (here / "0").write_bytes(JPEG)
    assert [each.kind for each in expand(["0"])] == ["photo"]


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("https://example.org/me.jpg", "Received: the address https://example.org/me.jpg. Download it first."),
        ("rtsp://camera/1", "Received: the address"),
        ("*.jpg", r"Expected files that match \*.jpg. Received: none"),
        ("empty", "Expected photos in the folder empty. Received: none"),
    ],
)
def test_what_names_no_input_is_an_error_among_the_others(here, word, says):
    (before, error, after) = expand(["photos/b.jpg", word, "photos/b.jpg"])
    assert before == after == Input("photo", "photos/b.jpg")
    with pytest.raises(UserError, match=says):
        raise error


SUFFIXES = {"photo": (".jpg", ".png"), "video": (".mp4",)}
PHOTO, OTHER, VIDEO = Input("photo", "in/me.png"), Input("photo", "elsewhere/me.gif"), Input("video", "in/clip.mov")


def test_one_input_may_have_a_file_several_have_a_folder(tmp_path):
    assert Destinations(tmp_path / "x.png", [PHOTO], SUFFIXES).of(PHOTO) == tmp_path / "x.png"
    several = Destinations(tmp_path / "x", [PHOTO, OTHER, VIDEO], SUFFIXES)
    assert [several.of(each).name for each in (PHOTO, OTHER, VIDEO)] == ["me.jpg", "me-2.jpg", "clip.mp4"]


def test_what_cannot_be_written_to_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    for out, inputs, says in (
        ("x.png", [PHOTO, OTHER], "Expected a folder for 2 inputs. Received: the file x.png"),
        ("x.mp4", [PHOTO], "Expected a name that ends in .jpg, .png. Received: x.mp4"),
        ("notes.txt", [PHOTO], "Expected a folder, or a name that ends in .jpg, .mp4, .png"),
    ):
        with pytest.raises(UserError, match=says):
            Destinations(pathlib.Path(out), inputs, SUFFIXES)
    with pytest.raises(UserError, match="another place than the input itself"):
        Destinations(pathlib.Path("in"), [Input("photo", "in/me.jpg")], SUFFIXES).of(Input("photo", "in/me.jpg"))
