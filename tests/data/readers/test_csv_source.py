"""FER2013's CSV files: what must be read, and the one line that everything else gets."""

import gzip
import os
import zipfile

import numpy as np
import pytest

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.data.readers import csv_source
from fer_keras.data.readers.pixels import parse_pixels
from fer_keras.io.errors import UserError
from tests.data.readers.csv_lines import USAGES, line, pixels, write


@pytest.fixture(scope="module")
def faces(tmp_path_factory):
    return csv_source.read(write(tmp_path_factory.mktemp("csv") / "fer2013.csv", map(line, range(150))))


def test_pixels_labels_splits_and_rows_are_those_of_the_file(faces):
    assert faces.images.shape == (150, 48, 48, 1)
    for row in (0, 63, 64, 149):
        np.testing.assert_array_equal(faces.images[row].ravel(), pixels(row))
    assert faces.labels.tolist() == [row % 7 for row in range(150)]
    assert faces.rows.tolist() == list(range(150))
    assert faces.split[:5].tolist() == ["train", "train", "public", "private", "train"]
    assert faces.source == "fer2013.csv"


def icml(path):
    rows = [f"{row % 7},{USAGES[row % 4]},{' '.join(map(str, pixels(row)))}" for row in range(150)]
    return write(path, rows, header="emotion, Usage, pixels")


def with_bom(path):
    path.write_bytes(b"\xef\xbb\xbf" + write(path, map(line, range(150))).read_bytes())
    return path


def without_last_line_end(path):
    path.write_bytes(write(path, map(line, range(150))).read_bytes()[:-1])
    return path


def quoted(path):
    rows = [f'"{row % 7}","{" ".join(map(str, pixels(row)))}","{USAGES[row % 4]}"' for row in range(150)]
    return write(path, rows, header='"emotion","pixels","Usage"')


def with_crlf(path):
    return write(path, map(line, range(150)), end="\r\n")


def with_leading_zeros_and_two_spaces(path):
    rows = [line(row, text="  ".join(f"{value:03}" for value in pixels(row))) for row in range(150)]
    return write(path, rows)


def with_an_index(path):
    return write(path, [f"{row},{line(row)},more" for row in range(150)], header=",emotion,pixels,Usage,comment")


def with_semicolons(path):
    return write(path, [line(row).replace(",", ";") for row in range(150)], header="emotion;pixels;Usage")


def with_tabs_and_other_headings(path):
    return write(path, [line(row).replace(",", "\t") for row in range(150)], header="Label\tPIXELS\tusage")


def with_names(path):
    spellings = ("Anger", "disgust", "Fear", "HAPPY", "sadness", "surprise", "Neutral")
    return write(path, [line(row, emotion=spellings[row % 7]) for row in range(150)])


def with_labels_of_a_spreadsheet(path):
    return write(path, [line(row, emotion=f"{row % 7}.0") for row in range(150)])


def with_usages_in_lower_case(path):
    return write(path, [line(row, usage=USAGES[row % 4].lower()) for row in range(150)])


def with_blank_lines_at_the_end(path):
    return write(path, [*map(line, range(150)), "", "  ", ""])


def in_gzip(path):
    path.write_bytes(gzip.compress(write(path, map(line, range(150))).read_bytes()))
    return path


def in_zip(path):
    content = write(path, map(line, range(150))).read_bytes()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("fer2013/README", "not this")
        archive.writestr("__MACOSX/fer2013/._fer2013.csv", "not this either")
        archive.writestr("fer2013/FER2013.CSV", content)
    return path


@pytest.mark.parametrize(
    "variant",
    [
        icml,
        with_bom,
        without_last_line_end,
        quoted,
        with_crlf,
        with_leading_zeros_and_two_spaces,
        with_an_index,
        with_semicolons,
        with_tabs_and_other_headings,
        with_names,
        with_labels_of_a_spreadsheet,
        with_usages_in_lower_case,
        with_blank_lines_at_the_end,
        in_gzip,
        in_zip,
    ],
    ids=lambda f: f.__name__,
)
def test_variants_of_the_file_give_the_same_faces(variant, tmp_path, faces):
    assert csv_source.read(variant(tmp_path / "some.csv")).fingerprint == faces.fingerprint


def replaced(value, at=1200):
    return " ".join([*map(str, pixels(1)[:at]), value, *map(str, pixels(1)[at + 1 :])])


