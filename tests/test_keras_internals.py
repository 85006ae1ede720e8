"""What the suite takes from Keras beyond its documented interface, each with what broke when it is gone or different.

Run this first after an update of Keras. What fails here is mended in fer_keras/keras_internals.py alone.
"""

import ast
import pathlib

import keras
import numpy as np
import pytest

from fer_keras import keras_internals
from fer_keras.layers.self_attention_block import SelfAttentionBlock

PACKAGE = pathlib.Path(keras_internals.__file__).parent


def values(tensor):
    return keras.ops.convert_to_numpy(tensor)


def small_network():
    image = keras.Input((4, 4, 2), name="image")
    x = keras.layers.Conv2D(3, 1, name="conv")(image)
    return keras.Model(image, x + keras.layers.ReLU(name="relu")(x), name="small")


def test_a_models_operations_are_its_layers_and_the_bare_sums_between():
    operations = keras_internals.operations(small_network())
    names = [operation.name for operation in operations]
    assert names[:3] == ["image", "conv", "relu"], "Model.operations: order, or layers left out"
    assert len(operations) == 4 and not isinstance(operations[3], keras.Layer), "Model.operations: no bare operation"


def test_layers_within_reach_into_composite_layers():
    attention = keras.layers.MultiHeadAttention(2, 4)
    attention.build((None, 5, 8), (None, 5, 8))
    assert len(keras_internals.layers_within(attention)) >= 5, "Layer._flatten_layers misses sublayers"
    assert keras_internals.layers_within(keras.layers.ReLU()) == []


def test_tensors_around_a_network_inside_another_are_the_outer_ones():
    inner, image = small_network(), keras.Input((4, 4, 2))
    outer = keras.Model(image, keras.layers.ReLU()(inner(image)))
    given, result = keras_internals.tensors_around(outer.get_layer("small"))
    assert given is image, "Layer._inbound_nodes: the last is not the outer call"
    assert keras.Model(image, result).output_shape == (None, 4, 4, 3)
    assert keras_internals.tensors_around(inner.get_layer("conv"))[0] is inner.input


def test_attention_that_is_told_so_never_asks_for_a_fused_kernel(monkeypatch):
    asked, real = [], keras.src.ops.dot_product_attention

    def spy(*tensors, flash_attention, **arguments):
        asked.append(flash_attention)
        return real(*tensors, flash_attention=flash_attention, **arguments)

    monkeypatch.setattr(keras.src.ops, "dot_product_attention", spy)
    tokens = np.zeros((1, 9, 8), "float32")
    keras.layers.MultiHeadAttention(2, 4, flash_attention=False)(tokens, tokens)
    keras_internals.without_fused_attention(keras.layers.MultiHeadAttention(2, 4))(tokens, tokens)
    SelfAttentionBlock(8, 2)(tokens)
    assert asked == [None, False, False], "MultiHeadAttention._flash_attention, or False is taken as such now"


def stepped(optimizer, gradient, start=1.0):
    variable = keras.Variable(np.full(2, start, "float32"))
    optimizer.build([variable])
    optimizer.apply([keras.ops.convert_to_tensor(np.array(gradient, "float32"))])
    return variable


@pytest.mark.parametrize("kind", [keras.optimizers.Adam, keras.optimizers.AdamW])
def test_adams_slots_are_the_averages_of_gradient_and_square(kind):
    optimizer = kind(0.1, beta_1=0.9, beta_2=0.99)
    variable = stepped(optimizer, [2.0, -4.0])
    momentum, velocity = keras_internals.adam_slots(optimizer, variable)
    np.testing.assert_allclose(values(momentum), [0.2, -0.4], rtol=1e-5, err_msg="Adam._momentums")
    np.testing.assert_allclose(values(velocity), [0.04, 0.16], rtol=1e-5, err_msg="Adam._velocities")


def test_sgds_velocity_is_its_momentum_slot():
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    variable = stepped(optimizer, [2.0, -4.0])
    velocity = values(keras_internals.sgd_velocity(optimizer, variable))
    np.testing.assert_allclose(velocity, [-0.2, 0.4], rtol=1e-5, err_msg="SGD.momentums or _get_variable_index")


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="resources are TensorFlow's")
def test_a_variables_resource_can_be_written_by_a_raw_operation():
    import tensorflow as tf

    variable = keras.Variable(np.zeros(2, "float32"))
    for held in (variable, variable.value):
        tf.raw_ops.AssignAddVariableOp(resource=keras_internals.resource(held), value=tf.ones(2))
    np.testing.assert_array_equal(values(variable), [2, 2], err_msg="Variable.value.handle")


class Recording(keras_internals.OpenMuon):
    """Notes which of its two public decisions Keras's Muon calls, and with what."""

    seen = ()

    def is_for_adamw(self, variable):
        self.seen = (*self.seen, "is_for_adamw")
        return super().is_for_adamw(variable)

    def muon_step(self, gradient, variable, learning_rate, momentum):
        self.seen = (*self.seen, ("muon_step", tuple(gradient.shape), tuple(momentum.shape)))
        super().muon_step(gradient, variable, learning_rate, momentum)


