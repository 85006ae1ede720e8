"""Resizing as two products of matrices, for runtimes without TensorFlow's bicubic resizing."""

import keras
import numpy as np
from keras import ops

from fer_keras.layers.resize import Resize


@keras.saving.register_keras_serializable("fer_keras")
class MatrixResize(Resize):
    """`Resize` of square images, which is linear in the pixels of each column and each row, by its matrix.

    Arguments, input and output are those of `Resize`; so are the numbers, within rounding.
    """

    def build(self, input_shape):
        side = input_shape[1]
        unit_rows = np.repeat(np.eye(side, dtype=np.float32)[:, :, None, None], side, axis=2)
        self.matrix = ops.convert_to_numpy(super().call(unit_rows))[:, :, 0, 0]
        self.sides = tuple(input_shape[1:])

    def call(self, inputs):
        height, width, channels = self.sides
        rows = ops.reshape(ops.transpose(inputs, (0, 3, 1, 2)), (-1, width))
        x = ops.reshape(ops.matmul(rows, self.matrix), (-1, height, self.size))
        columns = ops.reshape(ops.transpose(x, (0, 2, 1)), (-1, height))
        x = ops.reshape(ops.matmul(columns, self.matrix), (-1, channels, self.size, self.size))
        return ops.transpose(x, (0, 3, 2, 1))