BAD_ROWS = {
    "truncated": (line(1, text="1 2 3"), "2304 pixel values", "Received: 3."),
    "one pixel too many": (line(1, text=replaced("0 0")), "2304 pixel values", "Received: 2305."),
    "256": (line(1, text=replaced("256")), "pixel values 0..255", "'256' as value 1200"),
    "four digits": (line(1, text=replaced("1000")), "pixel values 0..255", "'1000' as value 1200"),
    "negative": (line(1, text=replaced("-1")), "pixel values 0..255", "'-1' as value 1200"),
    "fraction": (line(1, text=replaced("1.5")), "pixel values 0..255", "'1.5' as value 1200"),
    "word": (line(1, text=replaced("nan")), "pixel values 0..255", "'nan' as value 1200"),
    "NUL": (line(1, text=replaced("\0")), "pixel values 0..255", r"'\x00' as value 1200"),
    "open quote": (line(1, text='"' + replaced("0")), "pixel values 0..255", "as value 0"),
    "label 7": (line(1, emotion=7), "an emotion 0..6", "'7'"),
    "label -1": (line(1, emotion=-1), "an emotion 0..6", "'-1'"),
    "label 1.5": (line(1, emotion=1.5), "an emotion 0..6, or a class's name", "'1.5'"),
    "contempt": (line(1, emotion="contempt"), "an emotion 0..6", "'contempt'"),
    "no label": (line(1, emotion=""), "an emotion 0..6", "''"),
    "Usage": (line(1, usage="Test"), "a Usage of Training, PublicTest, PrivateTest", "'Test'"),
    "blank": ("", "a face", "a blank line"),
    "extra column": (line(1) + ",1", "3 columns", "Received: 4"),
    "missing column": ("1,Training", "3 columns", "Received: 2"),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_a_bad_row_is_named_in_one_line(name, tmp_path):
    bad, wanted, received = BAD_ROWS[name]
    path = write(tmp_path / "bad.csv", [*map(line, range(70)), bad, line(71)])
    with pytest.raises(UserError) as caught:
        csv_source.read(path)
    message = str(caught.value)
    assert f"{path} row 70 (line 72)" in message
    assert wanted in message and received in message
    assert "\n" not in message and len(message) < 400


def test_pixels_moved_from_one_row_to_the_next_are_noticed(tmp_path):
    path = write(tmp_path / "moved.csv", [line(0, text="1 " * 2303), line(1, text="1 " * 2305)])
    with pytest.raises(UserError, match=r"2304 pixel values in .*moved.csv row 0 \(line 2\)\. Received: 2303"):
        csv_source.read(path)


def test_wrong_headers_are_shown(tmp_path):
    for number, header in enumerate(("emotion,pixels", "emotion,pixels,Usage,Usage", "0,1 2 3,Training", "\0\0\0", "")):
        path = write(tmp_path / f"{number}.csv", [line(0)], header=header)
        with pytest.raises(UserError, match=r'the header "emotion,pixels,Usage"'):
            csv_source.read(path)


@pytest.mark.parametrize("header", ["emotion,pixels", "emotion;pixels", "id,emotion,pixels"])
def test_a_table_without_usage_is_told_where_one_with_it_lies(tmp_path, header):
    path = write(tmp_path / "train.csv", [line(0)], header=header)
    with pytest.raises(UserError, match="Without Usage nothing says which faces test: icml_face_data.csv"):
        csv_source.read(path)


def test_what_is_no_file_of_faces_is_refused(tmp_path):
    (tmp_path / "empty.csv").touch()
    write(tmp_path / "header.csv", [], end="")
    os.mkfifo(tmp_path / "pipe.csv")
    for name, received in {
        "missing.csv": "No such file",
        "empty.csv": "an empty file",
        "header.csv": "a header and nothing after it",
        "pipe.csv": "a pipe or device",
        ".": "a folder",
        "nul\0.csv": "null byte",
    }.items():
        with pytest.raises(UserError, match=received) as caught:
            csv_source.read(tmp_path / name)
        assert "\n" not in str(caught.value)


def test_an_unreadable_file_is_refused_with_the_systems_reason(tmp_path, monkeypatch):
    path = write(tmp_path / "fer2013.csv", [line(0)])

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(UserError, match="Permission denied"):
        csv_source.read(path)


def test_an_endless_line_is_refused_after_its_first_block(tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.write(b"emotion,pixels,Usage\n")
        file.truncate(100_000_000)
    with pytest.raises(UserError, match="lines of at most 65536 bytes"):
        csv_source.read(path)


def test_the_order_of_names_is_fer2013s(tmp_path):
    path = write(tmp_path / "names.csv", [line(0, emotion=name) for name in FER2013_CLASSES])
    assert csv_source.read(path).labels.tolist() == [0, 1, 2, 3, 4, 5, 6]


def test_parse_pixels_agrees_with_int_and_gives_none_on_doubt():
    every = " ".join(map(str, range(256))).encode()
    np.testing.assert_array_equal(parse_pixels([every, every], 256), [range(256)] * 2)
    for text in (
        b"1 2",
        b"1 2 3 4",
        b"1 2 256",
        b"1 2 300",
        b"1 2 1255",
        b"1  2 3",
        b"1\t2 3",
        b"1 2 x",
        b"1 2 3x",
        b"",
        b"1 2\n3",
    ):
        assert parse_pixels([b"0 9 255", text], 3) is None, text
