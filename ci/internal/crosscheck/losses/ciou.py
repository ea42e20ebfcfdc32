from mpmath import atan2, mpf, pi

from pieces import Boxes, smooth_boxes


def loss(c):
    b = Boxes(c)
    share = b.iou()
    gated = c.conventions["ciou_gate"] != "none" and not 2 * b.I > b.U
    if share is None or gated or b.p == b.q or b.w == [0, 0] or b.v == [0, 0]:
        return b.loss(b.distance())
    w, h = b.w
    turn = atan2(b.v[0], b.v[1]) - atan2(w, h)
    v, s = 4 / pi**2 * turn**2, 1 - share[0]
    alpha = v / (s + v) if v else mpf(0)
    dv = [8 / pi**2 * turn * b.dw[k] * (w if k % 2 else -h) / (w**2 + h**2) for k in range(4)]
    held = c.conventions["ciou_alpha"] == "constant"
    slope = lambda k: alpha * dv[k] if held else alpha * (2 - alpha) * dv[k] + alpha**2 * share[1][k]
    return b.loss(b.distance(), (alpha * v, [slope(k) for k in range(4)]))


def smooth(c):
    return c.conventions["ciou_alpha"] != "constant" and smooth_boxes(c)
