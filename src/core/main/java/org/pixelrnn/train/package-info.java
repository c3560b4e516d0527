/**
 * Trains models.
 *
 * <pre>{@code
 * RunConfig config = Presets.load("mnist-pixelcnn");
 * try (Training training = Training.builder(config)
 *          .data("mnist:data/mnist")
 *          .runDirectory(Path.of("runs/mine"))
 *          .listener(new EarlyStopping(3))
 *          .build()) {
 *   TrainingResult result = training.run();
 *   Path version = result.export(Path.of("savedmodels/mine"));
 * }
 * }</pre>
 *
 * <p>Start at {@link org.pixelrnn.train.Training}, the one entry. {@link
 * org.pixelrnn.train.Presets} and {@link org.pixelrnn.train.ConfigFile} give its configuration,
 * {@link org.pixelrnn.train.TrainingListener} hears of its {@linkplain
 * org.pixelrnn.train.TrainingEvent events}, and {@link org.pixelrnn.train.TrainingResult} says how
 * it ended. To see how a step is taken, read {@code Trainer} (the loop over steps), then {@link
 * org.pixelrnn.train.TrainingGraph} (loss, gradients, optimizer, moving averages), then {@link
 * org.pixelrnn.train.BatchParts} (a batch on several cores). {@link
 * org.pixelrnn.train.TrainingBuilder#rehearse} says beforehand what a run costs: {@code StepMemory}
 * estimates the memory, and {@code Rehearsal} measures the time.
 *
 * <p>A run keeps everything in its folder:
 *
 * <pre>
 *   runs/mine/
 *     run.textproto             the configuration and the data set
 *     checkpoints/
 *       step-00000600/          variables.* and manifest.textproto: the last few and the best
 *     events/                   curves and samples for TensorBoard
 *     samples.png               images sampled at the last validation
 *     lock                      locked while a process trains in the folder
 * </pre>
 *
 * <p>A multi-scale model has {@code run.textproto} and the folders {@code small/} and {@code
 * full/}, each like the above. Another {@code Training} of the same folder resumes the run.
 */
package org.pixelrnn.train;
