package io.gshard.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The named dims of a tensor, major to minor, with sizes from the config: {@code @Dims("E M H")}. A
 * number is a size itself; an empty text is a scalar. On parameters of programs and on fields it
 * says the shape; on locals, results and other parameters it is checked.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD, ElementType.LOCAL_VARIABLE})
public @interface Dims {
  String value();

  /** The element type. */
  io.gshard.tensor.DType type() default io.gshard.tensor.DType.F32;
}
