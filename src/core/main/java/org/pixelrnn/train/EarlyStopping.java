package org.pixelrnn.train;

import com.google.common.base.Preconditions;

/**
 * Ends a stage when validation has stopped improving. A multi-scale model goes on with its next
 * stage.
 *
 * <p>The checkpoint with the best validation is kept, and {@link TrainingResult#export} exports
 * that one.
 */
public final class EarlyStopping implements TrainingListener {
  private final int patience;
  private Training training;
  private double best;
  private int withoutImprovement;

  /**
   * Ends a stage after {@code patience} validations in a row without a new best.
   *
   * @param patience the number of validations, at least 1
   * @throws IllegalArgumentException if {@code patience} is less than 1
   */
  public EarlyStopping(int patience) {
    Preconditions.checkArgument(patience >= 1, "patience = %s; expected at least 1", patience);
    this.patience = patience;
  }

  /**
   * Begins to count. In a resumed run the validations since the best one count too: it ends where
   * an uninterrupted run would have ended, and a run that has ended early takes no further step.
   */
  @Override
  public void began(Training run, TrainingEvent.Began event) {
    training = run;
    best = event.best().map(b -> b.getNatsPerImage()).orElse(Double.POSITIVE_INFINITY);
    count(event.validationsSinceBest());
  }

  @Override
  public void validated(TrainingEvent.Validated event) {
    double nats = event.likelihood().getNatsPerImage();
    if (nats < best) {
      best = nats;
      count(0);
    } else {
      count(withoutImprovement + 1);
    }
  }

  private void count(long validations) {
    withoutImprovement = (int) Math.min(validations, patience);
    if (withoutImprovement == patience) {
      training.endStage();
    }
  }
}
