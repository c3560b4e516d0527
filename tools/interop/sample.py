#!/usr/bin/env python3
"""Samples images from an exported model and prints them.

usage: sample.py MODEL_VERSION_FOLDER [COUNT [SEED]]
"""

import sys

import tensorflow as tf

if len(sys.argv) < 2:
    sys.exit(__doc__)
count, seed = (int(n) for n in (sys.argv[2:] + ["3", "1"][len(sys.argv) - 2 :])[:2])

model = tf.saved_model.load(sys.argv[1])
images = model.signatures["sample"](
    count=tf.constant(count),
    seed=tf.constant(seed, tf.int64),
    temperature=tf.constant(1.0),
)["images"]
nats = model.signatures["log_prob"](images=images)["log_prob"]

brightest = model.signatures["logits"].structured_outputs["logits"].shape[-1] - 1
for image, log_prob in zip(images.numpy(), nats.numpy()):
    print(f"log p(x) = {log_prob:.2f} nats")
    for row in image.mean(axis=-1) / brightest:
        print("".join(" .:-=+*#%@"[round(9 * value)] * 2 for value in row))
