package io.gshard.kernels;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vectors of small elements with as many lanes as the preferred vectors of f32, where those have 8
 * or more.
 */
final class Species {
  private Species() {}

  static int floatLanes() {
    return FloatVector.SPECIES_PREFERRED.length();
  }

  /** Whether there are vectors of bytes with as many lanes: not where f32 vectors have 128 bits. */
  static boolean haveBytes() {
    return floatLanes() * Byte.SIZE >= 64;
  }

  static VectorSpecies<Byte> bytes(int lanes) {
    return ByteVector.SPECIES_64.withShape(VectorShape.forBitSize(lanes * Byte.SIZE));
  }

  static VectorSpecies<Short> shorts(int lanes) {
    return ShortVector.SPECIES_64.withShape(VectorShape.forBitSize(lanes * Short.SIZE));
  }
}
