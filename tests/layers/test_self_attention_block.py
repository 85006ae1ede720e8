import keras
import numpy as np
import pytest

from fer_keras.layers.self_attention_block import SelfAttentionBlock

BATCH, TOKENS, DIM, HEADS = 2, 5, 12, 3


def draw(seed=0):
    return np.random.default_rng(seed).normal(size=(BATCH, TOKENS, DIM)).astype("float32")


def built(**arguments):
    layer = SelfAttentionBlock(DIM, HEADS, **arguments)
    layer.build((None, TOKENS, DIM))
    return layer


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def by_hand(x, w_q, w_k, w_v, w_o, gamma, beta):
    """The formula of the paper, head by head; scores are divided by the square root of D, not of D / heads."""
    q, k, v = (x @ w.reshape(DIM, DIM) for w in (w_q, w_k, w_v))
    size = DIM // HEADS
    parts = [slice(i * size, (i + 1) * size) for i in range(HEADS)]
    heads = [softmax(q[..., p] @ k[..., p].transpose(0, 2, 1) / np.sqrt(DIM)) @ v[..., p] for p in parts]
    y = x + np.concatenate(heads, axis=-1) @ w_o.reshape(DIM, DIM)
    centred = y - y.mean(axis=-1, keepdims=True)
    return centred / np.sqrt(y.var(axis=-1, keepdims=True) + 1e-3) * gamma + beta


def test_equals_the_papers_formula():
    layer, x = built(), draw()
    rng = np.random.default_rng(1)
    weights = [rng.normal(size=w.shape).astype("float32") for w in layer.weights]
    assert [w.shape for w in weights] == [(12, 3, 4)] * 3 + [(3, 4, 12), (12,), (12,)]
    layer.set_weights(weights)
    np.testing.assert_allclose(layer(x), by_hand(x, *weights), rtol=1e-3, atol=1e-4)


def test_positions_are_exchangeable():
    layer, x = built(), draw()
    order = [3, 0, 4, 2, 1]
    np.testing.assert_allclose(layer(x[:, order]), np.asarray(layer(x))[:, order], rtol=1e-4, atol=1e-5)


def test_parameter_count_at_the_papers_width():
    layer = SelfAttentionBlock()
    layer.build((None, 49, 512))
    assert layer.count_params() == 4 * 512 * 512 + 2 * 512 == 1_049_600


def test_dropout_acts_in_training_only():
    layer, x = built(dropout=0.5), draw()
    np.testing.assert_array_equal(layer(x), layer(x, training=False))
    assert not np.allclose(layer(x, training=True), layer(x))


def test_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match="3 heads divide. Received: 10"):
        SelfAttentionBlock(10, 3)
    with pytest.raises(ValueError, match="width 12. Received: 8"):
        SelfAttentionBlock(DIM, HEADS).build((None, TOKENS, 8))


def test_reload(tmp_path):
    tokens = keras.Input((TOKENS, DIM))
    model = keras.Model(tokens, SelfAttentionBlock(DIM, HEADS, 0.25, name="self_attention")(tokens))
    model.save(tmp_path / "layer.keras")
    again = keras.models.load_model(tmp_path / "layer.keras")
    layer = again.get_layer("self_attention")
    assert (layer.dim, layer.heads, layer.dropout) == (DIM, HEADS, 0.25)
    np.testing.assert_array_equal(again(draw()), model(draw()))


def test_scores_are_the_attention_of_the_output():
    tokens = np.random.default_rng(0).normal(size=(2, 5, 4)).astype("float32")
    block = SelfAttentionBlock(4, 2)
    given = block(tokens)
    scores = np.asarray(block.scores(tokens))
    assert scores.shape == (2, 2, 5, 5)
    np.testing.assert_allclose(scores.sum(axis=-1), 1, rtol=1e-5)
    _, _, value, output = (np.asarray(weight) for weight in block.attention.get_weights())
    heads = np.einsum("bhqk,bkd,dhv->bqhv", scores, tokens, value)
    attended = np.einsum("bqhv,hvd->bqd", heads, output)
    np.testing.assert_allclose(block.norm(tokens + attended), given, rtol=1e-4, atol=1e-5)
