from mpmath import exp

from pieces import Boxes, smooth_boxes


def loss(c):
    b = Boxes(c)
    share = b.iou()
    if share is None:
        return b.loss()
    rho, slopes = b.distance()
    square = b.c[0] ** 2 + b.c[1] ** 2
    if c.conventions["wiou_hull"] == "constant" and square:
        slopes = [b.d[k % 2] / square for k in range(4)]
    s = 1 - share[0]
    return [exp(rho) * s], [exp(rho) * (s * slopes[k] - share[1][k]) for k in range(4)]


def smooth(c):
    return c.conventions["wiou_hull"] != "constant" and smooth_boxes(c)
