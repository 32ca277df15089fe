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
}
