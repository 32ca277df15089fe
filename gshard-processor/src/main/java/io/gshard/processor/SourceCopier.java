package io.gshard.processor;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import io.gshard.processor.check.Diagnostic;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.tools.StandardLocation;

/**
 * Copies the sources of models and modules, and of the classes of the same compilation that they
 * use, to where models in other compilations find them.
 */
final class SourceCopier {
  private static final String FOLDER = "META-INF/gshard/sources/";

  private final ProcessingEnvironment environment;
  private final Trees trees;
  private final Set<String> copied = new HashSet<>();

  SourceCopier(ProcessingEnvironment environment, Trees trees) {
    this.environment = environment;
    this.trees = trees;
  }

  void copy(TypeElement type) {
    Deque<TypeElement> open = new ArrayDeque<>();
    open.add(outermost(type));
    while (!open.isEmpty()) {
      TypeElement next = open.pop();
      TreePath path = trees.getPath(next);
      if (path != null && copied.add(next.getQualifiedName().toString())) {
        write(next, path.getCompilationUnit());
        new TreePathScanner<Void, Void>() {
          @Override
          public Void visitIdentifier(IdentifierTree tree, Void unused) {
            uses(trees.getElement(getCurrentPath()));
            return null;
          }

          @Override
          public Void visitMemberSelect(MemberSelectTree tree, Void unused) {
            uses(trees.getElement(getCurrentPath()));
            return super.visitMemberSelect(tree, null);
          }

          private void uses(Element element) {
            if (element instanceof TypeElement used) {
              open.add(outermost(used));
            } else if (element != null
                && element.getEnclosingElement() instanceof TypeElement used) {
              open.add(outermost(used));
            }
          }
        }.scan(path, null);
      }
    }
  }

  private static TypeElement outermost(TypeElement type) {
    return type.getEnclosingElement() instanceof TypeElement outer ? outermost(outer) : type;
  }

  private void write(TypeElement type, CompilationUnitTree unit) {
    try (Writer writer =
        environment
            .getFiler()
            .createResource(
                StandardLocation.CLASS_OUTPUT, "", FOLDER + type.getQualifiedName() + ".java", type)
            .openWriter()) {
      writer.append(unit.getSourceFile().getCharContent(true));
    } catch (IOException e) {
      environment
          .getMessager()
          .printError(
              Diagnostic.BACKEND.text(
                  "the source of %s cannot be copied to %s: %s"
                      .formatted(type.getQualifiedName(), FOLDER, e.getMessage())),
              type);
    }
  }
}
