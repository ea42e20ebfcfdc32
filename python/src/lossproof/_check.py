"""Holds a function of this process to the suite: the command judges, and asks over a socket what the function computes."""
from __future__ import annotations

import json
import os
import pathlib
import re
import secrets
import select
import socket
import subprocess
import sys
import tempfile
from typing import Any, Callable, Iterable, Mapping, Sequence

from . import _relay, lcp
from ._binary import LossproofError, message, program
from ._frameworks import Framework, choose, dtype_name
from ._report import ConformanceError, Report
from ._truth import catalogue, which

REDUCTIONS = ("none", "sum", "mean/elements", "mean/counted", "mean/samples", "mean/weight")
SOME_FAILED, MISTAKE = 1, 2  # exit codes of the command


def check(
    function: Callable,
    loss: str | None = None,
    *,
    define: str | None = None,
    dtype: Any = "float32",
    level: str | int = "close",
    grad: Callable | None = None,
    framework: str | None = None,
    reduction: str = "none",
    targets: str | Sequence[str] | None = None,
    params: Iterable[str] = (),
    weights: bool = False,
    refuses: bool = False,
    hard_targets: bool = False,
    finite_inputs: bool = False,
    conventions: Mapping[str, str] | None = None,
    name: str | None = None,
    options: Sequence[str] = (),
    **fixed: float | None,
) -> Report:
    """Holds a function to the certified values and the laws of a loss; raises ConformanceError, whose text is the diagnosis.

    The function is called as ``function(prediction, target)`` with arrays of NumPy, tensors of PyTorch or arrays of JAX, whichever
    it takes, and returns one value for each element, row, box or set. The gradient by the prediction is that of autograd; a function
    of NumPy returns ``(value, gradient)``, or has its gradient in ``grad``, or is judged by its value alone.

    define      a definition, a text or a file, of a loss that is not in the catalogue: "softplus(z) - y*z"
    dtype       "float64", "float32", "float16", "bfloat16", a dtype of a library, or a list of them
    level       what every answer must meet: "callable", "close", "stable", "accurate", "faithful" or "exact"
    grad        a function of the same arguments that returns the gradient of the sum of all values
    framework   "numpy", "torch" or "jax", where it should not be found out by calling the function
    reduction   what the function does with its values: "none", "sum", or a mean by what it divides by ("mean/elements",
                "mean/counted", "mean/samples", "mean/weight"); "mean" is the plain one of the loss
    targets     "label", "distribution", "number" and so on, where it does not take all that the loss has; class indices by default
    params      names of parameters that are passed as keywords, with values that the suite draws; per-class ones as arrays
    weights     it takes sample weights, as the keyword ``weight``
    refuses     it raises on bad input
    hard_targets, finite_inputs
                it takes, of targets that are probabilities, 0 and 1 only; no NaN and no infinity
    conventions the value of each convention that it follows, where that is not the default
    options     options of ``lossproof verify``, such as ["--checks", "1000", "--seed", "2"]
    **fixed     parameters of the loss that the function has at one value; it is called without them
    """
    declared = catalogue(loss, define)
    dtypes = [dtype_name(d) for d in (dtype if isinstance(dtype, (list, tuple)) else [dtype])]
    adapter = _Adapter(function, declared, dtypes, grad, framework, reduction, targets, list(params), weights,
                       {"refuses": refuses, "hardTargets": hard_targets, "finiteInputs": finite_inputs}, conventions or {}, fixed)
    report = _Run(adapter, name or getattr(function, "__name__", "function"), ["--level", str(level), *(["--loss", loss] if define is None else which(loss, define)), "--dtype", ",".join(dtypes), *options]).report()
    if not report.ok:
        raise ConformanceError(report)
    return report


def conformance(loss: str | None = None, **arguments: Any) -> Callable[[Callable], Callable]:
    """Marks a function as a test of pytest: an item for each dtype and output. The arguments are those of check."""

    def mark(function: Callable) -> Callable:
        function.__lossproof__ = (loss, arguments)  # type: ignore[attr-defined]
        return function

    return mark


