#!/usr/bin/env python3
"""The losses of the benchmarks through PyTorch, on one thread, in Go's benchmark format.

What is timed is what a user of eager PyTorch writes for a training step:

    x.grad = None
    total = loss(x, target)      # reduction='sum'
    total.backward()

for op=sum_grad, and the second line alone, under torch.no_grad(), for op=sum. x is a leaf that requires a gradient; the
inputs exist beforehand. Nothing is compiled, and memory is handled as it comes: glibc gives large arrays back to the system
and gets them anew for every step, which costs more than the arithmetic. To see PyTorch without that, let glibc keep them:

    MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_TOP_PAD_=1000000000 torch_peer.py --impl torch_kept

Before it is timed, and after, the sum and the gradient are held to values computed in float64 with numpy. That check is
coarser than the one of the Go benchmarks: float32 PyTorch does not reach it everywhere.
"""

import argparse
import math
import platform
import re
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--count", type=int, default=1, help="how often each benchmark is run")
parser.add_argument("--time", type=float, default=0.1, help="seconds that each run takes at least")
parser.add_argument("--impl", default="torch", help="the name of the implementation in the results")
parser.add_argument("--bench", default="", help="regular expression of the names to run")
options = parser.parse_args()

try:
    import numpy as np
    import torch
    import torch.nn.functional as F
    import torchvision
    from torchvision.ops import sigmoid_focal_loss
except ImportError as error:
    sys.exit(f"""torch_peer: MISSING: {error}
Nothing was timed through PyTorch. On Debian: apt install python3-torch python3-torchvision, and PYTHON=/usr/bin/python3.
A newer one: python3 -m venv /tmp/torch && /tmp/torch/bin/pip install torch torchvision numpy, and PYTHON=/tmp/torch/bin/python.""")

torch.set_num_threads(1)
torch.set_num_interop_threads(1)

random = np.random.default_rng(1)

# What a float32 gradient may be wrong by. Its elements lie in [-1, 1] (squared error: a relative error of one rounding), and
# differences such as sigmoid(x) - y are off by some units in the last place of 1. A sum of K exponentials in float32, added
# eight at a time one after another, is off by up to K/8 roundings.
RELATIVE, ABSOLUTE, LANES = 1e-5, 2.0**-22, 8


def bell(*shape):
    return (3 * random.standard_normal(shape)).astype(np.float32)


