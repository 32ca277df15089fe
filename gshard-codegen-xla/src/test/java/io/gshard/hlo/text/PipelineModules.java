package io.gshard.hlo.text;

import io.gshard.hlo.HloModule;
import io.gshard.mesh.MeshShape;
import io.gshard.nn.Nn;
import io.gshard.nn.Random;
import io.gshard.passes.Simplify;
import io.gshard.sharding.Propagation;
import io.gshard.spmd.Partitioner;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.List;

/** Modules as the partitioner makes them, and the global ones with all shardings decided. */
final class PipelineModules {
  private PipelineModules() {}

  static List<HloModule> all() {
    List<HloModule> all = new ArrayList<>();
    for (HloModule traced : List.of(experts(), layer(), step())) {
      HloModule decided = Propagation.run(traced);
      all.add(decided);
      HloModule local = Partitioner.run(decided).module();
      all.add(
          new HloModule(
              local.name() + "_partitioned", local.mesh(), local.entry(), local.aliases(), true));
    }
    return all;
  }

  /** The heart of a mixture-of-experts layer: dispatch, two matmuls, combine. */
  private static HloModule experts() {
    return Tracer.trace(
        "experts",
        MeshShape.parse("expert=8"),
        List.of(
            Shape.of(DType.F32, 8, 6, 8, 3),
            Shape.of(DType.F32, 8, 6, 4),
            Shape.of(DType.F32, 8, 4, 5),
            Shape.of(DType.F32, 8, 5, 4)),
        args -> {
          Tensor mask = Ops.split(args.get(0), 0);
          Tensor inputs = Ops.split(args.get(1), 0);
          Tensor wi = Ops.split(args.get(2), 0);
          Tensor wo = Ops.split(args.get(3), 0);
          Tensor sent = Ops.split(Ops.einsum("GSEC,GSM->EGCM", mask, inputs), 0);
          Tensor hidden = Ops.relu(Ops.einsum("EGCM,EMH->EGCH", sent, wi));
          Tensor out = Ops.einsum("EGCH,EHM->GECM", hidden, wo);
          return List.of(Ops.split(Ops.einsum("GSEC,GECM->GSM", mask, out), 0));
        });
  }

  /** Two axes, and a dim that does not divide. */
  private static HloModule layer() {
    return Tracer.trace(
        "layer",
        Modules.MESH,
        List.of(Shape.of(DType.F32, 7, 16), Shape.of(DType.F32, 16, 12)),
        args -> {
          Tensor x = Ops.shard(args.get(0), "data", "expert");
          Tensor w = Ops.shard(args.get(1), "expert", "");
          Tensor y = Ops.einsum("ab,bc->ac", x, w);
          return List.of(Ops.sum(y, 0), Ops.cumsum(y, 0));
        });
  }

  /** A classifier's training step: embedding, dropout, normalisation, loss, gradients. */
  private static HloModule step() {
    return Simplify.run(
        Tracer.trace(
            "step",
            Modules.MESH,
            List.of(
                Shape.of(DType.F32, 12, 8),
                Shape.of(DType.F32, 8, 12),
                Shape.of(DType.F32, 8),
                Shape.of(DType.S32, 6, 5)),
            args -> {
              Tensor table = Ops.shard(args.get(0), "", "expert");
              Tensor out = Ops.shard(args.get(1), "", "expert");
              Tensor ids = Ops.shard(args.get(3), "data", "");
              Tensor x = Nn.rmsNorm(Nn.take(table, ids), args.get(2));
              Tensor hidden = Nn.dropout(Nn.gelu(x), 0.25, Random.key(3));
              Tensor logits = Ops.einsum("bsm,mv->bsv", hidden, out);
              Tensor loss = Ops.mean(Nn.crossEntropy(logits, ids, 0.1));
              List<Tensor> all =
                  new ArrayList<>(
                      Engine.current()
                          .gradients(loss, List.of(args.get(0), args.get(1), args.get(2))));
              all.add(loss);
              return all;
            }));
  }
}
