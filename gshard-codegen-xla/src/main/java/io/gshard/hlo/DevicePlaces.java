package io.gshard.hlo;

import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.tensor.Literal;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Values of a computation that are made of the device's place in the mesh by quotients and
 * remainders: where the device stands along some of the axes.
 */
final class DevicePlaces {

  /** {@code place / unit % count}. */
  private record Digits(long unit, long count) {

    /** Whether it is the same wherever a device stands along an axis. */
    boolean ignores(long stride, long size) {
      return unit % (stride * size) == 0 || stride % (unit * count) == 0;
    }
  }

  private final MeshShape mesh;
  private final Map<Instruction, Digits> known = new IdentityHashMap<>();

  DevicePlaces(MeshShape mesh) {
    this.mesh = mesh;
  }

  /**
   * The axes along which such a value differs, or null if it is not one. Those that it is made of
   * must have been asked for before.
   */
  Set<String> axes(Instruction instruction) {
    Digits digits = digits(instruction);
    if (digits == null) {
      return null;
    }
    known.put(instruction, digits);
    Set<String> axes = new HashSet<>();
    for (MeshAxis axis : mesh.axes()) {
      if (axis.size() > 1 && !digits.ignores(mesh.stride(axis.name()), axis.size())) {
        axes.add(axis.name());
      }
    }
    return axes;
  }

  private Digits digits(Instruction instruction) {
    return switch (instruction.op()) {
      case Op.PartitionId p when mesh.order() == null -> new Digits(1, mesh.devices());
      case Op.DynamicSlice s when looksUpPlace(instruction) -> new Digits(1, mesh.devices());
      case Op.Convert c when !c.type().isFloating() && c.type().bits() >= Integer.SIZE ->
          known.get(instruction.operand(0));
      case Op.Reshape r -> known.get(instruction.operand(0));
      case Op.Binary(Op.BinaryKind kind) -> of(kind, instruction);
      default -> null;
    };
  }

  private Digits of(Op.BinaryKind kind, Instruction instruction) {
    Digits digits = known.get(instruction.operand(0));
    if (digits == null
        || !(instruction.operand(1).op() instanceof Op.Constant(Literal value))
        || !value.shape().isScalar()
        || value.integer(0) <= 0
        || digits.count() % value.integer(0) != 0) {
      return null;
    }
    long by = value.integer(0);
    return switch (kind) {
      case DIVIDE -> new Digits(digits.unit() * by, digits.count() / by);
      case REMAINDER -> new Digits(digits.unit(), by);
      default -> null;
    };
  }

  /** Whether it finds a device's place in a table of the mesh's order of devices. */
  private boolean looksUpPlace(Instruction slice) {
    if (!(slice.operand(0).op() instanceof Op.Constant(Literal table))
        || table.shape().rank() != 1
        || table.shape().elements() != mesh.devices()
        || slice.shape().elements() != 1
        || !(slice.operand(1).op() instanceof Op.Convert)
        || !(slice.operand(1).operand(0).op() instanceof Op.PartitionId)) {
      return false;
    }
    for (int device = 0; device < mesh.devices(); device++) {
      if (table.integer(device) != mesh.place(device)) {
        return false;
      }
    }
    return true;
  }
}
