package io.gshard.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The tensor is split along one dim over one mesh axis. It does not change what the program
 * computes.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD, ElementType.LOCAL_VARIABLE})
public @interface Split {
  /** The dim, from 0; negative ones count from the end. */
  int dim();

  /** The mesh axis; may be left out where the mesh has only one. */
  String axis() default "";
}
