"""Quick tests first: whole programs and large networks are marked slow and run last."""

import fcntl
import functools
import gc
import os
import signal
import sys
import typing

import pytest

from fer_keras import runtime

os.environ.update(runtime.for_tensorflow(training=True))
if "PYTEST_XDIST_WORKER" in os.environ:
    # Each process has a core to itself: more threads would wait for the other's.
    for threads in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(threads, "1")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # In the background of a shell Ctrl-C is ignored, by every run under test too, as it should be: not what is tested.
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["tests.made_up_run"]


def pytest_collection_modifyitems(items):
    items.sort(key=_turn)


def pytest_collection_finish():
    """Let the garbage collector pass over the millions of objects of TensorFlow's modules; Keras calls it often."""
    gc.collect()
    gc.freeze()
    _make_variables_without_their_names()


def _make_variables_without_their_names():
    """Spare what takes most of the time to make a variable, of which large networks have a thousand.

    TensorFlow compiles a kernel for each name, which it shows in an error of the variable and nowhere else; and Python
    before 3.12 lists the members of a protocol anew whenever it is asked whether a value follows it.
    """
    module = sys.modules.get("tensorflow.python.ops.gen_resource_variable_ops")
    if module:
        make = module.var_handle_op
        module.var_handle_op = lambda *arguments, debug_name="", **named: make(*arguments, **named)
    if sys.version_info < (3, 12):
        typing._get_protocol_attrs = functools.cache(typing._get_protocol_attrs)


def _turn(item) -> tuple[bool, bool]:
    """Order quick tests, then the longest, beside which the second process does the others, then these.

    A file goes to one process whole, in the turn of its first test (pytest-xdist: --no-loadscope-reorder).
    """
    slow = item.get_closest_marker("slow")
    return slow is not None, slow is not None and not slow.kwargs.get("longest", False)


@pytest.fixture(scope="session", autouse=True)
def _no_ones_cache(tmp_path_factory):
    """Keep the cache of whoever runs the tests out of them, and theirs out of it."""
    os.environ["FER_KERAS_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(autouse=True)
def _the_same_draws_and_precision_every_time():
    """Seed what a test draws without a seed of its own, weights above all, so that chance decides nothing.

    A run inside this process chooses a precision for the whole process: what comes after starts from Keras's default.
    """
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(0)
    _default_precision()
    yield
    _default_precision()  # before the next module's fixtures, which are made earlier than this one


def _default_precision():
    if "keras" in sys.modules:
        sys.modules["keras"].config.set_dtype_policy("float32")


@pytest.fixture
def custom_run(tmp_path_factory, monkeypatch):
    """A run of a recipe of one's own on drawn faces, which the first test of all processes to ask for it trains.

    To the others it is a finished run, of which the same request trains nothing.
    """
    import dataclasses

    import fer_keras

    monkeypatch.delenv("FER2013", raising=False)
    base = tmp_path_factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    recipe = dataclasses.replace(fer_keras.get_recipe("vanilla_cnn"), name="mine", title="Mine", reported=())
    with open(root / "custom_run.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return fer_keras.train(recipe, profile="smoke", out=root / "custom_run", quiet=True)


@pytest.fixture(scope="session")
def toy():
    """A few drawn faces of every split; small, so that each test takes what it needs of them."""
    from fer_keras.data.readers.toy import toy_faces

    return toy_faces(n_train=240, n_public=80, n_private=80, seed=3)
