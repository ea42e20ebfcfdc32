from mpmath import mpf

from pieces import away


def loss(c):
    p, q = c.x, c.y
    sides = [p[2] - p[0], p[3] - p[1]]
    shared = [max(mpf(0), min(p[k + 2], q[k + 2]) - max(p[k], q[k])) for k in (0, 1)]
    overlap, total = shared[0] * shared[1], sides[0] * sides[1] + (q[2] - q[0]) * (q[3] - q[1])
    if total == 0:
        return [mpf(1)], [mpf(0)] * 4
    grad = []
    for k in range(4):
        inside = (p[k] > q[k] if k < 2 else p[k] < q[k]) and shared[k % 2] > 0
        sign = -1 if k < 2 else 1
        grad.append((overlap * sign * sides[1 - k % 2] - inside * sign * shared[1 - k % 2] * total) / total**2)
    return [1 - overlap / total], grad


def smooth(c):
    return all(away([c.x[k], c.x[k + 2]], [c.y[k], c.y[k + 2]]) for k in (0, 1)) and c.x[0] < c.x[2] and c.x[1] < c.x[3]
