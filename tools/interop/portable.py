"""Checks that the portable signatures of exported models give in ONNX Runtime, in TensorFlow Lite and in TensorFlow.js
what they give in TensorFlow. The conversions are those of the README.

    portable.py ONNX MODEL[:SIGNATURE,...]...

It keeps the ONNX files of the newest version of each model in the folder ONNX/NAME. A SIGNATURE is `log_prob`, `logits` or
`next_row_with_noise`, which also checks `start`; without names all are checked. `start` and `next_row_with_noise` are
converted to ONNX only, and `logits` alone to TensorFlow.js.
The images are noise and, for `log_prob`, also sampled from the model. The exit status is 0 if all results agree.
"""

import gc
import pathlib
import shutil
import subprocess
import sys
from unittest import mock

import numpy as np
import onnxruntime
import tensorflow as tf
from tf2onnx import convert

import inline

# TensorFlow.js' converter imports packages for other kinds of models. They are large, and not needed here.
for other in "jax", "jax.experimental", "tensorflow_decision_forests", "tensorflow_hub", "tf_keras":
    sys.modules[other] = mock.MagicMock()
from tensorflowjs.converters import converter

# log_prob is in nats.
TOLERANCES = {"log_prob": 1e-3, "bits_per_dim": 1e-5, "logits": 1e-4}
# A large number has large float32 steps: the log_prob of noise under a model of CIFAR-10 is some
# -45,000 nats, in steps of 0.004. The runtimes add the same terms in the same order, but the terms differ in their last digits.
# So the last additions may be rounded differently. In 400 images the sums differed by at most 2 steps and 1e-3.
STEPS = {"log_prob": 2}
STATE_TOLERANCE = 1e-4


def onnx_session(version, signature, folder):
    """Converts a signature with the README's command, and opens the result."""
    file = folder / f"{signature}.onnx"
    command = f"convert --saved-model {version} --tag serve --signature_def {signature}"
    names = ["--use-graph-names"] if signature == "next_row_with_noise" else []
    # In this process, because importing TensorFlow takes longer than to convert a small model.
    with mock.patch.object(sys, "argv", [*command.split(), *names, "--output", str(file)]):
        convert.main()
    return onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])


def onnx_outputs(session, inputs):
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs)))


def tflite_interpreter(model, signature):
    """Converts a signature with builtin operations only, which is the converter's default."""
    function = inline.inlined(model, signature).get_concrete_function()
    builtin = tf.lite.TFLiteConverter.from_concrete_functions([function], model)
    return tf.lite.Interpreter(model_content=builtin.convert())


