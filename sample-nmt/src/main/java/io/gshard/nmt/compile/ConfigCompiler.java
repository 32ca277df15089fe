package io.gshard.nmt.compile;

import io.gshard.annotation.Backend;
import io.gshard.nmt.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles the model for a config that its annotations do not have: javac with our processor, in
 * this process, on the model's own sources.
 *
 * <p>The processor's class path is the system property {@code gshard.processorpath}, which {@code
 * bin/nmt} sets.
 */
public final class ConfigCompiler {
  private static final String PROCESSOR_PATH = "gshard.processorpath";

  private ConfigCompiler() {}

  /**
   * Compiles into a folder of its own, which is gone when the result is closed.
   *
   * @throws UserError if the model does not compile for the config, with the compiler's first error
   */
  public static CompiledConfig compile(ConfigRequest request) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    String processorPath = System.getProperty(PROCESSOR_PATH);
    if (compiler == null || processorPath == null) {
      throw new UserError(
          "config %s on the mesh '%s' has to be compiled, which needs a JDK and the processor; start with bin/nmt"
              .formatted(request.name(), request.mesh()));
    }
    try {
      Path folder = Files.createTempDirectory("gshard-config");
      CompiledConfig result = new CompiledConfig(request, folder);
      try {
        run(compiler, processorPath, request, result);
      } catch (RuntimeException | IOException e) {
        result.close();
        throw e;
      }
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot compile config " + request.name(), e);
    }
  }

  private static void run(
      JavaCompiler compiler, String processorPath, ConfigRequest request, CompiledConfig result)
      throws IOException {
    List<Path> sources = ModelSources.copyTo(result.sources());
    Files.createDirectories(result.classes());
    List<String> options =
        new ArrayList<>(
            List.of(
                "-d",
                result.classes().toString(),
                "-classpath",
                System.getProperty("java.class.path"),
                "-processorpath",
                processorPath,
                "-parameters",
                "-Agshard.config=" + request.option(),
                "-Agshard.report=" + result.reportFile()));
    // Classes are only needed where they will run.
    options.add(request.targets().contains(Backend.JAVA) ? "-proc:full" : "-proc:only");
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(diagnostics, Locale.ROOT, null)) {
      boolean compiled =
          compiler
              .getTask(
                  null,
                  files,
                  diagnostics,
                  options,
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      if (!compiled) {
        throw new UserError(
            "config %s does not compile for the mesh '%s': %s; give another --mesh or --layers"
                .formatted(request.name(), request.mesh(), firstError(diagnostics)));
      }
    }
  }

  private static String firstError(DiagnosticCollector<JavaFileObject> diagnostics) {
    return diagnostics.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
        .map(diagnostic -> diagnostic.getMessage(Locale.ROOT).lines().findFirst().orElse(""))
        .findFirst()
        .orElse("javac gave no reason");
  }
}
