"""Reads a pickle as plain values and runs nothing: a stack machine for the few operations that data needs.

`pickle` itself calls whatever a file names; restricting its classes still lets a few bytes claim gigabytes. Here the
standard library's `pickletools` only decodes operations, and a name stays a name until the caller says what it means.
"""

import pickletools
import typing
from collections.abc import Callable

MOST_OPERATIONS = 1_000_000
"""About 25,000 tensors' worth; each adds at most one value."""

PUSH_ARGUMENT = {"BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE"}
PUSH_CONSTANT = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
PUSH_EMPTY = {"EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple}
COUNTED_TUPLE = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
STORE, RECALL = {"BINPUT", "LONG_BINPUT"}, {"BINGET", "LONG_BINGET"}


class Name(typing.NamedTuple):
    """What a pickle calls by module and name. Nothing is imported."""

    module: str
    name: str


class StateDict(dict):
    """What stands for a `collections.OrderedDict` in a pickle; it keeps its items' order."""


ORDERED_DICT = Name("collections", "OrderedDict")


def read(file, rebuild: Callable[[Name, tuple], object], reference: Callable[[object], object]):
    """Return the value of the one pickle that begins at `file`'s position, which is then just after it.

    Args:
        file: binary, seekable.
        rebuild: called with a name and its arguments for each call in the pickle but OrderedDict's, which becomes a
            `StateDict`; it returns the value that stands for the result, or raises ValueError.
        reference: called with each persistent identifier; likewise.

    Raises ValueError for any other operation (protocol 2 of plain values is what PyTorch writes), and whatever
    `pickletools` raises for bytes that are no pickle.
    """
    machine = _Machine(rebuild, reference)
    for count, (operation, argument, _) in enumerate(pickletools.genops(file)):
        if count >= MOST_OPERATIONS:
            raise ValueError(f"a pickle of more than {MOST_OPERATIONS} operations")
        machine.step(operation.name, argument)
    return machine.result()


class _Machine:
    """Values on a stack, positions of marks in it, and values remembered by number."""

    def __init__(self, rebuild, reference):
        self._rebuild, self._reference = rebuild, reference
        self._stack, self._marks, self._memo = [], [], {}

    def result(self):
        if len(self._stack) != 1:
            raise ValueError(f"a pickle of {len(self._stack)} values")
        return self._stack[0]

    def step(self, name: str, argument) -> None:
        if name in PUSH_ARGUMENT:
            self._stack.append(argument)
        elif name in PUSH_CONSTANT:
            self._stack.append(PUSH_CONSTANT[name])
        elif name in PUSH_EMPTY:
            self._stack.append(PUSH_EMPTY[name]())
        elif name in COUNTED_TUPLE:
            self._stack.append(tuple(self._pop(COUNTED_TUPLE[name])))
        elif name in STORE:
            self._memo[argument] = self._stack[-1]
        elif name in RECALL:
            self._stack.append(self._memo[argument])
        elif hasattr(self, f"_do_{name.lower()}"):
            getattr(self, f"_do_{name.lower()}")(argument)
        else:
            raise ValueError(f"a pickle with the operation {name}, which plain values do not need")

    def _pop(self, count: int) -> list:
        if count > len(self._stack) - (self._marks[-1] if self._marks else 0):
            raise ValueError("a pickle that takes more values than it gave")
        values = self._stack[len(self._stack) - count :]
        del self._stack[len(self._stack) - count :]
        return values

    def _since_mark(self) -> list:
        values = self._pop(len(self._stack) - self._marks[-1])
        self._marks.pop()
        return values

    def _do_proto(self, version):
        if version != 2:
            raise ValueError(f"a pickle of protocol {version}, not 2")

    def _do_stop(self, _):
        pass

    def _do_mark(self, _):
        self._marks.append(len(self._stack))

    def _do_tuple(self, _):
        self._stack.append(tuple(self._since_mark()))

    def _do_append(self, _):
        self._extend(self._pop(1))

    def _do_appends(self, _):
        self._extend(self._since_mark())

    def _extend(self, values):
        if type(self._stack[-1]) is not list:
            raise ValueError("a pickle that appends to what is no list")
        self._stack[-1].extend(values)

    def _do_setitem(self, _):
        self._update(self._pop(2))

    def _do_setitems(self, _):
        self._update(self._since_mark())

    def _update(self, values):
        keys = values[::2]
        if not isinstance(self._stack[-1], dict) or not all(isinstance(key, str) for key in keys):
            raise ValueError("a pickle that sets other items than a dictionary's by text")
        self._stack[-1].update(zip(keys, values[1::2], strict=True))

    def _do_global(self, argument):
        self._stack.append(Name(*argument.split(" ", 1)))

    def _do_reduce(self, _):
        called, arguments = self._pop(2)
        if not isinstance(called, Name) or type(arguments) is not tuple:
            raise ValueError("a pickle that calls what is no name")
        is_ordered_dict = called == ORDERED_DICT and not arguments
        self._stack.append(StateDict() if is_ordered_dict else self._rebuild(called, arguments))

    def _do_build(self, _):
        self._pop(1)  # attributes of an OrderedDict (PyTorch's versions of modules): no value of ours has any
        if not isinstance(self._stack[-1], StateDict):
            raise ValueError("a pickle that sets attributes of what is no OrderedDict")

    def _do_binpersid(self, _):
        self._stack.append(self._reference(*self._pop(1)))