def tflite_outputs(interpreter, images, names):
    """The outputs of a signature that takes images. Their order is that of their names."""
    images_input = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(images_input, images.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(images_input, images)
    interpreter.invoke()
    outputs = [interpreter.get_tensor(o["index"]) for o in interpreter.get_output_details()]
    return dict(zip(sorted(names), outputs))


def tfjs_outputs(model, signature, images, folder):
    """Converts a signature that takes images and has one output, and runs it in Node."""
    saved, converted = folder / "inlined", folder / "tfjs"
    inline.write(model, signature, str(saved))
    flags = f"--input_format=tf_saved_model --saved_model_tags=serve --signature_name={signature}"
    converter.convert([*flags.split(), str(saved), str(converted)])
    images.tofile(converted / "images")
    program = pathlib.Path(__file__).with_name("run_tfjs.mjs")
    subprocess.run(["node", program, converted], check=True, stdout=subprocess.DEVNULL)
    (name, output), = model.signatures[signature].structured_outputs.items()
    return {name: np.fromfile(converted / "outputs", np.float32).reshape(-1, *output.shape[1:])}


def complaints(what, found, expected):
    """Says which results differ. Levels must be equal, floats nearly equal."""
    wrong = []
    for name, value in expected.items():
        if found[name].shape != value.shape or found[name].dtype != value.dtype:
            wrong.append(f"{name} is {found[name].dtype} {found[name].shape}")
            continue
        tolerance = 0 if value.dtype == np.uint8 else TOLERANCES.get(name, STATE_TOLERANCE)
        if name in STEPS:
            tolerance = tolerance + STEPS[name] * np.spacing(np.abs(value))
        error = np.abs(found[name].astype(float) - value)
        if not np.all(error <= tolerance):
            wrong.append(f"{name} is off by {np.max(error)}, more than {np.max(tolerance)}")
    print(f"{what}: {'; '.join(wrong) or 'as in TensorFlow'}", flush=True)
    return len(wrong)


def check_scores(version, model, signature, levels, shape, folder):
    """`log_prob` or `logits` of batches of several sizes."""
    session = onnx_session(version, signature, folder)
    interpreter = tflite_interpreter(model, signature)
    wrong = 0
    batches = {
        f"noise, {n} images": np.random.default_rng(n).integers(0, levels, (n, *shape), dtype=np.uint8)
        for n in (3, 1, 7)
    }
    if signature == "log_prob":
        random = {"seed": tf.constant(1, tf.int64), "temperature": tf.constant(1.0)}
        sampled = model.signatures["sample"](count=tf.constant(20), **random)
        batches["sampled, 20 images"] = sampled["images"].numpy()
    for batch, images in batches.items():
        results = model.signatures[signature](images=tf.constant(images))
        expected = {name: value.numpy() for name, value in results.items()}
        what = f"{version}, {signature}: {batch}"
        found = onnx_outputs(session, {"images": images})
        wrong += complaints(f"{what} in ONNX Runtime", found, expected)
        found = tflite_outputs(interpreter, images, expected)
        wrong += complaints(f"{what} in TensorFlow Lite", found, expected)
    if signature == "logits":
        found = tfjs_outputs(model, signature, images, folder)
        wrong += complaints(f"{what} in TensorFlow.js", found, expected)
    return wrong


def check_rows(version, model, signature, levels, shape, folder):
    """`start`, then two rows of a batch, of images at different heights."""
    random = np.random.default_rng(4)
    n, (height, width, channels) = 4, shape
    start = model.signatures["start"]
    arguments = start.structured_input_signature[1]
    if "count" in arguments:
        first = {"count": np.array(n, np.int32)}
    else:
        small = arguments["small"]
        first = {"small": random.integers(0, 2, (n, *small.shape[1:]), np.uint8)}
    state = start(**{name: tf.constant(value) for name, value in first.items()})
    found = onnx_outputs(onnx_session(version, "start", folder), first)
    expected = {name: value.numpy() for name, value in state.items()}
    wrong = complaints(f"{version}, start in ONNX Runtime", found, expected)
    session = onnx_session(version, signature, folder)
    rows = np.arange(n, dtype=np.int32) % height
    for row in range(2):
        given = {
            "row": np.minimum(rows + row, height - 1),
            "known_values": random.integers(0, levels, (n, width, channels), dtype=np.uint8),
            "known": random.random((n, width)) < 0.3,
            "noise": random.random((n, width, channels, levels), dtype=np.float32),
            "temperature": np.array([1, 0, 0.5, 2], np.float32),
            **{name: value.numpy() for name, value in state.items()},
        }
        results = model.signatures[signature](**{k: tf.constant(v) for k, v in given.items()})
        tensors = {"row": "rows", "known": "row_known", "temperature": "temperatures"}
        inputs = {f"{tensors.get(name, name)}:0": value for name, value in given.items()}
        used = {i.name for i in session.get_inputs()}
        outputs = onnx_outputs(session, {k: v for k, v in inputs.items() if k in used})
        found = {k.removesuffix(":0").removeprefix("next_"): v for k, v in outputs.items()}
        expected = {name: value.numpy() for name, value in results.items()}
        wrong += complaints(f"{version}, row {row} in ONNX Runtime", found, expected)
        state = {name: value for name, value in results.items() if name != "values"}
    return wrong


def check(onnx, model, signatures):
    """Checks signatures of a model's newest version. Returns the number of complaints."""
    versions = (path for path in pathlib.Path(model).iterdir() if path.name.isdigit())
    version = max(versions, key=lambda path: int(path.name))
    folder = pathlib.Path(onnx, pathlib.Path(model).name)
    folder.mkdir()
    shutil.copy(version / "assets.extra/pixelrnn.textproto", folder)
    loaded = tf.saved_model.load(str(version))
    *shape, levels = loaded.signatures["logits"].structured_outputs["logits"].shape[1:]
    checks = {"log_prob": check_scores, "logits": check_scores, "next_row_with_noise": check_rows}
    return sum(
        checks[signature](version, loaded, signature, levels, tuple(shape), folder)
        for signature in signatures or checks
    )


def main(onnx, models):
    # tf2onnx makes millions of small objects. By default Python searches them for cycles too often.
    gc.freeze()
    gc.set_threshold(100_000)
    wrong = 0
    for model in models:
        name, _, signatures = model.partition(":")
        wrong += check(onnx, name, signatures.split(",") if signatures else [])
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
