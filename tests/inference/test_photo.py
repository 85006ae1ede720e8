"""Photos as people have them: told by content, turned upright, cut off, transparent, of 16 bits, far too large."""

import io
import sys

import numpy as np
import pytest
from PIL import Image

from fer_keras.inference import photo as photos
from fer_keras.inference.content import kind_of
from fer_keras.inference.photo import of_pixels, read_photo
from fer_keras.io.errors import UserError

SCENE = np.zeros((60, 80, 3), np.uint8)
SCENE[:20] = (250, 120, 10)
SCENE[:, :16] = (10, 60, 240)


def pixels_of(photo):
    return np.asarray(photo.picture)


def save(path, pixels=SCENE, **how):
    Image.fromarray(pixels).save(path, **how)
    return path


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "AVIF", "PPM", "TGA", "JPEG2000", "ICO"])
def test_every_format_is_told_by_its_content(tmp_path, kind):
    found = read_photo(save(tmp_path / "me.jpg", SCENE[:48, :48].copy(), format=kind))
    assert pixels_of(found).shape == (48, 48, 3)
    np.testing.assert_allclose(pixels_of(found)[5, 40], SCENE[5, 40], atol=40)


def test_webp_named_jpg_is_read(tmp_path):
    np.testing.assert_array_equal(pixels_of(read_photo(save(tmp_path / "me.jpg", format="WEBP", lossless=True))), SCENE)


def test_heic_is_read_where_pillow_heif_is_installed(tmp_path):
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.from_pillow(Image.fromarray(SCENE)).save(tmp_path / "me.heic")
    np.testing.assert_allclose(pixels_of(read_photo(tmp_path / "me.heic"))[50, 70], SCENE[50, 70], atol=20)


