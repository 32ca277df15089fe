package io.gshard.processor.frontend;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePath;
import io.gshard.annotation.Init;
import io.gshard.annotation.Model;
import io.gshard.annotation.Module;
import io.gshard.annotation.Stack;
import io.gshard.processor.ast.ClassDecl;
import io.gshard.processor.ast.ClassDecl.FieldDecl;
import io.gshard.processor.ast.MethodDecl;
import io.gshard.processor.ast.MethodRef;
import io.gshard.processor.ast.Position;
import io.gshard.processor.ast.Stmt;
import io.gshard.processor.check.Reporter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/**
 * The user's classes by name: those of this compilation, and those of libraries whose source is in
 * their jar. Bodies are translated when they are first asked for, once for all configs.
 */
public final class Sources {
  private record Found(SourceTask task, TypeElement element, TreePath path) {}

  private final SourceTask main;
  private final Function<TypeElement, Optional<SourceTask>> libraries;
  private final Reporter reporter;
  private final Map<String, Optional<Found>> found = new HashMap<>();
  private final Map<String, Optional<ClassDecl>> classes = new HashMap<>();
  private final Map<MethodRef, Optional<MethodDecl>> methods = new HashMap<>();
  private boolean unresolved;

  /**
   * @param libraries reads the source of a class that is not in this compilation
   */
  Sources(
      SourceTask main, Function<TypeElement, Optional<SourceTask>> libraries, Reporter reporter) {
    this.main = main;
    this.libraries = libraries;
    this.reporter = reporter;
  }

  /** Whether something did not resolve: javac reports it, or a later round knows it. */
  boolean sawUnresolved() {
    return unresolved;
  }

  private Optional<Found> find(String name) {
    Optional<Found> known = found.get(name);
    if (known == null) {
      known = search(name);
      found.put(name, known);
    }
    return known;
  }

  private Optional<Found> search(String name) {
    TypeElement element = main.elements().getTypeElement(name.replace('$', '.'));
    if (element == null) {
      return Optional.empty();
    }
    TreePath path = main.trees().getPath(element);
    if (path != null) {
      return Optional.of(new Found(main, element, path));
    }
    return libraries
        .apply(element)
        .flatMap(
            task -> {
              TypeElement again = task.elements().getTypeElement(name.replace('$', '.'));
              TreePath there = again == null ? null : task.trees().getPath(again);
              return Optional.ofNullable(there).map(p -> new Found(task, again, p));
            });
  }

  /** What a class declares, if its source is known. */
  Optional<ClassDecl> declaration(String name) {
    Optional<ClassDecl> known = classes.get(name);
    if (known == null) {
      known = find(name).map(this::declare);
      classes.put(name, known);
    }
    return known;
  }

  private ClassDecl declare(Found source) {
    TypeElement element = source.element();
    ClassDecl.Kind kind =
        switch (element.getKind()) {
          case RECORD -> ClassDecl.Kind.RECORD;
          case ENUM -> ClassDecl.Kind.ENUM;
          case INTERFACE -> ClassDecl.Kind.INTERFACE;
          default -> isModule(element) ? ClassDecl.Kind.MODULE : ClassDecl.Kind.OTHER;
        };
    List<FieldDecl> fields = new ArrayList<>();
    for (var member : ((ClassTree) source.path().getLeaf()).getMembers()) {
      if (member instanceof VariableTree tree) {
        fields.add(field(source, new TreePath(source.path(), tree), tree));
      }
    }
    TypeMirror superclass = element.getSuperclass();
    String superName =
        superclass.getKind() == TypeKind.DECLARED ? source.task().erasedName(superclass) : "";
    boolean plain =
        superName.isEmpty()
            || superName.equals("java.lang.Object")
            || superName.equals("java.lang.Record")
            || superName.equals("java.lang.Enum");
    return new ClassDecl(
        source.task().binaryName(element),
        kind,
        plain ? Optional.empty() : Optional.of(superName),
        element.getInterfaces().stream().map(source.task()::erasedName).toList(),
        element.getRecordComponents().stream().map(c -> c.getSimpleName().toString()).toList(),
        fields,
        source.task().position(source.path()));
  }

  private static boolean isModule(Element element) {
    return element.getAnnotation(Module.class) != null
        || element.getAnnotation(Model.class) != null;
  }

