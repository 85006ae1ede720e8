"""The training batches of a recipe: those of any step of any epoch of any phase."""

import dataclasses
from collections.abc import Callable

from fer_keras.config.recipe import Data, Phase, Recipe
from fer_keras.data import plan
from fer_keras.data.splits import Splits
from fer_keras.training import prepare
from fer_keras.training.devices import Devices


@dataclasses.dataclass(frozen=True)
class Feed:
    """What `recipe` trains on under `seed`; `splits_of` gives the rows of a `Data`, `devices` share each batch."""

    recipe: Recipe
    seed: int
    splits_of: Callable[[Data], Splits]
    devices: Devices

    def splits(self, phase: Phase) -> Splits:
        """Return the rows of the phase."""
        return self.splits_of(self.data(phase))

    def data(self, phase: Phase) -> Data:
        """Return what the phase trains on."""
        return phase.data or self.recipe.data

    def rows(self, phase: Phase) -> int:
        """Return how many rows an epoch of the phase visits."""
        return plan.rows_per_epoch(self.splits(phase).train, prepare.treatment(self.recipe, phase))

    def steps(self, phase: Phase) -> int:
        """Return how many steps an epoch of the phase has."""
        return plan.steps_per_epoch(self.rows(phase), self.recipe.batch_size)

    def repetitions(self, phase: Phase) -> int:
        """Return how often an epoch's last batch stands in itself, see `plan.repetitions`."""
        return plan.repetitions(self.rows(phase), self.recipe.batch_size, self.devices.replicas)

    def epochs_before(self, index: int) -> int:
        """Return how many epochs the phases before number `index` have; the plan counts epochs over all of them."""
        return sum(earlier.epochs for earlier in self.recipe.phases[:index])

    def batches(self, index: int, epoch: int, first_step: int):
        """Return the batches from `first_step` to the end of `epoch` of phase number `index`, as a tf.data.Dataset."""
        from fer_keras.data import pipeline

        phase = self.recipe.phases[index]
        return pipeline.training_batches(
            self.splits(phase).train,
            prepare.treatment(self.recipe, phase),
            batch_size=self.recipe.batch_size,
            seed=self.seed,
            first_epoch=self.epochs_before(index) + epoch,
            first_step=first_step,
            replicas=self.devices.replicas,
            process=self.devices.process,
            processes=self.devices.processes,
        )
