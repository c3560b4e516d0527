package org.pixelrnn.train.workers;

import com.google.common.base.Throwables;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.ConfigProto;

/**
 * A session that runs on a TensorFlow server. TensorFlow Java has no public way to name the server,
 * so this file, and this file alone, calls two members of TensorFlow Java that are not public.
 */
@SuppressWarnings("try") // A PointerScope frees what is made in it; nobody calls it.
final class RemoteSession implements AutoCloseable {
  private final TF_Session handle;
  private final Session session;

  private RemoteSession(TF_Session handle, Session session) {
    this.handle = handle;
    this.session = session;
  }

  /**
   * Opens a session.
   *
   * @param target the server, {@code grpc://host:port}
   */
  static RemoteSession of(Graph graph, String target, ConfigProto config) {
    try (AutoCloseable reference = reference(graph);
        PointerScope scope = new PointerScope()) {
      TF_Status status = TF_Status.newStatus();
      TF_SessionOptions options = TF_SessionOptions.newSessionOptions();
      BytePointer bytes = new BytePointer(config.toByteArray());
      tensorflow.TF_SetConfig(options, bytes, bytes.capacity(), status);
      status.throwExceptionIfNotOK();
      tensorflow.TF_SetTarget(options, target);
      TF_Session handle = TF_Session.newSession(graphOf(reference), options, status);
      status.throwExceptionIfNotOK();
      handle.retainReference();
      return new RemoteSession(handle, session(graph, handle));
    } catch (RuntimeException e) {
      throw e;
    } catch (InvocationTargetException e) {
      Throwables.throwIfUnchecked(e.getCause());
      throw new IllegalStateException(e.getCause());
    } catch (Exception e) {
      throw new IllegalStateException(
          "this version of TensorFlow Java opens no session on a server: " + e, e);
    }
  }

  /** While the reference is open, the graph's native object stays. */
  private static AutoCloseable reference(Graph graph) throws ReflectiveOperationException {
    return (AutoCloseable) open(Graph.class.getDeclaredMethod("ref")).invoke(graph);
  }

  private static TF_Graph graphOf(AutoCloseable reference) throws ReflectiveOperationException {
    Method native_ = open(reference.getClass().getDeclaredMethod("nativeHandle"));
    return (TF_Graph) native_.invoke(reference);
  }

  private static Session session(Graph graph, TF_Session handle)
      throws ReflectiveOperationException {
    Constructor<Session> constructor =
        open(Session.class.getDeclaredConstructor(Graph.class, TF_Session.class));
    return constructor.newInstance(graph, handle);
  }

  private static <T extends AccessibleObject> T open(T member) {
    member.setAccessible(true);
    return member;
  }

  Session session() {
    return session;
  }

  /** Makes the call that is under way fail, and every later one. */
  void abort() {
    try (PointerScope scope = new PointerScope()) {
      tensorflow.TF_CloseSession(handle, TF_Status.newStatus());
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
