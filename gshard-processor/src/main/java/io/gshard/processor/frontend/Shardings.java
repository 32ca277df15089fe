package io.gshard.processor.frontend;

import io.gshard.mesh.DeviceOrder;
import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.processor.ast.Marks;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Suggestion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** What an annotation of a sharding means for a tensor of some dims on a mesh. */
final class Shardings {
  private Shardings() {}

  /** An annotation that does not fit the tensor or the mesh. */
  static final class Mistake extends Exception {
    private final Diagnostic diagnostic;

    Mistake(Diagnostic diagnostic, String message) {
      super(message);
      this.diagnostic = diagnostic;
    }

    Diagnostic diagnostic() {
      return diagnostic;
    }
  }

  /**
   * On a mesh of one device without axes, nothing is split.
   *
   * @throws Mistake if the tensor has no such dim or the mesh no such axis
   */
  static Sharding resolve(Marks.Split split, int rank, MeshShape mesh) throws Mistake {
    return switch (split.form()) {
      case REPLICATE -> Sharding.replicated(rank);
      case SPLIT -> {
        int dim = split.dim() < 0 ? split.dim() + rank : split.dim();
        if (dim < 0 || dim >= rank) {
          throw new Mistake(
              Diagnostic.SPLIT_DIM,
              rank == 0
                  ? "@Split(dim = %d) of a scalar, which has no dims; leave it out"
                      .formatted(split.dim())
                  : "@Split(dim = %d) of a tensor of %d dims; expected a dim from 0 to %d"
                      .formatted(split.dim(), rank, rank - 1));
        }
        String axis = axis(split.axes().getFirst(), mesh);
        yield axis.isEmpty() ? Sharding.replicated(rank) : Sharding.split(rank, dim, axis);
      }
      case SHARD -> assigned(shard(split.axes(), rank, mesh), split.devices(), mesh);
    };
  }

  /** On a mesh without axes there is nothing to assign. */
  private static Sharding assigned(Sharding sharding, List<Integer> devices, MeshShape mesh)
      throws Mistake {
    if (devices.isEmpty() || mesh.axes().isEmpty()) {
      return sharding;
    }
    List<Integer> all = IntStream.range(0, mesh.devices()).boxed().toList();
    if (!devices.stream().sorted().toList().equals(all)) {
      throw new Mistake(
          Diagnostic.DEVICES,
          "@Shard(devices = %s) on the mesh '%s'; expected each of its devices, 0 to %d, once"
              .formatted(devices, mesh, mesh.devices() - 1));
    }
    return sharding.ordered(DeviceOrder.of(devices));
  }

  private static Sharding shard(List<String> texts, int rank, MeshShape mesh) throws Mistake {
    if (texts.size() != rank) {
      throw new Mistake(
          Diagnostic.SPLIT_DIM,
          "@Shard with %d texts for a tensor of %d dims; expected one for each dim, \"\" where it is not split"
              .formatted(texts.size(), rank));
    }
    List<List<String>> dims = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String text : texts) {
      List<String> axes = new ArrayList<>();
      for (String name : text.strip().split("\\s*\\+\\s*")) {
        String axis = name.isEmpty() ? "" : axis(name, mesh);
        if (!axis.isEmpty()) {
          axes.add(axis);
          if (!seen.add(axis)) {
            throw new Mistake(
                Diagnostic.AXIS_TWICE,
                "@Shard names the mesh axis '%s' twice; expected each axis at most once, since it can split only one dim"
                    .formatted(axis));
          }
        }
      }
      dims.add(axes);
    }
    return new Sharding(dims);
  }

  private static String axis(String name, MeshShape mesh) throws Mistake {
    List<String> names = mesh.axes().stream().map(MeshAxis::name).toList();
    if (names.isEmpty()) {
      return "";
    }
    if (name.isEmpty() && names.size() == 1) {
      return names.getFirst();
    }
    if (name.isEmpty()) {
      throw new Mistake(
          Diagnostic.UNKNOWN_AXIS,
          "the mesh '%s' has several axes and @Split names none; expected one, as in axis = \"%s\""
              .formatted(mesh, names.getFirst()));
    }
    if (!names.contains(name)) {
      throw new Mistake(
          Diagnostic.UNKNOWN_AXIS,
          "the mesh '%s' has no axis '%s'%s; expected one of %s"
              .formatted(mesh, name, Suggestion.hint(name, names), names));
    }
    return name;
  }
}
