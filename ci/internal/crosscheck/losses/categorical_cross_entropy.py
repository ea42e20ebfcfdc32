from mpmath import mpf

from pieces import surprisal, surprisal_slope, away


def loss(c):
    value, grad = mpf(0), []
    for k, y in enumerate(c.distribution()):
        p, slope = c.clipped(c.x[k])
        w = c.per_class("weight", k) * y
        value += surprisal(w, p)
        grad.append(surprisal_slope(w, p) * slope if slope else mpf(0))
    return [value], grad


def smooth(c):
    return away(c.x, [mpf(0), mpf(1)] + (c.clip or []))
