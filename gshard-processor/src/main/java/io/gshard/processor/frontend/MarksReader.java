package io.gshard.processor.frontend;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.util.TreePath;
import io.gshard.annotation.Dims;
import io.gshard.annotation.Manual;
import io.gshard.annotation.Replicate;
import io.gshard.annotation.Shard;
import io.gshard.annotation.Split;
import io.gshard.processor.ast.Marks;
import io.gshard.processor.ast.MethodDecl;
import io.gshard.processor.ast.Position;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Reporter;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.Element;

/** Reads {@code @Dims} and the annotations of shardings from a declaration. */
record MarksReader(SourceTask task, Reporter reporter) {

  /**
   * @param path the declaration, whose modifiers these are and whose element this is
   */
  Marks read(TreePath path, ModifiersTree modifiers, Element element) {
    if (element == null || modifiers.getAnnotations().isEmpty()) {
      return Marks.NONE;
    }
    List<Marks.Split> splits = new ArrayList<>();
    Split split = element.getAnnotation(Split.class);
    if (split != null) {
      splits.add(
          new Marks.Split(
              Marks.Form.SPLIT,
              split.dim(),
              List.of(split.axis()),
              List.of(),
              position(path, modifiers, Split.class)));
    }
    if (element.getAnnotation(Replicate.class) != null) {
      splits.add(
          new Marks.Split(
              Marks.Form.REPLICATE,
              0,
              List.of(),
              List.of(),
              position(path, modifiers, Replicate.class)));
    }
    Shard shard = element.getAnnotation(Shard.class);
    if (shard != null) {
      splits.add(
          new Marks.Split(
              Marks.Form.SHARD,
              0,
              List.of(shard.value()),
              Arrays.stream(shard.devices()).boxed().toList(),
              position(path, modifiers, Shard.class)));
    }
    if (splits.size() > 1) {
      reporter.error(
          Diagnostic.TWO_SPLITS,
          splits.getLast().at(),
          "'%s' has two annotations that say how it is split; expected one of @Split, @Replicate and"
                  .formatted(element.getSimpleName())
              + " @Shard; for several dims write @Shard with a text for each dim");
    }
    Dims dims = element.getAnnotation(Dims.class);
    return new Marks(
        Optional.ofNullable(dims)
            .map(
                d ->
                    new Marks.Named(
                        d.value(),
                        writesType(element) ? Optional.of(d.type()) : Optional.empty(),
                        position(path, modifiers, Dims.class))),
        splits.stream().findFirst());
  }

  /** {@code @Manual} of a method. */
  Optional<MethodDecl.Manual> manual(TreePath path, ModifiersTree modifiers, Element method) {
    return Optional.ofNullable(method.getAnnotation(Manual.class))
        .map(
            manual ->
                new MethodDecl.Manual(
                    List.of(manual.value()), position(path, modifiers, Manual.class)));
  }

  private static boolean writesType(Element element) {
    return element.getAnnotationMirrors().stream()
        .filter(m -> m.getAnnotationType().toString().equals(Dims.class.getName()))
        .flatMap(m -> m.getElementValues().keySet().stream())
        .anyMatch(k -> k.getSimpleName().contentEquals("type"));
  }

  /** The position of an annotation of this type. */
  Position position(TreePath path, ModifiersTree modifiers, Class<? extends Annotation> type) {
    for (AnnotationTree annotation : modifiers.getAnnotations()) {
      String name = annotation.getAnnotationType().toString();
      if (name.equals(type.getSimpleName()) || name.endsWith("." + type.getSimpleName())) {
        return task.position(annotation, path.getCompilationUnit());
      }
    }
    return task.position(path);
  }
}
