from pieces import Boxes, smooth_boxes


def loss(c):
    b = Boxes(c)
    if b.iou() is None or c.conventions["ciou_gate"] != "none" and not 2 * b.I > b.U:
        return b.loss(b.distance())
    return b.loss(b.distance(), b.aspect(c.conventions["ciou_alpha"] == "constant"))


def smooth(c):
    return c.conventions["ciou_alpha"] != "constant" and smooth_boxes(c)
