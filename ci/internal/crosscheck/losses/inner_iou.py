from copy import copy

from pieces import Boxes, smooth_boxes


def scaled(c):
    r, inner = c.scalar("ratio"), copy(c)
    inner.x, inner.y = [[((1 + r) * b[k] + (1 - r) * b[(k + 2) % 4]) / 2 for k in range(4)] for b in (c.x, c.y)]
    return inner, r


def loss(c):
    inner, r = scaled(c)
    value, grad = Boxes(inner).loss()
    return value, [((1 + r) * grad[k] + (1 - r) * grad[(k + 2) % 4]) / 2 for k in range(4)]


def smooth(c):
    return smooth_boxes(scaled(c)[0])
