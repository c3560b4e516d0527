package org.pixelrnn.cli;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Starts TensorFlow before the first test, as the commands do, so that a build that passes says
 * nothing. JUnit finds it in {@code META-INF/services}.
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
              NativeChatter.silence();
              return true;
            });
  }
}
