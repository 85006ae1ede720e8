"""int8: convolutions compute in it, all else in float32, and so do convolutions in which it errs much."""

import csv
import io

import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from fer_keras.exports import int8, litert
from fer_keras.exports.network import read
from fer_keras.io.errors import UserError
from tests.exports.nets import faces, file_of


@pytest.fixture(scope="module")
def saved_model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("int8")
    network = read(file_of(folder))
    program = litert._program(network.portable)
    tf.saved_model.save(program, str(folder), signatures={"serving_default": program.serve})
    return str(folder)


def test_convolutions_compute_in_int8_and_all_else_in_float(saved_model, monkeypatch):
    monkeypatch.setattr(int8, "MOST_ERROR", 1e9)
    outputs, tensors, interpreter = _types(int8.convert(saved_model, faces(60)))
    assert outputs["CONV_2D"] is outputs["DEPTHWISE_CONV_2D"] is np.int8
    assert outputs["FULLY_CONNECTED"] is np.float32
    assert tensors[interpreter.get_input_details()[0]["index"]] is np.uint8


def test_a_convolution_that_errs_more_stays_in_float(saved_model, monkeypatch):
    monkeypatch.setattr(int8, "_erring", lambda *_: _named(saved_model, "depthwise"))
    outputs, _, _ = _types(int8.convert(saved_model, faces(60)))
    assert outputs["CONV_2D"] is np.int8 and outputs["DEPTHWISE_CONV_2D"] is np.float32


def test_a_network_that_errs_everywhere_is_refused(saved_model, monkeypatch):
    monkeypatch.setattr(int8, "MOST_ERROR", 0.0)
    with pytest.raises(
        UserError, match=r"Expected a convolution that errs by at most 0.0 steps in int8. Received: none."
    ):
        int8.convert(saved_model, faces(60))


def _types(content):
    """Return ({operation: type of its output}, {tensor: type}, the interpreter) of a file."""
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = Interpreter(model_content=content, experimental_op_resolver_type=plain)
    tensors = {detail["index"]: detail["dtype"] for detail in interpreter.get_tensor_details()}
    return (
        {each["op_name"]: tensors[each["outputs"][0]] for each in interpreter._get_ops_details()},
        tensors,
        interpreter,
    )


def _named(saved_model, part):
    debugger, table = int8._debugger(saved_model, faces(60), []), io.StringIO()
    debugger.run()
    debugger.layer_statistics_dump(table)
    layers = csv.DictReader(io.StringIO(table.getvalue()))
    return [layer["tensor_name"] for layer in layers if layer["op_name"] == f"{part.upper()}_CONV_2D"]
