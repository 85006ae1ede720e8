"""The parts of a recipe: augmentation, schedule, optimizer. Plain values; what they do lives in augment/ and train/."""

import dataclasses


def refuse_unless(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


@dataclasses.dataclass(frozen=True)
class Augment:
    """Random changes of a training image, with ImageDataGenerator's names, units and meaning, and a few more.

    Attributes:
        rotation_range: degrees; the angle is uniform in ±rotation_range.
        shear_range: degrees (as in ImageDataGenerator, not radians); uniform in ±shear_range.
        zoom_range: a fraction z for [1 - z, 1 + z], or a (low, high) pair; each axis is drawn on its own.
        width_shift_range, height_shift_range: fraction of the width or height; uniform in ±range.
        brightness_range: (low, high) factor that multiplies the pixels, or None.
        contrast_range: (low, high) factor about each image's mean, or None (torchvision's ColorJitter).
        horizontal_flip: mirror with probability one half.
        fill_mode: "constant" or "nearest", "reflect", "wrap": what lies outside the image.
        cval: pixel value 0..255 for "constant".
        erase_probability: probability of one random rectangle (RandomErasing).
        erase_area: (low, high) share of the image that the rectangle covers.
        erase_value: pixel value 0..255 written into it.
    """

    rotation_range: float = 0.0
    shear_range: float = 0.0
    zoom_range: float | tuple[float, float] = 0.0
    width_shift_range: float = 0.0
    height_shift_range: float = 0.0
    brightness_range: tuple[float, float] | None = None
    contrast_range: tuple[float, float] | None = None
    horizontal_flip: bool = False
    fill_mode: str = "nearest"
    cval: float = 0.0
    erase_probability: float = 0.0
    erase_area: tuple[float, float] = (0.02, 0.33)
    erase_value: float = 0.0

    def __post_init__(self):
        modes = ("constant", "nearest", "reflect", "wrap")
        refuse_unless(self.fill_mode in modes, f"Expected fill_mode in {modes}. Received: {self.fill_mode!r}")
        refuse_unless(0 <= self.cval <= 255, f"Expected cval in 0..255. Received: {self.cval}")
        refuse_unless(0 <= self.erase_probability <= 1, f"Expected a probability. Received: {self.erase_probability}")
        refuse_unless(0 <= self.erase_value <= 255, f"Expected erase_value in 0..255. Received: {self.erase_value}")
        for name in ("rotation_range", "shear_range"):
            value = getattr(self, name)
            refuse_unless(value >= 0, f"Expected degrees from 0 up for {name}. Received: {value}")
        for name in ("width_shift_range", "height_shift_range"):
            value = getattr(self, name)
            refuse_unless(0 <= value < 1, f"Expected a fraction from 0 to below 1 for {name}. Received: {value}")
        zoom = self.zoom_range if isinstance(self.zoom_range, tuple) else (1 - self.zoom_range, 1 + self.zoom_range)
        self._refuse_interval("zoom_range", zoom)
        refuse_unless(zoom[0] > 0, f"Expected zoom_range to stay above 0. Received: {self.zoom_range}")
        for name in ("brightness_range", "contrast_range", "erase_area"):
            self._refuse_interval(name, getattr(self, name) or (0, 0))

    def _refuse_interval(self, name: str, pair: tuple[float, float]) -> None:
        fits = len(pair) == 2 and 0 <= pair[0] <= pair[1]
        refuse_unless(fits, f"Expected (low, high) with 0 <= low <= high for {name}. Received: {getattr(self, name)}")


@dataclasses.dataclass(frozen=True)
class Constant:
    """The learning rate as given, to the end of the phase."""


@dataclasses.dataclass(frozen=True)
class Cosine:
    """Cosine decay to `final_fraction` of the learning rate over the phase, after a linear warm-up."""

    warmup_epochs: float = 0.0
    final_fraction: float = 0.0


@dataclasses.dataclass(frozen=True)
class CosineRestarts:
    """Cosine annealing with warm restarts (SGDR): the first cycle lasts `first_epochs`, each next `multiply` times longer."""

    first_epochs: float = 10.0
    multiply: float = 1.0
    final_fraction: float = 0.0


@dataclasses.dataclass(frozen=True)
class OneCycle:
    """One cycle as PyTorch's OneCycleLR defines it (fastai's: warmup .25, divide .25e2, final_divide 1e5).

    The learning rate rises from peak / `divide` to the peak over the first `warmup_fraction` of the steps, then falls to
    peak / (`divide` * `final_divide`), both along a cosine; momentum runs the opposite way between `momentum` (high, low).
    """

    warmup_fraction: float = 0.3
    divide: float = 25.0
    final_divide: float = 1e4
    momentum: tuple[float, float] | None = (0.95, 0.85)


@dataclasses.dataclass(frozen=True)
class Plateau:
    """Multiply the learning rate by `factor` when the selection metric has not improved for `patience` evaluations."""

    factor: float = 0.5
    patience: int = 3
    monitor: str = "loss"


Schedule = Constant | Cosine | CosineRestarts | OneCycle | Plateau


OPTIMIZERS = ("adam", "adamw", "sgd", "muon")
"""Names of what train/optimizers.py builds."""


@dataclasses.dataclass(frozen=True)
class Optimizer:
    """An optimizer of Keras with its learning rate and schedule.

    Attributes:
        name: one of OPTIMIZERS; "muon" is `ConvolutionMuon`, AdamW for what is not a convolution's kernel.
        learning_rate: the initial (OneCycle: the peak) learning rate.
        weight_decay: decoupled decay (Keras's and AdamW's meaning).
        l2_in_gradient: coupled decay, added to the gradient (the meaning of PyTorch's `Adam/SGD(weight_decay=)`).
        momentum: of SGD and Muon. beta_1, beta_2, epsilon: of Adam and AdamW, Muon's too.
        ema_momentum: of the exponential moving average of the weights, a step; 0 keeps none. The averaged weights are
            those that are evaluated, selected and exported; training goes on from the raw ones.
        groups: ((layer-name prefix, learning rate), ...): layers whose path starts so get their own rate.
    """

    name: str
    learning_rate: float
    schedule: Schedule = Constant()
    weight_decay: float = 0.0
    l2_in_gradient: float = 0.0
    momentum: float = 0.0
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    ema_momentum: float = 0.0
    groups: tuple[tuple[str, float], ...] = ()

    def __post_init__(self):
        refuse_unless(self.name in OPTIMIZERS, f"Expected an optimizer in {OPTIMIZERS}. Received: {self.name!r}")
        refuse_unless(self.learning_rate > 0, f"Expected a positive learning rate. Received: {self.learning_rate}")
        averaging = 0 <= self.ema_momentum < 1
        refuse_unless(averaging, f"Expected an ema_momentum from 0 to below 1. Received: {self.ema_momentum}")
        coupled = self.l2_in_gradient and self.name in ("adamw", "muon")
        refuse_unless(
            not coupled, f"Expected weight_decay for {self.name}, which decouples it. Received: l2_in_gradient"
        )