def test_muon_asks_which_step_a_variable_gets_and_takes_it():
    matrix, vector = keras.Variable(np.eye(2, 3, dtype="float32")), keras.Variable(np.ones(3, "float32"))
    optimizer = Recording(0.1)
    optimizer.build([matrix, vector])
    assert optimizer.seen == ("is_for_adamw", "is_for_adamw"), "Muon.build no longer asks _should_use_adamw"
    optimizer.seen = ()
    optimizer.apply([keras.ops.ones((2, 3)), keras.ops.ones(3)])
    steps = [entry for entry in optimizer.seen if entry != "is_for_adamw"]
    assert steps == [("muon_step", (2, 3), (2, 3))], "Muon.update_step no longer calls _muon_update_step"
    assert not np.array_equal(values(vector), np.ones(3)), "AdamW's share of Muon"


def test_an_unchanged_open_muon_steps_as_keras_muon():
    ends = []
    for kind in (keras_internals.OpenMuon, keras.optimizers.Muon):
        matrix, optimizer = keras.Variable(np.eye(2, 3, dtype="float32")), kind(0.1)
        optimizer.build([matrix])
        optimizer.apply([keras.ops.convert_to_tensor(np.arange(6, dtype="float32").reshape(2, 3))])
        ends.append(values(matrix))
    np.testing.assert_array_equal(*ends)


def test_muon_orthogonalises_and_sizes_a_step():
    optimizer = keras_internals.OpenMuon(1.0)
    matrix = keras.ops.convert_to_tensor(np.random.default_rng(0).normal(size=(4, 9)).astype("float32"))
    step = optimizer.orthogonalised(matrix)
    singular = np.linalg.svd(values(step), compute_uv=False)
    assert 0.6 < singular.min() and singular.max() < 1.3, "Muon.zeropower_via_newtonschulz5"
    np.testing.assert_allclose(
        values(optimizer.sized(step)), 0.2 * 3 * values(step), rtol=1e-5, err_msg="Muon.lr_adjust"
    )


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="the JAX backend needs a training in progress")
def test_writing_back_is_nothing_under_tensorflow():
    network = small_network()
    before = network.get_weights()
    keras_internals.write_back_state(network)
    assert all(np.array_equal(one, two) for one, two in zip(network.get_weights(), before, strict=True))


def test_jax_still_has_the_method_that_writes_back():
    source = pathlib.Path(keras.__file__).parent / "src" / "backend" / "jax" / "trainer.py"
    assert "def jax_state_sync(self)" in source.read_text(), "JAXTrainer.jax_state_sync"


def private_names(path: pathlib.Path) -> set[str]:
    """Names with an underscore that the file takes from an object without defining them itself, and keras.src."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    taken = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and _is_private(node.attr)}
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assigned = {
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    }
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return (taken - defined - assigned) | {name for name in modules if name.startswith("keras.src")}


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def test_no_other_module_reaches_past_keras_interface():
    allowed = {"_replace", "_asdict", "_fields"}  # named tuples'
    reaching = {
        str(path.relative_to(PACKAGE)): names
        for path in PACKAGE.rglob("*.py")
        if path.name != "keras_internals.py" and "import keras" in path.read_text(encoding="utf-8")
        if (names := private_names(path) - allowed)
    }
    assert reaching == {}


def test_the_search_for_private_names_finds_them(tmp_path):
    program = (
        "from keras.src import x\nclass A:\n  def _own(self):\n    self._b = 1\n    return self._own, self._b, x._taken"
    )
    (tmp_path / "a.py").write_text(program)
    assert private_names(tmp_path / "a.py") == {"keras.src", "_taken"}


class Counted(keras.optimizers.schedules.LearningRateSchedule):
    """Notes how often it is asked."""

    asked = 0

    def __call__(self, step):
        Counted.asked += 1
        return keras.ops.cast(0.1, "float32") / (1 + keras.ops.cast(step, "float32"))


class OneRate(keras_internals.OneRateAStep, keras.optimizers.AdamW):
    pass


def test_weights_decay_by_one_rate_a_step_and_as_keras_has_them():
    reached = []
    for kind in (keras.optimizers.AdamW, OneRate):
        Counted.asked = 0
        variables = [keras.Variable(np.full(3, start, "float32")) for start in (1.0, -2.0, 3.0)]
        optimizer = kind(Counted(), weight_decay=0.5)
        optimizer.build(variables)
        for _ in range(2):
            optimizer.apply([keras.ops.ones(3) * (n + 1) for n in range(3)])
        reached.append(([values(variable) for variable in variables], Counted.asked))
    (theirs, often), (ours, seldom) = reached
    np.testing.assert_array_equal(ours, theirs, err_msg="Optimizer._apply_weight_decay")
    assert (often, seldom) == (2 * (3 + 1), 2 * (1 + 1)), "Optimizer._get_current_learning_rate"
