package org.pixelrnn.server;

import com.google.common.base.Throwables;
import com.google.common.primitives.ImmutableIntArray;
import com.linecorp.armeria.server.Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.pixelrnn.image.InputException;

/**
 * A server that gives the images of exported models to programs and browsers. One port has gRPC,
 * HTTP, a web page, health checks and metrics.
 *
 * <pre>{@code
 * try (ModelServer server =
 *     ModelServer.builder().model("mnist", Path.of("savedmodels/mnist-row-lstm")).start()) {
 *   System.out.println(server.uri()); // http://127.0.0.1:8500/
 *   ...
 * }
 * }</pre>
 *
 * <p>Models are loaded in the background. Until a model is ready, its requests are refused with
 * UNAVAILABLE or 503. When a new version appears in a model's folder, it takes over.
 */
public final class ModelServer implements AutoCloseable {
  private final Server server;
  private final ModelRegistry models;
  private final URI uri;

  private ModelServer(Builder builder) {
    models = new ModelRegistry(builder.models, builder.compiledFor);
    try {
      server = ServicesOnOnePort.build(builder, models);
      startListening(builder.host, builder.port);
    } catch (RuntimeException e) {
      models.close();
      throw e;
    }
    String scheme = builder.certificate.isPresent() ? "https" : "http";
    String host = builder.host.contains(":") ? "[" + builder.host + "]" : builder.host;
    uri = URI.create(scheme + "://" + host + ":" + server.activeLocalPort() + "/");
    models.start(builder.watchInterval);
  }

  private void startListening(String host, int port) {
    try {
      server.start().join();
    } catch (CompletionException e) {
      Throwable cause = Throwables.getRootCause(e);
      String reason =
          cause instanceof IOException io ? InputException.reason(io) : String.valueOf(cause);
      throw new InputException(host + ":" + port + ": cannot be listened at: " + reason, e);
    }
  }

  /** Starts the description of a server. */
  public static Builder builder() {
    return new Builder();
  }

  /** The server's address, with the port that was chosen. */
  public URI uri() {
    return uri;
  }

  /** The models, for tests. */
  ModelRegistry models() {
    return models;
  }

  /** True if every model is loaded and warm. */
  public boolean isReady() {
    return models.isReady();
  }

  /**
   * Stops the server. New requests are refused at once. Requests that are running end first, for at
   * most 30 seconds.
   */
  @Override
  public void close() {
    server.stop().join();
    models.close();
  }

  /** Describes a server: its models, its address and its limits. */
  public static final class Builder {
    final Map<String, Path> models = new LinkedHashMap<>();
    String host = "127.0.0.1";
    int port = 8500;
    ImmutableIntArray compiledFor = ImmutableIntArray.of();
    RequestLimits limits = RequestLimits.defaults();
    Optional<String> token = Optional.empty();
    Optional<Path> certificate = Optional.empty();
    Optional<Path> key = Optional.empty();
    Duration idleTime = Duration.ofSeconds(15);
    private Duration watchInterval = Duration.ofSeconds(1);

    private Builder() {}

    /**
     * Adds a model.
     *
     * @param name the name that requests give: letters, digits, {@code .}, {@code _} and {@code -}
     * @param folder the model's folder, for its newest version, or the folder of one version
     * @throws InputException if the name has other characters, or if it is taken
     */
    public Builder model(String name, Path folder) {
      if (!name.matches("[A-Za-z0-9._-]+")) {
        throw new InputException(
            "model name `" + name + "`; expected letters, digits, `.`, `_` and `-`");
      }
      if (models.putIfAbsent(name, folder) != null) {
        throw new InputException("two models have the name `" + name + "`; give one another name");
      }
      return this;
    }

    /** Sets the address to listen at. Default: 127.0.0.1, which only this machine reaches. */
    public Builder host(String host) {
      this.host = host;
      return this;
    }

    /** Sets the port to listen at. Default: 8500. With 0, a free one is chosen. */
    public Builder port(int port) {
      if (port < 0 || port > 65535) {
        throw new InputException("port " + port + "; expected 0 to 65535");
      }
      this.port = port;
      return this;
    }

    /**
     * Sets the numbers of images for which XLA compiles the rows of each model; none by default. A
     * model is ready up to 30 s later for each number. Then a single client of a recurrent model,
     * or of a model of colour images, gets its rows 1.5 to 4 times as fast. The number is that of
     * the images of all requests that are sampled together.
     *
     * @throws InputException if a number is not positive
     * @see org.pixelrnn.sampler.SamplerBuilder#compileFor
     */
    public Builder compileFor(int... images) {
      for (int count : images) {
        if (count < 1) {
          throw new InputException("compile for " + count + " images; expected at least 1");
        }
      }
      compiledFor = ImmutableIntArray.copyOf(images);
      return this;
    }

    /** Sets the limits. Default: {@link RequestLimits#defaults}. */
    public Builder limits(RequestLimits limits) {
      this.limits = limits;
      return this;
    }

    /**
     * Refuses requests that do not have this token, as {@code Authorization: Bearer TOKEN}. Health
     * checks need none.
     *
     * @throws InputException if it is empty, or if it has other characters than visible ones of
     *     ASCII
     */
    public Builder token(String token) {
      if (!token.matches("[!-~]+")) {
        throw new InputException(
            token.isBlank()
                ? "the token is empty; expected at least one character"
                : "the token has characters that no request can send; expected letters, digits and"
                    + " signs of ASCII, without spaces");
      }
      this.token = Optional.of(token);
      return this;
    }

    /** Serves over TLS, with a certificate chain and its private key in PEM format. */
    public Builder tls(Path certificate, Path key) {
      this.certificate = Optional.of(certificate);
      this.key = Optional.of(key);
      return this;
    }

    /** Sets how often folders are looked at for new versions. Default: every second. */
    Builder watchInterval(Duration interval) {
      watchInterval = interval;
      return this;
    }

    /** Sets how long a connection may stay open without a request. Default: 15 seconds. */
    Builder idleTime(Duration time) {
      idleTime = time;
      return this;
    }

    /**
     * Starts the server. Models are loaded in the background.
     *
     * @throws org.pixelrnn.sampler.NotAModelException if there is no model in a folder
     * @throws InputException if there is no model at all, if the address is in use, if the
     *     certificate or the key cannot be read, or if rows are to be compiled for more images than
     *     are ever sampled together
     */
    public ModelServer start() {
      if (models.isEmpty()) {
        throw new InputException("there is no model to serve; expected at least one");
      }
      int most = Math.max(BatchingEngine.MOST_IMAGES, limits.images());
      compiledFor.forEach(
          images -> {
            if (images > most) {
              throw new InputException(
                  "compile for "
                      + images
                      + " images; expected at most "
                      + most
                      + ", as many as are sampled together");
            }
          });
      return new ModelServer(this);
    }
  }
}
