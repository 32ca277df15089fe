package io.gshard.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A class whose {@link Program} methods are compiled to sharded programs, once for each of its
 * {@link Config}s.
 *
 * <pre>{@code
 * @Model
 * @Config(name = "Tiny", sizes = "B=8 M=64 H=256", mesh = "data=2")
 * public class Mlp {
 *   @Split(dim = 1) @Dims("M H") Tensor wi;
 *   @Split(dim = 0) @Dims("H M") Tensor wo;
 *
 *   @Program @Dims("B M") Tensor forward(@Dims("B M") Tensor x) {
 *     return einsum("BH,HM->BM", relu(einsum("BM,MH->BH", x, wi)), wo);
 *   }
 * }
 * }</pre>
 *
 * <ul>
 *   <li>It is a top-level, non-abstract, non-generic class with a constructor without parameters.
 *   <li>Its fields are tensors (parameters), modules, {@link Stack}s of modules, or constants.
 *   <li>It has at least one {@link Config} and one {@link Program}.
 * </ul>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Model {}
