"""How a function of NumPy, PyTorch or JAX is called with a case, and where its gradient comes from."""
from __future__ import annotations

import importlib
import sys
from typing import Any, Callable

from . import lcp
from ._binary import LossproofError

DTYPES = {"float64": "f64", "float32": "f32", "float16": "f16", "bfloat16": "bf16"}


def dtype_name(dtype: Any) -> str:
    """f32 of "f32", "float32", numpy.float32, torch.float32 and the like."""
    name = dtype if isinstance(dtype, str) else getattr(dtype, "__name__", None) or str(dtype)
    name = name.rsplit(".", 1)[-1]
    if name in lcp.FORMATS:
        return name
    if name not in DTYPES:
        raise LossproofError(f"dtype {dtype!r}: want one of {', '.join(DTYPES)}")
    return DTYPES[name]


class Framework:
    """What a library calls an array, and how it differentiates."""

    name: str

    def __init__(self, grad: Callable | None):
        self.grad = grad

    def array(self, numbers, shape, dtype):
        raise NotImplementedError

    def labels(self, indices):
        raise NotImplementedError

    def flat(self, result) -> list[float]:
        raise NotImplementedError

    def call(self, function, pred, arguments, keywords, upstream):
        """Value and gradient as flat lists of floats; the gradient is None where there is none."""
        raise NotImplementedError

    def differentiates(self) -> bool:
        return True

    def timed(self, function, pred, arguments):
        """A call of value and gradient for a benchmark, which ends when they are computed."""
        raise NotImplementedError


class NumPy(Framework):
    """A function of arrays, which returns its value, or its value and its gradient by the prediction."""

    name = "numpy"

    def __init__(self, grad=None):
        super().__init__(grad)
        self.np = importlib.import_module("numpy")
        self.returns_both = False

    def _dtype(self, dtype):
        if dtype == "bf16":
            try:
                return importlib.import_module("ml_dtypes").bfloat16
            except ImportError:
                raise LossproofError("NumPy has bfloat16 with the package ml_dtypes only") from None
        return {"f64": self.np.float64, "f32": self.np.float32, "f16": self.np.float16}[dtype]

    def array(self, numbers, shape, dtype):
        return self.np.array(numbers, dtype=self.np.float64).reshape(shape).astype(self._dtype(dtype))

    def labels(self, indices):
        return self.np.array(indices, dtype=self.np.int64)

    def flat(self, result):
        return self.np.asarray(result).astype(self.np.float64).reshape(-1).tolist()

    def call(self, function, pred, arguments, keywords, upstream):
        with self.np.errstate(all="ignore"):  # the ends of the range are asked on purpose
            return self._call(function, pred, arguments, keywords)

    def _call(self, function, pred, arguments, keywords):
        value, gradient = function(pred, *arguments, **keywords), None
        if isinstance(value, tuple):
            if len(value) != 2:
                raise TypeError(f"the function returned {len(value)} things: want a value, or a value and a gradient")
            value, gradient = value
            self.returns_both = True
        if self.grad is not None:
            gradient = self.grad(pred, *arguments, **keywords)
        return self.flat(value), None if gradient is None else self.flat(gradient)

    def differentiates(self):
        return self.grad is not None or self.returns_both

    def timed(self, function, pred, arguments):
        if self.grad is None:
            return lambda: function(pred, *arguments)
        return lambda: (function(pred, *arguments), self.grad(pred, *arguments))


class Torch(Framework):
    """A function of tensors; the gradient is autograd's."""

    name = "torch"

    def __init__(self, grad=None):
        super().__init__(grad)
        self.torch = importlib.import_module("torch")

    def array(self, numbers, shape, dtype):
        t = self.torch
        into = {"f64": t.float64, "f32": t.float32, "f16": t.float16, "bf16": t.bfloat16}[dtype]
        return t.tensor(numbers, dtype=t.float64).reshape(shape).to(into)

    def labels(self, indices):
        return self.torch.tensor(indices, dtype=self.torch.int64)

    def flat(self, result):
        return self.torch.as_tensor(result).detach().to(self.torch.float64).reshape(-1).tolist()

    def call(self, function, pred, arguments, keywords, upstream):
        if self.grad is not None:
            return self.flat(function(pred, *arguments, **keywords)), self.flat(self.grad(pred, *arguments, **keywords))
        pred.requires_grad_()
        value = function(pred, *arguments, **keywords)
        if not isinstance(value, self.torch.Tensor):
            raise TypeError(f"the function returned a {type(value).__name__}: want a tensor")
        outward = self.torch.ones_like(value) if upstream is None else upstream.reshape(value.shape)
        if not value.requires_grad:
            raise TypeError("the value does not depend on the prediction by autograd: was it detached?")
        gradient, = self.torch.autograd.grad(value, pred, outward)
        return self.flat(value), self.flat(gradient)

    def timed(self, function, pred, arguments):
        if self.grad is not None:
            return lambda: (function(pred, *arguments), self.grad(pred, *arguments))
        pred.requires_grad_()
        return lambda: self.torch.autograd.grad(function(pred, *arguments).sum(), pred)


