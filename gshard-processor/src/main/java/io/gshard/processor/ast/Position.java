package io.gshard.processor.ast;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import io.gshard.hlo.Source;

/**
 * Where something stands in a source file.
 *
 * @param tree what a message points at
 * @param library whether the file is not part of this compilation (a module's source read from a
 *     jar), so that a message has to point at the user's line that led here
 */
public record Position(Source source, Tree tree, CompilationUnitTree unit, boolean library) {
  @Override
  public String toString() {
    return source.toString();
  }
}
