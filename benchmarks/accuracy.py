"""Whether the faster step costs accuracy: the same short training, ours and stock Keras, from the same weights.

    python -m benchmarks.accuracy --data fer2013.csv [--network resnet18 --rows 10000 --epochs 4 --seeds 0 1 2]

The plain network of `experiments.attention`, which learns within minutes, or ResNet-18, at 48 px. Ours: the layers, the
optimizer, the precision and the compilation with which the suite trains. Stock: Keras's, float32, `jit_compile="auto"`.
The same initial weights, batches and order; scored on PublicTest.
"""

import argparse
import itertools

import numpy as np

from benchmarks.common import Target, publish
from fer_keras import runtime
from fer_keras.data import find
from fer_keras.io.errors import UserError
from fer_keras.recipes.attention import NONE

BATCH = NONE.batch_size
FIRST_RATES = {NONE.name: 2e-3, "resnet18": 1e-3}
"""{network: AdamW's first rate}"""


def main() -> None:
    asked = _asked()
    runtime.prepare(training=True)
    import keras

    from fer_keras.data.splits import divide, subset
    from fer_keras.evaluation import statistics
    from fer_keras.training import precision
    from fer_keras.training.evaluation import predict

    chosen = precision.choose(network=asked.network)
    parts = divide(find.load(find.locate(asked.data)), "official", 0)
    lines, reached = [], {"ours": [], "stock Keras": []}
    for seed in asked.seeds:
        train = subset(parts.train, asked.rows, seed)
        steps = asked.epochs * (len(train) // BATCH)
        for name, model in zip(reached, _twins(asked.network, chosen, seed, steps), strict=True):
            _train(model, train, asked.epochs, seed)
            found = predict(model, parts.select)
            reached[name].append(100 * (found.argmax(axis=1) == parts.select.labels).mean())
            interval = statistics.bootstrap(parts.select.labels, found)["accuracy"]
            lines.append((f"{seed}", name, f"{reached[name][-1]:.2f}", _points(interval)))
            print(*lines[-1], flush=True)
        keras.backend.clear_session()
    lost = float(np.mean(reached["stock Keras"]) - np.mean(reached["ours"]))
    noise = float(np.std(reached["stock Keras"], ddof=1)) if len(asked.seeds) > 1 else 0.0
    what = "points of accuracy lost, at most stock Keras's deviation between seeds"
    targets = [Target(what, noise, lost, at_most=True, why=_error(reached))]
    note = (
        f"The network `{asked.network}` at 48 px, from the same random weights, {asked.epochs} epochs of {asked.rows:,} Training"
        f" rows, the same batches; accuracy on PublicTest, percent. Ours runs in {chosen.policy}."
    )
    columns = ("seed", "", "accuracy", "95 % interval")
    record = "accuracy" if asked.network == NONE.name else f"accuracy_{asked.network}"
    publish(record, f"Accuracy of the faster step, {asked.network}", note, columns, lines, targets)


def _asked():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", help="FER2013; else $FER2013, else data/")
    parser.add_argument("--network", choices=FIRST_RATES, default=NONE.name)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    asked = parser.parse_args()
    try:
        if find.locate(asked.data) is None:
            parser.error(str(find.missing()))
    except UserError as error:
        parser.error(str(error))
    return asked


def _twins(name, chosen, seed, steps):
    """Return the network of `name` compiled as ours and as stock Keras would, with equal weights."""
    import keras

    from benchmarks.networks import stock_twin
    from fer_keras.training.fused_adam import FusedAdamW

    keras.utils.set_random_seed(seed)
    keras.mixed_precision.set_dtype_policy(chosen.policy)
    ours = _network(name)
    keras.mixed_precision.set_dtype_policy("float32")
    stock = stock_twin(_network(name))
    stock.set_weights(ours.get_weights())
    cases = ((ours, FusedAdamW, {"jit_compile": chosen.jit}), (stock, keras.optimizers.AdamW, {}))
    for model, adamw, how in cases:
        rate = keras.optimizers.schedules.CosineDecay(FIRST_RATES[name], steps)
        model.compile(adamw(rate, weight_decay=0.02), "categorical_crossentropy", **how)
    return ours, stock


def _network(name):
    from benchmarks import networks
    from fer_keras.models import builder

    return builder(NONE.model)(**NONE.model_args) if name == NONE.name else networks.network(name, 48)


def _train(model, train, epochs, seed) -> None:
    """Train for whole epochs of full batches; masks of dropout follow the seed too."""
    import keras

    from fer_keras.data import pipeline

    keras.utils.set_random_seed(seed)
    batches = pipeline.training_batches(
        train, pipeline.Treatment(NONE.augment), batch_size=BATCH, seed=seed, epochs=epochs
    )
    for images, targets, weights in itertools.islice(batches, epochs * (len(train) // BATCH)):
        model.train_on_batch(images, targets, sample_weight=weights)


def _error(reached: dict) -> str:
    """Return how sure the mean of the differences, each between two trainings from the same weights, is."""
    from scipy import stats

    differences = np.subtract(reached["stock Keras"], reached["ours"])
    if len(differences) < 2:
        return "one seed says nothing"
    return f"standard error of the mean of {len(differences)} seeds: {stats.sem(differences):.2f}"


def _points(interval) -> str:
    return f"{100 * interval.low:.2f} to {100 * interval.high:.2f}"


if __name__ == "__main__":
    main()
