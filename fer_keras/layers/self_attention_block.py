"""Multi-head self-attention over the positions of a feature map."""

import keras

from fer_keras.keras_internals import without_fused_attention


@keras.saving.register_keras_serializable("fer_keras")
class SelfAttentionBlock(keras.layers.Layer):
    """Let every position look at every other: LayerNorm(x + Dropout(MHSA(x))) (Paper 003, §2.2).

    Scores are divided by sqrt(dim), as the paper prints, not by sqrt(dim / heads), as is usual: with 512 and 8 that
    makes the attention sqrt(8) times flatter. The projections of query, key and value are dim x dim without bias, as
    printed; the output projection (likewise without bias), the residual sum and the normalisation are the
    transformer's usual ones, on which the paper is silent. cuDNN's fused attention is left out: it takes no odd number
    of tokens in training, as 3x3 or 7x7, and would gain nothing for so few.

    Args:
        dim: D, the width of a token; 512 in the paper.
        heads: parallel heads of dim / heads each; 8 in the paper.
        dropout: rate on the attention's output.

    Input and output: (B, N, dim), floating point. Raises ValueError when `heads` does not divide `dim`, or when the
    tokens are not `dim` wide.
    """

    def __init__(self, dim: int = 512, heads: int = 8, dropout: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        if dim % heads:
            raise ValueError(f"Expected a dim that {heads} heads divide. Received: {dim}")
        self.dim = dim
        self.heads = heads
        self.dropout = dropout
        self.attention = without_fused_attention(
            keras.layers.MultiHeadAttention(
                heads, dim // heads, use_bias=False, dtype=self.dtype_policy, name="attention"
            )
        )
        self.drop = keras.layers.Dropout(dropout, dtype=self.dtype_policy, name="drop")
        self.norm = keras.layers.LayerNormalization(dtype=self.dtype_policy, name="norm")

    def build(self, input_shape):
        if input_shape[-1] != self.dim:
            raise ValueError(f"Expected tokens of width {self.dim}. Received: {input_shape[-1]}")
        self.attention.build(input_shape, input_shape)
        self.norm.build(input_shape)

    def scores(self, inputs):
        """Return the attention (B, heads, N, N): of each token (third axis) to each (last axis), which sums to one."""
        query = inputs * self.heads**-0.5
        return self.attention(query, value=inputs, key=inputs, return_attention_scores=True)[1]

    def call(self, inputs, training=None):
        # Keras divides the scores by sqrt(dim / heads); a query smaller by sqrt(heads) turns that into sqrt(dim).
        query = inputs * self.heads**-0.5
        attended = self.attention(query, value=inputs, key=inputs, training=training)
        return self.norm(inputs + self.drop(attended, training=training))

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        return {**super().get_config(), "dim": self.dim, "heads": self.heads, "dropout": self.dropout}
