package io.gshard.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A field of type {@code List<M>}, M a module: as many copies as the named dim is large. A loop
 * over it stays one loop in the program; its parameters are stored with the dim in front.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD})
public @interface Stack {
  /** The dim's name, or a number. */
  String value();
}
