package io.gshard.nmt.compile;

import io.gshard.nmt.model.Nmt;
import io.gshard.nmt.train.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What {@link ConfigCompiler} made: classes, programs as text, and the processor's report. */
public final class CompiledConfig implements AutoCloseable {
  private final ConfigRequest request;
  private final Path folder;
  private Optional<ModelLoader> loader = Optional.empty();

  CompiledConfig(ConfigRequest request, Path folder) {
    this.request = request;
    this.folder = folder;
  }

  /** The config's name, as {@link io.gshard.runtime.Launcher#load} takes it. */
  public String name() {
    return request.name();
  }

  /** The model, compiled anew, with the launcher beside it. */
  public Class<?> model() {
    try {
      loader = Optional.of(new ModelLoader(classes().toUri().toURL()));
      return loader.get().loadClass(Nmt.class.getName());
    } catch (MalformedURLException | ClassNotFoundException e) {
      throw new IllegalStateException("the compiled model is not in " + classes(), e);
    }
  }

  /**
   * A program of this config in numbers, from the processor's report: {@code instructions} and
   * {@code collectives} by kind of the program, {@code parameters} and {@code bytes_per_device} of
   * the model, {@code partition_seconds} of all programs and {@code processor_seconds}.
   */
  public Map<String, Object> figures(String program) {
    try {
      Map<String, Object> report = Json.read(Files.readString(reportFile()));
      Map<?, ?> config = named(report, "configs", "config", name());
      Map<?, ?> of = named(config, "programs", "name", program);
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("instructions", of.get("instructions"));
      figures.put("processor_seconds", report.get("processor_seconds"));
      figures.put("partition_seconds", config.get("partition_seconds"));
      figures.put("parameters", config.get("parameters"));
      figures.put("bytes_per_device", config.get("bytes_per_device"));
      figures.put("collectives", of.get("collectives"));
      return figures;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the processor's report " + reportFile(), e);
    }
  }

  private static Map<?, ?> named(Map<?, ?> in, String list, String key, String name) {
    if (in.get(list) instanceof List<?> elements) {
      for (Object element : elements) {
        if (element instanceof Map<?, ?> map && name.equals(map.get(key))) {
          return map;
        }
      }
    }
    throw new IllegalStateException("the processor's report has no %s '%s'".formatted(key, name));
  }

  /**
   * A program of this config as text.
   *
   * @param program the program's name
   * @param suffix such as {@code .hlo}, {@code .global.hlo} or {@code .mlir}
   */
  public Path text(String program, String suffix) {
    try (Stream<Path> files = Files.walk(classes())) {
      return files
          .filter(file -> isText(file, program, suffix))
          .min(Comparator.naturalOrder())
          .orElseThrow(
              () ->
                  new IllegalStateException(
                      "the processor wrote no %s of %s for config %s"
                          .formatted(suffix, program, name())));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + classes(), e);
    }
  }

  private boolean isText(Path file, String program, String suffix) {
    String path = classes().relativize(file).toString();
    return path.contains(name()) && path.endsWith(program + suffix);
  }

  Path sources() {
    return folder.resolve("sources");
  }

  Path classes() {
    return folder.resolve("classes");
  }

  Path reportFile() {
    return folder.resolve("report.json");
  }

  /** Deletes the folder. */
  @Override
  public void close() {
    try {
      if (loader.isPresent()) {
        loader.get().close();
      }
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder, e);
    }
  }

  /** Prefers its own classes of the model's package, so that launcher and model share it. */
  private static final class ModelLoader extends URLClassLoader {
    private static final String PACKAGE = Nmt.class.getPackageName() + ".";

    ModelLoader(URL classes) {
      super(new URL[] {classes}, Nmt.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(PACKAGE)) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? findClass(name) : loaded;
      }
    }
  }
}
