package org.pixelrnn.train;

import com.google.protobuf.TextFormat;
import java.util.Optional;
import org.pixelrnn.proto.v1.Checkpoint;
import org.pixelrnn.proto.v1.Likelihood;

/** How far a run has come, as worker 0 tells it to the others. */
final class CheckpointText {
  private CheckpointText() {}

  static String of(long step, Optional<Likelihood> validated) {
    Checkpoint.Builder reached = Checkpoint.newBuilder().setStep(step);
    validated.ifPresent(reached::setValidation);
    return TextFormat.printer().printToString(reached);
  }

  static Checkpoint parse(String text) {
    try {
      return TextFormat.parse(text, Checkpoint.class);
    } catch (TextFormat.ParseException e) {
      throw new IllegalStateException("the step of worker 0 cannot be parsed", e);
    }
  }
}
