package io.gshard.processor.frontend;

import io.gshard.processor.frontend.Values.RecordValue;
import io.gshard.processor.frontend.Values.Unknown;
import io.gshard.tensor.Tensor;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors in a value: itself, or those in a record, list or array; and the same value with
 * others.
 */
final class Structure {
  private Structure() {}

  /** A value with something in it that is not a tensor. */
  static final class NotTensors extends Exception {
    NotTensors(String what) {
      super(what);
    }
  }

  /**
   * @throws NotTensors naming what else is in it
   */
  static List<Tensor> flatten(Object value) throws NotTensors {
    List<Tensor> leaves = new ArrayList<>();
    collect(value, leaves);
    return leaves;
  }

  private static void collect(Object value, List<Tensor> leaves) throws NotTensors {
    switch (value) {
      case Tensor tensor -> leaves.add(tensor);
      case RecordValue(var type, Map<String, Object> components) -> {
        for (Object component : components.values()) {
          collect(component, leaves);
        }
      }
      case Record nativeRecord -> {
        for (Object component : components(nativeRecord)) {
          collect(component, leaves);
        }
      }
      case List<?> list -> {
        for (Object element : list) {
          collect(element, leaves);
        }
      }
      case Object[] array -> {
        for (Object element : array) {
          collect(element, leaves);
        }
      }
      case null -> throw new NotTensors("null");
      default -> throw new NotTensors("a value of type " + value.getClass().getSimpleName());
    }
  }

  /** The same structure with other tensors, taken in the order of {@link #flatten}. */
  static Object replace(Object value, Iterator<Tensor> leaves) {
    return switch (value) {
      case Tensor tensor -> leaves.next();
      case RecordValue(var type, Map<String, Object> components) -> {
        Map<String, Object> changed = new LinkedHashMap<>();
        components.forEach((name, component) -> changed.put(name, replace(component, leaves)));
        yield new RecordValue(type, changed);
      }
      case Record nativeRecord -> {
        Object[] changed = components(nativeRecord);
        Arrays.setAll(changed, i -> replace(changed[i], leaves));
        yield create(nativeRecord.getClass(), changed);
      }
      case List<?> list -> {
        List<Object> changed = new ArrayList<>();
        list.forEach(element -> changed.add(replace(element, leaves)));
        yield changed;
      }
      case Object[] array -> {
        Object[] changed =
            (Object[]) Array.newInstance(array.getClass().getComponentType(), array.length);
        Arrays.setAll(changed, i -> replace(array[i], leaves));
        yield changed;
      }
      case null, default -> value;
    };
  }

  /** Whether the unknown value is in it. */
  static boolean hasUnknown(Object value) {
    return switch (value) {
      case Unknown unknown -> true;
      case RecordValue(var type, Map<String, Object> components) ->
          components.values().stream().anyMatch(Structure::hasUnknown);
      case List<?> list -> list.stream().anyMatch(Structure::hasUnknown);
      case Object[] array -> Arrays.stream(array).anyMatch(Structure::hasUnknown);
      case null, default -> false;
    };
  }

  private static Object[] components(Record value) {
    RecordComponent[] components = value.getClass().getRecordComponents();
    Object[] result = new Object[components.length];
    try {
      for (int i = 0; i < components.length; i++) {
        result[i] = components[i].getAccessor().invoke(value);
      }
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("cannot read the record " + value, e);
    }
    return result;
  }

  private static Object create(Class<?> type, Object[] components) {
    try {
      Class<?>[] types =
          Arrays.stream(type.getRecordComponents())
              .map(RecordComponent::getType)
              .toArray(Class<?>[]::new);
      return type.getConstructor(types).newInstance(components);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make the record " + type.getName(), e);
    }
  }
}
