package org.pixelrnn.train;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelrnn.image.InputException;
import org.pixelrnn.proto.v1.RunConfig;

class TrainingRulesTest {

  private static RunConfig with(String... assignments) {
    RunConfig run = Assignment.parse("model.h=16").applyTo(Presets.load("mnist-pixelcnn"));
    for (String assignment : assignments) {
      run = Assignment.parse(assignment).applyTo(run);
    }
    return run;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          model.height=0                  | model.height = 0, but it must be at least 1 and at most 1024
          model.height=-28                | model.height = -28, but
          model.width=0                   | model.width = 0, but it must be at least 1
          model.width=1025                | model.width = 1025, but it must be at least 1 and at most 1024
          model.channels=0                | model.channels = 0, but it must be at least 1
          model.channels=17               | model.channels = 17, but it must be at least 1 and at most 16
          model.levels=1                  | model.levels = 1, but it must be at least 2 and at most 256
          model.levels=257                | model.levels = 257, but it must be at least 2 and at most 256
          model.h=0                       | model.h = 0, but it must be at least 1
          model.h=5000                    | model.h = 5000, but
          model.layers=0                  | model.layers = 0, but it must be at least 1
          model.layers=257                | model.layers = 257, but
          model.head_width=0              | model.head_width = 0, but it must be at least 1
          model.head_width=65537          | model.head_width = 65537, but
          model.channels=3                | model.h = 16, but it must be divisible by model.channels = 3: nearest are 15 and 18
          model.channels=3                | model.head_width = 32, but it must be divisible by model.channels = 3: nearest are 30 and 33
          model={}                        | model.architecture is not set, but it must have pixel_cnn {} or row_lstm {} or diagonal_bilstm {} or multi_scale {}
          model.pixel_cnn={kernel: 4}     | model.pixel_cnn.kernel = 4, but it must be odd, to have a centre
          model.pixel_cnn={kernel: 1}     | model.pixel_cnn.kernel = 1, but it must be at least 3 and at most 15
          model.pixel_cnn={kernel: 17}    | model.pixel_cnn.kernel = 17, but
          model.multi_scale={small {pixel_cnn {kernel: 6}}} | model.multi_scale.small.pixel_cnn.kernel = 6, but it must be odd
          model.multi_scale={factor: 3}   | model.multi_scale.factor = 3, but it must be a power of two and at least 2: nearest are 2 and 4
          model.multi_scale={factor: 1}   | model.multi_scale.factor = 1, but it must be a power of two and at least 2: nearest is 2
          model.multi_scale={factor: -4}  | model.multi_scale.factor = -4, but it must be a power of two and at least 2: nearest is 2
          model.multi_scale={factor: 8}   | model.height = 28, but it must be divisible by model.multi_scale.factor = 8: nearest are 24 and 32
          model.multi_scale={factor: 8}   | model.width = 28, but it must be divisible by model.multi_scale.factor = 8: nearest are 24 and 32
          model.multi_scale={}            | model.h = 16, but with multi_scale it must be set in model.multi_scale.small and model.multi_scale.full
          model.multi_scale={}            | model.multi_scale.small.architecture is not set, but it must have pixel_cnn {} or row_lstm {} or diagonal_bilstm {};
          model.multi_scale={}            | model.multi_scale.full.architecture is not set, but it must have
          model.multi_scale={full {multi_scale {}}}  | model.multi_scale.full.architecture = multi_scale, but it must have pixel_cnn {} or row_lstm {} or diagonal_bilstm {}
          model.multi_scale={small {height: 7}}      | model.multi_scale.small.height = 7, but it must not be set, as it follows from model.height
          model.multi_scale={small {h: 0}}           | model.multi_scale.small.h = 0, but it must be at least 1
          model.multi_scale={full {layers: 0}}       | model.multi_scale.full.layers = 0, but it must be at least 1
          model.multi_scale={full {head_width: 0}}   | model.multi_scale.full.head_width = 0, but it must be at least 1
          model.multi_scale={upsampling {features: 0}} | model.multi_scale.upsampling.features = 0, but it must be at least 1
          model.multi_scale={reduction: BOX}         | model.multi_scale.reduction = BOX, but the mean of a cell is not one of its pixels: it must have model.multi_scale.draw_every_pixel = true
          data.validation_share=0         | data.validation_share = 0.0, but it must be above 0.0 and below 1.0
          data.validation_share=1         | data.validation_share = 1.0, but
          data.validation_share=-0.1      | data.validation_share = -0.1, but
          data.validation_share=NaN       | data.validation_share = NaN, but
          data.random_crop=-0.1           | data.random_crop = -0.1, but it must be at least 0.0 and at most 1.0
          data.random_crop=1.01           | data.random_crop = 1.01, but
          data.random_crop=NaN            | data.random_crop = NaN, but
          training={}                     | training.optimizer is not set, but it must have rms_prop {} or adam {}
          training={}                     | training.length is not set, but it must have steps or epochs
          training.adam.beta1=1           | training.adam.beta1 = 1.0, but it must be at least 0.0 and below 1.0
          training.adam.beta1=NaN         | training.adam.beta1 = NaN, but
          training.adam.beta2=-1          | training.adam.beta2 = -1.0, but
          training.adam.epsilon=0         | training.adam.epsilon = 0.0, but it must be above 0.0 and finite
          training.adam.epsilon=Infinity  | training.adam.epsilon = Infinity, but it must be above 0.0 and finite
          training.rms_prop.decay=1.5     | training.rms_prop.decay = 1.5, but it must be at least 0.0 and below 1.0
          training.rms_prop.momentum=1    | training.rms_prop.momentum = 1.0, but
          training.rms_prop.epsilon=NaN   | training.rms_prop.epsilon = NaN, but
          training.learning_rate.initial=0         | training.learning_rate.initial = 0.0, but it must be above 0.0 and finite
          training.learning_rate.initial=NaN       | training.learning_rate.initial = NaN, but
          training.learning_rate.initial=Infinity  | training.learning_rate.initial = Infinity, but
          training.learning_rate.warmup_steps=-1   | training.learning_rate.warmup_steps = -1, but it must be at least 0
          training.learning_rate.exponential.factor=0       | training.learning_rate.exponential.factor = 0.0, but
          training.learning_rate.exponential.factor=2       | training.learning_rate.exponential.factor = 2.0, but
          training.learning_rate.exponential.every_steps=0  | training.learning_rate.exponential.every_steps = 0, but
          training.learning_rate.cosine.final_share=1.1     | training.learning_rate.cosine.final_share = 1.1, but
          training.learning_rate.cosine.final_share=NaN     | training.learning_rate.cosine.final_share = NaN, but
          training.gradient_clip_norm=-1         | training.gradient_clip_norm = -1.0, but it must be at least 0.0 and finite
          training.gradient_clip_norm=NaN        | training.gradient_clip_norm = NaN, but
          training.gradient_clip_norm=Infinity   | training.gradient_clip_norm = Infinity, but
          training.averaging_decay=1             | training.averaging_decay = 1.0, but it must be at least 0.0 and below 1.0
          training.averaging_decay=NaN           | training.averaging_decay = NaN, but
          training.batch_size=0                  | training.batch_size = 0, but it must be at least 1 and at most 65536
          training.batch_size=65537              | training.batch_size = 65537, but
          training.steps=0                       | training.steps = 0, but it must be at least 1
          training.epochs=-2                     | training.epochs = -2, but it must be at least 1
          training.checkpoint_every_steps=0      | training.checkpoint_every_steps = 0, but
          training.keep_checkpoints=0            | training.keep_checkpoints = 0, but
          training.validation_images=-1          | training.validation_images = -1, but it must be at least 0
          training.validate_every_steps=-1       | training.validate_every_steps = -1, but it must be at least 0
          training.sample_images=-1              | training.sample_images = -1, but it must be at least 0 and at most 1000
          training.sample_images=1001            | training.sample_images = 1001, but it must be at least 0 and at most 1000
          """)
  void refuses(String assignment, String complaint) {
    RunConfig bad = with(assignment);
    InputException e = assertThrows(InputException.class, () -> TrainingRules.check(bad));
    assertTrue(e.getMessage().contains(complaint), e.getMessage());
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
  }

  /** Each number is in its range, but their product exceeds an int. */
  @Test
  void refusesSizesThatOverflow() {
    RunConfig image =
        with("model.height=1024", "model.width=1024", "model.channels=16", "model.levels=256");
    InputException e = assertThrows(InputException.class, () -> TrainingRules.check(image));
    assertTrue(
        e.getMessage()
            .contains(
                "model.height · model.width · model.channels · model.levels = 4294967296, but it"
                    + " must be at most 2147483647"),
        e.getMessage());
    RunConfig batch = with("model.height=256", "model.width=256", "training.batch_size=65536");
    e = assertThrows(InputException.class, () -> TrainingRules.check(batch));
    assertTrue(
        e.getMessage()
            .contains(
                "training.batch_size = 65536, but a batch of such images has 4294967296"
                    + " sub-pixels"),
        e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.layers=1",
        "model.levels=256",
        "training.gradient_clip_norm=0",
        "training.averaging_decay=0",
        "training.rms_prop={}",
        "training.steps=1",
        "training.learning_rate={}",
        "training.learning_rate.exponential={}",
        "training.validation_images=0",
        "training.validate_every_steps=0",
        "training.sample_images=0",
        "training.sample_images=1000"
      })
  void acceptsTheEdges(String assignment) {
    assertDoesNotThrow(() -> TrainingRules.check(with(assignment)));
  }

  @Test
  void everyBrokenRuleIsInTheOneMessage() {
    RunConfig bad = with("model.h=0", "training.batch_size=0", "data.validation_share=2");
    InputException e = assertThrows(InputException.class, () -> TrainingRules.check(bad));
    assertEquals(
        "model.h = 0, but it must be at least 1 and at most 4096; "
            + "data.validation_share = 2.0, but it must be above 0.0 and below 1.0; "
            + "training.batch_size = 0, but it must be at least 1 and at most 65536",
        e.getMessage());
  }

  @Test
  void aMultipleBelowTheSmallestIsNotOffered() {
    RunConfig bad = with("model.channels=3", "model.h=2", "model.head_width=33");
    InputException e = assertThrows(InputException.class, () -> TrainingRules.check(bad));
    assertEquals(
        "model.h = 2, but it must be divisible by model.channels = 3: nearest are 3",
        e.getMessage());
  }
}
