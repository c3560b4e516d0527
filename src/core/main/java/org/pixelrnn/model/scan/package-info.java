/**
 * The recurrences of the Row LSTM and the Diagonal BiLSTM, as graph functions with hand-derived
 * adjoints.
 *
 * <p>Start with {@link org.pixelrnn.model.scan.Scan}, the function that a layer calls. {@link
 * org.pixelrnn.model.scan.RowScan} is the simpler of the two scans: it has all steps in one file.
 * Before {@link org.pixelrnn.model.scan.DiagonalScan}, read {@code Diagonals} (the order of the
 * pixels), {@code Wavefront} (the recurrence in one direction) and {@code MirrorImage} (the other
 * direction). {@code LstmStep} is one step of the cells, {@code Tape} holds what the adjoint needs
 * of all steps, and {@code PixelRows} cuts and joins maps whose first axis is the pixels.
 */
package org.pixelrnn.model.scan;
