"""Train a recipe: for each phase freeze, compile, fit an epoch at a time, select, checkpoint."""

import dataclasses
import io
import pathlib
import time
from collections.abc import Callable

import keras

from fer_keras.config.recipe import Data, Recipe
from fer_keras.data.splits import Splits
from fer_keras.io.text import counted
from fer_keras.training import carry, checkpoint, freeze, optimizers, prepare, processes, processor_time
from fer_keras.training.averaging import averaged_weights
from fer_keras.training.devices import ALONE, Devices, synchronise_batch_norm
from fer_keras.training.evaluation import evaluate
from fer_keras.training.feed import Feed
from fer_keras.training.interrupt import Interrupted, StopRequest
from fer_keras.training.keras_epoch import KerasEpochs
from fer_keras.training.lessons import Lessons
from fer_keras.training.progress import Progress, Work
from fer_keras.training.selection import Selection
from fer_keras.training.watch import Watch


@dataclasses.dataclass
class Trained:
    """What training leaves: the model with the kept epoch's weights, the history, and which epoch was kept.

    `seconds` by the clock, over all starts; `cpu_seconds_before` of processor, in the processes before this one: None where
    their checkpoint does not say.
    """

    model: keras.Model
    history: list[dict]
    selected: dict
    trainable: list[dict]
    seconds: float
    cpu_seconds_before: float | None = 0.0


