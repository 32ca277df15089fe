package io.gshard.processor.frontend;

import static io.gshard.processor.frontend.SourceTask.child;

import com.sun.source.tree.ArrayAccessTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompoundAssignmentTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ErroneousTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewArrayTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TypeCastTree;
import com.sun.source.tree.UnaryTree;
import com.sun.source.util.TreePath;
import io.gshard.processor.ast.Expr;
import io.gshard.processor.ast.Expr.Operator;
import io.gshard.processor.ast.MethodRef;
import io.gshard.processor.ast.Position;
import io.gshard.processor.ast.Stmt;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Reporter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/** Translates javac's resolved expressions; see {@link StatementTranslator}. */
final class ExpressionTranslator {
  private final SourceTask task;
  private final Reporter reporter;
  private final StatementTranslator statements;
  private boolean unresolved;

  ExpressionTranslator(SourceTask task, Reporter reporter, StatementTranslator statements) {
    this.task = task;
    this.reporter = reporter;
    this.statements = statements;
  }

  /** Whether something did not resolve, so that javac reports it or a later round knows it. */
  boolean sawUnresolved() {
    return unresolved;
  }

  Expr translate(TreePath path) {
    Position at = task.position(path);
    return switch (path.getLeaf()) {
      case ParenthesizedTree t -> translate(child(path, t.getExpression()));
      case LiteralTree t -> new Expr.Constant(t.getValue(), at);
      case IdentifierTree t -> name(path, Optional.empty(), at);
      case MemberSelectTree t -> select(path, t, at);
      case MethodInvocationTree t -> call(path, t, at);
      case NewClassTree t -> create(path, t, at);
      case NewArrayTree t -> array(path, t, at);
      case ArrayAccessTree t ->
          new Expr.Element(
              translate(child(path, t.getExpression())),
              converted(child(path, t.getIndex()), TypeKind.INT),
              at);
      case UnaryTree t -> unary(path, t, at);
      case BinaryTree t -> binary(path, t, at);
      case ConditionalExpressionTree t -> conditional(path, t, at);
      case AssignmentTree t -> {
        TreePath target = child(path, t.getVariable());
        yield new Expr.Assign(
            translate(target), converted(child(path, t.getExpression()), task.type(target)), at);
      }
      case CompoundAssignmentTree t -> compound(path, t, at);
      case TypeCastTree t -> {
        TypeMirror type = task.type(path);
        yield type.getKind().isPrimitive()
            ? new Expr.Convert(type.getKind(), translate(child(path, t.getExpression())), at)
            : translate(child(path, t.getExpression()));
      }
      case SwitchExpressionTree t -> {
        TypeMirror type = task.type(path);
        Expr value =
            new Expr.Switch(
                translate(child(path, t.getExpression())),
                statements.cases(path, t.getCases(), true),
                at);
        yield type != null && type.getKind().isPrimitive()
            ? new Expr.Convert(type.getKind(), value, at)
            : value;
      }
      case LambdaExpressionTree t -> {
        List<String> parameters =
            t.getParameters().stream().map(p -> p.getName().toString()).toList();
        TreePath body = child(path, t.getBody());
        Stmt statement =
            t.getBodyKind() == LambdaExpressionTree.BodyKind.EXPRESSION
                ? new Stmt.Return(Optional.of(translate(body)), at)
                : statements.translate(body);
        yield new Expr.Lambda(parameters, statement, at);
      }
      case MemberReferenceTree t ->
          unsupported(at, "a method reference; write a lambda such as x -> " + t.getName() + "(x)");
      case ErroneousTree t -> unresolved(at);
      default ->
          unsupported(
              at,
              "an expression of this kind (%s); write it with tensor ops, arithmetic, records and methods"
                  .formatted(
                      path.getLeaf().getKind().name().toLowerCase(Locale.ROOT).replace('_', ' ')));
    };
  }

