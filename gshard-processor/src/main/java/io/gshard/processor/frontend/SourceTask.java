package io.gshard.processor.frontend;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreePath;
import com.sun.source.util.Trees;
import io.gshard.hlo.Source;
import io.gshard.processor.ast.MethodRef;
import io.gshard.processor.ast.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/**
 * One run of javac that resolves trees: the compilation itself, or one nested in it that reads the
 * source of a library's module.
 */
record SourceTask(
    Trees trees, Elements elements, Types types, boolean library, Map<Source, Position> positions) {

  /**
   * Resolves the class around a block or an expression: javac does so when it is asked for the
   * element of something that has none yet. Types alone can be asked for only afterwards.
   */
  void attribute(TreePath path) {
    trees.getElement(path);
  }

  /** The element that a tree refers to or declares, or null. */
  Element element(TreePath path) {
    return trees.getElement(path);
  }

  /** The type of an expression; null where javac has none. */
  TypeMirror type(TreePath path) {
    return trees.getTypeMirror(path);
  }

  Position position(TreePath path) {
    return position(path.getLeaf(), path.getCompilationUnit());
  }

  /** The start of a tree; for a call of a method, the start of the method's name. */
  Position position(Tree tree, CompilationUnitTree unit) {
    Tree target = tree instanceof MethodInvocationTree call ? call.getMethodSelect() : tree;
    long offset = trees.getSourcePositions().getStartPosition(unit, target);
    if (target instanceof MemberSelectTree select && tree instanceof MethodInvocationTree) {
      long end = trees.getSourcePositions().getEndPosition(unit, select);
      if (end > 0) {
        offset = end - select.getIdentifier().length();
      }
    }
    String packageName =
        unit.getPackageName() == null
            ? ""
            : unit.getPackageName().toString().replace('.', '/') + "/";
    String path = unit.getSourceFile().toUri().getPath();
    String file =
        path == null ? unit.getSourceFile().getName() : path.substring(path.lastIndexOf('/') + 1);
    int line = offset < 0 ? 0 : (int) unit.getLineMap().getLineNumber(offset);
    int column = offset < 0 ? 0 : (int) unit.getLineMap().getColumnNumber(offset);
    Source source = new Source(packageName + file, line, column);
    Position position = new Position(source, target, unit, library);
    positions.putIfAbsent(source, position);
    return position;
  }

  /** The binary name of an erased type, arrays with {@code []} behind. */
  String erasedName(TypeMirror type) {
    TypeMirror erased = types.erasure(type);
    return switch (erased.getKind()) {
      case ARRAY -> erasedName(((ArrayType) erased).getComponentType()) + "[]";
      case DECLARED ->
          elements.getBinaryName((TypeElement) ((DeclaredType) erased).asElement()).toString();
      default -> erased.toString();
    };
  }

  String binaryName(Element type) {
    return elements.getBinaryName((TypeElement) type).toString();
  }

  MethodRef reference(ExecutableElement method) {
    List<String> parameters = new ArrayList<>();
    for (VariableElement parameter : method.getParameters()) {
      parameters.add(erasedName(parameter.asType()));
    }
    return new MethodRef(
        binaryName(method.getEnclosingElement()),
        method.getSimpleName().toString(),
        parameters,
        method.getModifiers().contains(Modifier.STATIC));
  }

  /** The primitive kind of a type or of what it boxes; DECLARED for all others. */
  TypeKind primitive(TypeMirror type) {
    if (type == null) {
      return TypeKind.ERROR;
    }
    if (type.getKind().isPrimitive()) {
      return type.getKind();
    }
    return switch (type.getKind() == TypeKind.DECLARED ? erasedName(type) : "") {
      case "java.lang.Integer" -> TypeKind.INT;
      case "java.lang.Long" -> TypeKind.LONG;
      case "java.lang.Float" -> TypeKind.FLOAT;
      case "java.lang.Double" -> TypeKind.DOUBLE;
      case "java.lang.Boolean" -> TypeKind.BOOLEAN;
      case "java.lang.Character" -> TypeKind.CHAR;
      case "java.lang.Short" -> TypeKind.SHORT;
      case "java.lang.Byte" -> TypeKind.BYTE;
      default -> TypeKind.DECLARED;
    };
  }

  static TreePath child(TreePath path, Tree tree) {
    return new TreePath(path, tree);
  }

  static List<TreePath> children(TreePath path, List<? extends ExpressionTree> trees) {
    return trees.stream().map(t -> new TreePath(path, t)).toList();
  }
}
