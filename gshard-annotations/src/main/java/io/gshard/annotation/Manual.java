package io.gshard.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method that is written for one device (paper, section 3.2: manual mode): each device works on
 * its own part of the arguments and of the model's parameters, and what goes between devices is
 * said by collectives, such as {@link io.gshard.tensor.Ops#allReduce}.
 *
 * <p>Along the named axes, {@link Split} and {@link Shard} on the method's parameters and on the
 * fields that it reads say how they are cut, and on the method how the parts that it returns make
 * up the whole; without one each device has the same. Along other axes the method stays a part of
 * the whole program. In eager mode there is one device, which has everything.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Manual {
  /** The mesh axes; all of them if none is named. */
  String[] value() default {};
}
