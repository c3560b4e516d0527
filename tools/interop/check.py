"""Checks exported models from Python. It needs TensorFlow, tensorflow-serving-api and no code of this project.

    check.py MODEL/VERSION...

It lists the signatures of each model and calls all of them. The results are compared with those of Java if they are in
MODEL/reference.json, which InteropTest.java writes. The exit status is 0 if all results agree.
"""

import json
import pathlib
import sys

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from noise import block_columns, noise

TOLERANCE = 1e-4

# Other runtimes have no operation that checks. The README says what these signatures expect.
UNCHECKED = {"serving_default", "log_prob", "logits", "start", "next_row_with_noise", "reduce"}


def start(signatures, images, known, seed, temperature):
    """Returns the state before the first row. A multi-scale model samples small images first."""
    if "complete_small" not in signatures:
        return signatures["start"](count=tf.constant(len(images)))
    reduced = signatures["reduce"](images=tf.constant(images), known=tf.constant(known))
    small = signatures["complete_small"](
        images=reduced["small"], known=reduced["known"], seed=seed, temperature=temperature
    )
    return signatures["start"](small=small["images"])


def sample_by_rows(signatures, images, known, seed, temperature):
    """Samples by rows: `start`, then `next_row` for each row with the state of the last one."""
    state = start(signatures, images, known, seed, temperature)
    rows = []
    for row in range(images.shape[1]):
        state = {name: tensor for name, tensor in state.items() if name.startswith("state_")}
        state = signatures["next_row"](
            row=tf.constant(row),
            known_values=tf.constant(images[:, row]),
            known=tf.constant(known[:, row]),
            seed=seed,
            temperature=temperature,
            **state,
        )
        rows.append(state["values"].numpy())
    return np.stack(rows, axis=1)


def sample_with_noise(version, signatures, images, known, seed, temperature):
    """Samples by rows with the random numbers of noise.py. The rows of two halves of the batch are at
    different heights: the second half begins a row later."""
    shape = signatures["logits"].structured_outputs["logits"].shape[1:]
    block = block_columns(f"{version}/assets.extra/pixelrnn.textproto")
    n, height = images.shape[:2]
    first = np.arange(n) >= n // 2
    state = start(signatures, images, known, seed, temperature)
    state = {name: tensor.numpy() for name, tensor in state.items()}
    sampled = np.zeros_like(images)
    for step in range(height + 1):
        rows = step - first
        now = np.flatnonzero((rows >= 0) & (rows < height))
        if now.size == 0:
            continue
        numbers = {row: noise(shape, block, int(seed), n, row) for row in set(rows[now])}
        result = signatures["next_row_with_noise"](
            row=tf.constant(rows[now], tf.int32),
            known_values=tf.constant(images[now, rows[now]]),
            known=tf.constant(known[now, rows[now]]),
            noise=tf.constant(np.stack([numbers[rows[image]][image] for image in now])),
            temperature=tf.fill([now.size], temperature),
            **{name: tf.constant(tensor[now]) for name, tensor in state.items()},
        )
        sampled[now, rows[now]] = result["values"].numpy()
        for name in state:
            state[name][now] = result[name].numpy()
    return sampled


def warmup_requests(version):
    """Yields the requests that warm up TensorFlow Serving: the names of signatures, and their inputs."""
    for record in tf.data.TFRecordDataset(f"{version}/assets.extra/tf_serving_warmup_requests"):
        log = prediction_log_pb2.PredictionLog.FromString(record.numpy())
        request = log.predict_log.request
        inputs = {key: tf.make_ndarray(tensor) for key, tensor in request.inputs.items()}
        yield request.model_spec.signature_name, inputs


def warmed_up(version, signatures):
    """Makes the calls that warm up TensorFlow Serving. Returns the names of their signatures."""
    names = []
    for name, inputs in warmup_requests(version):
        signatures[name](**{key: tf.constant(value) for key, value in inputs.items()})
        names.append(name)
    return sorted(names)


def accepted(version, signatures, levels):
    """Calls the signatures that check their inputs with wrong ones. Returns the calls without a proper error."""
    wrong = {
        "temperature": (-1, np.nan, np.inf),
        "count": (-1,),
        "row": (-1, 10**6),
        **({key: (levels,) for key in ("images", "known_values", "small")} if levels < 256 else {}),
    }
    calls = []
    for name, inputs in warmup_requests(version):
        if name in UNCHECKED:
            continue
        inputs = {**inputs, **{key: np.ones_like(inputs[key]) for key in ("known",) if key in inputs}}
        for key in wrong.keys() & inputs.keys():
            for value in wrong[key]:
                one = {**inputs, key: np.full_like(inputs[key], value)}
                try:
                    signatures[name](**{key: tf.constant(tensor) for key, tensor in one.items()})
                    calls.append(f"{name} takes {key} = {value}")
                except tf.errors.InvalidArgumentError as e:
                    if f"{key}: expected " not in e.message:
                        calls.append(f"{name} says of {key} = {value}: {e.message}")
    return calls


def small_first(signatures, count, seed, temperature):
    """Calls the signatures of multi-scale models: samples small images, then enlarges them."""
    if "sample_small" not in signatures:
        return {}
    small = signatures["sample_small"](
        count=tf.constant(count), seed=seed, temperature=temperature
    )["images"]
    large = signatures["upscale"](small=small, seed=seed, temperature=temperature)
    return {"sample_small": small.numpy(), "sample, small first": large["images"].numpy()}


