from mpmath import mpf

from pieces import Boxes, smooth_boxes


def loss(c):
    b = Boxes(c)
    clamped = lambda value, grad: ([mpf(2)], [mpf(0)] * 4) if c.conventions["ciou_clamp"] != "none" and value[0] > 2 else (value, grad)
    if b.iou() is None or c.conventions["ciou_gate"] != "none" and not 2 * b.I > b.U:
        return clamped(*b.loss(b.distance()))
    return clamped(*b.loss(b.distance(), b.aspect(c.conventions["ciou_alpha"] == "constant")))


def smooth(c):
    return c.conventions["ciou_alpha"] != "constant" and c.conventions["ciou_aspect_gradient"] == "exact" and smooth_boxes(c)
