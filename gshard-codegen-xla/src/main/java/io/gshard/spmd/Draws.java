package io.gshard.spmd;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.List;
import java.util.Set;

/**
 * Random numbers: each device draws its part. What they draw differs, so where several hold copies
 * of a part, the first one's goes to all of them.
 */
final class Draws {
  private final MeshShape mesh;
  private final Emitter emit;

  Draws(MeshShape mesh, Emitter emit) {
    this.mesh = mesh;
    this.emit = emit;
  }

  /**
   * A device's part of them.
   *
   * @param own axes along which it is a device's own
   */
  Instruction draw(
      Instruction op,
      ArrayOp.Rng rng,
      List<Instruction> operands,
      Sharding computed,
      Set<String> own) {
    Shape local = computed.local(mesh, op.shape());
    ArrayOp.Rng part = new ArrayOp.Rng(local, rng.distribution());
    Instruction drawn = emit.builder().add(part, new Type.Array(local), operands);
    List<String> copies =
        mesh.axes().stream()
            .map(MeshAxis::name)
            .filter(a -> mesh.size(a) > 1 && !computed.usedAxes().contains(a) && !own.contains(a))
            .toList();
    if (copies.isEmpty()) {
      return drawn;
    }
    Instruction first =
        emit.add(new Op.Compare(Op.Direction.EQ), emit.offset(copies, 1), emit.number(0));
    Instruction kept =
        emit.add(new Op.Select(), emit.spread(first, local), drawn, emit.fill(local, 0));
    Combiner sum = local.type() == DType.PRED ? Combiner.OR : Combiner.ADD;
    String reason =
        "rng of %s has copies over %s, which must be the same".formatted(op.shape(), copies);
    return emit.allReduce(kept, sum, copies, new Emitter.Cause(op.source(), false, reason));
  }
}
