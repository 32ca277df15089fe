package io.gshard.tool;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.Source;
import io.gshard.hlo.Verifier;
import io.gshard.mesh.MeshShape;
import io.gshard.passes.HoistCollectives;
import io.gshard.passes.MergeCollectives;
import io.gshard.passes.OverlapCollectives;
import io.gshard.passes.Simplify;
import io.gshard.sharding.Propagation;
import io.gshard.spmd.CommunicationReport;
import io.gshard.spmd.Partitioned;
import io.gshard.spmd.Partitioner;
import io.gshard.spmd.WindowedDots;
import java.util.List;
import java.util.Set;

/** The compiler's passes, as the commands use them. */
final class Pipeline {
  /** Below that a device can well hold a gathered operand, or a partial result. */
  static final long WINDOWED_BYTES = 256L << 20;

  private Pipeline() {}

  /** The program of one device; a module that is that already stays as it is. */
  static HloModule partitioned(Document document, HloModule module) {
    return partitioned(document, module, WINDOWED_BYTES);
  }

  /**
   * The program of one device.
   *
   * @param windowedBytes how large an operand or a partial result of a product must be to go round
   *     in parts
   */
  static HloModule partitioned(Document document, HloModule module, long windowedBytes) {
    if (module.partitioned()) {
      return module;
    }
    HloModule simple = document.during("simplifying", () -> Simplify.run(module));
    HloModule decided = document.during("propagation", () -> Propagation.run(simple));
    Partitioned cut = document.during("partitioning", () -> Partitioner.run(decided));
    Partitioned partitioned =
        document.during("partitioning", () -> HoistCollectives.run(cut, HoistCollectives.LIMIT));
    HloModule windowed =
        document.during(
            "partitioning", () -> WindowedDots.run(partitioned.module(), windowedBytes));
    HloModule merged = document.during("partitioning", () -> MergeCollectives.run(windowed));
    HloModule local = document.during("partitioning", () -> OverlapCollectives.run(merged));
    Set<CommunicationReport.Place> gone =
        WindowedDots.replaced(partitioned.module(), windowedBytes);
    partitioned.report().replications().stream()
        .filter(c -> !gone.contains(c.place()))
        .forEach(c -> document.warn(replication(c)));
    document.during(
        "verifying the partitioned module",
        () -> {
          Verifier.verify(local);
          return local;
        });
    return local;
  }

  private static String replication(CommunicationReport.Collective collective) {
    Source source = collective.source();
    return "%%%s becomes whole on every device, %d bytes%s: %s; annotate it or its user otherwise if that is too much"
        .formatted(
            collective.whole().name(),
            collective.whole().bytes(),
            source.isKnown() ? " (%s:%d)".formatted(source.file(), source.line()) : "",
            collective.reason());
  }

  /** The whole program for one device: without shardings and mesh. */
  static HloModule whole(HloModule module) {
    return new HloModule(
        module.name(),
        MeshShape.SINGLE,
        module.withShardings(i -> List.of()).entry(),
        module.aliases(),
        false);
  }
}
