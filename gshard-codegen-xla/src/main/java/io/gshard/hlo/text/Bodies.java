package io.gshard.hlo.text;

import io.gshard.hlo.Computation;
import io.gshard.mesh.MeshShape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The computations of a module's text: found first, read when something calls them. */
final class Bodies {
  private static final int MAX_DEPTH = 256;

  /** What follows a shape: {@code ]{1,0}} or {@code ]{1,0:T(8,128)}}. */
  private final MeshShape mesh;

  private final StackFrames frames;
  private final Map<String, Cursor> texts = new LinkedHashMap<>();
  private final Map<String, Computation> read = new HashMap<>();
  private final Set<String> open = new HashSet<>();

  Bodies(MeshShape mesh, StackFrames frames) {
    this.mesh = mesh;
    this.frames = frames;
  }

  MeshShape mesh() {
    return mesh;
  }

  StackFrames frames() {
    return frames;
  }

  boolean has(String name) {
    return texts.containsKey(name);
  }

  void put(String name, Cursor text) {
    texts.put(name, text);
  }

  /** Reads them all, so that a mistake in one that nothing calls is found too. */
  void readAll() {
    for (Map.Entry<String, Cursor> each : List.copyOf(texts.entrySet())) {
      get(each.getValue(), each.getKey());
    }
  }

  /**
   * A computation.
   *
   * @param at where it is asked for
   */
  Computation get(Cursor at, String name) {
    Computation known = read.get(name);
    if (known != null) {
      return known;
    }
    Cursor text = texts.get(name);
    if (text == null) {
      throw at.error("computation %" + name + " is not defined");
    }
    if (!open.add(name)) {
      throw at.error("computation %" + name + " calls itself");
    }
    if (open.size() > MAX_DEPTH) {
      throw at.error("computations that call each other more than " + MAX_DEPTH + " deep");
    }
    Computation computation = new ComputationReader(this).read(name, text.from(text.position()));
    open.remove(name);
    read.put(name, computation);
    return computation;
  }
}
