package org.pixelrnn.model.layer;

import com.google.common.collect.ImmutableList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.pixelrnn.model.graph.BuildContext;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TFloating;

/**
 * The maps that flow from layer to layer. All have the same layout; only the number of features
 * differs.
 *
 * @param <T> the number format
 * @param features the 2h feature maps that the next layer reads, and adds to if it is residual
 * @param skips the sum of the skip connections of the layers so far, which go straight to the
 *     output (section 3.3); empty without skip connections, and before the first layer
 * @param condition the maps that the network is conditioned on, the same for every layer; empty if
 *     the network is unconditional
 */
public record LayerMaps<T extends TFloating>(
    Operand<T> features, Optional<Operand<T>> skips, Optional<Operand<T>> condition) {

  /** The maps that flow into the first layer. */
  public LayerMaps(Operand<T> features, Optional<Operand<T>> condition) {
    this(features, Optional.empty(), condition);
  }

  /**
   * Carries maps past the recurrences of a layer.
   *
   * @param pieces the maps before the layer, piece by piece
   * @return the same maps, for use after the recurrences
   */
  static List<LayerMaps<TFloating>> carryPast(
      BuildContext context, List<LayerMaps<TFloating>> pieces) {
    ImmutableList.Builder<Operand<TFloating>> tensors = ImmutableList.builder();
    for (LayerMaps<TFloating> piece : pieces) {
      tensors.add(piece.features());
      piece.skips().ifPresent(tensors::add);
      piece.condition().ifPresent(tensors::add);
    }
    Iterator<Operand<TFloating>> carried =
        context.chainRule().carry(context.tf(), tensors.build()).iterator();
    return pieces.stream()
        .map(
            piece ->
                new LayerMaps<>(
                    carried.next(),
                    piece.skips().map(skips -> carried.next()),
                    piece.condition().map(condition -> carried.next())))
        .toList();
  }
}
