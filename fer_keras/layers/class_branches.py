"""Separate dense branches for groups of classes, fused into one vector of logits."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("fer_keras")
class ClassBranches(keras.layers.Layer):
    """One small classifier for each group of classes; their logits are put back into the label order (Paper 003, §2.3).

    Each branch is Dense(units, relu), dropout, Dense(classes of the group). The paper speaks of fusion and does not
    define it: here one softmax over all logits follows, outside the layer.

    Args:
        class_names: the label order of the output.
        groups: tuples of class names that together hold each of `class_names` once.
        units: width of a branch's hidden layer.
        dropout: rate after the hidden layer; 0.3 in the paper (§3.3).
        l2: penalty on the branches' kernels; 1e-4 in the paper (§3.3).

    Input: (B, F). Output: logits (B, len(class_names)). Raises ValueError when the groups are no partition.
    """

    def __init__(self, class_names, groups, units: int = 256, dropout: float = 0.3, l2: float = 1e-4, **kwargs):
        super().__init__(**kwargs)
        self.class_names = tuple(class_names)
        self.groups = tuple(tuple(group) for group in groups)
        self.units = units
        self.dropout = dropout
        self.l2 = l2
        grouped = [name for group in self.groups for name in group]
        if sorted(grouped) != sorted(self.class_names):
            raise ValueError(f"Expected groups that hold each of {self.class_names} once. Received: {self.groups}")
        self.order = [grouped.index(name) for name in self.class_names]
        self.hidden = [self._dense(units, f"hidden_{i}", "relu") for i in range(len(self.groups))]
        self.drops = [
            keras.layers.Dropout(dropout, dtype=self.dtype_policy, name=f"drop_{i}") for i in range(len(self.groups))
        ]
        self.logits = [self._dense(len(group), f"logits_{i}") for i, group in enumerate(self.groups)]

    def _dense(self, units: int, name: str, activation: str | None = None) -> keras.layers.Dense:
        penalty = keras.regularizers.L2(self.l2)
        return keras.layers.Dense(units, activation, kernel_regularizer=penalty, dtype=self.dtype_policy, name=name)

    def build(self, input_shape):
        for hidden, logits in zip(self.hidden, self.logits, strict=True):
            hidden.build(input_shape)
            logits.build((input_shape[0], self.units))

    def call(self, inputs, training=None):
        branches = zip(self.hidden, self.drops, self.logits, strict=True)
        grouped = [logits(drop(hidden(inputs), training=training)) for hidden, drop, logits in branches]
        return ops.take(ops.concatenate(grouped, axis=-1), self.order, axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], len(self.class_names))

    def get_config(self):
        arguments = {"class_names": self.class_names, "groups": self.groups, "units": self.units}
        return {**super().get_config(), **arguments, "dropout": self.dropout, "l2": self.l2}
