package io.gshard.processor.ast;

import io.gshard.annotation.Init;
import java.util.List;
import java.util.Optional;

/**
 * What of a class of the user's matters before any method of it runs.
 *
 * @param name the binary name
 * @param superclass the binary name, where it is not Object or Record
 * @param components a record's components
 */
public record ClassDecl(
    String name,
    Kind kind,
    Optional<String> superclass,
    List<String> interfaces,
    List<String> components,
    List<FieldDecl> fields,
    Position at) {
  public ClassDecl {
    interfaces = List.copyOf(interfaces);
    components = List.copyOf(components);
    fields = List.copyOf(fields);
  }

  /** What a class is to a model. */
  public enum Kind {
    /** Annotated with {@code @Model} or {@code @Module}. */
    MODULE,
    RECORD,
    ENUM,
    INTERFACE,
    OTHER
  }

  /**
   * A field.
   *
   * @param type the erased type, as in {@link MethodRef#parameterTypes}
   * @param module the binary name of the module class it holds, or that a list holds
   * @param stack the dim that {@code @Stack} names
   * @param init how a parameter starts
   */
  public record FieldDecl(
      String name,
      String type,
      boolean isStatic,
      boolean isFinal,
      Optional<String> module,
      Optional<String> stack,
      Optional<Start> init,
      Marks marks,
      Optional<Expr> initializer,
      Position at) {}

  /** {@code @Init}. */
  public record Start(Init.Kind kind, double scale, String fan, Position at) {}

  public Optional<FieldDecl> field(String fieldName) {
    return fields.stream().filter(f -> f.name().equals(fieldName)).findFirst();
  }

  public String simpleName() {
    return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
  }
}
