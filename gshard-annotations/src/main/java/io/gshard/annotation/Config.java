package io.gshard.annotation;

import io.gshard.tensor.DType;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One size of a model on one mesh. For a model {@code Mlp} and a config {@code Tiny} the launcher
 * {@code MlpTiny} is generated, and the programs' HLO as resources. More can be added with the
 * compiler option {@code -Agshard.config="Name: sizes; mesh; targets; rematerialize
 * activations=bf16"}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(Configs.class)
public @interface Config {
  /** A Java identifier. */
  String name();

  /** The sizes of the named dims: {@code "B=8 M=64"}. */
  String sizes();

  /** The mesh's axes: {@code "data=2, expert=4"}; empty for one device. */
  String mesh() default "";

  /**
   * Whether a build leaves it out. It stands here to be asked for: by its sizes and mesh in the
   * option, as {@code bin/nmt compile} does in the sample.
   */
  boolean onRequest() default false;

  /**
   * Whether the gradients of loops over a {@link Stack} compute each layer again from what went
   * into it, instead of keeping what the layer computed: about a third more work, and of a deep
   * model's activations only those between the layers are held. The paper trains its deep models
   * so.
   */
  boolean rematerialize() default false;

  /**
   * What {@link io.gshard.tensor.Ops#activations} is: the element type that a model which asks for
   * it computes its activations in. Parameters and the optimizer's state keep theirs.
   */
  DType activations() default DType.F32;

  /** What is generated. */
  Backend[] targets() default {Backend.JAVA, Backend.XLA};
}
