package io.gshard.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A parameter's first value. Without it a parameter of two or more dims is uniform within
 * ±sqrt(3/fan), fan being the size of the last but one dim, and others are zero. Values depend on
 * the seed and on the parameter's name, not on the mesh.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD})
public @interface Init {
  Kind value();

  /**
   * CONSTANT: the value. NORMAL: the standard deviation. UNIFORM: the half-width. FAN_IN: a factor.
   */
  double scale() default 1;

  /** FAN_IN: the dim whose size is the fan; the last but one if empty. */
  String fan() default "";

  /** How a parameter starts. */
  enum Kind {
    CONSTANT,
    NORMAL,
    UNIFORM,
    /** Uniform within ±scale*sqrt(3/fan). */
    FAN_IN
  }
}
