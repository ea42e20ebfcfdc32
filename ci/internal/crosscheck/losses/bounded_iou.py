from mpmath import mpf, sign

from pieces import away


def parts(c):
    """By axis: twice the difference of the centres, and the sides."""
    return [(c.x[t] + c.x[t + 2] - c.y[t] - c.y[t + 2], c.x[t + 2] - c.x[t], c.y[t + 2] - c.y[t]) for t in (0, 1)]


def loss(c):
    beta, total, grad = c.scalar("beta"), mpf(0), [mpf(0)] * 4
    for t, (d, w, v) in enumerate(parts(c)):
        # what is left of I/U, and its slopes by d and by w
        centre, by_d, sides, by_w = mpf(0), mpf(0), mpf(0), mpf(0)
        if v:
            if abs(d) < v:
                centre, by_d = (v - abs(d)) / (v + abs(d)), -2 * v * sign(d) / (v + abs(d)) ** 2
            sides = min(w / v, v / w) if w else mpf(0)
            by_w = 1 / v if w < v else -v / w**2 if w > v else mpf(0)
        for left, slopes in ((centre, (by_d, by_d)), (sides, (-by_w, by_w))):
            x = 1 - left
            bent, rising = (x**2 / (2 * beta), x / beta) if x < beta else (x - beta / 2, mpf(1))
            total += bent
            grad[t] -= rising * slopes[0]
            grad[t + 2] -= rising * slopes[1]
    return [total], grad


def smooth(c):
    kinks = [x for d, w, v in parts(c) for x in (abs(d) - v, d, w - v, w, v)]
    return away(kinks, [0])
