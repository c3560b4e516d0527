/**
 * How files are written: the TFRecord format, and files that appear whole or not at all.
 *
 * <p>Start at {@link org.pixelrnn.records.TfRecordFraming}: it reads and writes one record at a
 * time. Data sets of pictures, TensorBoard's event files and TensorFlow Serving's warm-up requests
 * are files of framed records. {@link org.pixelrnn.records.WholeFiles} writes checkpoints and
 * exports, so that none is ever found half-written. {@link org.pixelrnn.records.OutputFile} writes
 * to a name that a user has chosen. {@link org.pixelrnn.records.HiddenFile} says which files of a
 * folder are skipped.
 */
package org.pixelrnn.records;
