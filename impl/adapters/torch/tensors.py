"""What the adapters of libraries on PyTorch share: tensors of a case, the gradient by autograd, and which dtypes a call computes in."""
import importlib.util
import os
import re
import sys
import types

from lossproof import lcp

lcp.take_stdout()
import torch

DTYPES = {"f64": torch.float64, "f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}
DEVICE = os.environ.get("LOSSPROOF_TORCH_DEVICE") or ("cuda" if torch.cuda.is_available() else "cpu")

# What torch and libraries on it raise, as RuntimeError, where they do not compute in a dtype; it has no type of its own for it.
NOT_COMPUTED = re.compile("not implemented for|expected scalar type|same dtype|Found dtype")


def bare(package):
    """Has modules of the package imported without its own __init__, and so without what else that imports."""
    module = types.ModuleType(package)
    module.__path__ = importlib.util.find_spec(package).submodule_search_locations
    sys.modules[package] = module


def tensor(case, numbers, shape=None):
    t = torch.tensor(numbers, dtype=DTYPES[case.dtype], device=DEVICE)
    return t if shape is None else t.reshape(shape)


def optional(case, numbers, shape=None):
    return None if numbers is None else tensor(case, numbers, shape)


def labels(case):
    return torch.tensor(case.label, dtype=torch.int64, device=DEVICE)


def target(case):
    return tensor(case, case.target, case.shape)


def each_row(function):
    """The values of a function of one set of numbers and its target, each of the shape (1, 1, n), for every row."""

    def call(case, x):
        if case.rows == 0:
            raise lcp.Unsupported("sets are asked one by one, and here is none")
        shape = (case.rows, 1, 1, case.cols)
        return torch.stack([function(case, p, t).reshape(()) for p, t in zip(x.reshape(shape), target(case).reshape(shape))])

    return call


def boxes(case, x):
    """Predicted and true boxes, four coordinates each."""
    return x.reshape(-1, 4), tensor(case, case.target, (-1, 4))


def reduction(case):
    return "mean" if case.is_mean else case.reduction


def numbers_of(t):
    return t.detach().cpu().double().flatten().tolist()


# Enough of a case for every call, to see what it computes in which dtype: default parameters as the catalogue has them.
PARAMS = {"pos_weight": [1.0], "weight": None, "ignore_index": None, "label_smoothing": [0.0], "alpha": [0.25], "beta": [0.75], "gamma": [2.0],
          "gamma_pos": [1.0], "gamma_neg": [4.0], "clip": [0.0625], "delta": [1.0], "margin": [1.0], "epsilon": [1.0], "exponent": [1.0], "quantile": [0.5],
          "power": [3.0], "smooth_numerator": [1.0], "smooth_denominator": [1.0], "image_width": [8.0], "image_height": [8.0], "box_epsilon": [1e-7]}


def serve(name, version, calls, declared, environment):
    """Answers with calls[loss](case, predictions), and its gradient. declared lists pairs of a loss and what is declared of it; each is
    declared in the dtypes in which the call computes, with a gradient where there is one. Lists of outputs and of dtypes in it stand."""
    value_only = {(loss, dtype) for loss, more in declared if more.get("outputs") == ["value"] for dtype in DTYPES}

    def evaluate(case):
        x = tensor(case, case.pred, case.shape).requires_grad_()
        value = calls[case.loss](case, x)
        if (case.loss, case.dtype) in value_only:
            return numbers_of(value), None
        upstream = torch.ones_like(value) if case.upstream is None else tensor(case, case.upstream, case.shape)
        [grad] = torch.autograd.grad(value, x, upstream)
        return numbers_of(value), numbers_of(grad)

    def computes(loss, dtype, more):
        given = {"rows": 1, "cols": 4, "pred": lcp.encode(dtype, [0.25, 0.5, 0.75, 1.0])}
        kind = more.get("targets", [])
        given.update({"label": [1]} if kind == ["label"] else {"target": lcp.encode(dtype, [1.5] if kind == ["position"] else [0.0, 0.0, 1.0, 1.0])})
        conventions = {name: values[0] for name, values in more.get("conventions", {}).items()}
        try:
            evaluate(lcp.Case({"loss": loss, "dtype": dtype, "reduction": more["reductions"][0], "conventions": conventions},
                              {**PARAMS, **{name: value or None for name, value in more.get("fixed", {}).items()}}, given))
        except RuntimeError as problem:
            if not NOT_COMPUTED.search(str(problem)):
                raise
            return False
        return True

    capabilities = []
    for loss, more in declared:
        more = {"reductions": ["none"], **more}
        outputs, dtypes = more.pop("outputs", None), more.pop("dtypes", DTYPES)
        formats = {("value", "grad"): [], ("value",): []}
        for dtype in dtypes:
            if computes(loss, dtype, more):
                formats[("value",) if (loss, dtype) in value_only else ("value", "grad")].append(dtype)
            elif outputs is None:
                value_only.add((loss, dtype))
                if computes(loss, dtype, more):
                    formats["value",].append(dtype)
        capabilities += [lcp.capability(loss, of, outs, **more) for outs, of in formats.items() if of]

    torch.set_num_threads(1)
    environment = {"device": DEVICE, **environment}
    if DEVICE != "cpu":
        environment["accelerator"] = torch.cuda.get_device_name(DEVICE)
    lcp.serve(name, version, capabilities, evaluate, environment,
              carry=lambda dtype, numbers: numbers_of(torch.tensor(numbers, dtype=DTYPES[dtype], device=DEVICE)))
