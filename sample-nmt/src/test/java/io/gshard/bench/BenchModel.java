package io.gshard.bench;

import io.gshard.mesh.MeshShape;
import io.gshard.runtime.Launcher;
import io.gshard.runtime.LocalMesh;
import io.gshard.runtime.Mesh;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * A model of the benchmarks, from the resources {@code bench}, compiled for given sizes and mesh
 * when it is asked for, and its parameters initialised.
 */
final class BenchModel implements AutoCloseable {
  private final Path folder;
  private final URLClassLoader loader;
  private final Mesh mesh;
  private final Launcher launcher;
  private final double compileSeconds;

  private BenchModel(
      Path folder, URLClassLoader loader, Mesh mesh, Launcher launcher, double compileSeconds) {
    this.folder = folder;
    this.loader = loader;
    this.mesh = mesh;
    this.launcher = launcher;
    this.compileSeconds = compileSeconds;
  }

  /**
   * Compiles with our processor, whose class path is the system property {@code
   * gshard.processorpath}.
   *
   * @param sizes as in {@code @Config}
   * @throws IllegalArgumentException with javac's output, if it does not compile
   */
  static BenchModel open(String name, String sizes, String mesh) {
    return open(name, sizes, mesh, Runtime.getRuntime().availableProcessors());
  }

  /** With a given number of workers. */
  static BenchModel open(String name, String sizes, String mesh, int workers) {
    try {
      Path folder = Files.createTempDirectory("gshard-bench");
      Path source = folder.resolve(name + ".java");
      try (InputStream in = BenchModel.class.getResourceAsStream("/bench/" + name + ".java")) {
        Files.writeString(source, new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
      long start = System.nanoTime();
      compile(source, folder, "%s/Run: %s; %s; JAVA".formatted(name, sizes, mesh));
      double seconds = (System.nanoTime() - start) / 1e9;
      URLClassLoader loader =
          new URLClassLoader(new URL[] {folder.toUri().toURL()}, BenchModel.class.getClassLoader());
      Mesh devices = new LocalMesh(MeshShape.parse(mesh), workers);
      Launcher launcher = Launcher.load(loader.loadClass(name), "Run", devices);
      launcher.init(1);
      return new BenchModel(folder, loader, devices, launcher, seconds);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void compile(Path source, Path classes, String config) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter output = new StringWriter();
    List<String> options =
        List.of(
            "-d",
            classes.toString(),
            "-classpath",
            System.getProperty("java.class.path"),
            "-processorpath",
            System.getProperty("gshard.processorpath"),
            "-proc:full",
            "-nowarn",
            "-Agshard.config=" + config);
    try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      if (!compiler
          .getTask(output, files, null, options, null, files.getJavaFileObjects(source))
          .call()) {
        throw new IllegalArgumentException(output.toString());
      }
    }
  }

  Launcher launcher() {
    return launcher;
  }

  /** What javac with the processor took. */
  double compileSeconds() {
    return compileSeconds;
  }

  @Override
  public void close() {
    launcher.close();
    mesh.close();
    try {
      loader.close();
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
