"""What every LCP/1 adapter in Python would repeat: the conversation and the numbers (impl/subject/lcp/PROTOCOL.md).

An adapter is a table of capabilities and a function that computes one case:

    import lcp
    lcp.take_stdout()  # before the library is imported: what it prints goes to stderr

    def evaluate(case):
        return values, gradient  # flat lists of floats; the gradient is None where there is none

    lcp.serve("mylib", mylib.__version__, capabilities, evaluate)

Nothing here touches what a library computes. Each case is a call of its own: in many libraries the bits of an element depend
on its place in the array, and cases in one array would lend each other bits. Needs the standard library only.
"""
import json
import math
import os
import platform
import struct
import sys

FORMATS = ("f64", "f32", "bf16", "f16")  # dtypes, the widest first
DIGITS = {"f64": 16, "f32": 8, "bf16": 4, "f16": 4}
PACKED = {"f64": "d", "f32": "f", "f16": "e"}  # as struct names them; it has no bf16
CLASSES = ("prediction", "target", "label", "weight", "parameter", "convention", "reduction", "shape", "empty_mean")

# Of bfloat16: bits of the significand, and exponents of the smallest positive number and of what is beyond the largest.
BF16_PRECISION, BF16_TINY, BF16_BEYOND = 8, -133, 128


class Unsupported(Exception):
    """The library cannot be asked this one case. The case is skipped, and listed with the reason."""


class Refused(Exception):
    """The library refused the input, and says of which class the mistake is."""

    def __init__(self, kind, message):
        if kind not in CLASSES:
            raise ValueError(f"lcp: no class of errors {kind!r}: want one of {', '.join(CLASSES)}")
        super().__init__(message)
        self.kind = kind


# ---- numbers ----


def decode(dtype, bits):
    """The numbers whose encodings are given, as floats, which hold each exactly."""
    for text in bits:
        if len(text) != DIGITS[dtype]:
            raise ValueError(f"lcp: {text!r} is no number of {dtype}: want {DIGITS[dtype]} hexadecimal digits")
    if dtype == "bf16":  # the upper half of a binary32
        return decode("f32", [text + "0000" for text in bits])
    return list(struct.unpack(f">{len(bits)}{PACKED[dtype]}", bytes.fromhex("".join(bits))))


def encode(dtype, numbers):
    """The encodings of floats in the dtype, each rounded once, to nearest even."""
    if dtype == "bf16":
        return [text[:4] for text in encode("f32", [round_to_bf16(x) for x in numbers])]
    code = PACKED[dtype]
    try:
        text = struct.pack(f">{len(numbers)}{code}", *numbers).hex()
    except OverflowError:  # struct refuses what rounds to an infinity
        text = "".join(_pack_or_infinity(code, x) for x in numbers)
    width = DIGITS[dtype]
    return [text[i:i + width] for i in range(0, len(text), width)]


def _pack_or_infinity(code, x):
    try:
        return struct.pack(">" + code, x).hex()
    except OverflowError:
        return struct.pack(">" + code, math.copysign(math.inf, x)).hex()


def round_to_bf16(x):
    """The bfloat16 nearest to x, ties to even. By way of float32 it would be rounded twice."""
    if x == 0 or not math.isfinite(x):
        return x
    _, exponent = math.frexp(x)  # |x| is below 2**exponent, and at least half of it
    unit = max(exponent - BF16_PRECISION, BF16_TINY)
    n = round(math.ldexp(x, -unit))  # exact, then to nearest even
    rounded = math.copysign(math.ldexp(abs(n), unit), x)
    return rounded if abs(rounded) < 2.0**BF16_BEYOND else math.copysign(math.inf, x)


# ---- cases ----

# How far from 1 the sum of a row of probabilities may be through the rounding of each, in units of 2 to the minus precision.
ROUNDINGS_EACH = 1
PRECISION = {"f64": 53, "f32": 24, "bf16": BF16_PRECISION, "f16": 11}


class Case:
    """One case of an eval message, its numbers as flat lists of floats, None where there are none."""

    __slots__ = ("loss", "dtype", "reduction", "conventions", "params", "rows", "cols", "pred", "target", "label", "weight", "upstream")

    def __init__(self, head, params, given):
        self.loss, self.dtype, self.reduction = head["loss"], head["dtype"], head["reduction"]
        self.conventions, self.params = head["conventions"], params
        self.rows, self.cols, self.label = given["rows"], given["cols"], given.get("label")
        for name in ("pred", "target", "weight", "upstream"):
            bits = given.get(name)
            setattr(self, name, None if bits is None else decode(self.dtype, bits))

    @property
    def shape(self):
        return self.rows, self.cols

    @property
    def is_mean(self):
        return self.reduction.startswith("mean/")

    def scalar(self, name):
        """The value of a parameter that is one number; None where it is switched off."""
        value = self.params[name]
        return value[0] if isinstance(value, list) else value

    def per_class(self, name):
        """The values of a parameter that has one for each class; one for all is spread. None where it is switched off."""
        value = self.params[name]
        return value * self.cols if value is not None and len(value) == 1 else value