  private Expr unsupported(Position at, String message) {
    reporter.error(Diagnostic.EXPRESSION, at, "a program cannot be compiled from " + message);
    return new Expr.Erroneous(at);
  }

  private Expr unresolved(Position at) {
    unresolved = true;
    return new Expr.Erroneous(at);
  }

  /** Converted as an assignment to that type does. */
  Expr converted(TreePath path, TypeMirror target) {
    return target != null && target.getKind().isPrimitive()
        ? converted(path, target.getKind())
        : translate(path);
  }

  private Expr converted(TreePath path, TypeKind target) {
    Expr value = translate(path);
    TypeMirror type = task.type(path);
    return type != null && type.getKind() == target
        ? value
        : new Expr.Convert(target, value, value.at());
  }

  private Expr name(TreePath path, Optional<Expr> target, Position at) {
    Element element = task.element(path);
    if (!(element instanceof VariableElement variable)
        || variable.asType().getKind() == TypeKind.ERROR) {
      return unresolved(at);
    }
    if (variable.getConstantValue() != null) {
      return new Expr.Constant(variable.getConstantValue(), at);
    }
    String name = variable.getSimpleName().toString();
    if (name.equals("this")) {
      return new Expr.This(at);
    }
    if (!variable.getKind().isField()) {
      return new Expr.Local(name, at);
    }
    return variable.getModifiers().contains(Modifier.STATIC)
        ? new Expr.StaticField(task.binaryName(variable.getEnclosingElement()), name, at)
        : new Expr.Field(target.orElse(new Expr.This(at)), name, at);
  }

  private Expr select(TreePath path, MemberSelectTree tree, Position at) {
    TreePath target = child(path, tree.getExpression());
    Element element = task.element(path);
    TypeMirror type = task.type(target);
    if (type instanceof ArrayType && tree.getIdentifier().contentEquals("length")) {
      return new Expr.Field(translate(target), "length", at);
    }
    if (element == null || element.getModifiers().contains(Modifier.STATIC)) {
      return name(path, Optional.empty(), at);
    }
    return name(path, Optional.of(translate(target)), at);
  }

  private Expr call(TreePath path, MethodInvocationTree tree, Position at) {
    TreePath target = child(path, tree.getMethodSelect());
    if (!(task.element(target) instanceof ExecutableElement method)
        || method.asType().getKind() == TypeKind.ERROR) {
      tree.getArguments().forEach(a -> translate(child(path, a)));
      return unresolved(at);
    }
    MethodRef reference = task.reference(method);
    List<Expr> arguments = arguments(path, method, tree.getArguments());
    if (method.getKind() == ElementKind.CONSTRUCTOR) {
      // this(...) or super(...), which javac adds where it is not written.
      return new Expr.Call(reference, Optional.of(new Expr.This(at)), arguments, at);
    }
    if (reference.isStatic()) {
      return new Expr.Call(reference, Optional.empty(), arguments, at);
    }
    Expr receiver =
        target.getLeaf() instanceof MemberSelectTree select
            ? translate(child(target, select.getExpression()))
            : new Expr.This(at);
    return new Expr.Call(reference, Optional.of(receiver), arguments, at);
  }

  private List<Expr> arguments(
      TreePath path, ExecutableElement method, List<? extends ExpressionTree> trees) {
    List<? extends VariableElement> parameters = method.getParameters();
    List<TreePath> paths = SourceTask.children(path, trees);
    List<Expr> arguments = new ArrayList<>();
    int fixed = method.isVarArgs() ? parameters.size() - 1 : parameters.size();
    for (int i = 0; i < Math.min(fixed, paths.size()); i++) {
      arguments.add(converted(paths.get(i), parameters.get(i).asType()));
    }
    if (method.isVarArgs()) {
      TypeMirror component = ((ArrayType) parameters.getLast().asType()).getComponentType();
      List<TreePath> rest = paths.subList(fixed, paths.size());
      if (rest.size() == 1 && isArrayFor(rest.getFirst(), parameters.getLast().asType())) {
        arguments.add(translate(rest.getFirst()));
      } else {
        arguments.add(
            new Expr.ArrayOf(
                task.erasedName(component),
                rest.stream().map(p -> converted(p, component)).toList(),
                task.position(path)));
      }
    }
    return arguments;
  }

