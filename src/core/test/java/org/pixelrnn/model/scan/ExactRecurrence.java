package org.pixelrnn.model.scan;

import java.util.List;

/**
 * The recurrences of sections 3.1 and 3.2, written from the equations alone: pixel by pixel and in
 * double precision. Tensors are flat arrays in the layouts of the scans.
 */
@SuppressWarnings("ArrayRecordComponent") // Records are never compared.
final class ExactRecurrence {
  private final int height;
  private final int width;
  private final int batch;
  private final int in;
  private final int h;

  ExactRecurrence(int height, int width, int batch, int in, int h) {
    this.height = height;
    this.width = width;
    this.batch = batch;
    this.in = in;
    this.h = h;
  }

  /** The state of one pixel of one image. */
  private record Cell(double[] h, double[] c) {}

  /**
   * An input of a cell.
   *
   * @param features x or h of a pixel, {@code [features]}
   * @param weights a matrix that has the input's weights, {@code [rows, 4h]}
   * @param offset the first row of these weights
   */
  private record Input(double[] features, double[] weights, int offset) {}

  /** The y of a {@link DiagonalScan}, from its inputs; x is in one piece. */
  double[] diagonal(int[] order, List<double[]> inputs) {
    double[] y = new double[height * width * batch * h];
    for (int image = 0; image < batch; image++) {
      double[][][] x = pixels(order, inputs.get(0), image);
      Cell[][] rightwards = direction(x, inputs.subList(1, 6));
      Cell[][] leftwards = mirror(direction(mirror(x), inputs.subList(6, 11)));
      for (int position = 0; position < order.length; position++) {
        int r = order[position] / width;
        int q = order[position] % width;
        double[] shifted = r == 0 ? inputs.get(9) : leftwards[r - 1][q].h;
        for (int f = 0; f < h; f++) {
          y[(position * batch + image) * h + f] = rightwards[r][q].h[f] + shifted[f];
        }
      }
    }
    return y;
  }

  /** The y of a {@link RowScan}, from its inputs. */
  double[] row(List<double[]> inputs) {
    int[] order = new int[height * width];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    double[] y = new double[height * width * batch * h];
    for (int image = 0; image < batch; image++) {
      double[][][] x = pixels(order, inputs.get(0), image);
      Cell[][] cells = new Cell[height][width];
      for (int r = 0; r < height; r++) {
        for (int q = 0; q < width; q++) {
          cells[r][q] =
              cell(
                  List.of(
                      new Input(q == 0 ? new double[in] : x[r][q - 1], inputs.get(1), 0),
                      new Input(x[r][q], inputs.get(1), in),
                      new Input(above(cells, inputs, r, q - 1), inputs.get(2), 0),
                      new Input(above(cells, inputs, r, q), inputs.get(2), h),
                      new Input(above(cells, inputs, r, q + 1), inputs.get(2), 2 * h)),
                  inputs.get(3),
                  r == 0 ? inputs.get(5) : cells[r - 1][q].c);
          for (int f = 0; f < h; f++) {
            y[((r * width + q) * batch + image) * h + f] = cells[r][q].h[f];
          }
        }
      }
    }
    return y;
  }

  private double[] above(Cell[][] cells, List<double[]> inputs, int r, int q) {
    if (q < 0 || q >= width) {
      return new double[h];
    }
    return r == 0 ? inputs.get(4) : cells[r - 1][q].h;
  }

  private Cell[][] direction(double[][][] x, List<double[]> weights) {
    Cell[][] cells = new Cell[height][width];
    Cell outside = new Cell(weights.get(3), weights.get(4));
    for (int r = 0; r < height; r++) {
      for (int q = 0; q < width; q++) {
        Cell up = r == 0 ? outside : cells[r - 1][q];
        Cell left = q == 0 ? outside : cells[r][q - 1];
        cells[r][q] =
            cell(
                List.of(
                    new Input(x[r][q], weights.get(0), 0),
                    new Input(up.h, weights.get(1), 0),
                    new Input(left.h, weights.get(1), h)),
                weights.get(2),
                left.c);
      }
    }
    return cells;
  }

  /** The equations of a cell, with gates in the order i, g, f, o. */
  private Cell cell(List<Input> inputs, double[] bias, double[] cPrevious) {
    double[] gates = bias.clone();
    for (Input input : inputs) {
      for (int f = 0; f < input.features.length; f++) {
        for (int o = 0; o < gates.length; o++) {
          gates[o] += input.features[f] * input.weights[(input.offset + f) * gates.length + o];
        }
      }
    }
    double[] c = new double[h];
    double[] out = new double[h];
    for (int f = 0; f < h; f++) {
      c[f] = sigmoid(gates[2 * h + f]) * cPrevious[f] + sigmoid(gates[f]) * Math.tanh(gates[h + f]);
      out[f] = sigmoid(gates[3 * h + f]) * Math.tanh(c[f]);
    }
    return new Cell(out, c);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private double[][][] pixels(int[] order, double[] x, int image) {
    double[][][] pixels = new double[height][width][in];
    for (int position = 0; position < order.length; position++) {
      System.arraycopy(
          x,
          (position * batch + image) * in,
          pixels[order[position] / width][order[position] % width],
          0,
          in);
    }
    return pixels;
  }

  private <T> T[][] mirror(T[][] rows) {
    T[][] mirrored = rows.clone();
    for (int r = 0; r < height; r++) {
      mirrored[r] = rows[r].clone();
      for (int q = 0; q < width; q++) {
        mirrored[r][q] = rows[r][width - 1 - q];
      }
    }
    return mirrored;
  }
}
