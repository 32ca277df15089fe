package io.gshard.processor.library;

import io.gshard.annotation.Dims;
import io.gshard.annotation.Module;
import io.gshard.tensor.Tensor;

/** A module that was compiled without the processor, so that its source is nowhere. */
@Module
public class WithoutSource {
  @Dims("M")
  public Tensor w;
}
