from mpmath import mpf

from pieces import surprisal, surprisal_slope, away


def loss(c):
    y = c.y[0]
    p, slope = c.clipped(c.x[0])
    value = surprisal(y, p) + surprisal(1 - y, 1 - p)
    grad = surprisal_slope(y, p) - surprisal_slope(1 - y, 1 - p)
    return [value], [grad * slope if slope else mpf(0)]


def smooth(c):
    return away(c.x, [mpf(0), mpf(1)] + (c.clip or []))
