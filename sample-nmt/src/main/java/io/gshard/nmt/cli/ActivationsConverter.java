package io.gshard.nmt.cli;

import io.gshard.tensor.DType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --activations bf16}. */
final class ActivationsConverter implements ITypeConverter<DType> {
  @Override
  public DType convert(String text) {
    return switch (text) {
      case "f32" -> DType.F32;
      case "bf16" -> DType.BF16;
      default -> throw new TypeConversionException("'" + text + "'; expected f32 or bf16");
    };
  }
}
