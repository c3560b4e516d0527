/**
 * The TFRecord format. Data sets of pictures, TensorBoard's event files and TensorFlow Serving's
 * warm-up requests are files of framed records.
 *
 * <p>Start at {@link org.pixelrnn.records.TfRecordFraming}: it reads and writes one record at a
 * time.
 */
package org.pixelrnn.records;
