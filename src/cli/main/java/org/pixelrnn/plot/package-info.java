/**
 * Charts as pictures. Charts take plain numbers or images, so that this package depends on
 * JFreeChart and, of ours, on {@code image} alone.
 *
 * <ul>
 *   <li>{@link org.pixelrnn.plot.DistributionPlot}: what a model expects of one sub-pixel
 *   <li>{@link org.pixelrnn.plot.ReceptiveFieldPlot}: which pixels one pixel sees, and how much
 *   <li>{@link org.pixelrnn.plot.PixelBitsPlot}: how much each pixel of an image surprises a model
 *   <li>{@link org.pixelrnn.plot.LearningCurvesPlot}: how training went, of several runs
 * </ul>
 *
 * <p>Start with {@code DistributionPlot}, the shortest. {@code ChartLook} holds the look that all
 * charts share.
 */
package org.pixelrnn.plot;
