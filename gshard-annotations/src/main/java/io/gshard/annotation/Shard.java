package io.gshard.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The general form: for each dim the mesh axes that split it, joined by {@code +}, major first;
 * empty for none: {@code @Shard({"data+expert", "", "model"})}. It does not change what the program
 * computes.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD, ElementType.LOCAL_VARIABLE})
public @interface Shard {
  String[] value();

  /**
   * The paper's explicit device assignment: the devices, by number, that hold the parts in
   * row-major order of the mesh; each of the mesh's devices once, or none for their own order.
   */
  int[] devices() default {};
}
