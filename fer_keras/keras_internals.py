"""What the suite uses of Keras beyond its documented interface, all of it.

tests/test_keras_internals.py says what broke when Keras moves, and that no other module reaches past that interface.
"""

import keras


def operations(model: keras.Model) -> list:
    """Return the layers and bare operations (`x + y`) of a functional model, in the order in which they run.

    `Model.layers` leaves the operations out.
    """
    return model.operations


def layers_within(layer: keras.Layer) -> list[keras.Layer]:
    """Return every layer inside `layer`, at any depth, those of composite layers too, which have no `layers`."""
    return list(layer._flatten_layers(include_self=False))


def tensors_around(layer: keras.Layer) -> tuple:
    """Return (input, output) of a layer where it stands in a network; of a network in another, in the outer one.

    `layer.input` and `layer.output` of a network inside another are its own, which the outer one's do not reach.
    """
    call = layer._inbound_nodes[-1]
    return call.input_tensors[0], call.output_tensors[0]


def write_back_state(model: keras.Model) -> None:
    """Write into the model's variables what the JAX backend's `fit` holds apart from them while an epoch runs."""
    if keras.backend.backend() == "jax":
        model.jax_state_sync()


def without_fused_attention(attention: keras.layers.MultiHeadAttention) -> keras.layers.MultiHeadAttention:
    """Return `attention`, told never to use a fused kernel; Keras takes its `flash_attention=False` for "where possible"."""
    attention._flash_attention = False
    return attention


def adam_slots(optimizer: keras.optimizers.Adam, variable) -> tuple[keras.Variable, keras.Variable]:
    """Return the averages that a built Adam or AdamW keeps of the variable's gradient, and of its square."""
    index = optimizer._get_variable_index(variable)
    return optimizer._momentums[index], optimizer._velocities[index]


def sgd_velocity(optimizer: keras.optimizers.SGD, variable) -> keras.Variable:
    """Return what a built SGD with momentum keeps of the variable's gradients."""
    return optimizer.momentums[optimizer._get_variable_index(variable)]


def weight_averages(optimizer: keras.Optimizer) -> list[tuple]:
    """Return (variable, its moving average) for each weight that a built optimizer averages; [] where it averages none."""
    if not optimizer.use_ema:
        return []
    pairs = zip(optimizer._trainable_variables, optimizer._model_variables_moving_average, strict=True)
    return [(variable, average) for variable, average in pairs if average is not None]


class OneRateAStep:
    """Mixed into a Keras optimizer: its weights decay by one learning rate, computed once a step.

    Keras asks the schedule anew for each weight. With a warm-up, of which each call is a branch of the graph, that was
    half of the time in which TensorFlow traces a step of ResNet50. Replicas that tf.distribute mirrors are left to Keras.
    """

    _rate_of_this_step = None

    def _apply_weight_decay(self, variables):
        if self.weight_decay is None or _is_mirrored():
            super()._apply_weight_decay(variables)
            return
        self._rate_of_this_step = super()._get_current_learning_rate()
        try:
            super()._apply_weight_decay(variables)
        finally:
            self._rate_of_this_step = None

    def _get_current_learning_rate(self):
        rate = self._rate_of_this_step
        return super()._get_current_learning_rate() if rate is None else rate


def _is_mirrored() -> bool:
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    return tf.distribute.get_strategy().num_replicas_in_sync > 1


def resource(variable):
    """Return the TensorFlow resource behind a variable, as an optimizer's step meets it: Keras's, or TensorFlow's own."""
    return (variable.value if isinstance(variable, keras.Variable) else variable).handle


class OpenMuon(keras.optimizers.Muon):
    """`keras.optimizers.Muon` with the two decisions that a subclass may change under public names."""

    def is_for_adamw(self, variable) -> bool:
        """Say whether AdamW's step moves the variable, not Muon's."""
        return super()._should_use_adamw(variable)

    def muon_step(self, gradient, variable, learning_rate, momentum) -> None:
        """Move the variable by Muon's step; `momentum` is the slot of its gradients' average."""
        super()._muon_update_step(gradient, variable, learning_rate, momentum)

    def orthogonalised(self, matrix):
        """Return the matrix (m, n) after Newton and Schulz's iteration: its singular values about 1."""
        return self.zeropower_via_newtonschulz5(matrix, self.ns_steps)

    def sized(self, step):
        """Return the step, a matrix, with AdamW's root mean square (`rms_rate` at learning rate 1)."""
        return self.lr_adjust(step)

    def _should_use_adamw(self, variable):
        return self.is_for_adamw(variable)

    def _muon_update_step(self, gradient, variable, lr, m):
        self.muon_step(gradient, variable, lr, m)
