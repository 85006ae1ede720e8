"""Augmented images a second: ours, the legacy ImageDataGenerator (48 px, and 224 px as the papers do), stock layers.

    python -m benchmarks.input_pipeline

Images per CPU second of the process, so that thread pools do not blur the comparison.
"""

import numpy as np

from benchmarks.common import Target, options, publish, ratio, resident_mb, round_robin, spread
from fer_keras import recipes, runtime
from fer_keras.config.settings import Augment
from fer_keras.data.readers.toy import toy_faces

PAPERS = {
    "000": ("resnet34_cbam", "resnet34_cbam"),
    "002": ("resnet18_transfer", "resnet18_transfer"),
    "003": ("hybrid_resnet50", "hybrid_resnet50"),
}
BATCH, ROWS = 64, 4096
LESS_WORK = "the legacy class leaves out what it cannot do (see the table: contrast, erasing), ours does all of it"
FEW_RESAMPLINGS = (
    "ours is one resampling whatever is asked for, stock layers are one for each kind of motion: the fewer a paper asks"
    " for, the smaller the gain; its list asks for two"
)


def main() -> None:
    asked = options(__doc__)
    runtime.prepare(training=True)
    faces = _faces()
    lines, found = [], {}
    for paper, (module, name) in PAPERS.items():
        augment = recipes.experiment(module).recipe(name).augment
        cases, notes = _cases(faces, augment)
        rates = round_robin(cases, rounds=asked.rounds, seconds=asked.seconds, settle=1.0)
        for case in cases:
            against = ratio(rates, "ours, tf.data", case, "cpu")
            found.setdefault(case, {})[paper] = against[1]
            lines.append((paper, case, rates[case].median("cpu"), spread(against), notes[case]))
    targets = [
        _target("times the legacy class at 48 px", 8, found["legacy ImageDataGenerator, 48 px"], why=LESS_WORK),
        _target("times the legacy class at 224 px in colour", 100, found["legacy ImageDataGenerator, 224 px"]),
        _target("times stock Keras layers", 4, found["stock Keras layers"], why=FEW_RESAMPLINGS),
        Target(
            "tf.data's cost over the bare ops, share",
            0.15,
            max(1 / value for value in found["ours, bare ops"].values()) - 1,
            at_most=True,
        ),
    ]
    note = (
        f"{ROWS:,} faces, batch {BATCH}; images per CPU second; ratios of ours to each, median (least to most) over"
        f" {asked.rounds} turns of {asked.seconds:g} s. What an alternative cannot do of the paper's list is named. Memory of"
        f" the whole process at the end: {resident_mb():,.0f} MB."
    )
    columns = ("paper", "pipeline", "images a CPU second", "ours is faster by", "without")
    publish("input_pipeline", "Augmentation", note, columns, lines, targets)


def _target(what: str, goal: float, by_paper: dict[str, float], why: str = "") -> Target:
    """Return the target, held against the paper that gains least."""
    least = min(by_paper, key=by_paper.get)
    return Target(f"{what}, least: paper {least}", goal, by_paper[least], why=why)


def _faces():
    return toy_faces(n_train=ROWS, n_public=7, n_private=7).where("train")


def _cases(faces, augment: Augment):
    from fer_keras.data import pipeline

    batches = iter(
        pipeline.training_batches(faces, pipeline.Treatment(augment), batch_size=BATCH, seed=0, epochs=100_000)
    )
    cases = {"ours, tf.data": lambda: len(next(batches)[0]), "ours, bare ops": _bare(faces, augment)}
    notes = {"ours, tf.data": "", "ours, bare ops": "sampling, batching"}
    for side, channels in ((48, 1), (224, 3)):
        name = f"legacy ImageDataGenerator, {side} px"
        cases[name], notes[name] = _legacy(faces, augment, side, channels)
    cases["stock Keras layers"], notes["stock Keras layers"] = _stock(faces, augment)
    return cases, notes


def _bare(faces, augment):
    import tensorflow as tf

    from fer_keras.augment.apply import augment_batch
    from fer_keras.augment.operands import operands, steps_of
    from fer_keras.augment.sampling import COLUMNS, draw

    u = np.random.default_rng(0).random((BATCH, len(COLUMNS)))
    given = tf.constant(operands(draw(augment, u), 48, 48), tf.float32)
    images, steps = tf.constant(faces.images[:BATCH]), steps_of([augment])
    compiled = tf.function(lambda images, given: augment_batch(images, given, steps))
    return lambda: len(compiled(images, given))


def _legacy(faces, augment, side, channels):
    import tensorflow as tf
    from tensorflow.keras.preprocessing.image import ImageDataGenerator

    images = faces.images
    if side != 48:  # as the papers feed it: already upsampled, in three channels; a few, for they are 22 times larger
        images = tf.image.resize(np.repeat(images[:256], channels, axis=-1), (side, side)).numpy()
    keys = ("rotation_range", "shear_range", "zoom_range", "width_shift_range", "height_shift_range")
    names = (*keys, "brightness_range", "horizontal_flip", "fill_mode", "cval")
    generator = ImageDataGenerator(**{name: getattr(augment, name) for name in names})
    batches = generator.flow(images.astype("float32"), np.zeros(len(images)), batch_size=BATCH)
    return lambda: len(next(batches)[0]), _without(augment, ("contrast_range", "erase_probability"))


def _stock(faces, augment):
    import keras
    import tensorflow as tf

    layers = keras.layers
    fill = {"fill_mode": augment.fill_mode, "fill_value": augment.cval}
    chain = [layers.RandomFlip("horizontal")] if augment.horizontal_flip else []
    if augment.rotation_range:
        chain.append(layers.RandomRotation(augment.rotation_range / 360, **fill))
    if augment.shear_range:
        chain.append(layers.RandomShear(np.radians(augment.shear_range), fill_mode=augment.fill_mode))
    if augment.zoom_range:
        low, high = _pair(augment.zoom_range)
        chain.append(layers.RandomZoom((1 - high, 1 - low), (1 - high, 1 - low), **fill))
    if augment.width_shift_range or augment.height_shift_range:
        chain.append(layers.RandomTranslation(augment.height_shift_range, augment.width_shift_range, **fill))
    if augment.brightness_range:
        chain.append(layers.RandomBrightness([low - 1 for low in augment.brightness_range]))
    if augment.contrast_range:
        low, high = augment.contrast_range
        chain.append(layers.RandomContrast((1 - low, high - 1)))
    if augment.erase_probability:
        chain.append(layers.RandomErasing((augment.erase_probability,) * 2, augment.erase_area))

    def change(images):
        x = tf.cast(images, tf.float32)
        for layer in chain:
            x = layer(x, training=True)
        return x

    source = tf.data.Dataset.from_tensor_slices(faces.images).shuffle(ROWS).repeat().batch(BATCH)
    batches = iter(source.map(change, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE))
    return lambda: len(next(batches)), ""


def _pair(zoom):
    return zoom if isinstance(zoom, tuple) else (1 - zoom, 1 + zoom)


def _without(augment, fields):
    words = {"contrast_range": "contrast", "erase_probability": "erasing"}
    return ", ".join(words[field] for field in fields if getattr(augment, field))


if __name__ == "__main__":
    main()
