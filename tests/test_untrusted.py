"""Files of strangers: nothing in them runs, nothing of them lands outside its place, and none is larger than it is."""

import ast
import io
import os
import pathlib
import struct
import zipfile
import zlib

import keras
import numpy as np
import pytest

from fer_keras.data.readers import ferplus
from fer_keras.data.readers.photos import Photo, decoded
from fer_keras.inference.photo import read_photo
from fer_keras.io import files
from fer_keras.io.errors import UserError
from fer_keras.io.npz import read_npz
from fer_keras.io.safetensors import read_safetensors
from fer_keras.models import saved

ROOT = pathlib.Path(__file__).resolve().parents[1]
SOURCES = sorted(path for folder in ("fer_keras", "experiments") for path in (ROOT / folder).rglob("*.py"))
MODULES = {"pickle", "dill", "joblib", "shelve", "marshal", "tarfile"}
CALLS = {"eval", "exec", "extractall", "extract", "unpack_archive", "enable_unsafe_deserialization", "read_pickle"}


def forbidden(tree):
    """Yield what in a module could run a file's code or unpack an archive to wherever the archive says."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            yield from (name for name in names if name.partition(".")[0] in MODULES | {"torch"})
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        given = {word.arg: getattr(word.value, "value", None) for word in node.keywords}
        if called in CALLS or given.get("allow_pickle") is True or given.get("shell") is True:
            yield called
        numpy_load = called == "load" and getattr(getattr(node.func, "value", None), "id", "") == "np"
        if (numpy_load and given.get("allow_pickle") is not False) or (
            called == "load_model" and given.get("safe_mode") is not True
        ):
            yield called


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_source_unpickles_extracts_or_evaluates(path):
    assert list(forbidden(ast.parse(path.read_text()))) == []


def test_the_search_finds_what_it_looks_for():
    wrong = (
        "import pickle\nimport torch\nnp.load(x)\nnp.load(x, allow_pickle=True)\na.extractall()\nload_model(x)\neval(x)"
    )
    assert len(list(forbidden(ast.parse(wrong)))) == 8


def lambda_model(path):
    image = keras.Input((4, 4, 1))
    keras.Model(image, keras.layers.Lambda(lambda x: x)(image)).save(path)
    return path


@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")
@pytest.mark.parametrize(("name", "says"), [("model.keras", "[Ll]ambda"), ("model.h5", "ends in .h5, not .keras")])
def test_a_model_that_brings_its_own_code_is_refused(tmp_path, name, says):
    with pytest.raises(UserError, match=rf"Expected a model saved by Keras at .*{name}. Received: .*{says}") as caught:
        saved.load(lambda_model(tmp_path / name))
    assert "\n" not in str(caught.value)


def test_an_archive_with_other_members_is_refused_and_nothing_lands_outside(tmp_path):
    image, folder = keras.Input((2,)), tmp_path / "in"
    folder.mkdir()
    keras.Model(image, keras.layers.Dense(1)(image)).save(folder / "model.keras")
    with zipfile.ZipFile(folder / "model.keras", "a") as archive:
        archive.writestr("../../evil", "x")
        archive.writestr("assets/../../evil", "x")
    with pytest.raises(UserError, match="an archive of 'metadata.json'"):
        saved.load(folder / "model.keras")
    assert {path.name for path in tmp_path.rglob("*")} == {"in", "model.keras"}


def test_a_folder_is_no_model(tmp_path):
    (tmp_path / "model.keras").mkdir()
    with pytest.raises(UserError, match="a folder, pipe or device"):
        saved.load(tmp_path / "model.keras")


def npy(shape, dtype="<f4", data=b""):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": dtype, "fortran_order": False, "shape": shape})
    return file.getvalue() + data


def npz(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("shape", [(10**12,), (1 << 70,), (1 << 40, 1 << 40), (0, 1 << 70), (3,), (-1,)])
def test_an_array_is_not_made_before_its_bytes_are_there(tmp_path, shape):
    with pytest.raises(UserError, match=r"Expected weights in .*x\.npz"):
        read_npz(npz(tmp_path / "x.npz", {"a.npy": npy(shape, data=bytes(8))}), "weights")


def test_an_array_of_objects_is_refused(tmp_path):
    np.savez(tmp_path / "x.npz", a=np.array([{}], object))
    with pytest.raises(UserError, match="type object"):
        read_npz(tmp_path / "x.npz")


def test_an_archive_that_unpacks_to_far_more_is_refused(tmp_path):
    zeros = npy((75_000_000,), data=bytes(300_000_000))
    path = npz(tmp_path / "x.npz", {"a.npy": zeros}, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(UserError, match=r"bytes that would unpack to 1 arrays of 300000128 bytes"):
        read_npz(path)
    with pytest.raises(UserError, match="an archive of 'a.npy'"):
        saved.load(path.rename(tmp_path / "x.keras"))


def test_a_member_that_says_it_is_smaller_than_it_is_is_not_unpacked_further(tmp_path):
    path = npz(tmp_path / "x.npz", {"a.npy": npy((1000,), data=bytes(4000))}, zipfile.ZIP_DEFLATED)
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", 4128), struct.pack("<I", 130)))
    with pytest.raises(UserError, match=r"Expected an \.npz archive in"):
        read_npz(path)


def test_what_numpy_wrote_comes_back(tmp_path):
    arrays = {
        "a": np.arange(6.0).reshape(2, 3),
        "b": np.array("text"),
        "c": np.asfortranarray(np.eye(3, 2)),
        "d": np.zeros((0, 4)),
    }
    for save in (np.savez, np.savez_compressed):
        save(tmp_path / "x.npz", **arrays)
        found = read_npz(tmp_path / "x.npz")
        assert found.keys() == arrays.keys()
        for name, array in arrays.items():
            np.testing.assert_array_equal(found[name], array)
            assert found[name].dtype == array.dtype and not found[name].flags.writeable


def bomb(width, height):
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + b"\0\0\0\0IDAT"
    )


@pytest.mark.parametrize("side", [12_000, 60_000])
def test_an_image_that_unpacks_to_far_more_is_refused(tmp_path, side):
    path = tmp_path / "me.png"
    path.write_bytes(bomb(side, side))
    with pytest.raises(UserError, match=r"an image of a usual size at .*me\.png. Received: a far larger one"):
        decoded([Photo(path, 0, "train")], 8, tmp_path)
    with pytest.raises(UserError, match=rf"at most 89,478,485 pixels .*me\.png. Received: {side}x{side}, "):
        read_photo(path)


def test_a_votes_file_of_absurd_length_is_not_read(tmp_path):
    with open(tmp_path / ferplus.FILE_NAME, "wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(UserError, match="of at most 16777216 bytes"):
        ferplus.read_votes(tmp_path / ferplus.FILE_NAME)


@pytest.mark.parametrize(
    "header", [b"[" * 100_000, b'{"a": {"dtype": "F32", "shape": [1e308, 1e308], "data_offsets": [0, 0]}}']
)
def test_a_safetensors_header_that_breaks_parsers_is_one_line(tmp_path, header):
    (tmp_path / "x.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(UserError, match=r"sound \.safetensors header"):
        read_safetensors(tmp_path / "x.safetensors")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[" * 100_000, "nested too deep"),
        (b'{"a": "\\ud800"}', "surrogates not allowed"),
        (b"9" * 5000, "integer string conversion"),
        (b"\xff", "can't decode byte"),
        (b'{"a": 1', "delimiter"),
        (b" " * (files.LONGEST_JSON + 1), "over 16777216 bytes"),
    ],
    ids=["deep", "surrogate", "long number", "bytes", "cut", "large"],
)
def test_json_that_breaks_parsers_is_one_line(tmp_path, content, says):
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(UserError, match=rf"Expected JSON in .*x\.json. Received: .*{says}"):
        files.read_json(tmp_path / "x.json")


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "x")
    for read in (files.read_json, read_npz, saved.load):
        with pytest.raises(UserError, match="pipe or device"):
            read(tmp_path / "x")