class Jax(Framework):
    """A function of JAX arrays; the gradient is that of jax.vjp."""

    name = "jax"

    def __init__(self, grad=None):
        super().__init__(grad)
        self.jax = importlib.import_module("jax")
        self.np = importlib.import_module("numpy")

    def array(self, numbers, shape, dtype):
        jnp = self.jax.numpy
        if dtype == "f64" and not self.jax.config.jax_enable_x64:
            raise LossproofError('JAX computes in float32 until jax.config.update("jax_enable_x64", True)')
        into = {"f64": jnp.float64, "f32": jnp.float32, "f16": jnp.float16, "bf16": jnp.bfloat16}[dtype]
        return jnp.asarray(self.np.array(numbers, dtype=self.np.float64).reshape(shape).astype(into))

    def labels(self, indices):
        return self.jax.numpy.asarray(self.np.array(indices, dtype=self.np.int32))

    def flat(self, result):
        return self.np.asarray(result).astype(self.np.float64).reshape(-1).tolist()

    def call(self, function, pred, arguments, keywords, upstream):
        if self.grad is not None:
            return self.flat(function(pred, *arguments, **keywords)), self.flat(self.grad(pred, *arguments, **keywords))
        value, pull = self.jax.vjp(lambda p: function(p, *arguments, **keywords), pred)
        outward = self.jax.numpy.ones_like(value) if upstream is None else upstream.reshape(value.shape).astype(value.dtype)
        gradient, = pull(outward)
        return self.flat(value), self.flat(gradient)

    def timed(self, function, pred, arguments):
        if self.grad is not None:
            return lambda: self.jax.block_until_ready((function(pred, *arguments), self.grad(pred, *arguments)))
        step = self.jax.jit(self.jax.value_and_grad(lambda p: function(p, *arguments).sum()))
        return lambda: self.jax.block_until_ready(step(pred))


FRAMEWORKS = {"numpy": NumPy, "torch": Torch, "jax": Jax}


def choose(framework: str | None, function: Callable, grad: Callable | None, probe: Callable[[Framework], Any]) -> Framework:
    """The framework that is named; else the first that the function takes: of its own module, then of those that are imported."""
    if framework is not None:
        if framework not in FRAMEWORKS:
            raise LossproofError(f"framework {framework!r}: want one of {', '.join(FRAMEWORKS)}")
        chosen = FRAMEWORKS[framework](grad)
        try:
            probe(chosen)
        except LossproofError:
            raise
        except Exception as problem:
            raise LossproofError(f"the function fails on everyday input: {type(problem).__name__}: {problem}") from problem
        return chosen
    module = (getattr(function, "__module__", None) or "").partition(".")[0].removesuffix("lib")
    order = sorted((name for name in ("numpy", "torch", "jax") if name == "numpy" or name in sys.modules), key=lambda name: name != module)
    failures: list[tuple[str, Exception]] = []
    for name in order:
        candidate = FRAMEWORKS[name](grad)
        try:
            result = probe(candidate)
        except LossproofError:
            raise
        except Exception as problem:
            failures.append((name, problem))
            continue
        kind = type(result).__module__.partition(".")[0].removesuffix("lib")  # what came back says whose function it is
        if kind in ("torch", "jax") and kind != name:
            return choose(kind, function, grad, probe)
        return candidate
    said = "; ".join(f"as a function of {name}: {type(problem).__name__}: {problem}" for name, problem in failures)
    raise LossproofError(f"the function fails on everyday input: {said}") from failures[0][1]