def need_sum_of_1(row, dtype, what):
    """Skips a case with a row that does not sum to 1, for a library that thinks of those otherwise than the catalogue."""
    total = math.fsum(row)
    if not abs(total - 1) <= ROUNDINGS_EACH * len(row) * 2.0 ** -PRECISION[dtype]:
        raise Unsupported(f"{what} that sum to {total} and not to 1, with a convention that the catalogue does not have")


def need_distributions(case):
    """need_sum_of_1 of each row of targets."""
    for i in range(case.rows):
        need_sum_of_1(case.target[i * case.cols:(i + 1) * case.cols], case.dtype, "targets")


def decode_params(dtype, params):
    return {name: decode(dtype, value) if isinstance(value, list) else value for name, value in params.items()}


def capability(loss, formats=("f64", "f32"), outputs=("value", "grad"), reductions=("none",), **more):
    """What is computed of one loss, as hello says it. more: targets, weights, refuses, params, fixed, conventions."""
    return {"loss": loss, "formats": list(formats), "outputs": list(outputs), "reductions": list(reductions), **more}


# ---- the conversation ----

_stdout = None


def take_stdout():
    """Keeps standard output for the protocol: whatever else is printed from now on, by any language, goes to standard error."""
    global _stdout
    if _stdout is None:
        sys.stdout.flush()
        _stdout = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        sys.stdout = sys.stderr


def serve(name, version, capabilities, evaluate, environment=None, carry=None, lines=None, out=None):
    """Answers messages until stop, or until the input ends.

    evaluate(case) returns value and gradient, and third, where it declares them, a dictionary with targetGrad and hess; what it raises is the answer to that case: Unsupported skips it, Refused and any
    other exception are an error. carry(dtype, numbers) puts numbers into the library's own array and takes them out again,
    so that the echo goes the way of the cases.
    """
    if lines is None:
        take_stdout()
    lines = sys.stdin if lines is None else lines
    out = _stdout if out is None else out
    declared = {(c["loss"], dtype) for c in capabilities for dtype in c["formats"]}
    formats = {dtype for _, dtype in declared}

    def send(message):
        out.write(json.dumps(message, separators=(",", ":"), allow_nan=False) + "\n")
        out.flush()

    for line in lines:
        message = json.loads(line)
        kind = message["type"]
        if kind == "hello":
            send({"type": "hello", "protocol": "LCP/1", "name": name, "version": version,
                  "environment": {"language": "Python " + platform.python_version(), **(environment or {})},
                  "capabilities": capabilities})
        elif kind == "echo":
            if message["dtype"] in formats:  # of any other there is no answer
                numbers = decode(message["dtype"], message["bits"])
                if carry is not None:
                    numbers = carry(message["dtype"], numbers)
                send({**message, "bits": encode(message["dtype"], numbers)})
        elif kind == "eval":
            has = (message["loss"], message["dtype"]) in declared
            for answer in answers(message, evaluate if has else _lacks):
                send(answer)
        elif kind == "stop":
            break
        else:
            raise ValueError(f"lcp: a message of type {kind!r}")


def _lacks(case):
    raise Unsupported(f"no {case.loss} in {case.dtype}")


def answers(message, evaluate):
    """The answers to the cases of an eval message, in their order, each as soon as it is there."""
    params = decode_params(message["dtype"], message["params"])
    for c in message["cases"]:
        yield {"type": "answer", "id": c["id"], **_answer(message, params, c["in"], evaluate)}


def _answer(head, params, given, evaluate):
    try:
        value, grad, *further = evaluate(Case(head, params, given))
    except Unsupported as reason:
        return {"unsupported": str(reason) or "no reason is given"}
    except Refused as refusal:
        return {"error": {"class": refusal.kind, "message": str(refusal)}}
    except Exception as problem:  # of the library: that is its answer
        return {"error": {"message": f"{type(problem).__name__}: {problem}"[:400]}}
    result = {"value": encode(head["dtype"], value)}
    if grad is not None:
        result["grad"] = encode(head["dtype"], grad)
    for output, numbers in (further[0] if further else {}).items():
        result[output] = encode(head["dtype"], numbers)
    return result