def log1pexp(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def logistic(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


# Each class below has inputs, the loss as a user writes it, and its exact sum and gradient.


class Pointwise:
    size = "n={}"

    def __init__(self, n):
        self.x = bell(n)
        self.y = random.integers(0, 2, n).astype(np.float32)


class SquaredError(Pointwise):
    name = "squared_error"

    def __init__(self, n):
        super().__init__(n)
        self.y = bell(n)

    def loss(self, x, y):
        return F.mse_loss(x, y, reduction="sum")

    def exact(self, x, y):
        return np.square(x - y).sum(), 2 * (x - y)


class BinaryCrossEntropyWithLogits(Pointwise):
    name = "binary_cross_entropy_with_logits"

    def loss(self, x, y):
        return F.binary_cross_entropy_with_logits(x, y, reduction="sum")

    def exact(self, x, y):
        return (y * log1pexp(-x) + (1 - y) * log1pexp(x)).sum(), (1 - y) * logistic(x) - y * logistic(-x)


class SigmoidFocal(Pointwise):
    name = "sigmoid_focal"

    def loss(self, x, y):
        return sigmoid_focal_loss(x, y, alpha=0.25, gamma=2, reduction="sum")

    def exact(self, x, y):
        own = np.where(y == 1, x, -x)  # the logit of the class that is right
        alpha = np.where(y == 1, 0.25, 0.75)
        p, q, nll = logistic(own), logistic(-own), log1pexp(-own)
        slope = -alpha * q**2 * (2 * p * nll + q)
        return (alpha * q**2 * nll).sum(), np.where(y == 1, slope, -slope)


class CrossEntropy:
    name = "cross_entropy"
    size = "rows={}/classes={}"

    def __init__(self, rows, classes):
        self.x = bell(rows, classes)
        self.y = random.integers(0, classes, rows)

    def loss(self, x, y):
        return F.cross_entropy(x, y, reduction="sum")

    def exact(self, x, y):
        shifted = x - x.max(axis=1, keepdims=True)
        e = np.exp(shifted)
        total = e.sum(axis=1, keepdims=True)
        rows = np.arange(len(y))
        grad = e / total
        grad[rows, y] = -(total[:, 0] - e[rows, y]) / total[:, 0]
        return (np.log(total[:, 0]) - shifted[rows, y]).sum(), grad


CASES = [
    (SquaredError, 65536),
    (SquaredError, 1 << 24),
    (BinaryCrossEntropyWithLogits, 65536),
    (BinaryCrossEntropyWithLogits, 1 << 24),
    (SigmoidFocal, 65536),
    (CrossEntropy, 4096, 10),
    (CrossEntropy, 4096, 80),
    (CrossEntropy, 4096, 1000),
    (CrossEntropy, 256, 50257),
]


def check(name, got, want, relative, absolute):
    wrong = np.abs(got - want) - relative * np.abs(want) - absolute
    if not (wrong <= 0).all():  # NaN is wrong too
        i = int(np.argmax(np.where(np.isnan(wrong), np.inf, wrong)))
        sys.exit(f"torch_peer: {name}[{i}] is {got.flat[i]}, truly {want.flat[i]}")


def measure(step):
    """The time of a call: the fewest calls, doubled from one, that take the time asked for."""
    calls = 1
    while True:
        begin = time.perf_counter()
        for _ in range(calls):
            step()
        elapsed = time.perf_counter() - begin
        if elapsed >= options.time:
            return calls, elapsed / calls
        calls = max(2 * calls, math.ceil(1.2 * calls * options.time / max(elapsed, 1e-6))) if elapsed > 0.01 else 2 * calls


def run(kind, *shape):
    names = {op: f"BenchmarkLoss/loss={kind.name}/op={op}/dtype=f32/impl={options.impl}/{kind.size.format(*shape)}" for op in ("sum", "sum_grad")}
    names = {op: name for op, name in names.items() if re.search(options.bench, name)}
    if not names:
        return
    case = kind(*shape)
    x = torch.from_numpy(case.x).requires_grad_()
    y = torch.from_numpy(case.y)
    want, grad = case.exact(case.x.astype(np.float64), case.y if case.y.dtype == np.int64 else case.y.astype(np.float64))
    state = {}

    def forward():
        with torch.no_grad():
            state["sum"] = case.loss(x, y)

    def training():
        x.grad = None
        total = case.loss(x, y)
        total.backward()
        state["sum"] = total.detach()

    # Beside the rounding of an element, the sums of a row.
    relative = RELATIVE + (case.x.shape[-1] / LANES * 2.0**-24 if case.x.ndim == 2 else 0)
    for op, name in names.items():
        step = {"sum": forward, "sum_grad": training}[op]

        def right():
            check(name + " sum", state["sum"].numpy().reshape(1).astype(np.float64), np.array([want]), relative, 0)
            if op == "sum_grad":
                check(name + " gradient", x.grad.numpy().astype(np.float64), grad, relative, ABSOLUTE)

        step()
        right()
        measure(step)  # warm
        for _ in range(options.count):
            calls, seconds = measure(step)
            print(f"{name}\t{calls}\t{1e9 * seconds:.1f} ns/op\t{1e9 * seconds / case.x.size:.5g} ns/elem", flush=True)
        right()


def processor():
    try:
        with open("/proc/cpuinfo") as f:
            return next(line.split(":", 1)[1].strip() for line in f if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def main():
    vectors = re.search(r"CPU capability usage: (.*)", torch.__config__.show())
    print("Unit ns/elem better=lower assume=nothing")
    print("goos: " + platform.system().lower())
    print("goarch: " + {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine()))
    print("pkg: github.com/lossproof/lossproof/bench")
    print("cpu: " + processor())
    print(f"torch: {torch.__version__} ({vectors.group(1) if vectors else 'unknown vectors'}), torchvision {torchvision.__version__}, {torch.get_num_threads()} thread")
    for case in CASES:
        run(*case)


main()
