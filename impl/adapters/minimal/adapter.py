#!/usr/bin/env python3
"""A minimal LCP/1 adapter (impl/subject/lcp/PROTOCOL.md). Your own loss goes into LOSSES: a function of prediction
and target (rowwise: of a row of scores and a label) that returns value and gradient."""
import json
import math
import platform
import struct
import sys

CODES = {"f64": ">d", "f32": ">f"}  # how struct writes a number of the dtype
OVERFLOW = float.fromhex("0x1.ffffffp127")  # where rounding to float32 begins to give an infinity


def decode(dtype, bits):
    return [struct.unpack(CODES[dtype], bytes.fromhex(text))[0] for text in bits]


def encode(dtype, numbers):
    if dtype == "f32":  # struct refuses what rounds to an infinity of float32
        numbers = [math.copysign(math.inf, x) if abs(x) >= OVERFLOW else x for x in numbers]
    return [struct.pack(CODES[dtype], x).hex() for x in numbers]


def softplus(x):  # log(1 + e^x)
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def weighted(weight, x):  # what has no weight does not count, even when it is infinite
    return weight * x if weight else 0.0


def squared_error(x, y):
    return (x - y) * (x - y), 2 * (x - y)


def binary_cross_entropy_with_logits(z, y):
    value = weighted(y, softplus(-z)) + weighted(1 - y, softplus(z))
    return value, (1 - y) * sigmoid(z) - y * sigmoid(-z)


def cross_entropy(scores, label):
    top = max(scores)
    if any(map(math.isnan, scores)) or math.isinf(top) and (top < 0 or scores.count(top) > 1):
        return math.nan, [math.nan] * len(scores)
    below = [0.0 if z == top else z - top for z in scores]  # inf - inf is no number
    powers = [math.exp(d) for d in below]
    first = scores.index(top)
    rest = math.fsum(powers[:first] + powers[first + 1:])  # exp(0) of the top one left out
    gradient = [p / (1 + rest) for p in powers]
    gradient[label] = -math.fsum(powers[:label] + powers[label + 1:]) / (1 + rest)
    return math.log1p(rest) - below[label], gradient


LOSSES = {"squared_error": squared_error, "cross_entropy": cross_entropy,
          "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits}


def answer(loss, dtype, given):
    if loss not in LOSSES or dtype not in CODES:
        return {"unsupported": f"no {loss} in {dtype}"}
    pred, cols = decode(dtype, given["pred"]), given["cols"]
    if "label" in given:  # a label for each row
        rows = [pred[i:i + cols] for i in range(0, len(pred), cols)]
        results = [LOSSES[loss](row, label) for row, label in zip(rows, given["label"])]
        gradient = [g for _, row in results for g in row]
    else:  # a target for each number
        results = [LOSSES[loss](x, y) for x, y in zip(pred, decode(dtype, given["target"]))]
        gradient = [g for _, g in results]
    return {"value": encode(dtype, [value for value, _ in results]), "grad": encode(dtype, gradient)}


def send(message):
    print(json.dumps(message), flush=True)


for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "hello":
        send({"type": "hello", "protocol": "LCP/1", "name": "minimal adapter", "version": "1",
              "environment": {"language": "Python " + platform.python_version()},
              "capabilities": [{"loss": loss, "formats": list(CODES), "outputs": ["value", "grad"],
                                "targets": ["label", "number"]} for loss in LOSSES]})
    elif message["type"] == "echo" and message["dtype"] in CODES:
        send(dict(message, bits=encode(message["dtype"], decode(message["dtype"], message["bits"]))))
    elif message["type"] == "eval":
        for case in message["cases"]:
            try:
                result = answer(message["loss"], message["dtype"], case["in"])
            except Exception as problem:  # what it cannot make sense of, it refuses
                result = {"error": {"message": repr(problem)}}
            send({"type": "answer", "id": case["id"], **result})
    elif message["type"] == "stop":
        break
