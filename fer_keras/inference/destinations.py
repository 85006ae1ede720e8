"""Where pictures, videos and figures of many inputs are written: one file, or a folder of them."""

import pathlib
from collections.abc import Sequence

from fer_keras.inference.inputs import Input
from fer_keras.io.errors import expected


class Destinations:
    """Names under `out`, one for each input.

    Args:
        out: a file where its name ends in one of the `suffixes` and it is no folder; else a folder, one that is not there
            yet without a suffix.
        inputs: what there will be something to write of.
        suffixes: {kind of input: suffixes of what is written of it, the usual one first}.

    Raises UserError for a single file that is to hold several inputs, or the wrong kind.
    """

    def __init__(self, out: pathlib.Path, inputs: Sequence[Input], suffixes: dict[str, Sequence[str]]):
        self._out, self._suffixes, self._taken = out, suffixes, set()
        self._inputs = {input.path.resolve() for input in inputs if input.kind != "camera"}
        every = {suffix for of_kind in suffixes.values() for suffix in of_kind}
        self._single = out.suffix.lower() in every and not out.is_dir()
        if not self._single and not out.is_dir() and (out.exists() or out.suffix):
            wanted = "a folder, or a name that ends in " + ", ".join(sorted(every))
            raise expected(
                wanted, out, "" if out.exists() else "A folder whose name has a point must be there already."
            )
        if self._single and len(inputs) > 1:
            raise expected(f"a folder for {len(inputs):,} inputs", f"the file {out}")
        if self._single and inputs and out.suffix.lower() not in suffixes[inputs[0].kind]:
            raise expected(f"a name that ends in {', '.join(suffixes[inputs[0].kind])}", out)

    def of(self, input: Input) -> pathlib.Path:
        """Return the path to write to; two inputs of the same name get two. Raises UserError for an input's own path."""
        path = self._out if self._single else self._free(input)
        if path.resolve() in self._inputs:
            raise expected(f"another place than the input itself for what is made of {input.name}", path)
        self._taken.add(path)
        return path

    def _free(self, input: Input) -> pathlib.Path:
        stem = f"camera{input.name}" if input.kind == "camera" else input.path.stem
        suffix, number, path = self._suffixes[input.kind][0], 1, None
        while path is None or path in self._taken:
            path = self._out / (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")
            number += 1
        return path
