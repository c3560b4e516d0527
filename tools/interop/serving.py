"""Calls `pixelrnn serve` as clients of TensorFlow Serving do, with the client library from PyPI and with plain HTTP.

    serving.py MODEL...

It starts a server of these model folders. All results are compared with those of Python's TensorFlow, which calls the
same SavedModels itself. The exit status is 0 if all agree.
"""

import base64
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import grpc
import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_log_pb2,
    prediction_service_pb2_grpc,
)

TOLERANCE = 1e-4
HOME = pathlib.Path(__file__).resolve().parents[2]


class Server:
    """`pixelrnn serve` on a free port, with all models ready."""

    def __init__(self, models):
        command = [HOME / "tools/pixelrnn", "serve", "--port", "0"]
        for model in models:
            command += ["--model", model]
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        line = self.process.stdout.readline()
        if not line.startswith("serving at http://"):
            raise RuntimeError(f"pixelrnn serve says {line!r}\n{self.logged()}")
        self.url = line.split()[-1].rstrip("/")
        for _ in range(600):
            if self.http("/healthz?ready")[0] == 200:
                return
            time.sleep(0.1)
        raise RuntimeError(f"the models are not ready after 60 seconds\n{self.logged()}")

    def logged(self):
        """Returns what the server has logged."""
        self.log.seek(0)
        return self.log.read()

    def http(self, path, body=None):
        """Returns the status and the JSON of an answer."""
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(self.url + path, data) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def stop(self):
        """Returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


class Checks:
    """Counts comparisons and prints those that fail."""

    def __init__(self):
        self.made = self.failed = 0

    def same(self, what, found, expected):
        """Compares numbers: levels must be equal, floats nearly equal."""
        expected = np.asarray(expected)
        found = np.asarray(found)
        fits = found.shape == expected.shape and (
            np.allclose(found, expected, rtol=0, atol=TOLERANCE)
            if expected.dtype.kind == "f"
            else np.array_equal(found, expected)
        )
        self.equal(what, "as in TensorFlow" if fits else found, "as in TensorFlow")

    def equal(self, what, found, expected):
        self.made += 1
        if found != expected:
            self.failed += 1
            print(f"{what}: {found}, expected {expected}")


def warmup_requests(version):
    """Yields the requests that warm up a version: one for each signature."""
    file = str(version / "assets.extra/tf_serving_warmup_requests")
    for record in tf.data.TFRecordDataset(file):
        yield prediction_log_pb2.PredictionLog.FromString(record.numpy()).predict_log.request


def local(signatures, name, inputs):
    """Calls a signature of the SavedModel itself."""
    tensors = {key: tf.constant(value) for key, value in inputs.items()}
    return {key: value.numpy() for key, value in signatures[name](**tensors).items()}


def predict(stub, model, name, inputs, **fields):
    """Calls a signature over gRPC."""
    request = predict_pb2.PredictRequest(**fields)
    request.model_spec.name = model
    if name:
        request.model_spec.signature_name = name
    for key, value in inputs.items():
        request.inputs[key].CopyFrom(tf.make_tensor_proto(value))
    answer = stub.Predict(request, timeout=60)
    return answer, {key: tf.make_ndarray(value) for key, value in answer.outputs.items()}


def check_grpc(checks, channel, model, signatures, version):
    stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
    for request in warmup_requests(version):
        name = request.model_spec.signature_name
        request.model_spec.name = model
        inputs = {key: tf.make_ndarray(value) for key, value in request.inputs.items()}
        expected = local(signatures, name, inputs)
        answer = stub.Predict(request, timeout=60)
        checks.equal(f"{model} {name}, outputs", sorted(answer.outputs), sorted(expected))
        for key, value in expected.items():
            checks.same(f"{model} {name}, {key}", tf.make_ndarray(answer.outputs[key]), value)

    sample = {"count": np.int32(5), "seed": np.int64(3), "temperature": np.float32(0.9)}
    images = local(signatures, "sample", sample)["images"]
    checks.same(f"{model} sample", predict(stub, model, "sample", sample)[1]["images"], images)
    for name in "", "log_prob":
        answer, found = predict(stub, model, name, {"images": images})
        expected = local(signatures, "log_prob", {"images": images})
        checks.same(f"{model} log_prob", found["log_prob"], expected["log_prob"])
        # Many clients read the list of the type, without make_ndarray.
        checks.same(
            f"{model} float_val", list(answer.outputs["log_prob"].float_val), expected["log_prob"]
        )
        checks.equal(f"{model} version", answer.model_spec.version.value, int(version.name))
    filtered = predict(stub, model, "", {"images": images}, output_filter=["log_prob"])[1]
    checks.equal(f"{model} output_filter", list(filtered), ["log_prob"])
    check_rows(checks, stub, model, images, sample)

    request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
    request.model_spec.name = model
    described = get_model_metadata_pb2.SignatureDefMap()
    stub.GetModelMetadata(request).metadata["signature_def"].Unpack(described)
    checks.equal(f"{model} signatures", sorted(described.signature_def), sorted(signatures))

    request = get_model_status_pb2.GetModelStatusRequest()
    request.model_spec.name = model
    status = model_service_pb2_grpc.ModelServiceStub(channel).GetModelStatus(request)
    found = [(s.version, s.state, s.status.error_code) for s in status.model_version_status]
    available = get_model_status_pb2.ModelVersionStatus.AVAILABLE
    checks.equal(f"{model} status", found, [(int(version.name), available, 0)])

    request = predict_pb2.PredictRequest()
    for name, code in ("nobody", grpc.StatusCode.NOT_FOUND), (model, grpc.StatusCode.INVALID_ARGUMENT):
        request.model_spec.name = name
        try:
            stub.Predict(request, timeout=60)
            checks.equal(f"{name} without inputs", "an answer", code)
        except grpc.RpcError as error:
            checks.equal(f"{name} without inputs", error.code(), code)


def check_rows(checks, stub, model, images, sample):
    """Samples row by row, with the state of each row going back to the server."""
    n, height, width, channels = images.shape
    seeded = {key: sample[key] for key in ("seed", "temperature")}
    try:
        first = {"small": predict(stub, model, "sample_small", sample)[1]["images"]}
    except grpc.RpcError:
        first = {"count": sample["count"]}
    state = predict(stub, model, "start", first)[1]
    for row in range(height):
        inputs = {
            "row": np.int32(row),
            "known_values": np.zeros((n, width, channels), np.uint8),
            "known": np.zeros((n, width), bool),
            **seeded,
            **state,
        }
        state = predict(stub, model, "next_row", inputs)[1]
        checks.same(f"{model} next_row {row}", state.pop("values"), images[:, row])


def check_http(checks, server, model, signatures, version):
    path = f"/v1/models/{model}"
    sample = {"count": np.int32(3), "seed": np.int64(11), "temperature": np.float32(1)}
    images = local(signatures, "sample", sample)["images"]
    expected = local(signatures, "log_prob", {"images": images})

    def call(body, where=path):
        status, answer = server.http(f"{where}:predict", body)
        checks.equal(f"{model} {list(body)}", status, 200)
        return answer

    columns = {"count": 3, "seed": 11, "temperature": 1.0}
    found = call({"signature_name": "sample", "inputs": columns})["outputs"]
    checks.same(f"{model} sample, columns", found, images)
    encoded = {"b64": base64.b64encode(images.tobytes()).decode()}
    for inputs in images.tolist(), {"images": images.tolist()}, encoded:
        found = call({"inputs": inputs})["outputs"]
        for key, value in expected.items():
            checks.same(f"{model} {key}, columns", found[key], value)
    for instances in images.tolist(), [{"images": image} for image in images.tolist()]:
        found = call({"instances": instances}, f"{path}/versions/{version.name}")["predictions"]
        for key, value in expected.items():
            checks.same(f"{model} {key}, rows", [row[key] for row in found], value)
    logits = local(signatures, "logits", {"images": images})["logits"]
    found = call({"signature_name": "logits", "instances": images.tolist()})["predictions"]
    checks.same(f"{model} logits, rows", found, logits)

    status, answer = server.http(path)
    expected = {
        "version": version.name,
        "state": "AVAILABLE",
        "status": {"error_code": "OK", "error_message": ""},
    }
    checks.equal(f"{model} status", (status, answer), (200, {"model_version_status": [expected]}))
    status, answer = server.http(f"{path}/metadata")
    described = answer["metadata"]["signature_def"]["signature_def"]
    checks.equal(f"{model} metadata", sorted(described), sorted(signatures))
    status, answer = server.http(f"{path}:predict", {"instances": [[1, 2]]})
    checks.equal(f"{model} wrong input", (status, list(answer)), (400, ["error"]))
    status, answer = server.http(f"{path}/versions/12345:predict", {"instances": [[1, 2]]})
    checks.equal(f"{model} unknown version", (status, list(answer)), (404, ["error"]))


def main(models):
    checks = Checks()
    server = Server(models)
    try:
        with grpc.insecure_channel(server.url.removeprefix("http://")) as channel:
            for folder in map(pathlib.Path, models):
                versions = [path for path in folder.iterdir() if path.name.isdigit()]
                version = max(versions, key=lambda path: int(path.name))
                signatures = tf.saved_model.load(str(version)).signatures
                check_grpc(checks, channel, folder.name, signatures, version)
                check_http(checks, server, folder.name, signatures, version)
    finally:
        status = server.stop()
    checks.equal("exit status of pixelrnn serve", status, 0)
    if checks.failed:
        print(server.logged(), file=sys.stderr)
    print(f"TensorFlow Serving's interface: {checks.made} checks, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
