"""The exported program under TensorFlow Serving's published rules for JSON (tensorflow.org/tfx/serving/api_rest)."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from fer_keras.exports.write import export
from tests.exports.nets import CLASSES, faces, file_of


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    model = file_of(tmp_path_factory.mktemp("served"))
    (exported,) = export(model, ["saved_model"])
    return tf.saved_model.load(str(exported.path)), keras.models.load_model(model, compile=False)


def answer(program, request: str, signature="serving_default") -> dict:
    """Answer a request in row format: one input may go without its name; each output needs the batch's axis."""
    run = program.signatures[signature]
    ((name, spec),) = run.structured_input_signature[1].items()
    instances = [value[name] if isinstance(value, dict) else value for value in json.loads(request)["instances"]]
    numbers = np.array(instances)
    if spec.dtype.is_integer and not np.issubdtype(numbers.dtype, np.integer):
        raise ValueError("a decimal number for an integer tensor")
    outputs = run(**{name: tf.constant(numbers, spec.dtype)})
    assert {len(value) for value in outputs.values()} == {len(instances)}, "all outputs have the batch's axis"
    columns = {key: value.numpy().tolist() for key, value in outputs.items()}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return json.loads(json.dumps({"predictions": rows}, default=bytes.decode))


@pytest.mark.parametrize("named", [False, True])
def test_a_request_in_rows_gets_an_object_a_row(served, named):
    images = faces(3)
    rows = [{"face": face} if named else face for face in images.tolist()]
    found = answer(served[0], json.dumps({"instances": rows}))["predictions"]
    probabilities = served[1].predict(images, verbose=0)
    assert [row["class_names"] for row in found] == [list(CLASSES)] * 3
    assert [row["label"] for row in found] == [CLASSES[place] for place in probabilities.argmax(1)]
    np.testing.assert_allclose([row["probabilities"] for row in found], probabilities, atol=1e-5)


def test_decimal_numbers_have_a_signature(served):
    request = json.dumps({"instances": (faces(2) + np.float64(0.3)).tolist()})
    found = [row["probabilities"] for row in answer(served[0], request, "serve_float")["predictions"]]
    np.testing.assert_allclose(found, served[1].predict(faces(2), verbose=0), atol=1e-5)


def test_floats_are_rounded_and_held_within_0_to_255(served):
    images = np.where(faces(2) > 127, 255, 0).astype(np.uint8)
    found = served[0].serve(tf.constant(np.where(images > 0, 256.4, -0.6).astype(np.float32)))
    np.testing.assert_array_equal(found["probabilities"], served[0].serve(tf.constant(images))["probabilities"])


@pytest.mark.parametrize("signature", ["serving_default", "serve", "serve_float"])
def test_an_empty_batch_has_empty_answers(served, signature):
    run = served[0].signatures[signature]
    found = run(face=tf.zeros((0, 12, 12, 1), run.structured_input_signature[1]["face"].dtype))
    assert {name: tuple(value.shape) for name, value in found.items()} == {
        **{"probabilities": (0, 3), "class_names": (0, 3), "label": (0,)}
    }


@pytest.mark.parametrize("shape", [(), (12, 12), (12, 12, 1), (2, 12, 12), (2, 12, 9, 1), (2, 12, 12, 3)])
@pytest.mark.parametrize("signature", ["serving_default", "serve_float"])
def test_another_shape_is_an_ordinary_error(served, shape, signature):
    run = served[0].signatures[signature]
    with pytest.raises(tf.errors.InvalidArgumentError, match="(?i)shape"):
        run(face=tf.zeros(shape, run.structured_input_signature[1]["face"].dtype))
    with pytest.raises(ValueError, match="Could not find matching"):
        served[0].serve(tf.zeros(shape, tf.uint8))
