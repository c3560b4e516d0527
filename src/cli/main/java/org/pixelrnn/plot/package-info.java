/**
 * Charts as pictures. Every chart takes plain numbers, so that this package depends on JFreeChart
 * and on nothing of ours.
 *
 * <ul>
 *   <li>{@link org.pixelrnn.plot.DistributionPlot}: what a model expects of one sub-pixel
 *   <li>{@link org.pixelrnn.plot.ReceptiveFieldPlot}: which pixels one pixel sees, and how much
 *   <li>{@link org.pixelrnn.plot.LearningCurvesPlot}: how training went, of several runs
 * </ul>
 *
 * <p>Start with {@code DistributionPlot}, the shortest. {@code ChartLook} holds the look that all
 * charts share.
 */
package org.pixelrnn.plot;