class _Adapter:
    """A function as an adapter: what it declares, and its answer to a case."""

    def __init__(self, function, declared, dtypes, grad, framework, reduction, targets, params, weights, promises, conventions, fixed):
        self.function, self.declared, self.params, self.weights = function, declared, params, weights
        kinds = re.split(r" or |, ", declared["targets"]) if declared.get("targets") else []
        if targets is None:
            targets = "label" if "label" in kinds else kinds
        targets = [targets] if isinstance(targets, str) else list(targets)
        if unknown := [t for t in targets if t not in kinds]:
            raise LossproofError(f"{declared['name']}: no targets {unknown[0]!r}: want {declared.get('targets') or 'none at all'}")
        known = {p["name"]: p for p in declared.get("params") or []}
        for given in [*params, *fixed]:
            if given not in known:
                raise LossproofError(f"{declared['name']}: no parameter {given!r}: want {', '.join(known) or 'none at all'}")
        if reduction == "mean":
            reduction = "mean/samples" if declared["shape"] != "point" else "mean/elements"
        if reduction not in REDUCTIONS:
            raise LossproofError(f"reduction {reduction!r}: want mean or one of {', '.join(REDUCTIONS)}")
        self.kinds, self.reduction = targets, reduction
        self.framework = choose(framework, function, grad, self._probe)
        outputs = ["value"] + (["grad"] if self.framework.differentiates() else [])
        more: dict[str, Any] = {}
        if kinds:
            more["targets"] = targets
        if weights:
            more["weights"] = True
        more.update({promise: True for promise, made in promises.items() if made})
        if params:
            more["params"] = params
        if fixed:
            more["fixed"] = {k: [] if v is None else [float(x) for x in v] if isinstance(v, (list, tuple)) else [float(v)] for k, v in fixed.items()}
        if conventions:
            more["conventions"] = {k: [v] for k, v in conventions.items()}
        self.capabilities = [lcp.capability(declared["name"], dtypes, outputs, [reduction], **more)]
        self.dtypes = dtypes

    def _shapes(self, rows, cols):
        """Of the prediction, and of an array with one number for each value."""
        if self.declared["shape"] == "point":
            shape = (rows,) if cols == 1 else (rows, cols)
            return shape, shape
        width = {"box": 4, "keypoint": 2}.get(self.declared["shape"], cols)  # of several items in a row each is one of the function's
        return (rows * cols // width, width), (rows * cols // width,)

    def _probe(self, framework: Framework):
        """Calls the function with everyday input and returns what it returns."""
        shape = self.declared["shape"]
        numbers, cols = ([0.5, 0.25], 1) if shape == "point" else ([0.0, 0.0, 2.0, 2.0], 4) if shape == "box" else ([0.5, 0.25], 2) if shape == "keypoint" else ([0.5, 0.25, 0.25], 3)
        rows = len(numbers) // cols
        whole, each = self._shapes(rows, cols)
        pred = framework.array(numbers, whole, "f32")
        kind = self.kinds[0] if self.kinds else None
        arguments = []
        if kind == "label":
            arguments = [framework.labels([1])]
        elif kind == "position":
            arguments = [framework.array([1.0], each, "f32")]
        elif kind == "box":
            arguments = [framework.array([1.0, 1.0, 3.0, 3.0], whole, "f32")]
        elif kind is not None:
            arguments = [framework.array([1.0] * len(numbers) if kind != "distribution" else numbers, whole, "f32")]
        keywords = {}
        for p in self.declared.get("params") or []:
            if p["name"] in self.params:
                default = p.get("default")
                keywords[p["name"]] = None if default is None else default[0]
        if self.weights:
            keywords["weight"] = framework.array([1.0] * (rows * cols if shape == "point" else rows), each, "f32")
        result = self.function(pred, *arguments, **keywords)
        value = result[0] if isinstance(result, tuple) else result
        if isinstance(result, tuple) and hasattr(framework, "returns_both"):
            framework.returns_both = True
        one = getattr(value, "ndim", 0) == 0
        if self.reduction == "none" and one and shape == "point":
            raise LossproofError('the function returned one number for two elements: say which reduction it does, such as reduction="mean"')
        if self.reduction != "none" and not one and getattr(value, "size", 1) != 1:
            raise LossproofError(f'the function returned an array, and reduction="{self.reduction}" is one number')
        return value

    def evaluate(self, case: lcp.Case):
        f, dtype = self.framework, case.dtype
        whole, each = self._shapes(case.rows, case.cols)
        pred = f.array(case.pred, whole, dtype)
        arguments, keywords = [], {}
        if case.label is not None:
            arguments = [f.labels(case.label)]
        elif case.target is not None:
            arguments = [f.array(case.target, whole if len(case.target) == len(case.pred) else each, dtype)]
        for name in self.params:
            value = case.params[name]
            if isinstance(value, list):
                value = value[0] if self._scalar(name) else f.array(case.per_class(name), (case.cols,), dtype)
            keywords[name] = value
        if self.weights:
            keywords["weight"] = None if case.weight is None else f.array(case.weight, each, dtype)
        upstream = None if case.upstream is None else f.array(case.upstream, whole, dtype)
        value, gradient = f.call(self.function, pred, arguments, keywords, upstream)
        return value, gradient

    def _scalar(self, name):
        return next(p for p in self.declared["params"] if p["name"] == name)["kind"] != "per_class"

    def carry(self, dtype, numbers):
        """Numbers into the framework's array and out again."""
        return self.framework.flat(self.framework.array(numbers, (len(numbers),), dtype))


def _repeatable(text: str, escaped: bool) -> str:
    """The text with the call that repeats a check, in place of the command that does, which has the relay in it, and with promises by their names here."""
    quote = r'\"' if escaped else '"'

    def call(found: re.Match) -> str:
        words = found[1].split()
        return "lossproof.check(..., options=[" + ", ".join(quote + word + quote for word in words) + "])"

    return re.sub(r"lossproof verify (?:--define [^\n]*? )?((?:--(?:case|law|loss|dtype|seed|checks|level|live|only)[ =]\S+ ?)+)-- [^\n]*?_relay\.py \d+", call, text).replace("declare FiniteInputs", "say finite_inputs=True")


class _Run:
    """One run of the command, which starts a relay for each conversation."""

    def __init__(self, adapter: _Adapter, name: str, arguments: list[str]):
        self.adapter, self.name, self.arguments = adapter, name, arguments

    def report(self) -> Report:
        secret = secrets.token_hex(16)
        with socket.create_server(("127.0.0.1", 0)) as listener, tempfile.TemporaryDirectory(prefix="lossproof-") as folder:
            written = pathlib.Path(folder, "report.json")
            port = listener.getsockname()[1]
            with open(pathlib.Path(folder, "stdout"), "w+", encoding="utf-8") as out, open(pathlib.Path(folder, "stderr"), "w+", encoding="utf-8") as err:
                command = [program(), "verify", "--json", str(written), *self.arguments, "--", sys.executable, _relay.__file__, str(port)]
                runner = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env={**os.environ, "LOSSPROOF_RELAY": secret})
                try:
                    self._serve(listener, secret, runner)
                finally:
                    if runner.poll() is None:
                        runner.terminate()
                        runner.wait()
                out.seek(0)
                err.seek(0)
                text, problems = out.read(), err.read()
            if runner.returncode == MISTAKE or not written.is_file() or not written.stat().st_size:
                raise LossproofError(message(problems) or f"the command ended with exit code {runner.returncode}")
            found = written.read_text(encoding="utf-8")
            return Report(json.loads(_repeatable(found, True)), runner.returncode, _repeatable(text, False))

    def _serve(self, listener: socket.socket, secret: str, runner: subprocess.Popen) -> None:
        """Answers one relay after the other until the command ends."""
        while runner.poll() is None:
            ready, _, _ = select.select([listener], [], [], 0.05)
            if not ready:
                continue
            connection, _ = listener.accept()
            with connection, connection.makefile("r", encoding="utf-8", newline="\n") as lines, connection.makefile("w", encoding="utf-8", newline="\n") as out:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                try:
                    if lines.readline(len(secret) + 1).strip() != secret:
                        continue  # somebody else
                    lcp.serve(self.name, None, self.adapter.capabilities, self.adapter.evaluate, {"framework": self.adapter.framework.name},
                              self.adapter.carry, lines, out)
                except (BrokenPipeError, ConnectionError):
                    pass  # the runner ended this conversation, and begins another or none
