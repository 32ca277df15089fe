package io.gshard.processor.java;

import com.palantir.javapoet.JavaFile;
import io.gshard.hlo.HloModule;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.processor.program.CompiledModel;
import io.gshard.processor.program.CompiledProgram;
import io.gshard.processor.program.ResultType;
import io.gshard.processor.program.Variable;
import io.gshard.runtime.HostTensor;
import io.gshard.runtime.Launcher;
import io.gshard.runtime.Mesh;
import io.gshard.spmd.CommunicationReport;
import io.gshard.spmd.Partitioned;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Programs that went through the Java back end and javac, in memory, in one class loader. */
final class Compiled extends ClassLoader {
  private final Map<String, ByteArrayOutputStream> classes = new HashMap<>();

  private Compiled() {
    super(Compiled.class.getClassLoader());
  }

  /** A module as one device runs it, or all devices each on the whole. */
  static Partitioned replicated(HloModule module) {
    List<Shape> in = module.entry().parameters().stream().map(p -> p.shape()).toList();
    List<Shape> out = module.entry().root().type().leaves();
    return new Partitioned(
        module,
        in,
        in.stream().map(s -> Sharding.replicated(s.rank())).toList(),
        out,
        out.stream().map(s -> Sharding.replicated(s.rank())).toList(),
        new CommunicationReport(List.of()));
  }

  static CompiledModel model(
      String name, MeshShape mesh, List<Variable> variables, Map<String, Partitioned> programs) {
    List<CompiledProgram> list = new ArrayList<>();
    programs.forEach(
        (program, partitioned) -> {
          List<CompiledProgram.Argument> arguments = new ArrayList<>();
          for (int i = variables.size(); i < partitioned.parameterShapes().size(); i++) {
            arguments.add(new CompiledProgram.Argument("arg" + (i - variables.size())));
          }
          list.add(
              new CompiledProgram(
                  program,
                  variables.stream().map(Variable::path).toList(),
                  arguments,
                  new ResultType.Nothing(),
                  partitioned));
        });
    return new CompiledModel("generated", name, "java.lang.Object", "", mesh, variables, list);
  }

  static Compiled of(List<CompiledModel> models) {
    List<JavaFile> files = new ArrayList<>();
    models.forEach(m -> files.addAll(JavaBackend.write(m)));
    Compiled compiled = new Compiled();
    List<JavaFileObject> sources = files.stream().map(Compiled::source).toList();
    var diagnostics = new javax.tools.DiagnosticCollector<JavaFileObject>();
    var javac = ToolProvider.getSystemJavaCompiler();
    JavaFileManager manager =
        compiled.new Memory(javac.getStandardFileManager(diagnostics, null, null));
    boolean good =
        javac
            .getTask(
                null, manager, diagnostics, List.of("-proc:none", "-Xlint:-options"), null, sources)
            .call();
    if (!good) {
      throw new AssertionError(diagnostics.getDiagnostics().toString());
    }
    if (!compiled.tooLarge().isEmpty()) {
      throw new AssertionError(String.join("\n", compiled.tooLarge()));
    }
    return compiled;
  }

  /** See {@link MethodSizes}. */
  List<String> tooLarge() {
    return classes.values().stream()
        .flatMap(bytes -> MethodSizes.tooLarge(bytes.toByteArray()).stream())
        .toList();
  }

  private static JavaFileObject source(JavaFile file) {
    String path = file.packageName().replace('.', '/') + "/" + file.typeSpec().name() + ".java";
    return new SimpleJavaFileObject(URI.create("mem:/" + path), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignored) {
        return file.toString();
      }
    };
  }

  Launcher launch(String name, Mesh mesh) {
    try {
      return (Launcher) loadClass("generated." + name).getConstructor(Mesh.class).newInstance(mesh);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  static List<Literal> run(Launcher launcher, String program, List<Literal> arguments) {
    return launcher.run(program, arguments.stream().map(HostTensor::of).toList()).stream()
        .map(Tensor::literal)
        .toList();
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    ByteArrayOutputStream bytes = classes.get(name);
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, bytes.toByteArray(), 0, bytes.size());
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
