"""What the definitions in losses/ share."""

from mpmath import mpf, exp, inf, log, log1p


def sigmoid(x):
    return 1 / (1 + exp(-x))


def softplus(x):
    return log1p(exp(x)) if x < 0 else x + log1p(exp(-x))


def softmax(z):
    e = [exp(v - max(z)) for v in z]
    return [v / sum(e) for v in e]


def log_sum_exp(z):
    m = max(z)
    return m + log(sum(exp(v - m) for v in z))


def surprisal(w, p):
    """-w log p, with 0 log 0 = 0."""
    return mpf(0) if w == 0 else inf if p == 0 else -w * log(p)


def surprisal_slope(w, p):
    return mpf(0) if w == 0 else -inf if p == 0 else -w / p


def away(xs, edges):
    """Whether no number lies so near to an edge that a difference would reach across."""
    return all(abs(x - e) > mpf(10) ** -60 for x in xs for e in edges)