  private boolean isArrayFor(TreePath argument, TypeMirror parameter) {
    TypeMirror type = task.type(argument);
    return type != null
        && type.getKind() == TypeKind.ARRAY
        && task.types().isAssignable(type, task.types().erasure(parameter));
  }

  private Expr create(TreePath path, NewClassTree tree, Position at) {
    if (tree.getClassBody() != null) {
      return unsupported(at, "an anonymous class; write a lambda or a record");
    }
    if (!(task.element(path) instanceof ExecutableElement constructor)) {
      return unresolved(at);
    }
    return new Expr.New(
        task.reference(constructor), arguments(path, constructor, tree.getArguments()), at);
  }

  private Expr array(TreePath path, NewArrayTree tree, Position at) {
    if (!(task.type(path) instanceof ArrayType type)) {
      return unresolved(at);
    }
    if (tree.getInitializers() != null) {
      return new Expr.ArrayOf(
          task.erasedName(type.getComponentType()),
          tree.getInitializers().stream()
              .map(t -> converted(child(path, t), type.getComponentType()))
              .toList(),
          at);
    }
    TypeMirror component = type;
    for (int i = 0; i < tree.getDimensions().size(); i++) {
      component = ((ArrayType) component).getComponentType();
    }
    return new Expr.NewArray(
        task.erasedName(component),
        tree.getDimensions().stream().map(t -> converted(child(path, t), TypeKind.INT)).toList(),
        at);
  }

  private Expr unary(TreePath path, UnaryTree tree, Position at) {
    TreePath operand = child(path, tree.getExpression());
    TypeKind type = task.primitive(task.type(operand));
    int by =
        switch (tree.getKind()) {
          case PREFIX_INCREMENT, POSTFIX_INCREMENT -> 1;
          case PREFIX_DECREMENT, POSTFIX_DECREMENT -> -1;
          default -> 0;
        };
    if (by != 0) {
      boolean postfix =
          tree.getKind() == Tree.Kind.POSTFIX_INCREMENT
              || tree.getKind() == Tree.Kind.POSTFIX_DECREMENT;
      return new Expr.Step(translate(operand), type, by, postfix, at);
    }
    Operator operator =
        switch (tree.getKind()) {
          case UNARY_PLUS -> Operator.PLUS;
          case UNARY_MINUS -> Operator.MINUS;
          case BITWISE_COMPLEMENT -> Operator.COMPLEMENT;
          default -> Operator.NOT;
        };
    return new Expr.Unary(operator, promoted(type, type), translate(operand), at);
  }

  private Expr binary(TreePath path, BinaryTree tree, Position at) {
    TreePath left = child(path, tree.getLeftOperand());
    TreePath right = child(path, tree.getRightOperand());
    TypeMirror result = task.type(path);
    boolean text = result != null && "java.lang.String".equals(result.toString());
    Operator operator = text ? Operator.CONCATENATE : operator(tree.getKind());
    TypeKind kind = text ? TypeKind.DECLARED : operandKind(operator, left, right);
    return new Expr.Binary(operator, kind, translate(left), translate(right), at);
  }

  private TypeKind operandKind(Operator operator, TreePath left, TreePath right) {
    TypeMirror x = task.type(left);
    TypeMirror y = task.type(right);
    boolean shift =
        operator == Operator.SHIFT_LEFT
            || operator == Operator.SHIFT_RIGHT
            || operator == Operator.SHIFT_RIGHT_UNSIGNED;
    boolean identity = operator == Operator.EQUAL || operator == Operator.NOT_EQUAL;
    if (identity
        && x != null
        && y != null
        && !x.getKind().isPrimitive()
        && !y.getKind().isPrimitive()) {
      return TypeKind.DECLARED;
    }
    TypeKind first = task.primitive(x);
    return promoted(first, shift ? first : task.primitive(y));
  }