def test_heic_without_pillow_heif_names_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    (tmp_path / "me.jpg").write_bytes(b"\0\0\0\x18ftypheic" + bytes(80))
    with pytest.raises(UserError, match=r"Expected pillow-heif, .*me.jpg. Received: none .*fer-keras\[heic\]"):
        read_photo(tmp_path / "me.jpg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
@pytest.mark.parametrize(("orientation", "turns"), [(3, 2), (6, 1), (8, 3)])
def test_a_photo_taken_with_the_camera_turned_is_turned_upright(tmp_path, kind, orientation, turns):
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = read_photo(save(tmp_path / "turned", np.rot90(SCENE, turns).copy(), format=kind, exif=exif))
    assert (found.width, found.height) == (80, 60)
    np.testing.assert_allclose(pixels_of(found)[5, 60], SCENE[5, 60], atol=40)
    np.testing.assert_allclose(pixels_of(found)[50, 5], SCENE[50, 5], atol=40)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_exif_data_say_nothing_of_the_pixels(tmp_path):
    found = read_photo(save(tmp_path / "me.png", exif=b"Exif\0\0II*\0\xff\xff\xff\xff"))
    np.testing.assert_array_equal(pixels_of(found), SCENE)


@pytest.mark.parametrize("name", ["me.png", "me.webp", "me.tif"])
def test_what_is_transparent_is_grey(tmp_path, name):
    pixels = np.full((30, 40, 4), 255, np.uint8)
    pixels[:15] = (255, 0, 0, 0)
    how = {"lossless": True, "exact": True} if name == "me.webp" else {}
    found = pixels_of(read_photo(save(tmp_path / name, pixels, **how)))
    assert found[0, 0].tolist() == [128, 128, 128] and found[20, 20].tolist() == [255, 255, 255]


def test_a_transparent_colour_of_a_palette_is_grey(tmp_path):
    image = Image.fromarray(SCENE).quantize(4)
    image.save(tmp_path / "me.png", transparency=image.getpixel((0, 0)))
    found = pixels_of(read_photo(tmp_path / "me.png"))
    assert found[0, 0].tolist() == [128, 128, 128] and found[5, 60].tolist() != [128, 128, 128]


@pytest.mark.parametrize("name", ["me.png", "me.tif"])
def test_16_bit_grey_is_scaled(tmp_path, name):
    values = np.linspace(0, 65535, 64 * 48).round().astype(np.uint16).reshape(48, 64)
    found = pixels_of(read_photo(save(tmp_path / name, values)))
    np.testing.assert_array_equal(found[..., 0], (values / 257).round())


def test_numbers_that_are_no_pixels_are_refused(tmp_path):
    with pytest.raises(UserError, match=r"pixels of 8 or 16 bits in .*me.tif. Received: floating-point numbers"):
        read_photo(save(tmp_path / "me.tif", np.zeros((9, 9), np.float32)))


@pytest.mark.parametrize("how", [{}, {"progressive": True}])
def test_a_jpeg_that_is_cut_off_is_read_as_far_as_it_goes(tmp_path, how):
    pixels = np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)
    whole = save(tmp_path / "me.jpg", pixels, quality=90, **how)
    complete = read_photo(whole)
    content = whole.read_bytes()
    (tmp_path / "cut.jpg").write_bytes(content[: len(content) * 3 // 4])
    found = read_photo(tmp_path / "cut.jpg")
    assert complete.notes == () and found.notes == ("cut off, read as far as it goes",)
    assert pixels_of(found).shape == (200, 300, 3)
    if not how:
        np.testing.assert_array_equal(pixels_of(found)[:100], pixels_of(complete)[:100])


def test_one_without_its_last_bytes_loses_nothing_else(tmp_path):
    whole = save(tmp_path / "me.jpg")
    (tmp_path / "cut.jpg").write_bytes(whole.read_bytes()[:-2])
    np.testing.assert_array_equal(pixels_of(read_photo(tmp_path / "cut.jpg")), pixels_of(read_photo(whole)))


def test_of_an_animation_the_first_frame_is_taken_and_said(tmp_path):
    frames = [Image.fromarray(SCENE), Image.fromarray(SCENE[::-1].copy())]
    frames[0].save(tmp_path / "me.gif", save_all=True, append_images=frames[1:])
    found = read_photo(tmp_path / "me.gif")
    assert found.notes == ("2 frames, the first taken",)
    np.testing.assert_allclose(pixels_of(found)[5, 60], SCENE[5, 60], atol=40)


def test_a_large_photo_is_read_smaller_unless_all_of_it_is_wanted(tmp_path, monkeypatch):
    monkeypatch.setattr(photos, "WORKING_PIXELS", 20 * 15)
    for name in ("me.jpg", "me.png"):
        found = read_photo(save(tmp_path / name))
        assert pixels_of(found).shape == (15, 20, 3) and (found.width, found.height) == (80, 60)
        np.testing.assert_allclose(pixels_of(found)[2, 15], SCENE[5, 60], atol=40)
        assert pixels_of(read_photo(tmp_path / name, whole=True)).shape == (60, 80, 3)


@pytest.mark.parametrize("mode", ["P", "1", "L", "LA", "RGBA", "CMYK", "I;16", "YCbCr"])
def test_a_large_photo_of_any_mode_is_read_smaller(tmp_path, monkeypatch, mode):
    monkeypatch.setattr(photos, "WORKING_PIXELS", 20 * 15)
    pixels = np.full((60, 80), 255, np.uint8)
    image = Image.fromarray(pixels.astype(np.uint16) * 257 if mode == "I;16" else pixels)
    image = image if mode == "I;16" else image.convert("RGB").convert(mode)
    image.save(tmp_path / "me.tif")
    assert Image.open(tmp_path / "me.tif").mode == mode
    found = pixels_of(read_photo(tmp_path / "me.tif"))
    assert found.shape == (15, 20, 3) and found.min() >= 254


def test_the_limit_is_named_and_may_be_moved(tmp_path):
    path = save(tmp_path / "me.png")
    with pytest.raises(
        UserError, match=r"at most 4,000 pixels at .*me.png. Received: 80x60, 4,800 .*--max-pixels 4800"
    ):
        read_photo(path, 4000)
    assert pixels_of(read_photo(path, 4800)).shape == (60, 80, 3)
    limit = Image.MAX_IMAGE_PIXELS
    read_photo(path)
    assert Image.MAX_IMAGE_PIXELS == limit


WRONG = {
    "a web page": (b"<!DOCTYPE html><html>", "Received: a web page instead of the file itself"),
    "text": (b"hello there", "Received: text"),
    "a video": (b"\0\0\0\x20ftypisom" + bytes(60), "Received: video"),
    "EPS, which another program would run": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "PostScript"),
    "a pointer": (b"version https://git-lfs.github.com/spec/v1\n", "Received: a Git LFS pointer"),
    "nothing": (b"", "Received: an empty file"),
    "a header alone": (None, "Received: a damaged file"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_photo_is_named_in_one_line(tmp_path, what):
    content, says = WRONG[what]
    if content is None:
        file = io.BytesIO()
        Image.fromarray(SCENE).save(file, "PNG")
        content = file.getvalue()[:60]
    (tmp_path / "me.jpg").write_bytes(content)
    with pytest.raises(UserError, match=says) as caught:
        read_photo(tmp_path / "me.jpg")
    assert "me.jpg" in str(caught.value) and "\n" not in str(caught.value)


def test_grey_and_coloured_arrays_are_photos():
    assert pixels_of(of_pixels(SCENE)) is not None
    np.testing.assert_array_equal(pixels_of(of_pixels(SCENE[..., 0]))[..., 2], SCENE[..., 0])
    picture = Image.fromarray(SCENE).convert("RGBA")
    picture.getexif()[0x0112] = 6
    np.testing.assert_array_equal(pixels_of(of_pixels(picture)), np.rot90(SCENE, -1))
    with pytest.raises(UserError, match="Expected pixels of 8 or 16 bits in the picture. Received: floating-point"):
        of_pixels(Image.fromarray(np.zeros((9, 9), np.float32)))
    for wrong in (np.zeros((8, 8)), np.zeros((8, 8, 4), np.uint8), np.zeros((0, 8), np.uint8), 3, None):
        with pytest.raises(ValueError, match="Expected "):
            of_pixels(wrong)


@pytest.mark.parametrize("name", ["me.tif", "me.png"])
def test_a_picture_that_is_not_decoded_yet_is_turned_once(tmp_path, name):
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(save(tmp_path / name, exif=exif)) as picture:
        np.testing.assert_array_equal(pixels_of(of_pixels(picture)), np.rot90(SCENE, -1))


def test_an_avif_of_the_general_brand_is_no_heic():
    assert kind_of(b"\0\0\0\x20ftypmif1\0\0\0\0mif1avif" + bytes(40)) == "AVIF"
    assert kind_of(b"\0\0\0\x20ftypmif1\0\0\0\0mif1heic" + bytes(40)) == "HEIC"


def test_a_damaged_file_of_a_known_kind_is_called_so(tmp_path):
    (tmp_path / "me.tif").write_bytes(save(tmp_path / "whole.tif").read_bytes()[:6])
    with pytest.raises(UserError, match=r"Received: a damaged TIFF file\.$"):
        read_photo(tmp_path / "me.tif")
