package io.gshard.eager;

import io.gshard.annotation.Dims;
import io.gshard.annotation.Init;
import io.gshard.annotation.Module;
import io.gshard.annotation.Stack;
import io.gshard.nn.Initializer;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a model's objects and fills their fields, as the compiled program "init" fills its
 * variables.
 */
final class ModelBuilder {
  private final Sizes sizes;
  private final Tensor seed;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();

  ModelBuilder(Sizes sizes, Tensor seed) {
    this.sizes = sizes;
    this.seed = seed;
  }

  /** By path, in the order of the fields. */
  Map<String, Parameter> parameters() {
    return parameters;
  }

  <M> M build(Class<M> type) {
    M model = create(type);
    fill(type, List.of(model), "", List.of());
    return model;
  }

  /** Fills the fields of all copies of one module at once: their parameters are one variable. */
  private void fill(Class<?> type, List<Object> copies, String prefix, List<Long> stack) {
    for (Field field : type.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers())) {
        continue;
      }
      field.setAccessible(true);
      String path = prefix + field.getName();
      if (field.getType() == Tensor.class) {
        parameter(field, copies, path, stack);
      } else if (field.isAnnotationPresent(Stack.class)) {
        stack(field, copies, path, stack);
      } else if (field.getType().isAnnotationPresent(Module.class)) {
        List<Object> modules = new ArrayList<>();
        for (Object copy : copies) {
          if (get(field, copy) == null) {
            set(field, copy, create(field.getType()));
          }
          modules.add(get(field, copy));
        }
        fill(field.getType(), modules, path + ".", stack);
      }
    }
  }

  private void parameter(Field field, List<Object> copies, String path, List<Long> stack) {
    Dims dims = field.getAnnotation(Dims.class);
    if (dims == null) {
      throw new IllegalArgumentException(
          "field %s of %s has no @Dims: a parameter needs its dims, as in @Dims(\"M H\")"
              .formatted(field.getName(), field.getDeclaringClass().getSimpleName()));
    }
    Shape shape = sizes.shape(dims);
    Init init = field.getAnnotation(Init.class);
    Init.Kind kind = init == null ? null : init.value();
    double scale = init == null ? 1 : init.scale();
    long fan = init == null || init.fan().isEmpty() ? 0 : sizes.of(init.fan());
    Parameter parameter = new Parameter(path, shape, stack, field, copies);
    parameter.set(Initializer.initialize(path, shape, stack, kind, scale, fan, seed));
    parameters.put(path, parameter);
  }

  private void stack(Field field, List<Object> copies, String path, List<Long> stack) {
    if (!(field.getGenericType() instanceof ParameterizedType list)
        || !(list.getActualTypeArguments()[0] instanceof Class<?> module)
        || !module.isAnnotationPresent(Module.class)) {
      throw new IllegalArgumentException(
          "@Stack field %s must be a List of a class with @Module, found %s"
              .formatted(path, field.getGenericType().getTypeName()));
    }
    long length = sizes.of(field.getAnnotation(Stack.class).value());
    List<Object> layers = new ArrayList<>();
    for (Object copy : copies) {
      List<Object> own = new ArrayList<>();
      for (long i = 0; i < length; i++) {
        own.add(create(module));
      }
      set(field, copy, List.copyOf(own));
      layers.addAll(own);
    }
    List<Long> deeper = new ArrayList<>(stack);
    deeper.add(length);
    fill(module, layers, path + ".", deeper);
  }

  private static <T> T create(Class<T> type) {
    try {
      Constructor<T> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor.newInstance();
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(
          type.getSimpleName() + " needs a constructor without parameters", e);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "the constructor of " + type.getSimpleName() + " failed: " + e.getCause(), e.getCause());
    } catch (InstantiationException | IllegalAccessException e) {
      throw new IllegalArgumentException(type.getSimpleName() + " cannot be made", e);
    }
  }

  private static Object get(Field field, Object owner) {
    try {
      return field.get(owner);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(field + " cannot be read", e);
    }
  }

  private static void set(Field field, Object owner, Object value) {
    try {
      field.set(owner, value);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(field + " cannot be written", e);
    }
  }
}
