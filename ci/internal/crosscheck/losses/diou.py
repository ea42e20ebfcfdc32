from pieces import Boxes, smooth_boxes


def loss(c):
    b = Boxes(c)
    return b.loss(b.distance())


smooth = smooth_boxes
