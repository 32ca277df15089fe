package io.gshard.processor.check;

import com.sun.source.util.Trees;
import io.gshard.processor.ast.Position;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import javax.annotation.processing.Messager;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.Element;
import javax.tools.Diagnostic.Kind;

/**
 * Prints messages at source positions, each once: a mistake that every config runs into is one
 * message. A mistake in the source of a library's module is printed at the user's line that led
 * there.
 */
public final class Reporter {
  private record Place(Diagnostic diagnostic, Object where) {}

  private final Messager messager;
  private final Trees trees;
  private final Set<Place> seen = new HashSet<>();
  private final Deque<Position> calls = new ArrayDeque<>();
  private String config = "";
  private int errors;

  public Reporter(Messager messager, Trees trees) {
    this.messager = messager;
    this.trees = trees;
  }

  /** From now on messages name this config; "" names none. */
  public void config(String name) {
    config = name;
  }

  /** The user's line from which what follows is called, until {@link #leave}. */
  public void enter(Position call) {
    calls.push(call);
  }

  public void leave() {
    calls.pop();
  }

  /** Errors so far. */
  public int errors() {
    return errors;
  }

  public void error(Diagnostic diagnostic, Position at, String message) {
    print(Kind.ERROR, diagnostic, at, message);
  }

  public void warning(Diagnostic diagnostic, Position at, String message) {
    print(Kind.WARNING, diagnostic, at, message);
  }

  private void print(Kind kind, Diagnostic diagnostic, Position at, String message) {
    Position place = at;
    String text = message;
    if (at.library()) {
      text += " (in the library's source at " + at + ")";
      place = calls.stream().filter(p -> !p.library()).findFirst().orElse(at);
    }
    if (kind == Kind.ERROR) {
      errors++;
    }
    if (!seen.add(new Place(diagnostic, at.tree()))) {
      return;
    }
    text = diagnostic.text(text + (config.isEmpty() ? "" : " [config " + config + "]"));
    if (place.library()) {
      messager.printMessage(kind, text);
    } else {
      trees.printMessage(kind, text, place.tree(), place.unit());
    }
  }

  public void warning(Diagnostic diagnostic, Element element, String message) {
    messager.printWarning(diagnostic.text(message), element);
  }

  /** Says what went well. */
  public void note(Element element, String message) {
    messager.printNote(message, element);
  }

  public void error(Diagnostic diagnostic, Element element, String message) {
    errors++;
    if (seen.add(new Place(diagnostic, element))) {
      messager.printError(diagnostic.text(message), element);
    }
  }

  public void error(
      Diagnostic diagnostic, Element element, AnnotationMirror annotation, String message) {
    errors++;
    if (seen.add(new Place(diagnostic, annotation))) {
      messager.printMessage(Kind.ERROR, diagnostic.text(message), element, annotation);
    }
  }
}
