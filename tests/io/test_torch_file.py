"""The reader of PyTorch's files: tensors back from both formats, everything else refused in one line, nothing run."""

import pickle
import zipfile

import numpy as np
import pytest

from fer_keras.io import pickle_values, torch_file
from fer_keras.io.errors import UserError
from fer_keras.io.torch_file import read_tensors
from tests.torch_files import (
    EMPTY_TUPLE,
    ORDERED_DICT,
    PROTO,
    REDUCE,
    STOP,
    name,
    state,
    storage,
    tensor,
    text,
    tuple_of,
    whole,
    write_legacy,
    write_zip,
)

WRITERS = {"zip": write_zip, "legacy": write_legacy}
ARRAYS = {
    "conv.weight": np.arange(24, dtype="float32").reshape(2, 3, 2, 2),
    "turned.weight": np.arange(6, dtype="float32").reshape(2, 3).T,
    "bn.running_var": np.array([0.5, 2.0], "float16"),
    "bn.num_batches_tracked": np.array(7, "int64"),
    "empty": np.zeros((0, 3), "float64"),
}


@pytest.fixture(params=WRITERS)
def write(request):
    return WRITERS[request.param]


def refused(path, reason):
    with pytest.raises(UserError, match=rf"Expected a PyTorch state dict .* Received: .*{reason}") as caught:
        read_tensors(path)
    assert "\n" not in str(caught.value)


def test_tensors_come_back_in_order_with_their_types(write, tmp_path):
    tensors = read_tensors(write(tmp_path / "x.pth", ARRAYS))
    assert list(tensors) == list(ARRAYS)
    for key, array in ARRAYS.items():
        assert (tensors[key].dtype, tensors[key].shape) == (array.dtype, array.shape)
        np.testing.assert_array_equal(tensors[key], array)
        assert not tensors[key].flags.writeable or not array.size


def test_a_tensor_may_begin_inside_its_storage(tmp_path):
    view = tensor(storage("0", "FloatStorage", 24, old=True), (2, 2), (12, 1), offset=5)
    path = write_legacy(tmp_path / "x.pth", {"all": ARRAYS["conv.weight"]}, state({"view": view}))
    np.testing.assert_array_equal(read_tensors(path)["view"], [[5, 6], [17, 18]])


@pytest.mark.parametrize(
    ("shape", "strides", "offset"),
    [
        ((25,), (1,), 0),
        ((24,), (1,), 1),
        ((2, 2), (23, 1), 0),
        ((100, 100), (0, 0), 0),
        ((2,), (-1,), 5),
        ((1,), (), 0),
    ],
)
def test_no_tensor_reaches_outside_its_storage_or_exceeds_it(write, tmp_path, shape, strides, offset):
    reference = storage("0", "FloatStorage", 24, old=write is write_legacy)
    pickled = state({"w": tensor(reference, shape, strides, offset)})
    refused(write(tmp_path / "x.pth", {"w": ARRAYS["conv.weight"]}, pickled), "")


