from mpmath import mpf


def loss(c):
    best = [k for k, v in enumerate(c.x) if v == max(c.x)]
    k = best[-1 if c.conventions["argmax_tie"] == "last" else 0]
    return [mpf(k != c.t)], [mpf(0)] * len(c.x)


def smooth(c):
    return False  # it jumps
