from mpmath import exp, expm1, mpf, sqrt


def loss(c):
    p, q, scale = c.x, c.y, c.scalar("scale")
    centre = [(p[t] + p[t + 2] - q[t] - q[t + 2]) / 2 for t in (0, 1)]
    side = [(p[t + 2] - p[t] - q[t + 2] + q[t]) / 2 for t in (0, 1)]
    distance = sqrt(sum(d**2 for d in centre + side))
    if not distance:
        end = 1 / (sqrt(mpf(2)) * scale)
        return [mpf(0)], [(-end, end)] * 4
    slope = exp(-distance / scale) / scale / distance / 2
    return [-expm1(-distance / scale)], [slope * (centre[k % 2] + (side[k % 2] if k > 1 else -side[k % 2])) for k in range(4)]


def smooth(c):
    return c.x != c.y
