/**
 * What an image is, and how it gets into and out of files.
 *
 * <p>Start at {@link org.pixelrnn.image.ImageShape} and {@link org.pixelrnn.image.Images}: every
 * other package passes images around as these. {@link org.pixelrnn.image.Levels} says how sub-pixel
 * values become levels. {@link org.pixelrnn.image.ImageFile} reads and writes files, and {@link
 * org.pixelrnn.image.Picture} converts a decoded file to the shape of a model. Photographs are read
 * as means of blocks of pixels: see {@link org.pixelrnn.image.WantedSize}. {@link
 * org.pixelrnn.image.Occlusion} hides a part of an image, and {@link org.pixelrnn.image.SampleGrid}
 * shows several images in one picture, and {@link org.pixelrnn.image.NumberedPictures} writes each
 * image to a file of its own. {@link org.pixelrnn.image.InputException} is thrown when a file, a
 * folder or a value cannot be used. {@link org.pixelrnn.image.QuietStart} starts TensorFlow, which
 * also decodes photographs, without its log lines.
 */
package org.pixelrnn.image;
