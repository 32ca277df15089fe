package io.gshard.tool;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The partitioned programs that the annotation processor puts beside launchers' classes. */
final class LauncherPrograms {
  private static final Pattern CLASS_NAME =
      Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*(\\.[\\p{L}_$][\\p{L}\\p{N}_$]*)+");

  private LauncherPrograms() {}

  /** Whether it looks like a class with a package, and not like a file. */
  static boolean isClassName(String name) {
    return CLASS_NAME.matcher(name).matches() && !name.endsWith(".hlo") && !name.endsWith(".txt");
  }

  /**
   * A program of a launcher.
   *
   * @param classes a folder or jar to look in first; null for the class path alone
   * @throws ToolException if there is none
   */
  static Document read(String launcher, String program, Path classes) {
    String resource = "META-INF/gshard/%s/%s.hlo".formatted(launcher, program);
    if (classes != null && !Files.exists(classes)) {
      throw new ToolException("--classes is %s, which does not exist".formatted(classes));
    }
    ClassLoader own = LauncherPrograms.class.getClassLoader();
    try (URLClassLoader loader =
            new URLClassLoader(
                classes == null ? new URL[0] : new URL[] {classes.toUri().toURL()}, own);
        InputStream in = loader.getResourceAsStream(resource)) {
      if (in == null) {
        throw new ToolException(
            "there is no file %s, and no program '%s' of a launcher of that name: --program and --classes say which and where"
                .formatted(launcher, program));
      }
      return new Document(
          Path.of(launcher + "." + program), new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new ToolException("%s cannot be read: %s".formatted(resource, e.getMessage()), e);
    }
  }
}