def results(version, signatures, images, known, count, seed, temperature):
    """Calls every signature. Returns the results by their names in the reference."""
    seed = tf.constant(seed, tf.int64)
    temperature = tf.constant(temperature, tf.float32)
    likelihood = signatures["log_prob"](images=tf.constant(images))
    served = signatures["serving_default"](images=tf.constant(images))
    nothing = np.zeros((count,) + images.shape[1:], np.uint8)
    sample = signatures["sample"](count=tf.constant(count), seed=seed, temperature=temperature)
    complete = signatures["complete"](
        images=tf.constant(images), known=tf.constant(known), seed=seed, temperature=temperature
    )
    return {
        "log_prob": likelihood["log_prob"].numpy(),
        "log_prob, served": served["log_prob"].numpy(),
        "bits_per_dim": likelihood["bits_per_dim"].numpy(),
        "logits": signatures["logits"](images=tf.constant(images))["logits"].numpy(),
        "sample": sample["images"].numpy(),
        "sample, by rows": sample_by_rows(
            signatures, nothing, np.zeros(nothing.shape[:3], bool), seed, temperature
        ),
        "sample, with noise": sample_with_noise(
            version,
            signatures,
            nothing,
            np.zeros(nothing.shape[:3], bool),
            seed,
            temperature,
        ),
        "complete, with noise": sample_with_noise(
            version, signatures, images, known, seed, temperature
        ),
        "complete": complete["images"].numpy(),
        "complete, by rows": sample_by_rows(signatures, images, known, seed, temperature),
        **small_first(signatures, count, seed, temperature),
    }


def empty_batch_shapes(signatures, shape):
    """Calls signatures with an empty batch. Returns the shapes of the outputs."""
    none = np.zeros((0, *shape), np.uint8)
    seed, temperature = tf.constant(1, tf.int64), tf.constant(1.0)
    sample = signatures["sample"](count=tf.constant(0), seed=seed, temperature=temperature)
    complete = signatures["complete"](
        images=tf.constant(none),
        known=tf.constant(np.zeros(none.shape[:3], bool)),
        seed=seed,
        temperature=temperature,
    )
    return {
        "log_prob": signatures["log_prob"](images=tf.constant(none))["log_prob"].shape,
        "logits": signatures["logits"](images=tf.constant(none))["logits"].shape[:-1],
        "sample": sample["images"].shape,
        "complete": complete["images"].shape,
    }


def disagreement(found, expected):
    """Says how a result differs, or returns None. Levels must be equal, floats nearly equal."""
    expected = np.asarray(expected, found.dtype).reshape(found.shape)
    if found.dtype == np.uint8:
        wrong = np.count_nonzero(found != expected)
        return f"{wrong} of {found.size} levels differ" if wrong else None
    error = np.max(np.abs(found - expected))
    return None if error <= TOLERANCE else f"off by {error}, more than {TOLERANCE}"


def check(version):
    """Checks a model. Returns the number of complaints."""
    print(version)
    signatures = tf.saved_model.load(version).signatures
    for name in sorted(signatures):
        inputs = sorted(signatures[name].structured_input_signature[1])
        outputs = sorted(signatures[name].structured_outputs)
        print(f"{name}({', '.join(inputs)}) -> {', '.join(outputs)}")

    shape_of_logits = signatures["logits"].structured_outputs["logits"].shape
    shape = shape_of_logits[1:4]
    reference = pathlib.Path(version).parent / "reference.json"
    compared = reference.exists()
    if compared:
        expected = json.loads(reference.read_text())
    else:
        expected = {"images": np.zeros((2, *shape)), "count": 2, "seed": 1, "temperature": 1.0}
        expected["known"] = np.arange(2 * shape[0] * shape[1]) % 2 == 0
    images = np.asarray(expected["images"], np.uint8).reshape(-1, *shape)
    known = np.asarray(expected["known"], bool).reshape(images.shape[:3])

    found = results(
        version,
        signatures,
        images,
        known,
        expected["count"],
        expected["seed"],
        expected["temperature"],
    )
    wrong = 0
    for name, value in found.items():
        line = f"{name}: {value.dtype} {list(value.shape)}"
        if compared:
            # "sample" and "sample, by rows" have the same reference.
            complaint = disagreement(value, expected[name.split(",")[0]])
            wrong += complaint is not None
            line += f": {complaint or 'as in Java'}"
        print(line)

    for name, found_shape in empty_batch_shapes(signatures, shape).items():
        expected_shape = [0] if name == "log_prob" else [0, *shape]
        if list(found_shape) != expected_shape:
            print(f"{name} of no images: {found_shape}, expected {expected_shape}")
            wrong += 1

    for complaint in accepted(version, signatures, shape_of_logits[-1]):
        print(complaint)
        wrong += 1

    warm = warmed_up(version, signatures)
    if warm != sorted(signatures):
        print(f"warmup requests of {warm}, expected {sorted(signatures)}")
        wrong += 1
    return wrong


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    # All are checked, also after a complaint.
    sys.exit(1 if sum([check(version) for version in sys.argv[1:]]) else 0)
