package io.gshard.processor.frontend;

import static io.gshard.processor.frontend.SourceTask.child;

import com.sun.source.tree.AssertTree;
import com.sun.source.tree.BlockTree;
import com.sun.source.tree.BreakTree;
import com.sun.source.tree.CaseLabelTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.ConstantCaseLabelTree;
import com.sun.source.tree.ContinueTree;
import com.sun.source.tree.DefaultCaseLabelTree;
import com.sun.source.tree.DoWhileLoopTree;
import com.sun.source.tree.EmptyStatementTree;
import com.sun.source.tree.EnhancedForLoopTree;
import com.sun.source.tree.ExpressionStatementTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.ForLoopTree;
import com.sun.source.tree.IfTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.tree.ThrowTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TryTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.tree.WhileLoopTree;
import com.sun.source.tree.YieldTree;
import com.sun.source.util.TreePath;
import io.gshard.processor.ast.Expr;
import io.gshard.processor.ast.Position;
import io.gshard.processor.ast.Stmt;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Reporter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.lang.model.type.TypeMirror;

/**
 * Translates javac's resolved statements to a program's own tree. What a program cannot be made of
 * is reported here, with what to write instead.
 */
final class StatementTranslator {
  private final SourceTask task;
  private final Reporter reporter;
  private final ExpressionTranslator expressions;
  private final MarksReader marks;
  private final TypeMirror result;

  /**
   * @param result the method's result type, or null where it has none
   */
  StatementTranslator(SourceTask task, Reporter reporter, TypeMirror result) {
    this.task = task;
    this.reporter = reporter;
    this.expressions = new ExpressionTranslator(task, reporter, this);
    this.marks = new MarksReader(task, reporter);
    this.result = result;
  }

  ExpressionTranslator expressions() {
    return expressions;
  }

  Stmt translate(TreePath path) {
    Position at = task.position(path);
    return switch (path.getLeaf()) {
      case BlockTree t -> new Stmt.Block(all(path, t.getStatements()), at);
      case EmptyStatementTree t -> new Stmt.Block(List.of(), at);
      case ExpressionStatementTree t ->
          new Stmt.Evaluate(expressions.translate(child(path, t.getExpression())), at);
      case VariableTree t -> declare(path, t);
      case IfTree t ->
          new Stmt.If(
              expressions.translate(child(path, t.getCondition())),
              translate(child(path, t.getThenStatement())),
              optional(path, t.getElseStatement()),
              at);
      case ForLoopTree t ->
          new Stmt.Loop(
              all(path, t.getInitializer()),
              Optional.ofNullable(t.getCondition()).map(c -> expressions.translate(child(path, c))),
              all(path, t.getUpdate()),
              translate(child(path, t.getStatement())),
              true,
              at);
      case WhileLoopTree t -> loop(path, t.getCondition(), t.getStatement(), true, at);
      case DoWhileLoopTree t -> loop(path, t.getCondition(), t.getStatement(), false, at);
      case EnhancedForLoopTree t -> {
        TreePath variable = child(path, t.getVariable());
        yield new Stmt.ForEach(
            t.getVariable().getName().toString(),
            marks.read(variable, t.getVariable().getModifiers(), task.element(variable)),
            expressions.translate(child(path, t.getExpression())),
            translate(child(path, t.getStatement())),
            at);
      }
      case ReturnTree t ->
          new Stmt.Return(
              Optional.ofNullable(t.getExpression())
                  .map(e -> expressions.converted(child(path, e), result)),
              at);
      case YieldTree t -> new Stmt.Yield(expressions.translate(child(path, t.getValue())), at);
      case BreakTree t when t.getLabel() == null -> new Stmt.Break(at);
      case ContinueTree t when t.getLabel() == null -> new Stmt.Continue(at);
      case SwitchTree t ->
          new Stmt.Switch(
              expressions.translate(child(path, t.getExpression())),
              cases(path, t.getCases(), false),
              at);
      case ThrowTree t -> new Stmt.Throw(expressions.translate(child(path, t.getExpression())), at);
      case AssertTree t ->
          unsupported(
              at,
              "assert",
              "test it with if and throw, or write the dims with @Dims, which is checked");
      case TryTree t -> unsupported(at, "try", "nothing in a program can throw; leave it out");
      case SynchronizedTree t ->
          unsupported(at, "synchronized", "a program has no threads; leave it out");
      default ->
          unsupported(
              at,
              path.getLeaf().getKind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
              "write it with locals, if, for and helper methods");
    };
  }

  private Stmt unsupported(Position at, String what, String instead) {
    reporter.error(
        Diagnostic.STATEMENT,
        at,
        "a program cannot be compiled from '%s'; %s".formatted(what, instead));
    return new Stmt.Erroneous(at);
  }

  private List<Stmt> all(TreePath path, List<? extends StatementTree> trees) {
    return trees.stream().map(t -> translate(child(path, t))).toList();
  }

  private Optional<Stmt> optional(TreePath path, StatementTree tree) {
    return Optional.ofNullable(tree).map(t -> translate(child(path, t)));
  }

  private Stmt loop(
      TreePath path, ExpressionTree condition, StatementTree body, boolean testFirst, Position at) {
    return new Stmt.Loop(
        List.of(),
        Optional.of(expressions.translate(child(path, condition))),
        List.of(),
        translate(child(path, body)),
        testFirst,
        at);
  }

  private Stmt declare(TreePath path, VariableTree tree) {
    return new Stmt.Declare(
        tree.getName().toString(),
        Optional.ofNullable(tree.getInitializer())
            .map(i -> expressions.converted(child(path, i), task.type(path))),
        marks.read(path, tree.getModifiers(), task.element(path)),
        task.position(path));
  }

  /** The cases of a switch; those of one with a value yield it. */
  List<Stmt.Case> cases(TreePath path, List<? extends CaseTree> trees, boolean value) {
    List<Stmt.Case> cases = new ArrayList<>();
    for (CaseTree tree : trees) {
      TreePath at = child(path, tree);
      List<Expr> labels = new ArrayList<>();
      boolean isDefault = false;
      for (CaseLabelTree label : tree.getLabels()) {
        switch (label) {
          case ConstantCaseLabelTree constant ->
              labels.add(
                  expressions.label(child(child(at, constant), constant.getConstantExpression())));
          case DefaultCaseLabelTree otherwise -> isDefault = true;
          default -> {
            Position where = task.position(label, path.getCompilationUnit());
            unsupported(where, "a pattern in a switch", "use constants, or if and else");
          }
        }
      }
      boolean arrow = tree.getCaseKind() == CaseTree.CaseKind.RULE;
      cases.add(new Stmt.Case(labels, isDefault, body(at, tree, arrow, value), arrow));
    }
    return cases;
  }

  private List<Stmt> body(TreePath path, CaseTree tree, boolean arrow, boolean value) {
    if (!arrow) {
      return all(path, tree.getStatements());
    }
    Tree body = tree.getBody();
    TreePath at = child(path, body);
    if (body instanceof ExpressionTree) {
      Expr expression = expressions.translate(at);
      return List.of(
          value
              ? new Stmt.Yield(expression, expression.at())
              : new Stmt.Evaluate(expression, expression.at()));
    }
    return List.of(translate(at));
  }
}
