from pieces import Boxes, smooth_boxes


def loss(c):
    size = c.scalar("image_width") ** 2 + c.scalar("image_height") ** 2
    apart = [p - q for p, q in zip(c.x, c.y)]
    return Boxes(c).loss((sum(d**2 for d in apart) / size, [2 * d / size for d in apart]))


smooth = smooth_boxes
