package org.pixelrnn.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.linecorp.armeria.common.util.UnmodifiableFuture;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.auth.AuthService;
import java.security.MessageDigest;
import java.util.function.Function;

/**
 * Refuses requests without the server's token. Health checks need none, and neither does the page:
 * a browser that opens it cannot send one, so the page asks its user.
 */
final class TokenCheck {
  private final byte[] token;

  TokenCheck(String token) {
    this.token = token.getBytes(UTF_8);
  }

  /** Wraps the services of a server. */
  Function<? super HttpService, ? extends HttpService> decorator() {
    return AuthService.builder()
        .add((ctx, request) -> UnmodifiableFuture.completedFuture(needsNone(ctx.path())))
        .addOAuth2(
            (ctx, given) ->
                UnmodifiableFuture.completedFuture(
                    MessageDigest.isEqual(token, given.accessToken().getBytes(UTF_8))))
        .onFailure(
            (delegate, ctx, request, cause) -> {
              throw new RefusedRequest(
                  RefusedRequest.Kind.NO_TOKEN,
                  "no token, or a wrong one; expected a header `Authorization: Bearer TOKEN`");
            })
        .newDecorator();
  }

  private static boolean needsNone(String path) {
    return path.equals("/healthz")
        || path.equals(PageOverHttp.PATH)
        || path.startsWith("/grpc.health.v1.Health/");
  }
}