class Touch:
    """Creates a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_a_pickle_that_would_run_something_does_not(write, tmp_path):
    for protocol in (0, 1, 2, 4):
        hostile = pickle.dumps({"w": Touch(tmp_path / "touched")}, protocol=protocol)
        refused(write(tmp_path / "x.pth", {}, hostile), "")
    assert not (tmp_path / "touched").exists()


SYSTEM = name("os", "system") + tuple_of(text("true")) + REDUCE
STORAGE = storage("0", "FloatStorage", 2, old=False)
HOSTILE = {
    "a call of os.system": state({"w": SYSTEM}),
    "a call of builtins.eval": state({"w": name("builtins", "eval") + tuple_of(text("1")) + REDUCE}),
    "a call of collections.OrderedDict": PROTO
    + name("collections", "OrderedDict")
    + tuple_of(tuple_of())
    + REDUCE
    + STOP,
    "a call of torch._utils._rebuild_parameter": state(
        {"w": name("torch._utils", "_rebuild_parameter") + tuple_of(text("w")) + REDUCE}
    ),
    "w, which is no tensor": state({"w": text("a word")}),
    "a dict where an OrderedDict": PROTO + b"}" + STOP,
    "a list where an OrderedDict": PROTO + b"]" + STOP,
    "calls what is no name": PROTO + text("os.system") + EMPTY_TUPLE + REDUCE + STOP,
    "sets attributes of what is no OrderedDict": PROTO + b"]}b" + STOP,
    "appends to what is no list": PROTO + b"}" + text("a") + b"a" + STOP,
    "sets other items": PROTO + b"}" + whole(1) + whole(2) + b"s" + STOP,
    "the operation OBJ": PROTO + b"(" + name("os", "system") + b"o" + STOP,
    "the operation INST": PROTO + b"(ios\nsystem\n" + STOP,
    "the operation EXT1": PROTO + b"\x82\x01" + STOP,
    "takes more values than it gave": PROTO + b"\x85" + STOP,
    "of 2 values": PROTO + b"NN" + STOP,
    "protocol 4": b"\x80\x04N" + STOP,
    "numbers other than": state({"w": tensor(storage("0", "BFloat16Storage", 2, old=False), (2,), (1,))}),
    "a reference to something that is no storage": state({"w": text("x") + b"Q"}),
    "other things than a storage": state({"w": tensor(text("x"), (2,), (1,))}),
    "33 axes": state({"w": tensor(STORAGE, (1,) * 33, (1,) * 33)}),
    "no more memory": PROTO + b"r\xff\xff\xff\x7f" + STOP,
}


@pytest.mark.parametrize("reason", HOSTILE)
def test_each_kind_of_foreign_pickle_is_refused_by_name(tmp_path, reason):
    path = write_zip(tmp_path / "x.pth", {"w": np.zeros(2, "float32")}, HOSTILE[reason])
    refused(path, "" if reason == "no more memory" else reason)


def test_a_pickle_of_too_many_operations_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(pickle_values, "MOST_OPERATIONS", 50)
    refused(write_zip(tmp_path / "x.pth", ARRAYS), "more than 50 operations")


def test_a_value_that_holds_itself_ends_in_one_line(tmp_path):
    refused(write_zip(tmp_path / "x.pth", {}, PROTO + b"]q\x00h\x00a" + STOP), "a list where an OrderedDict")
    loop = PROTO + ORDERED_DICT + b"q\x00" + text("w") + b"h\x00s" + STOP
    refused(write_zip(tmp_path / "x.pth", {}, loop), "w, which is no tensor")


def test_an_overlong_file_is_not_read(write, tmp_path, monkeypatch):
    path = write(tmp_path / "x.pth", ARRAYS)
    monkeypatch.setattr(torch_file, "LARGEST", path.stat().st_size - 1)
    refused(path, "over .* bytes")


def test_a_compressed_member_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.pth", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", state({}))
    refused(tmp_path / "x.pth", "an archive that torch.save did not write")


def test_another_byte_order_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.pth", "w") as archive:
        archive.writestr("archive/data.pkl", state({}))
        archive.writestr("archive/byteorder", "big")
    refused(tmp_path / "x.pth", "another byte order")


def test_every_shortened_file_is_refused(write, tmp_path):
    content = write(tmp_path / "x.pth", ARRAYS).read_bytes()
    for length in range(0, len(content), 41):
        (tmp_path / "short.pth").write_bytes(content[:length])
        refused(tmp_path / "short.pth", "")


@pytest.mark.parametrize("content", [b"", b"not a pickle", b"PK\x03\x04 no archive"])
def test_what_is_no_file_of_pytorch_is_refused(tmp_path, content):
    (tmp_path / "x.pth").write_bytes(content)
    refused(tmp_path / "x.pth", "")


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    refused(tmp_path / "absent.pth", "No such file")
    refused(tmp_path, "a folder, pipe or device")
