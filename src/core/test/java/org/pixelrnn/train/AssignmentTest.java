package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.RunConfig;

class AssignmentTest {

  /**
   * The second column is the configuration afterwards. Before, Adam's epsilon and the steps are
   * set.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          training.batch_size=32                   | training { adam { epsilon: 0.1 } steps: 9 batch_size: 32 }
          training.adam.beta1=0.5                  | training { adam { epsilon: 0.1 beta1: 0.5 } steps: 9 }
          training.adam={}                         | training { adam {} steps: 9 }
          training.rms_prop.centered=true          | training { rms_prop { centered: true } steps: 9 }
          training.epochs=3                        | training { adam { epsilon: 0.1 } epochs: 3 }
          training.seed=9007199254740993           | training { adam { epsilon: 0.1 } steps: 9 seed: 9007199254740993 }
          training.learning_rate.cosine.final_share=0 | training { adam { epsilon: 0.1 } steps: 9 learning_rate { cosine { final_share: 0 } } }
          training.learning_rate={initial: 1 exponential {}} | training { adam { epsilon: 0.1 } steps: 9 learning_rate { initial: 1 exponential {} } }
          model.pixel_cnn={}                       | model { pixel_cnn {} } training { adam { epsilon: 0.1 } steps: 9 }
          model.row_lstm.learned_initial_state=true | model { row_lstm { learned_initial_state: true } } training { adam { epsilon: 0.1 } steps: 9 }
          data.binarisation=THRESHOLD              | data { binarisation: THRESHOLD } training { adam { epsilon: 0.1 } steps: 9 }
          """)
  void sets(String assignment, String expected) {
    RunConfig run = ConfigFile.parse("training { adam { epsilon: 0.1 } steps: 9 }", "before");
    assertEquals(ConfigFile.parse(expected, "after"), Assignment.parse(assignment).applyTo(run));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          training.batch_size              | training.batch_size: expected path=value, for instance training.batch_size=32
          =3                               | =3: expected path=value, for instance training.batch_size=32
          training.batchsize=3             | training.batchsize=3: TrainingConfig has no field batchsize, only rms_prop, adam, learning_rate, gradient_clip_norm, averaging_decay, batch_size, steps, epochs, seed, checkpoint_every_steps, keep_checkpoints, validate_every_steps, validation_images, sample_images, precision, compile_recurrences
          optimizer=3                      | optimizer=3: RunConfig has no field optimizer, only model, data, training, small_training
          training..adam={}                | training..adam={}: TrainingConfig has no field , only rms_prop, adam, learning_rate, gradient_clip_norm, averaging_decay, batch_size, steps, epochs, seed, checkpoint_every_steps, keep_checkpoints, validate_every_steps, validation_images, sample_images, precision, compile_recurrences
          model.pixel_cnn.depth=3          | model.pixel_cnn.depth=3: PixelCnn has no field depth, only kernel
          model.h.x=3                      | model.h.x=3: h is a whole number of at most 2147483647 and has no fields
          model.h=3.5                      | model.h=3.5: expected a whole number of at most 2147483647
          model.h=3000000000               | model.h=3000000000: expected a whole number of at most 2147483647
          model.h=                         | model.h=: expected a whole number of at most 2147483647
          training.steps=many              | training.steps=many: expected a whole number
          training.averaging_decay=high    | training.averaging_decay=high: expected a number
          model.skip=yes                   | model.skip=yes: expected true or false
          data.binarisation=RANDOM         | data.binarisation=RANDOM: expected STOCHASTIC or THRESHOLD
          training.adam=0.9                | training.adam=0.9: expected {}, or fields in braces: beta1, beta2, epsilon
          training.adam={beta3: 1}         | training.adam={beta3: 1}: Adam has no field beta3, only beta1, beta2, epsilon
          """)
  void refuses(String assignment, String complaint) {
    InputException e =
        assertThrows(
            InputException.class,
            () -> Assignment.parse(assignment).applyTo(RunConfig.getDefaultInstance()));
    assertEquals(complaint, e.getMessage());
  }

  @Test
  void aValueMayHoldAnEqualsSign() {
    assertEquals(new Assignment("a.b", "c=d"), Assignment.parse("a.b = c=d"));
  }
}
