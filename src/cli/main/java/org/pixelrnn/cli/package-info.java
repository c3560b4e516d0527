/**
 * The program {@code pixelrnn}: one picocli command a file. Commands parse flags, call the library
 * and print; they have no logic of their own. Flags and command names appear in this package only.
 *
 * <p>Start with {@link org.pixelrnn.cli.PixelRnn}, which lists the commands, then read {@code
 * SampleCommand} as an example of one. {@code Failures} turns exceptions into one line and an exit
 * status. {@code TrainCommand} has helpers of its own: {@code TerminalProgress} prints progress,
 * {@code ShutdownHook} handles Ctrl-C, and {@code TrainingSummary} prints the last lines.
 */
package org.pixelrnn.cli;
