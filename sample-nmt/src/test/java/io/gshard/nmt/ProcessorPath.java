package io.gshard.nmt;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gives tests the processor's class path as {@code bin/nmt} does, from what the build wrote. */
public final class ProcessorPath {
  private ProcessorPath() {}

  /** Sets the system property that {@link io.gshard.nmt.compile.ConfigCompiler} reads. */
  public static void set() {
    Path home = Path.of(System.getProperty("gshard.processor.home"));
    try {
      String libraries = Files.readString(home.resolve("classpath.txt")).strip();
      System.setProperty(
          "gshard.processorpath", home.resolve("classes") + File.pathSeparator + libraries);
    } catch (IOException e) {
      throw new UncheckedIOException("build gshard-processor first", e);
    }
  }
}
