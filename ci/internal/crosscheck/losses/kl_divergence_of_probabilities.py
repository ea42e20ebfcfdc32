from mpmath import inf, log, mpf

from pieces import away, divergence, surprisal_slope


def floor(c):
    return mpf(1e-7) if c.conventions["probability_floor"] == "1e-7" else mpf(0)


def loss(c):
    p, q = ([max(v, floor(c)) for v in vs] for vs in (c.x, c.y))
    value = divergence(q, [-log(v) if v else inf for v in p])
    return [value], [surprisal_slope(w, v) if v == x else mpf(0) for w, v, x in zip(q, p, c.x)]


def smooth(c):
    return away(c.x, [mpf(0), mpf(1), floor(c)])