@dataclasses.dataclass
class Trainer:
    """One training run and its surroundings.

    Attributes:
        recipe: as run.
        seed: of initial weights, sampling and augmentation.
        splits_of: gives the rows of a `Data`; only `train` and `select` are touched here.
        build: gives a fresh model for (class names, input channels, input side).
        initialise: puts the chosen starting weights into the first phase's model.
        folder: where checkpoints go, and where an earlier one is looked for.
        lessons: of teachers that see each face as the network does (`Lessons`), or None.
        devices: what trains, and how it shares a batch.
        jit: compile with XLA.
        quiet: plain lines instead of a bar.
        checkpoint_seconds: between two checkpoints inside an epoch.
        on_epoch: called with (history, estimated seconds left) after each epoch.
    """

    recipe: Recipe
    seed: int
    splits_of: Callable[[Data], Splits]
    build: Callable[[tuple[str, ...], int, int], keras.Model]
    initialise: Callable[[keras.Model], None]
    folder: pathlib.Path
    lessons: Lessons | None = None
    devices: Devices = ALONE
    jit: bool = False
    quiet: bool = False
    checkpoint_seconds: float = 300.0
    on_epoch: Callable[[list[dict], float], None] = lambda history, seconds_left: None

    def train(self) -> Trained:
        """Run every phase, going on from the folder's checkpoint when there is one.

        Raises UserError when the loss is no longer a number, Interrupted (after a checkpoint) on Ctrl-C or SIGTERM.
        """
        self._began, self._seconds_before, self._cpu_before = time.perf_counter(), 0.0, 0.0
        self._history, self._best, self._built = [], None, None
        self._selection = Selection(self.recipe.monitor, self.recipe.keep)
        self._feed = Feed(self.recipe, self.seed, self.splits_of, self.devices)
        work = [Work(phase.epochs, self._feed.steps(phase)) for phase in self.recipe.phases]
        self._progress = Progress(work, quiet=self.quiet, out=None if self.devices.writes else io.StringIO())
        found = checkpoint.load(self.folder, note=self._progress.say) if self.devices.writes else None
        saved = processes.broadcast_checkpoint(found)
        reached = saved[0]["phase"] if saved else 0
        trainable, model, previous = [], None, None
        with StopRequest() as self._stop, self.devices.scope():
            for index, phase in enumerate(self.recipe.phases):
                data = self._feed.data(phase)
                if self._best and previous != data:
                    model.set_weights(self._best)  # selection starts anew, so this phase's start is what it chose
                model = self._model_for(model, data)
                trainable.append({"name": phase.name, "trainable": freeze.apply(model, phase)})
                if index >= reached:
                    self._run_phase(model, index, saved if index == reached else None, comparable=previous == data)
                previous = data
            model.set_weights(self._best)
        synchronise_batch_norm(model, ALONE)
        best, seconds = self._selection.best, self._seconds()
        return Trained(self._predictor, self._history, best, trainable, seconds, self._cpu_before)

    def _model_for(self, model, data):
        train = self.splits_of(data).train
        wanted = (train.class_names, train.images.shape[3], train.images.shape[1])
        if model is not None and self._built == wanted:
            return model
        keras.utils.set_random_seed(self.seed)
        fresh = self.build(*wanted)
        if model is None:
            self._progress.weigh([freeze.cost_of_a_step(fresh, phase) for phase in self.recipe.phases])
            self.initialise(fresh)
            fresh.set_weights(processes.broadcast(fresh.get_weights()))
        else:
            carry.over(model, fresh, same_classes=self._built[0] == train.class_names)
        self._built = wanted
        synchronise_batch_norm(fresh, self.devices)
        # A second model over the same layers is never compiled: its predict function is traced once for all phases, and
        # what is saved of it is the network alone, without the last phase's optimizer.
        self._predictor = keras.Model(fresh.input, fresh.output, name=fresh.name)
        return fresh

    def _run_phase(self, model, index, saved, *, comparable):
        phase = self.recipe.phases[index]
        steps = self._feed.steps(phase)
        prepare.compile_model(model, self.recipe, phase, steps, jit=self.jit)
        self._epochs = self._epochs_of(model, index)
        self._selection.begin_phase(comparable=comparable)
        if not comparable:
            self._best = None
        train = f"{freeze.trainable_parameters(model):,} of {model.count_params():,} parameters train"
        length = f"{counted(phase.epochs, 'epoch')} of {counted(steps, 'step')}"
        self._progress.say(f"Phase {phase.name}{phase.section and f' ({phase.section})'}: {length}, {train}.")
        first_epoch, first_step, carried = self._restore(model, *saved) if saved else (0, 0, None)
        for epoch in range(first_epoch, phase.epochs):
            label, compiles = f"{phase.name} {epoch + 1}/{phase.epochs}", epoch == first_epoch
            self._progress.begin_epoch(label, phase=index, epoch=epoch, step=first_step, compiles=compiles)
            row = self._fit_epoch(model, index, epoch, first_step, carried)
            first_step, carried = 0, None
            stop = self._select(model, phase, epoch, row)
            self._history.append(row)
            self._save(model, index, phase.epochs if stop else epoch + 1, 0)
            self._report(row, phase)
            if processes.any_process(self._stop.asked):
                raise Interrupted
            if stop:
                return

    def _epochs_of(self, model, index):
        """Return what runs the epochs of a phase, for which `model` is compiled."""
        phase = self.recipe.phases[index]
        train = self._feed.splits(phase).train
        lessons = self.lessons if self._feed.data(phase) == self.recipe.data else None
        if not self.devices.holds(train.images.nbytes):
            return KerasEpochs(model, self._feed, index, lessons)
        from fer_keras.training.jax_epoch import JaxEpochs

        return JaxEpochs(model, train, prepare.treatment(self.recipe, phase), self._feed, index, lessons)

    def _fit_epoch(self, model, index, epoch, first_step, carried):
        phase = self.recipe.phases[index]
        epochs = self._epochs
        watch = Watch(
            save=lambda step: self._save(model, index, epoch, step, epochs.sums()),
            settle=epochs.settle,
            stop=self._stop if self.devices.processes == 1 else StopRequest(),  # all leave together, after an epoch
            first_step=first_step,
            checkpoint_seconds=self.checkpoint_seconds,
            where=f"epoch {epoch + 1} of phase {phase.name}",
        )
        began = time.perf_counter()
        means = epochs.fit([self._progress, watch], epoch=epoch, first_step=first_step, sums=carried)
        rate = optimizers.current_rate(model.optimizer)
        seconds = round(time.perf_counter() - began, 1)
        return {"phase": phase.name, "epoch": epoch, **means, "learning_rate": rate, "seconds": seconds}

    def _select(self, model, phase, epoch, row) -> bool:
        if (epoch + 1) % phase.evaluate_every and epoch + 1 < phase.epochs:
            row |= dict.fromkeys(("select_accuracy", "select_balanced_accuracy", "select_loss"))
            return False
        with averaged_weights(model, optimizers.inner(model.optimizer)):
            scores = evaluate(self._predictor, self._feed.splits(phase).select)
            if self._selection.consider(phase.name, epoch, scores):
                self._best = model.get_weights()
        row |= {f"select_{name}": scores[name] for name in ("accuracy", "balanced_accuracy")}
        row["select_loss"] = scores["log_loss"]
        factor = self._selection.rate_change(phase.optimizer.schedule, scores)
        if factor != 1.0:
            optimizers.scale_rate(model.optimizer, factor)
        patience = self.recipe.early_stopping
        return patience is not None and self._selection.waited > patience

    def _report(self, row, phase):
        shown = f"Epoch {row['epoch'] + 1}/{phase.epochs} of {phase.name}: loss {row['loss']:.4f}, accuracy {row['accuracy']:.4f}"
        if row["select_accuracy"] is not None:
            shown += f"; selection: loss {row['select_loss']:.4f}, accuracy {row['select_accuracy']:.4f}"
            shown += f", balanced {row['select_balanced_accuracy']:.4f}"
        self._progress.say(f"{shown}; {row['seconds']:.0f} s")
        if self.devices.writes:
            self.on_epoch(self._history, self._progress.seconds_left())

    def _save(self, model, index, epoch, step, sums=None):
        if not self.devices.writes:
            return
        self._epochs.settle()
        progress = {
            "phase": index,
            "epoch": epoch,
            "step": step,
            "sums": sums,
            "history": self._history,
            "selection": dataclasses.asdict(self._selection),
            "seconds": self._seconds(),
            "cpu_seconds": None if self._cpu_before is None else self._cpu_before + processor_time.used(),
        }
        checkpoint.save(self.folder, model, progress, self._best)

    def _restore(self, model, progress, arrays):
        self._best = checkpoint.restore(model, arrays)
        self._history, self._seconds_before = progress["history"], progress["seconds"]
        self._cpu_before = progress.get("cpu_seconds")
        self._selection = Selection(**progress["selection"])
        self._progress.say(f"Going on after epoch {progress['epoch']}, step {progress['step']} of this phase.")
        return progress["epoch"], progress["step"], progress.get("sums")

    def _seconds(self):
        return self._seconds_before + time.perf_counter() - self._began
