package io.gshard.processor.frontend;

import io.gshard.processor.ast.ClassDecl;
import io.gshard.processor.ast.Marks;
import io.gshard.processor.ast.Position;
import io.gshard.processor.ast.Stmt;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the values of a program are while it is traced. Tensors, numbers, texts, lists, arrays and
 * the objects of gshard-annotations are themselves; the user's own objects are these.
 */
final class Values {
  private Values() {}

  /**
   * The value of something mistaken, which has been reported. What is computed from it is it again.
   */
  enum Unknown {
    UNKNOWN
  }

  static boolean isUnknown(Object value) {
    return value == Unknown.UNKNOWN;
  }

  /**
   * A module. Fields are values; a parameter's is a {@link Parameter}.
   *
   * @param path the path of its parameters, "" for the model
   */
  record ModuleValue(ClassDecl type, String path, Map<String, Object> fields) {
    ModuleValue(ClassDecl type, String path) {
      this(type, path, new LinkedHashMap<>());
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /** A parameter of the model, by its path. */
  record Parameter(String path) {}

  /** So many copies of a module. */
  record StackValue(ModuleValue element, long length) {}

  /** An object of a record of the user's. */
  record RecordValue(ClassDecl type, Map<String, Object> components) {}

  /** A constant of an enum of the user's. */
  record EnumValue(String type, String name, int ordinal) {}

  /** A lambda with what it can see. */
  record Closure(List<String> parameters, Stmt body, Frame frame, Position at) {}

  /** What a method or block can see: the object it runs on and the locals. */
  record Frame(Object self, Scope scope, boolean constructing) {
    Frame nested() {
      return new Frame(self, new Scope(scope), constructing);
    }
  }

  /** Locals, with those of the enclosing block. */
  static final class Scope {
    /** A local's value, null where it has none yet, and where it was last given one. */
    static final class Slot {
      Object value;
      boolean assigned;
      Position at;
      Marks marks = Marks.NONE;
    }

    private final Scope outer;
    private final Map<String, Slot> slots = new LinkedHashMap<>();

    Scope(Scope outer) {
      this.outer = outer;
    }

    Slot declare(String name) {
      Slot slot = new Slot();
      slots.put(name, slot);
      return slot;
    }

    void declare(String name, Object value, Position at) {
      Slot slot = declare(name);
      slot.value = value;
      slot.assigned = true;
      slot.at = at;
    }

    /** The local of this name, or null. */
    Slot find(String name) {
      Slot slot = slots.get(name);
      return slot != null || outer == null ? slot : outer.find(name);
    }
  }
}
