"""Compares images that are sampled without TensorFlow with those of Java.

    samples.py ONNX MODEL...

MODEL is a model's folder, and ONNX/NAME the folder for sample_onnx.py and sample_onnx.mjs that portable.py made of it. It
needs TensorFlow, which decodes PNG files, onnxruntime, and Node with onnxruntime-node. The exit status is 0 if all images
agree, and if the programs refuse wrong input.
"""

import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import tensorflow as tf

HERE = pathlib.Path(__file__).parent
# As on a machine without TensorFlow.
PYTHON = """
import runpy, sys
sys.modules["tensorflow"] = None
sys.argv = sys.argv[1:]
sys.path.insert(0, sys.argv[0].rpartition("/")[0])
runpy.run_path(sys.argv[0], run_name="__main__")
"""
PROGRAMS = {
    "sample_onnx.py": [sys.executable, "-c", PYTHON, HERE / "sample_onnx.py"],
    "sample_onnx.mjs": ["node", HERE / "sample_onnx.mjs"],
}
COUNT, SEED, TEMPERATURE = 3, -7, 0.9


def check(model, onnx, scratch):
    """Yields what is wrong."""
    command = [HERE.parent / "pixelrnn", "sample", "--model", model, "--out", scratch / "%05d.png"]
    flags = [f"--count={COUNT}", f"--seed={SEED}", f"--temperature={TEMPERATURE}"]
    subprocess.run([*command, *flags], check=True, capture_output=True)
    files = sorted(scratch.glob("0*.png"))
    java = np.stack([tf.io.decode_png(file.read_bytes()).numpy() for file in files])
    for name, program in PROGRAMS.items():
        levels, strip = sampled(program, onnx, scratch, java.shape, *flags)
        if not np.array_equal(strip, java.reshape(-1, *java.shape[2:])):
            yield f"{name}: {np.count_nonzero(strip != java.reshape(strip.shape))} of {java.size} pixels differ"
        # The lower half is sampled from the same seed again, so it comes out as it was.
        known = np.zeros(java.shape[:3], np.uint8)
        known[:, : java.shape[1] // 2] = 1
        levels.tofile(scratch / "levels")
        known.tofile(scratch / "known")
        given = [f"--levels={scratch / 'levels'}", f"--known={scratch / 'known'}", *flags[1:]]
        completed, _ = sampled(program, onnx, scratch, java.shape, *given)
        if not np.array_equal(completed, levels):
            yield f"{name}: {np.count_nonzero(completed != levels)} levels of the completion differ"


def sampled(program, onnx, scratch, shape, *flags):
    """Runs a program. Returns the levels and the picture that it writes."""
    raw, png = scratch / "raw", scratch / "strip.png"
    command = [*program, onnx, *flags, f"--raw={raw}", f"--png={png}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return np.fromfile(raw, np.uint8).reshape(shape), tf.io.decode_png(png.read_bytes()).numpy()


def accepted(name, program, onnx, scratch):
    """Yields wrong input that a program does not refuse with one line. `check` has left images and masks in `scratch`."""
    (scratch / "wrong").write_bytes(b"\xff")
    no_model = scratch / "no model"
    no_model.mkdir(exist_ok=True)
    for file in "start.onnx", "next_row_with_noise.onnx", "pixelrnn.textproto":
        (no_model / file).write_text("nothing")
    wrong = [
        [onnx, "--temperature=-1"],
        [onnx, "--temperature=nan"],
        [onnx, "--count=0"],
        [onnx, f"--seed={2**63}"],
        [onnx, f"--levels={scratch / 'wrong'}", f"--known={scratch / 'known'}"],
        [onnx, f"--levels={scratch / 'levels'}", f"--known={scratch / 'no file'}"],
        [scratch],
        [no_model],
    ]
    for flags in wrong:
        done = subprocess.run([*program, *flags], capture_output=True, text=True)
        if done.returncode != 2 or len(done.stderr.splitlines()) != 1:
            yield f"{name} {flags[1:]}: status {done.returncode}, {done.stderr!r}"


def main(onnx, models):
    wrong = 0
    for number, model in enumerate(map(pathlib.Path, models)):
        with tempfile.TemporaryDirectory() as folder:
            scratch, files = pathlib.Path(folder), onnx / model.name
            complaints = list(check(model, files, scratch))
            # The programs refuse wrong input of all models alike.
            if number == 0:
                for name, program in PROGRAMS.items():
                    complaints += accepted(name, program, files, scratch)
        for complaint in complaints:
            print(f"{model}: {complaint}")
        print(f"{model}: sampled with ONNX Runtime in Python and Node, {len(complaints)} complaints")
        wrong += len(complaints)
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(pathlib.Path(sys.argv[1]), sys.argv[2:]))
