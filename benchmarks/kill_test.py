"""Kill a run with SIGKILL again and again, let it go on each time, and compare every bit with a run left alone.

    python -m benchmarks.kill_test [--kills 10] [--seed 0]

A small recipe of two phases on drawn faces, with --deterministic. Both runs note the SHA-256 of each checkpoint they
write (weights, optimizer, dropout's state), at every step, and then rest for as long as PAUSE, so that there is a moment
to hit. A kill comes when the run has written so many checkpoints, and up to twice the pause later, which may be in the
rest, in the next step, or while a file is being written; the numbers are drawn from the seed, one kill falls on the
border of the phases. All processes are forked from one that has loaded TensorFlow and done nothing with it. Ends with code
1 unless every checkpoint after a kill, the history, the predictions and the final weights are those of the run left alone,
bit by bit.
"""

import argparse
import contextlib
import functools
import hashlib
import importlib
import json
import multiprocessing
import pathlib
import random
import tempfile
import time
import zipfile

import numpy as np

ROWS, BATCH, EPOCHS, PHASES = 45, 8, 2, 2
STEPS = -(-ROWS // BATCH)
PAUSE = 0.15
WRITTEN = PHASES * EPOCHS * STEPS
"""Checkpoints in all: one after each step but an epoch's last, one after each epoch."""


def main() -> int:
    """Run both, print the table, return 0 when all bits are equal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return _compare(pathlib.Path(folder), moments(arguments.kills, arguments.seed), random.Random(arguments.seed))


def moments(kills: int, seed: int) -> list[int]:
    """Return after how many written checkpoints each kill comes, ascending; the one that ends the first phase is there."""
    border = EPOCHS * STEPS
    others = [number for number in range(1, WRITTEN) if number != border]
    return sorted([border, *random.Random(seed).sample(others, kills - 1)])


def _compare(folder, numbers, draw):
    alone, killed = folder / "alone", folder / "killed"
    _start(alone).join()
    places = _trace(alone)
    rows = []
    for number in numbers:
        process = _start(killed)
        while process.is_alive() and len(set(_trace(killed))) < number:
            time.sleep(0.01)
        time.sleep(draw.uniform(0.0, 2 * PAUSE))
        process.kill()
        process.join()
        rows.append((number, len(_trace(killed)), _place(_progress(killed))))
    _start(killed).join()
    trace = _trace(killed)
    print(
        "| kill | checkpoints written | goes on from (phase, epochs done, step) | checkpoints till the next kill | bits |"
    )
    print("| ---: | ---: | --- | ---: | --- |")
    ends = [length for _, length, _ in rows[1:]] + [len(trace)]
    equal = []
    for kill, ((number, length, place), end) in enumerate(zip(rows, ends, strict=True), start=1):
        equal.append(all(line in places for line in trace[length:end]))
        print(f"| {kill} | {number} | {place} | {end - length} | {'equal' if equal[-1] else 'DIFFERENT'} |")
    same = {name: _outcome(alone)[name] == _outcome(killed)[name] for name in _outcome(alone)}
    print("; ".join(f"{name}: {'equal' if value else 'DIFFERENT'}" for name, value in same.items()))
    return 0 if all(equal) and all(same.values()) else 1


def _start(folder):
    loaded = multiprocessing.get_context("forkserver")
    loaded.set_forkserver_preload(["tensorflow", "keras"])
    process = loaded.Process(target=_child, args=(folder,))
    process.start()
    return process


def _trace(folder) -> list[str]:
    """Return the lines "phase, epochs done, step:digest" of the checkpoints that were written; half a line is none."""
    path = folder.with_suffix(".trace")
    return path.read_text().split("\n")[:-1] if path.exists() else []


def _progress(folder) -> dict:
    """Return where the newest checkpoint of a killed run is."""
    with np.load(folder / "checkpoint" / "state.npz", allow_pickle=False) as archive:
        return json.loads(archive["progress"].tobytes())


def _place(progress: dict) -> str:
    return f"{progress['phase'] + 1}, {progress['epoch']}, {progress['step']}"


def _outcome(folder) -> dict:
    """Return what a run leaves, apart from times: history, predictions and the arrays of model.keras."""
    record = json.loads((folder / "record.json").read_text())
    history = [{key: value for key, value in row.items() if key != "seconds"} for row in record["history"]]
    predictions = record["predictions"]["sha256"]
    with zipfile.ZipFile(folder / "model.keras") as archive:
        weights = _arrays(archive.open("model.weights.h5"))
    return {"history": history, "predictions": predictions, "final weights": weights}


def _arrays(file) -> dict[str, bytes]:
    import h5py

    arrays = {}
    with h5py.File(file) as weights:
        weights.visititems(
            lambda name, item: arrays.update({name: item[()].tobytes()}) if hasattr(item, "dtype") else None
        )
    return arrays


def _child(folder) -> None:
    from fer_keras.commands.ending import run_command
    from fer_keras.config.options import Options
    from fer_keras.data.readers import toy
    from fer_keras.training import checkpoint

    toy.toy_faces = functools.partial(toy.toy_faces, ROWS, 20, 20)
    write = checkpoint.save

    def save(where, model, progress, best):
        write(where, model, progress, best)
        digest = hashlib.sha256()
        for variable in (*model.variables, *model.optimizer.variables):
            digest.update(np.ascontiguousarray(checkpoint.keras.ops.convert_to_numpy(variable)).tobytes())
        with folder.with_suffix(".trace").open("a") as trace:
            trace.write(f"{_place(progress)}:{digest.hexdigest()}\n")
        time.sleep(PAUSE)

    checkpoint.save = save
    program = importlib.import_module("fer_keras.api.run")
    program.write_report = lambda folder: folder / "report.md"  # what is compared stands in the record and the model
    program.export = lambda *request: ()
    options = Options(out=folder, quiet=True, deterministic=True, checkpoint_minutes=0.0)
    with folder.with_suffix(".log").open("a") as log, contextlib.redirect_stdout(log):
        raise SystemExit(run_command(lambda: _run(options)))


def _run(options) -> None:
    from fer_keras.api.run import run
    from fer_keras.config.recipe import Experiment, Phase, Profile, Recipe
    from fer_keras.config.settings import Augment, Cosine, Optimizer, Plateau

    recipe = Recipe(
        name="killed",
        title="A small network",
        model="compact",
        model_args={"image_size": 24, "widths": (4, 6), "pairs": (1,), "dropout": 0.3},
        augment=Augment(rotation_range=20.0, horizontal_flip=True, fill_mode="constant"),
        class_weights={"disgust": 3.0},
        batch_size=BATCH,
        phases=(
            Phase("first", EPOCHS, Optimizer("adamw", 1e-3, Cosine(), weight_decay=1e-3)),
            Phase("second", EPOCHS, Optimizer("sgd", 1e-2, Plateau(patience=0), momentum=0.9)),
        ),
        profiles={"smoke": Profile(minutes=1)},
    )
    run(Experiment(name="killed", paper="none", title="Killed and gone on", recipes=(recipe,)), recipe, options)


if __name__ == "__main__":
    raise SystemExit(main())
