"""Thousands of damaged data files: each is read, or refused in one line, quickly and in little memory."""

import gzip
import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.data.cache import cached
from fer_keras.data.readers import affectnet, csv_source, ferplus, folders
from fer_keras.data.readers.photos import Photo, decoded
from fer_keras.inference.photo import read_photo
from tests.fuzzing import EDITS, mutated, settings, tally

TOKENS = (b",", b"\n", b"\r", b'"', b" ", b"\0", b"\xff", b"\xef\xbb\xbf", b"-1", b"256", b"9" * 30, b"nan", b"1e999")
USAGES = ("Training", "PublicTest", "PrivateTest")


def fer2013(rows=3):
    pixels = " ".join(str(value % 256) for value in range(2304))
    return "\n".join(["emotion,pixels,Usage", *(f"{row},{pixels},{USAGES[row % 3]}" for row in range(rows))]).encode()


def test_fer2013_csv(tmp_path, capsys):
    path, content = tmp_path / "fer2013.csv", fer2013()
    with tally("fer2013.csv", capsys) as found:

        @settings(1500)
        @given(EDITS)
        def check(edits):
            path.write_bytes(mutated(content, edits, TOKENS))
            found.attempt(lambda: csv_source.read(path))

        check()
    assert found.refused > 1000


def zipped(content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("fer2013.csv", content)
    return file.getvalue()


def test_packed_fer2013_csv(tmp_path, capsys):
    path, contents = tmp_path / "fer2013.csv.gz", [gzip.compress(fer2013(), mtime=0), zipped(fer2013())]
    with tally("fer2013.csv in gzip and zip", capsys) as found:

        @settings(1500)
        @given(st.sampled_from(contents), EDITS)
        def check(content, edits):
            path.write_bytes(mutated(content, edits, (*TOKENS, b"PK\x03\x04", b"PK\x01\x02", b"\xff\xff\xff\x7f")))
            found.attempt(lambda: csv_source.read(path))

        check()
    assert found.refused > 1000


def test_ferplus_csv(tmp_path, capsys):
    path = tmp_path / ferplus.FILE_NAME
    content = "\n".join([ferplus.HEADER, *(f"{USAGES[i % 3]},fer{i}.png,4,0,0,1,3,2,0,0,0,0" for i in range(30))])
    with tally("fer2013new.csv", capsys) as found:

        @settings(1500)
        @given(EDITS)
        def check(edits):
            path.write_bytes(mutated(content.encode(), edits, TOKENS))
            found.attempt(lambda: ferplus.read_votes(path))

        check()
    assert found.refused > 500


def test_affectnet_lists(tmp_path, capsys):
    columns = ("subDirectory_filePath", "face_x", "face_y", "face_width", "face_height", "expression")
    content = "\n".join([",".join(columns), *(f"a.png,0,0,4,4,{i}" for i in range(9))]).encode()
    Image.new("RGB", (5, 4)).save(tmp_path / "a.png")
    (tmp_path / "validation.csv").write_bytes(content)
    with tally("AffectNet's training.csv", capsys) as found:

        @settings(1000)
        @given(EDITS)
        def check(edits):
            (tmp_path / "training.csv").write_bytes(mutated(content, edits, (*TOKENS, b"../a.png", b"/etc/passwd")))
            found.attempt(lambda: affectnet.read(tmp_path, side=8))

        check()
    assert found.refused > 500


def encoded(kind, mode="L", size=(48, 48)):
    file, channels = io.BytesIO(), {"L": (), "RGB": (3,), "RGBA": (4,)}[mode]
    pixels = np.random.default_rng(0).integers(0, 256, (*size, *channels), np.uint8)
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


IMAGES = {
    "png": encoded("PNG"),
    "jpg": encoded("JPEG"),
    "rgba.png": encoded("PNG", "RGBA", (40, 60)),
    "rgb.jpg": encoded("JPEG", "RGB", (40, 60)),
    "bmp": encoded("BMP", "RGB", (20, 30)),
    "tiff": encoded("TIFF", "RGB", (20, 30)),
    "gif": encoded("GIF", "L", (20, 30)),
    "webp": encoded("WEBP", "RGBA", (20, 30)),
    "avif": encoded("AVIF", "RGB", (20, 30)),
}
PIECES = (
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\0\0\0\0",
    b"IHDR",
    b"IDAT",
    b"PLTE",
    b"\xff\xda",
    b"\xff\xc0",
    b"\0",
)


def test_faces_of_image_folders(tmp_path, capsys):
    for label, name in enumerate(FER2013_CLASSES):
        (tmp_path / "train" / name).mkdir(parents=True)
        (tmp_path / "train" / name / f"{label}.png").write_bytes(IMAGES["png"])
    with tally("images in folders", capsys) as found:

        @settings(1000)
        @given(st.sampled_from(["png", "jpg"]), EDITS)
        def check(kind, edits):
            (tmp_path / "train" / "sad" / "4.png").write_bytes(mutated(IMAGES[kind], edits, PIECES))
            found.attempt(lambda: folders.read(tmp_path))

        check()
    assert found.refused > 500


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # what Pillow says of a damaged TIFF file's tags
@pytest.mark.parametrize("reader", ["photos", "predict"])
def test_photos(tmp_path, capsys, reader):
    path = tmp_path / "photo"
    actions = {
        "photos": lambda: decoded([Photo(path, 0, "train", (2.0, 2.0, 18.0, 19.0))], 32, tmp_path),
        "predict": lambda: read_photo(path),
    }
    with tally(f"images of any kind, {reader}", capsys) as found:

        @settings(1500)
        @given(st.sampled_from(sorted(IMAGES)), EDITS)
        def check(kind, edits):
            path.write_bytes(mutated(IMAGES[kind], edits, PIECES))
            found.attempt(actions[reader])

        check()
    assert found.refused > 300


def test_the_cache_never_gives_anything_but_the_faces_of_the_file(tmp_path, capsys):
    source, folder = tmp_path / "fer2013.csv", tmp_path / "cache"
    source.write_bytes(fer2013())
    wanted = cached(source, csv_source.read, folder).fingerprint
    entries = {path: path.read_bytes() for path in sorted(folder.iterdir())}
    with tally("files of the cache", capsys) as found:

        @settings(600)
        @given(st.sampled_from(list(entries)), EDITS)
        def check(path, edits):
            for entry, content in entries.items():
                entry.write_bytes(mutated(content, edits, (*TOKENS, b"[", b"null")) if entry == path else content)
            fingerprints = []
            found.attempt(lambda: fingerprints.append(cached(source, csv_source.read, folder).fingerprint))
            assert fingerprints == [wanted]

        check()
    assert found.refused == 0
