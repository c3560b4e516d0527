"""Writes one signature of an exported model as a SavedModel of its own: its graph has no functions,
and the weights are constants. Converters that cannot call functions, such as those to TensorFlow
Lite and to TensorFlow.js, take it.

    inline.py MODEL/VERSION SIGNATURE FOLDER

In Python, `inlined(model, signature)` gives the same as a function of TensorFlow, and `write` takes a loaded model.
"""

import sys

import tensorflow as tf
from tensorflow.python.framework import convert_to_constants


def inlined(model, signature):
    """A signature of a loaded model as a function that returns its outputs by name."""
    function = model.signatures[signature]
    frozen = convert_to_constants.convert_variables_to_constants_v2(
        function, lower_control_flow=False, aggressive_inlining=True
    )
    names = sorted(function.structured_outputs)
    specs = function.structured_input_signature[1]

    @tf.function(input_signature=[specs[name] for name in sorted(specs)])
    def call(*inputs):
        return dict(zip(names, frozen(*inputs)))

    return call


def write(model, signature, folder):
    module = tf.Module()
    module.call = inlined(model, signature)
    tf.saved_model.save(module, folder, signatures={signature: module.call})


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    write(tf.saved_model.load(sys.argv[1]), *sys.argv[2:])
