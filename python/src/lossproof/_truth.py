"""The truth: of one input, to any number of digits, and of the certified cases."""
from __future__ import annotations

import dataclasses
import functools
import json
import os
import pathlib
from typing import Any, Iterator, Mapping, Sequence

from . import lcp
from ._binary import LossproofError, run
from ._frameworks import dtype_name

_NUMPY = {"f64": "float64", "f32": "float32", "f16": "float16", "bf16": "float32"}  # NumPy has no bfloat16: float32 holds each


@functools.cache
def catalogue(loss: str | None = None, define: str | None = None) -> dict[str, Any]:
    """All that is known of a loss: formula, shape, parameters, conventions, special cases, traits, sources."""
    return json.loads(run("list", *which(loss, define), "--json"))


def which(loss: str | None, define: str | None) -> list[str]:
    """The arguments of the command for a loss of the catalogue, or for a definition, a text or a file, which gets the name of a loss beside it."""
    if define is None:
        if loss is None:
            raise LossproofError("which loss? want its name, or define=")
        return [loss]
    if loss is None:
        return [f"--define={define}"]
    text = pathlib.Path(define).read_text(encoding="utf-8") if "\n" not in define and os.path.isfile(define) else define
    return [f"--define=name: {loss}\n{text}"]


def losses() -> list[str]:
    """The names of the catalogue."""
    return [entry["name"] for entry in json.loads(run("list", "--json"))]


@dataclasses.dataclass(frozen=True)
class Number:
    """One number of the truth."""

    value: float  # correctly rounded to the dtype
    digits: str  # in decimal, as many as were asked for; empty where it is not computed
    bits: str  # the encoding of value, in hexadecimal
    kappa: float  # the condition number: by how much a relative change of the input is magnified

    def __float__(self) -> float:
        return self.value


@dataclasses.dataclass(frozen=True)
class Truth:
    """Value, gradient by the prediction, gradient by the target where that is a number, and the second derivatives, where they were asked for."""

    values: list[Number]
    grad: list[Number]
    target_grad: list[Number]
    hess: list[Number] = dataclasses.field(default_factory=list)

    @property
    def value(self) -> Number:
        if len(self.values) != 1:
            raise ValueError(f"{len(self.values)} values: they are in values")
        return self.values[0]


def eval(loss: str | None = None, pred: Any = None, target: Any = None, *, dtype: Any = "float64", digits: int = 30, weight: Any = None, reduction: str = "none",
         conventions: Mapping[str, str] | None = None, define: str | None = None, hess: bool = False, **params: Any) -> Truth:
    """The true value and gradient of a loss: certified, correctly rounded, and to as many digits as asked.

    Numbers may be numbers, nested lists or arrays; a row of scores is an inner list. define is a definition, a text or a file, of a loss that is not in the catalogue.
    With hess the second derivative by each prediction comes with them.
    """
    if pred is None:
        raise LossproofError("eval of what? want pred")
    arguments = ["eval", *which(loss, define), f"--pred={_text(pred)}", f"--dtype={dtype_name(dtype)}", f"--digits={digits}",
                 f"--reduction={reduction}", "--json"]
    if hess:
        arguments.append("--hess")
    if target is not None:
        arguments.append(f"--target={_text(target)}")
    if weight is not None:
        arguments.append(f"--weight={_text(weight)}")
    for name, value in params.items():
        arguments.append(f"--param={name}={'none' if value is None else _text(value)}")
    for name, value in (conventions or {}).items():
        arguments.append(f"--convention={name}={value}")
    data = json.loads(run(*arguments))  # type: ignore[arg-type]
    value = data["value"]
    return Truth(*(_numbers(part) for part in (value if isinstance(value, list) else [value], data["grad"], data.get("targetGrad") or [], data.get("hess") or [])))


def _numbers(parts: Sequence[Mapping[str, Any]]) -> list[Number]:
    return [Number(float(p["rounded"]), p.get("digits", ""), p["bits"], float(p["kappa"])) for p in parts]


def _text(numbers: Any) -> str:
    """Numbers as the command reads them: commas between them, semicolons between rows."""
    if hasattr(numbers, "tolist"):
        numbers = numbers.tolist()
    if not isinstance(numbers, (list, tuple)):
        return repr(numbers)
    if any(isinstance(row, (list, tuple)) for row in numbers):
        return ";".join(_text(row) for row in numbers)
    return ",".join(repr(x) for x in numbers)


@dataclasses.dataclass(frozen=True)
class Case:
    """One golden case: a call, and its one right answer. Arrays are NumPy's, those of bfloat16 in float32, which holds them exactly."""

    id: str
    flags: list[str]  # why it is there
    loss: str
    dtype: str
    reduction: str
    params: dict[str, Any]  # those that have not their default
    conventions: dict[str, str]  # the same
    pred: Any
    target: Any  # numbers; None where the target is a label, or there is none
    label: Any  # class indices
    weight: Any
    upstream: Any
    value: Any  # None where the call must be refused
    grad: Any
    error: str | None  # the class of the error that the call must give
    target_grad: Any = None  # the gradient by the target, and the second derivatives, in some cases
    hess: Any = None


def vectors(loss: str, dtype: Any = "float32") -> Iterator[Case]:
    """The golden cases of a loss in a dtype, with their correctly rounded answers; at a kink the gradient is NaN."""
    import numpy as np

    name = dtype_name(dtype)
    file = json.loads(run("vectors", loss, "--dtype", name))

    def numbers(bits):
        return None if bits is None else np.array(lcp.decode(name, bits.split()), dtype=_NUMPY[name])

    def param(value):
        if not isinstance(value, str):
            return value
        many = lcp.decode(name, value.split())
        return many if len(many) > 1 else many[0]

    def answer(out):
        return None if out is None else numbers(out["bits"])

    for group in file["groups"]:
        params = {k: param(v) for k, v in group["params"].items()}
        for case in group["cases"]:
            given, out = case["in"], case["out"]
            pred, shape = numbers(given["pred"]), (given.get("rows", 1), given.get("cols", 1))
            if pred.size == shape[0] * shape[1]:  # some cases are of lengths that do not fit
                pred = pred.reshape(shape)
            label = given.get("label")
            yield Case(case["id"], case["flags"], loss, name, group["reduction"], params, group["conventions"], pred, numbers(given.get("target")),
                       None if label is None else np.array([int(k) for k in label.split()], dtype=np.int64), numbers(given.get("weight")), numbers(given.get("upstream")),
                       answer(out.get("value")), answer(out.get("grad")), out.get("error"), answer(out.get("targetGrad")), answer(out.get("hess")))


