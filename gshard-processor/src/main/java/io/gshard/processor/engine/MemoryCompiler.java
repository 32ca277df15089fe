package io.gshard.processor.engine;

import io.gshard.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles sources in memory, against the class path of this JVM, and loads what they became. */
final class MemoryCompiler extends ClassLoader {
  private final Map<String, ByteArrayOutputStream> classes = new HashMap<>();

  /**
   * @param sources by the classes' qualified names
   */
  MemoryCompiler(Map<String, String> sources) {
    super(MemoryCompiler.class.getClassLoader());
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    if (javac == null) {
      throw new IllegalArgumentException(
          "the engine kernels compiles Java, and this is a runtime without a compiler; use a JDK");
    }
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    List<JavaFileObject> files = new ArrayList<>();
    sources.forEach((name, code) -> files.add(new Source(name, code)));
    JavaFileManager manager = new Memory(javac.getStandardFileManager(found, null, null));
    List<String> options = List.of("-proc:none", "-Xlint:none", "-XDuseUnsharedTable");
    if (!javac.getTask(null, manager, found, options, null, files).call()) {
      throw new IllegalArgumentException(
          "the generated Java does not compile (are the kernels on the class path?): "
              + found.getDiagnostics().getFirst());
    }
  }

  /** An instance of a class that is such a function. */
  @SuppressWarnings("unchecked")
  UnaryOperator<List<Tensor>> start(String name) {
    try {
      return (UnaryOperator<List<Tensor>>) loadClass(name).getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the generated class cannot be loaded: " + e, e);
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    ByteArrayOutputStream bytes = classes.get(name);
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, bytes.toByteArray(), 0, bytes.size());
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String code;

    Source(String name, String code) {
      super(URI.create("mem:/" + name.replace('.', '/') + ".java"), Kind.SOURCE);
      this.code = code;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return code;
    }
  }

  private final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
    Memory(JavaFileManager manager) {
      super(manager);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(URI.create("mem:/" + name), kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          classes.put(name, bytes);
          return bytes;
        }
      };
    }
  }
}
