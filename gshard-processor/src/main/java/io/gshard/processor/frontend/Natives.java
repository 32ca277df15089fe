package io.gshard.processor.frontend;

import io.gshard.processor.ast.MethodRef;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Calls by reflection what need not be interpreted: the ops and layers of gshard-annotations, which
 * run on the tracer as the Java that they are, and the pure parts of the JDK.
 */
final class Natives {
  private static final List<String> PACKAGES =
      List.of(
          "io.gshard.tensor.",
          "io.gshard.nn.",
          "io.gshard.op.",
          "io.gshard.mesh.",
          "java.util.function.",
          "java.util.stream.");
  private static final Set<String> CLASSES =
      Set.of(
          "java.lang.Object",
          "java.lang.Math",
          "java.lang.StrictMath",
          "java.lang.String",
          "java.lang.StringBuilder",
          "java.lang.CharSequence",
          "java.lang.Integer",
          "java.lang.Long",
          "java.lang.Float",
          "java.lang.Double",
          "java.lang.Boolean",
          "java.lang.Character",
          "java.lang.Number",
          "java.lang.Comparable",
          "java.lang.Enum",
          "java.lang.Iterable",
          "java.lang.IllegalArgumentException",
          "java.lang.IllegalStateException",
          "java.lang.Record",
          "java.util.List",
          "java.util.ArrayList",
          "java.util.Collection",
          "java.util.Collections",
          "java.util.Arrays",
          "java.util.Map",
          "java.util.Map$Entry",
          "java.util.HashMap",
          "java.util.LinkedHashMap",
          "java.util.TreeMap",
          "java.util.Set",
          "java.util.Objects",
          "java.util.Optional",
          "java.util.OptionalInt",
          "java.util.OptionalLong",
          "java.util.OptionalDouble");
  private static final Set<String> REFUSED = Set.of("java.lang.Math.random");

  /** An exception of what was called. */
  static final class Failure extends Exception {
    Failure(Throwable cause) {
      super(cause.getMessage(), cause);
    }
  }

  private final Map<MethodRef, Method> methods = new HashMap<>();
  private final Map<String, Class<?>> types = new HashMap<>();

  static boolean allows(String owner) {
    return CLASSES.contains(owner)
        || (PACKAGES.stream().anyMatch(owner::startsWith) && isLoadable(owner));
  }

  static boolean allows(MethodRef method) {
    return allows(method.owner()) && !REFUSED.contains(method.owner() + "." + method.name());
  }

  private static boolean isLoadable(String name) {
    try {
      Class.forName(name, false, Natives.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** The class of an erased type's name; Object for a class of the user's. */
  Class<?> type(String name) {
    Class<?> known = types.get(name);
    if (known == null) {
      known = load(name);
      types.put(name, known);
    }
    return known;
  }

  private Class<?> load(String name) {
    if (name.endsWith("[]")) {
      return load(name.substring(0, name.length() - 2)).arrayType();
    }
    return switch (name) {
      case "int" -> int.class;
      case "long" -> long.class;
      case "float" -> float.class;
      case "double" -> double.class;
      case "boolean" -> boolean.class;
      case "char" -> char.class;
      case "byte" -> byte.class;
      case "short" -> short.class;
      default -> {
        try {
          yield allows(name)
              ? Class.forName(name, true, Natives.class.getClassLoader())
              : Object.class;
        } catch (ClassNotFoundException e) {
          yield Object.class;
        }
      }
    };
  }

  private Class<?>[] types(List<String> names) {
    return names.stream().map(this::type).toArray(Class<?>[]::new);
  }

  /**
   * @throws Failure if what is called throws
   */
  Object call(MethodRef reference, Object receiver, List<Object> arguments) throws Failure {
    Method method = methods.get(reference);
    try {
      if (method == null) {
        method =
            type(reference.owner()).getMethod(reference.name(), types(reference.parameterTypes()));
        methods.put(reference, method);
      }
      return method.invoke(receiver, arguments.toArray());
    } catch (InvocationTargetException e) {
      throw new Failure(e.getCause());
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      throw new Failure(e);
    }
  }

  /**
   * @throws Failure if the constructor throws
   */
  Object create(MethodRef reference, List<Object> arguments) throws Failure {
    try {
      Constructor<?> constructor =
          type(reference.owner()).getConstructor(types(reference.parameterTypes()));
      return constructor.newInstance(arguments.toArray());
    } catch (InvocationTargetException e) {
      throw new Failure(e.getCause());
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      throw new Failure(e);
    }
  }

  /**
   * @throws Failure if there is no such field
   */
  Object field(String owner, String name) throws Failure {
    try {
      return type(owner).getField(name).get(null);
    } catch (ReflectiveOperationException e) {
      throw new Failure(e);
    }
  }

  /** A new array; an element of the user's own types is held as an Object. */
  Object array(String component, int... lengths) {
    return Array.newInstance(type(component), lengths);
  }
}