  private static TypeKind promoted(TypeKind x, TypeKind y) {
    if (!x.isPrimitive() || !y.isPrimitive()) {
      return TypeKind.DECLARED;
    }
    for (TypeKind kind :
        List.of(TypeKind.BOOLEAN, TypeKind.DOUBLE, TypeKind.FLOAT, TypeKind.LONG)) {
      if (x == kind || y == kind) {
        return kind;
      }
    }
    return TypeKind.INT;
  }

  private static Operator operator(Tree.Kind kind) {
    return switch (kind) {
      case PLUS, PLUS_ASSIGNMENT -> Operator.PLUS;
      case MINUS, MINUS_ASSIGNMENT -> Operator.MINUS;
      case MULTIPLY, MULTIPLY_ASSIGNMENT -> Operator.TIMES;
      case DIVIDE, DIVIDE_ASSIGNMENT -> Operator.DIVIDE;
      case REMAINDER, REMAINDER_ASSIGNMENT -> Operator.REMAINDER;
      case AND, AND_ASSIGNMENT -> Operator.AND;
      case OR, OR_ASSIGNMENT -> Operator.OR;
      case XOR, XOR_ASSIGNMENT -> Operator.XOR;
      case CONDITIONAL_AND -> Operator.AND_THEN;
      case CONDITIONAL_OR -> Operator.OR_ELSE;
      case EQUAL_TO -> Operator.EQUAL;
      case NOT_EQUAL_TO -> Operator.NOT_EQUAL;
      case LESS_THAN -> Operator.LESS;
      case LESS_THAN_EQUAL -> Operator.LESS_EQUAL;
      case GREATER_THAN -> Operator.GREATER;
      case GREATER_THAN_EQUAL -> Operator.GREATER_EQUAL;
      case LEFT_SHIFT, LEFT_SHIFT_ASSIGNMENT -> Operator.SHIFT_LEFT;
      case RIGHT_SHIFT, RIGHT_SHIFT_ASSIGNMENT -> Operator.SHIFT_RIGHT;
      case UNSIGNED_RIGHT_SHIFT, UNSIGNED_RIGHT_SHIFT_ASSIGNMENT -> Operator.SHIFT_RIGHT_UNSIGNED;
      default -> throw new IllegalArgumentException("not a binary operator: " + kind);
    };
  }

  private Expr conditional(TreePath path, ConditionalExpressionTree tree, Position at) {
    TypeMirror type = task.type(path);
    return new Expr.Conditional(
        translate(child(path, tree.getCondition())),
        converted(child(path, tree.getTrueExpression()), type),
        converted(child(path, tree.getFalseExpression()), type),
        at);
  }

  private Expr compound(TreePath path, CompoundAssignmentTree tree, Position at) {
    TreePath left = child(path, tree.getVariable());
    TreePath right = child(path, tree.getExpression());
    Expr target = translate(left);
    TypeKind type = task.primitive(task.type(left));
    if (type == TypeKind.DECLARED) {
      return new Expr.Assign(
          target,
          new Expr.Binary(Operator.CONCATENATE, TypeKind.DECLARED, target, translate(right), at),
          at);
    }
    Operator operator = operator(tree.getKind());
    Expr value =
        new Expr.Binary(operator, operandKind(operator, left, right), target, translate(right), at);
    return new Expr.Assign(target, new Expr.Convert(type, value, at), at);
  }

  /** The label of a case: a constant, or the name of an enum's constant. */
  Expr label(TreePath path) {
    Element element = task.element(path);
    if (element != null && element.getKind() == ElementKind.ENUM_CONSTANT) {
      return new Expr.StaticField(
          task.binaryName(element.getEnclosingElement()),
          element.getSimpleName().toString(),
          task.position(path));
    }
    return translate(path);
  }
}