  private FieldDecl field(Found source, TreePath path, VariableTree tree) {
    SourceTask task = source.task();
    VariableElement element = (VariableElement) task.element(path);
    Stack stack = element.getAnnotation(Stack.class);
    Init init = element.getAnnotation(Init.class);
    MarksReader marks = new MarksReader(task, reporter);
    StatementTranslator translator = new StatementTranslator(task, reporter, null);
    boolean constant = element.getKind() == ElementKind.ENUM_CONSTANT;
    if (tree.getInitializer() != null) {
      task.attribute(new TreePath(path, tree.getInitializer()));
    }
    FieldDecl field =
        new FieldDecl(
            element.getSimpleName().toString(),
            task.erasedName(element.asType()),
            element.getModifiers().contains(Modifier.STATIC),
            element.getModifiers().contains(Modifier.FINAL),
            module(task, element.asType()),
            Optional.ofNullable(stack).map(Stack::value),
            Optional.ofNullable(init)
                .map(
                    i ->
                        new ClassDecl.Start(
                            i.value(),
                            i.scale(),
                            i.fan(),
                            marks.position(path, tree.getModifiers(), Init.class))),
            marks.read(path, tree.getModifiers(), element),
            constant || tree.getInitializer() == null
                ? Optional.empty()
                : Optional.of(
                    translator
                        .expressions()
                        .converted(new TreePath(path, tree.getInitializer()), element.asType())),
            task.position(path));
    unresolved |= translator.expressions().sawUnresolved();
    return field;
  }

  /** The module that a field of this type holds, itself or in a list. */
  private static Optional<String> module(SourceTask task, TypeMirror type) {
    if (!(type instanceof DeclaredType declared)) {
      return Optional.empty();
    }
    if (isModule(declared.asElement())) {
      return Optional.of(task.erasedName(type));
    }
    return task.erasedName(type).equals("java.util.List") && declared.getTypeArguments().size() == 1
        ? module(task, declared.getTypeArguments().getFirst())
        : Optional.empty();
  }

  /** The method with this signature that a class itself declares with a body. */
  Optional<MethodDecl> method(String owner, String name, List<String> parameterTypes) {
    MethodRef key = new MethodRef(owner, name, parameterTypes, false);
    Optional<MethodDecl> known = methods.get(key);
    if (known == null) {
      known = find(owner).flatMap(f -> translate(f, name, parameterTypes));
      methods.put(key, known);
    }
    return known;
  }

  private Optional<MethodDecl> translate(Found source, String name, List<String> types) {
    List<ExecutableElement> named =
        source.element().getEnclosedElements().stream()
            .filter(ExecutableElement.class::isInstance)
            .map(ExecutableElement.class::cast)
            .filter(m -> m.getSimpleName().contentEquals(name))
            .filter(m -> m.getParameters().size() == types.size())
            .toList();
    Optional<ExecutableElement> method =
        named.stream()
            .filter(m -> source.task().reference(m).parameterTypes().equals(types))
            .findFirst()
            // A generic interface's method has other erased types than its implementation.
            .or(() -> named.size() == 1 ? Optional.of(named.getFirst()) : Optional.empty());
    return method.flatMap(m -> translate(source.task(), m));
  }

  private Optional<MethodDecl> translate(SourceTask task, ExecutableElement method) {
    TreePath path = task.trees().getPath(method);
    if (path == null
        || !(path.getLeaf() instanceof MethodTree tree)
        || tree.getBody() == null
        || task.elements().getOrigin(method) != javax.lang.model.util.Elements.Origin.EXPLICIT) {
      return Optional.empty();
    }
    task.attribute(new TreePath(path, tree.getBody()));
    StatementTranslator translator =
        new StatementTranslator(task, reporter, method.getReturnType());
    MarksReader marks = new MarksReader(task, reporter);
    List<MethodDecl.Parameter> parameters = new ArrayList<>();
    for (VariableTree parameter : tree.getParameters()) {
      TreePath at = new TreePath(path, parameter);
      Element element = task.element(at);
      parameters.add(
          new MethodDecl.Parameter(
              parameter.getName().toString(),
              task.erasedName(element.asType()),
              marks.read(at, parameter.getModifiers(), element),
              task.position(at)));
    }
    Stmt body = translator.translate(new TreePath(path, tree.getBody()));
    unresolved |= translator.expressions().sawUnresolved();
    Position at = task.position(path);
    return Optional.of(
        new MethodDecl(
            task.reference(method),
            parameters,
            marks.read(path, tree.getModifiers(), method),
            marks.manual(path, tree.getModifiers(), method),
            body,
            at));
  }

  /** The constructors that a class writes. */
  boolean hasConstructor(String owner) {
    return find(owner).stream()
        .flatMap(f -> ElementFilter.constructorsIn(f.element().getEnclosedElements()).stream())
        .anyMatch(
            c -> main.elements().getOrigin(c) == javax.lang.model.util.Elements.Origin.EXPLICIT);
  }
}
