from mpmath import mpf

from pieces import lovasz


def loss(c):
    return lovasz([1 - (2 * t - 1) * z for z, t in zip(c.x, c.y)], c.y, mpf(0))


def smooth(c):
    wrong = [1 - (2 * t - 1) * z for z, t in zip(c.x, c.y)]
    return 0 not in wrong and len(set(wrong)) == len(wrong)
