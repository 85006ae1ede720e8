"""ONNX, through tf2onnx: the extra "onnx" installs it, and the ONNX Runtime that proves the file."""

import json
import logging
import pathlib

import numpy as np

from fer_keras.exports.network import Network
from fer_keras.runtime import standard_error_held

SUFFIX, QUANTIZATIONS = ".onnx", ("none", "float16")
CONTRACT = "fer_keras"
"""The key of `metadata_props` under which the class names and the input stand, as JSON."""

OPSET = 18
FEWEST_NUMBERS = 64
"""Of a weight that is stored in float16."""


def write(path: pathlib.Path, network: Network) -> None:
    """Write the file `path`: uint8 "face" (B, side, side, channels) in, float32 "probabilities" (B, K) out.

    Raises ModuleNotFoundError without tf2onnx.
    """
    import onnx
    import onnxruntime  # noqa: F401  (else its absence would show only after the conversion)

    model = _converted(network.portable)
    onnx.helper.set_model_props(model, {CONTRACT: json.dumps(network.contract.as_json())})
    if network.quantize == "float16":
        _halve(model.graph)
    onnx.save_model(model, path)


def read(path: pathlib.Path):
    """Return the network in the file `path` as a function of faces, run by ONNX Runtime on the CPU."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return lambda faces: session.run(["probabilities"], {"face": faces})[0]


def _converted(model):
    import tensorflow as tf
    import tf2onnx

    signature = [tf.TensorSpec(model.input_shape, tf.uint8, name="face")]
    serve = tf.function(
        lambda face: {"probabilities": model(face, training=False)}, input_signature=signature, autograph=False
    )
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    with standard_error_held():
        return tf2onnx.convert.from_function(serve, signature, opset=OPSET)[0]


def _halve(graph) -> None:
    """Store the large weights in float16, each followed by a cast to float32, which a runtime does once, on loading."""
    import onnx
    from onnx import numpy_helper

    casts = []
    for weight in graph.initializer:
        if weight.data_type != onnx.TensorProto.FLOAT or np.prod(weight.dims) < FEWEST_NUMBERS:
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(weight).astype(np.float16), f"{name}_float16"))
        casts.append(onnx.helper.make_node("Cast", [f"{name}_float16"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
