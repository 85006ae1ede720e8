"""A made-up graph of TensorFlow.js with MobileNet's layers, and its outputs by TensorFlow's own operations."""

import base64
import json
import math

import numpy as np

WIDTHS = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
STRIDED = (2, 4, 6, 12)


def _text(word):
    return {"s": base64.b64encode(word.encode()).decode()}


def _strides(stride):
    return {"list": {"i": [str(number) for number in (1, stride, stride, 1)]}}


def mobilenet(rng):
    """Return (nodes, {name: float32 array}) of the graph up to `global_pooling/Mean`, with a top that is not in it."""
    nodes, arrays = [{"name": "input_1", "op": "Placeholder"}], {}

    def node(name, op, *inputs, **attributes):
        nodes.append({"name": name, "op": op, "input": list(inputs), "attr": attributes})
        return name

    def array(name, values):
        arrays[name] = np.asarray(values, "float32")
        return name

    def layer(x, name, shape, stride):
        depthwise = "_dw_" in name
        part = "depthwise_kernel" if depthwise else "convolution/merged_input"
        deviation = math.sqrt(2 / math.prod(shape[:2] if depthwise else shape[:3]))
        kernel, width = array(f"{name}/{part}", rng.normal(0, deviation, shape)), shape[2] if depthwise else shape[3]
        op = "DepthwiseConv2dNative" if depthwise else "Conv2D"
        x = node(f"{name}/{op}", op, x, kernel, strides=_strides(stride), padding=_text("SAME"))
        if depthwise:
            x = node(f"{name}/mul_1", "Mul", x, array(f"{name}_bn/batchnorm_1/mul", rng.uniform(0.5, 1.5, width)))
        x = node(f"{name}/add_1", "Add", x, array(f"{name}_bn/batchnorm_1/sub", rng.normal(0, 0.2, width)))
        x = node(f"{name}_relu/Relu", "Relu", x)
        x = node(f"{name}_relu/Minimum", "Minimum", x, array(f"{name}_relu/Cast", 6))
        return node(f"{name}_relu/clip_by_value", "Maximum", x, array(f"{name}_relu/Const_1", 0))

    x, before = layer("input_1", "conv1", (3, 3, 3, 32), 2), 32
    for number, width in enumerate(WIDTHS, start=1):
        x = layer(x, f"conv_dw_{number}", (3, 3, before, 1), 2 if number in STRIDED else 1)
        x, before = layer(x, f"conv_pw_{number}", (1, 1, before, width), 1), width
    for name, shape in (("feats", (1024, 4)), ("age_pred", (4, 3)), ("gender_pred", (4, 1))):
        array(f"{name}/kernel", np.zeros(shape))
        array(f"{name}/bias", np.zeros(shape[1]))
    return nodes, arrays


def write(folder, nodes, arrays, name="faceres"):
    """Write model and numbers in float16, as the package has them, and return the path of the .json."""
    rule = {"dtype": "float16", "original_dtype": "float32"}
    weights = [
        {"name": key, "shape": list(value.shape), "dtype": "float32", "quantization": rule}
        for key, value in arrays.items()
    ]
    content = b"".join(value.astype("<f2").tobytes() for value in arrays.values())
    (folder / f"{name}.bin").write_bytes(content)
    manifest = [{"paths": [f"{name}.bin"], "weights": weights}]
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"modelTopology": {"node": nodes}, "weightsManifest": manifest}))
    return path


def evaluate(nodes, arrays, x):
    """Return {node: value} of the graph for the input `x`, with the numbers rounded to float16 as `write` does."""
    import tensorflow as tf

    values = {name: array.astype("float16").astype("float32") for name, array in arrays.items()} | {"input_1": x}
    simple = {"Add": tf.add, "Mul": tf.multiply, "Relu": tf.nn.relu, "Minimum": tf.minimum, "Maximum": tf.maximum}
    convolutions = {"Conv2D": tf.nn.conv2d, "DepthwiseConv2dNative": tf.nn.depthwise_conv2d}
    for node in nodes[1:]:
        inputs = [values[name] for name in node["input"]]
        if node["op"] in convolutions:
            strides = [int(number) for number in node["attr"]["strides"]["list"]["i"]]
            padding = base64.b64decode(node["attr"]["padding"]["s"]).decode()
            values[node["name"]] = convolutions[node["op"]](*inputs, strides, padding)
        else:
            values[node["name"]] = simple[node["op"]](*inputs)
    return values
