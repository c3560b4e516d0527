package org.pixelrnn;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.pixelrnn.image.QuietStart;

/**
 * Starts TensorFlow quietly before the first test, so that a build that passes prints nothing.
 * JUnit finds this class in {@code META-INF/services}.
 */
public final class QuietTensorFlow implements BeforeAllCallback {
  @Override
  public void beforeAll(ExtensionContext context) {
    context
        .getRoot()
        .getStore(Namespace.create(QuietTensorFlow.class))
        .getOrComputeIfAbsent(
            "started",
            key -> {
              QuietStart.begin(0);
              return true;
            });
  }
}
