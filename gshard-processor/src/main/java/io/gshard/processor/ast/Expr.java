package io.gshard.processor.ast;

import io.gshard.processor.ast.Stmt.Case;
import java.util.List;
import java.util.Optional;
import javax.lang.model.type.TypeKind;

/** An expression in which every name is resolved and every conversion is written out. */
public sealed interface Expr {
  Position at();

  /** A literal or another compile-time constant, boxed; null is Java's null. */
  record Constant(Object value, Position at) implements Expr {}

  /** A local variable or a parameter. */
  record Local(String name, Position at) implements Expr {}

  /** The running object. */
  record This(Position at) implements Expr {}

  /** A field of an object. */
  record Field(Expr target, String name, Position at) implements Expr {}

  /** A static field of the class with this binary name. */
  record StaticField(String owner, String name, Position at) implements Expr {}

  /** {@code array[index]}. */
  record Element(Expr array, Expr index, Position at) implements Expr {}

  /**
   * A call; {@code receiver} is missing for static methods. Variable arguments are packed already.
   */
  record Call(MethodRef method, Optional<Expr> receiver, List<Expr> arguments, Position at)
      implements Expr {
    public Call {
      arguments = List.copyOf(arguments);
    }
  }

  /** {@code new}. */
  record New(MethodRef constructor, List<Expr> arguments, Position at) implements Expr {
    public New {
      arguments = List.copyOf(arguments);
    }
  }

  /** A new array of given elements; {@code component} as in {@link MethodRef#parameterTypes}. */
  record ArrayOf(String component, List<Expr> elements, Position at) implements Expr {
    public ArrayOf {
      elements = List.copyOf(elements);
    }
  }

  /** A new array of given lengths. */
  record NewArray(String component, List<Expr> lengths, Position at) implements Expr {
    public NewArray {
      lengths = List.copyOf(lengths);
    }
  }

  /** An operator on one operand, which has been converted to {@code kind}. */
  record Unary(Operator operator, TypeKind kind, Expr operand, Position at) implements Expr {}

  /**
   * An operator on two operands, which are converted to {@code kind} (DECLARED: objects, strings).
   */
  record Binary(Operator operator, TypeKind kind, Expr left, Expr right, Position at)
      implements Expr {}

  /** Java's operators on values; assignments are {@link Assign} and {@link Step}. */
  enum Operator {
    PLUS,
    MINUS,
    TIMES,
    DIVIDE,
    REMAINDER,
    AND,
    OR,
    XOR,
    COMPLEMENT,
    NOT,
    AND_THEN,
    OR_ELSE,
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_EQUAL,
    GREATER,
    GREATER_EQUAL,
    SHIFT_LEFT,
    SHIFT_RIGHT,
    SHIFT_RIGHT_UNSIGNED,
    CONCATENATE
  }

  /** A conversion to a primitive type. */
  record Convert(TypeKind kind, Expr operand, Position at) implements Expr {}

  /** {@code condition ? onTrue : onFalse}. */
  record Conditional(Expr condition, Expr onTrue, Expr onFalse, Position at) implements Expr {}

  /** An assignment to a local, a field or an element; its value is the new one. */
  record Assign(Expr target, Expr value, Position at) implements Expr {}

  /** {@code ++} and {@code --}. */
  record Step(Expr target, TypeKind kind, int by, boolean postfix, Position at) implements Expr {}

  /** A switch that has a value. */
  record Switch(Expr selector, List<Case> cases, Position at) implements Expr {
    public Switch {
      cases = List.copyOf(cases);
    }
  }

  /** A lambda; an expression body is a return statement. */
  record Lambda(List<String> parameters, Stmt body, Position at) implements Expr {
    public Lambda {
      parameters = List.copyOf(parameters);
    }
  }

  /** What could not be translated; it has been reported, by us or by javac. */
  record Erroneous(Position at) implements Expr {}
}
