package io.gshard.processor;

import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import javax.annotation.processing.ProcessingEnvironment;

/**
 * Build tools wrap the compiler's environment (IntelliJ in a proxy, Gradle in an object that
 * delegates); javac's trees want the real one.
 */
final class Unwrap {
  private Unwrap() {}

  /** The environment inside, or the given one where nothing is recognised. */
  static ProcessingEnvironment environment(ProcessingEnvironment wrapped) {
    if (Proxy.isProxyClass(wrapped.getClass())) {
      return intellij(wrapped);
    }
    for (Class<?> type = wrapped.getClass(); type != null; type = type.getSuperclass()) {
      for (String name : new String[] {"delegate", "processingEnv"}) {
        try {
          Field field = type.getDeclaredField(name);
          field.setAccessible(true);
          if (field.get(wrapped) instanceof ProcessingEnvironment inner && inner != wrapped) {
            return environment(inner);
          }
        } catch (ReflectiveOperationException | RuntimeException e) {
          // Not a wrapper of this kind.
        }
      }
    }
    return wrapped;
  }

  private static ProcessingEnvironment intellij(ProcessingEnvironment wrapped) {
    try {
      Class<?> wrappers =
          wrapped.getClass().getClassLoader().loadClass("org.jetbrains.jps.javac.APIWrappers");
      return (ProcessingEnvironment)
          wrappers
              .getDeclaredMethod("unwrap", Class.class, Object.class)
              .invoke(null, ProcessingEnvironment.class, wrapped);
    } catch (ReflectiveOperationException | RuntimeException e) {
      return wrapped;
    }
  }
}
