package io.gshard.processor.frontend;

import com.sun.source.util.JavacTask;
import com.sun.source.util.Trees;
import io.gshard.hlo.Source;
import io.gshard.processor.ast.Position;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * The sources of modules that were compiled before: their jar carries them in {@value #FOLDER}.
 * Each is resolved by a javac of its own, against the jars that the compilation itself uses.
 */
final class LibrarySources {
  static final String FOLDER = "META-INF/gshard/sources/";

  private static final Pattern IMPORT =
      Pattern.compile("^import\\s+(?:static\\s+)?([\\w.]+?)(?:\\.\\*)?;", Pattern.MULTILINE);

  private final ProcessingEnvironment environment;
  private final Map<Source, Position> positions;
  private final Map<String, Optional<SourceTask>> tasks = new HashMap<>();

  LibrarySources(ProcessingEnvironment environment, Map<Source, Position> positions) {
    this.environment = environment;
    this.positions = positions;
  }

  /** A task that has the source of this class's file; empty where its jar has none. */
  Optional<SourceTask> find(TypeElement type) {
    TypeElement outermost = type;
    while (outermost.getEnclosingElement() instanceof TypeElement outer) {
      outermost = outer;
    }
    String name = outermost.getQualifiedName().toString();
    Optional<SourceTask> known = tasks.get(name);
    if (known == null) {
      TypeElement file = outermost;
      known = text(name).flatMap(text -> resolve(name, text, file));
      tasks.put(name, known);
    }
    return known;
  }

  private Optional<String> text(String name) {
    for (StandardLocation location :
        List.of(StandardLocation.CLASS_PATH, StandardLocation.CLASS_OUTPUT)) {
      try {
        return Optional.of(
            environment
                .getFiler()
                .getResource(location, "", FOLDER + name + ".java")
                .getCharContent(true)
                .toString());
      } catch (IOException | IllegalArgumentException e) {
        // Not there; the next place may have it.
      }
    }
    return Optional.empty();
  }

  private Optional<SourceTask> resolve(String name, String text, TypeElement type) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      return Optional.empty();
    }
    StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
    try {
      files.setLocationFromPaths(StandardLocation.CLASS_PATH, classPath(text, type));
      JavaFileObject file =
          new SimpleJavaFileObject(
              URI.create("string:///" + name.replace('.', '/') + ".java"),
              JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
              return text;
            }
          };
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, diagnostic -> {}, List.of("-proc:none"), null, List.of(file));
      task.parse();
      task.analyze();
      return Optional.of(
          new SourceTask(
              Trees.instance(task), task.getElements(), task.getTypes(), true, positions));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * The jars and folders of the class itself, of what it imports, and of its packages' neighbours.
   */
  private Set<Path> classPath(String text, TypeElement type) {
    Set<Path> places = new LinkedHashSet<>();
    place(type).ifPresent(places::add);
    List<String> names = new ArrayList<>(List.of("io.gshard.tensor.Tensor"));
    Matcher imports = IMPORT.matcher(text);
    while (imports.find()) {
      names.add(imports.group(1));
    }
    for (String name : names) {
      for (String part = name;
          part.indexOf('.') > 0;
          part = part.substring(0, part.lastIndexOf('.'))) {
        TypeElement found = environment.getElementUtils().getTypeElement(part);
        if (found != null) {
          place(found).ifPresent(places::add);
          break;
        }
        PackageElement folder = environment.getElementUtils().getPackageElement(part);
        if (folder != null) {
          for (Element member : folder.getEnclosedElements()) {
            place((TypeElement) member).ifPresent(places::add);
          }
          break;
        }
      }
    }
    return places;
  }

  /** The jar or folder that a class file lies in. */
  private Optional<Path> place(TypeElement type) {
    JavaFileObject file = environment.getElementUtils().getFileObjectOf(type);
    if (file == null || file.getKind() != JavaFileObject.Kind.CLASS) {
      return Optional.empty();
    }
    String uri = file.toUri().toString();
    String entry =
        environment.getElementUtils().getBinaryName(type).toString().replace('.', '/') + ".class";
    try {
      if (uri.startsWith("jar:")) {
        return Optional.of(Path.of(new URI(uri.substring(4, uri.lastIndexOf("!/")))));
      }
      if (uri.startsWith("file:") && uri.endsWith(entry)) {
        return Optional.of(Path.of(new URI(uri.substring(0, uri.length() - entry.length()))));
      }
      return Optional.empty();
    } catch (URISyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
