#!/usr/bin/env python3
"""Checks that an exported model says to Python what it says to Java.

Needs TensorFlow and nothing of this project's. A reference folder holds what Java was told:

    model             the export, a SavedModel
    reference.json    each array's type and shape, and the arguments of the calls
    NAME.bin          the arrays, little-endian

usage: check.py REFERENCE_FOLDER...
"""

import json
import pathlib
import sys

import numpy as np
import tensorflow as tf

TOLERANCE = 1e-4


def check(folder):
    reference = json.loads((folder / "reference.json").read_text())
    arrays = {
        name: np.fromfile(folder / f"{name}.bin", dtype=array["type"]).reshape(array["shape"])
        for name, array in reference["arrays"].items()
    }
    model = tf.saved_model.load(str(folder / "model"))
    calls = model.signatures
    print(f"{folder.name}: {', '.join(sorted(calls))}")

    seed = tf.constant(reference["seed"], tf.int64)
    temperature = tf.constant(reference["temperature"], tf.float32)
    count = tf.constant(reference["count"], tf.int32)
    images = tf.constant(arrays["images"])
    known = tf.constant(arrays["known"].astype(bool))

    for signature in ("log_prob", "serving_default"):
        close(f"{signature}: log_prob", calls[signature](images=images)["log_prob"], arrays["log_prob"])
    nats = calls["log_prob"](images=images)["log_prob"].numpy()
    dimensions = np.prod(images.shape[1:])
    close(
        "log_prob: bits_per_dim",
        calls["log_prob"](images=images)["bits_per_dim"],
        -nats / (dimensions * np.log(2)),
    )
    close("logits", calls["logits"](images=images)["logits"], arrays["logits"])

    draw = {"seed": seed, "temperature": temperature}
    equal("sample", calls["sample"](count=count, **draw)["images"], arrays["sample"])
    completed = calls["complete"](images=images, known=known, **draw)["images"]
    equal("complete", completed, arrays["complete"])

    height, width, channels = images.shape[1:]
    state = calls["start"](count=count)
    rows = []
    for row in range(height):
        drawn = calls["next_row"](
            row=tf.constant(row, tf.int32),
            known_values=tf.zeros([reference["count"], width, channels], tf.uint8),
            known=tf.zeros([reference["count"], width], tf.bool),
            **draw,
            **state,
        )
        rows.append(drawn["values"])
        state = {name: value for name, value in drawn.items() if name.startswith("state_")}
    equal("start, next_row", np.stack(rows, axis=1), arrays["sample"])


def close(what, found, expected):
    found = np.asarray(found)
    assert found.shape == expected.shape, f"{what}: shape {found.shape}, not {expected.shape}"
    difference = np.max(np.abs(found - expected))
    assert difference <= TOLERANCE, f"{what}: differs by {difference}, more than {TOLERANCE}"
    print(f"  {what}: within {difference:.1e}")


def equal(what, found, expected):
    found = np.asarray(found)
    assert found.shape == expected.shape, f"{what}: shape {found.shape}, not {expected.shape}"
    different = np.count_nonzero(found != expected)
    assert different == 0, f"{what}: {different} of {expected.size} levels differ"
    print(f"  {what}: equal")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for argument in sys.argv[1:]:
        check(pathlib.Path(argument))
