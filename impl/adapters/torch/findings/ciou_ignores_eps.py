# finding: ciou.*/*
# torchvision's complete_box_iou_loss has a parameter eps, and adds 1e-7 to two of its three denominators whatever eps is: two equal boxes
# with an edge of 1e-4 have the loss 0.909, as distance_box_iou_loss has with the default, and with eps=1e-30 that has 0.
import sys

import torch
from torchvision.ops import complete_box_iou_loss, distance_box_iou_loss

box = torch.tensor([[0.0, 0.0, 1e-4, 1e-4]], dtype=torch.float64)
got = complete_box_iou_loss(box, box, eps=1e-30).item()
print("complete_box_iou_loss of two equal boxes with an edge of 1e-4, eps=1e-30")
print("got ", got)
print("want 0.0")
print("distance_box_iou_loss of the same is", distance_box_iou_loss(box, box, eps=1e-30).item())
sys.exit(1 if got > 1e-9 else 0)
