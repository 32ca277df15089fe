package io.gshard.nmt.cli;

import io.gshard.mesh.MeshShape;
import io.gshard.nmt.UserError;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --mesh "data=2, expert=4"}. */
final class MeshConverter implements ITypeConverter<MeshShape> {
  @Override
  public MeshShape convert(String text) {
    return parse(text);
  }

  private static MeshShape parse(String text) {
    try {
      return MeshShape.parse(text);
    } catch (IllegalArgumentException | UserError e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
