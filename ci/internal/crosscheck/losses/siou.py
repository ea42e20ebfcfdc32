from mpmath import exp, expm1, sign

from pieces import Boxes, away, smooth_boxes


def loss(c):
    b = Boxes(c)
    terms, p, square = [], [abs(d) for d in b.d], b.d[0] ** 2 + b.d[1] ** 2
    if square:
        gamma, way = 2 - 2 * p[0] * p[1] / square, 1 if c.conventions["siou_gamma"] == "positive" else -1
        for t in (0, 1):
            if not b.c[t]:
                continue
            r, slopes = (b.d[t] / b.c[t]) ** 2, []
            for k in range(4):
                # of the size of the difference of centres that coordinate k moves, by half of it
                other = p[1 - k % 2]
                bend = -sign(b.d[k % 2]) * other * (other**2 - p[k % 2] ** 2) / square**2
                further = (b.d[t] / b.c[t] ** 2 - 2 * r * b.dc[k] / b.c[t]) if k % 2 == t else 0
                slopes.append(-way * exp(way * gamma * r) * (gamma * further + r * bend) / 2)
            terms.append((-expm1(way * gamma * r) / 2, slopes))
    for t in (0, 1):
        w, v = b.w[t], b.v[t]
        if w != v:
            x = -expm1(-abs(w - v) / max(w, v))
            slope = 2 * x**3 * (1 - x) * (v / w**2 if w > v else -1 / v)
            terms.append((x**4 / 2, [slope * b.dw[k] if k % 2 == t else 0 for k in range(4)]))
    return b.loss(*terms)


def smooth(c):
    centre = lambda b, t: b[t] + b[t + 2]
    return smooth_boxes(c) and all(away([centre(c.x, t)], [centre(c.y, t)]) for t in (0, 1))
