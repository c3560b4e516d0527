/**
 * Images out of an exported model, drawn row by row. It knows signatures, not networks, and needs
 * neither what has trained the model nor what has exported it on the class path.
 *
 * <pre>{@code
 * try (Sampler sampler = Sampler.open(Path.of("savedmodels/mnist-pixelcnn"))) {
 *   long seed = 1;
 *   float temperature = 1;
 *
 *   // New images; the listener hears of each row, [16, width, channels], as soon as it is drawn.
 *   Images digits =
 *       sampler.sample(16, seed, temperature, (row, levels) -> System.out.println("row " + row));
 *
 *   // Their lower halves drawn anew.
 *   ImageShape shape = sampler.shape();
 *   boolean[] known = new boolean[shape.pixels()];
 *   Arrays.fill(known, 0, known.length / 2, true);
 *   Images completed = sampler.complete(digits, known, seed + 1, temperature);
 *
 *   // How likely they are, in nats: log p(x) of each.
 *   float[] logProb = sampler.logProb(completed);
 * }
 * }</pre>
 */
package org.pixelrnn.sampler;
