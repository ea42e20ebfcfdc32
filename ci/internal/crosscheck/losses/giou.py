from pieces import Boxes, smooth_boxes


def loss(c):
    b = Boxes(c)
    return b.loss(b.waste())


smooth = smooth_boxes
