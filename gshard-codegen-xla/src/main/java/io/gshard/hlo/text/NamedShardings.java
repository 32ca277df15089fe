package io.gshard.hlo.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Shardings over the axes of a mesh, as XLA's third form has them: {@code {mesh['x'=2,'y'=4],
 * [{'x'}, {'y':(1)2, ?}], unreduced={'y':(2)2}}}. A dim with a question mark may be split further.
 */
final class NamedShardings {
  private NamedShardings() {}

  /** Reads what follows the opening bracket. */
  static ShardText read(Cursor in) {
    if (in.eat("maximal_mesh[")) {
      in.expect("device_id=");
      int device = ShardText.device(in);
      in.expect("]");
      metadata(in);
      return new ShardText("maximal", null, List.of(), List.of(), device, null);
    }
    NamedMesh mesh = NamedMesh.read(in);
    in.expect(",");
    if (!in.sees("[")) {
      String form = in.name();
      if (!List.of("replicated", "manual", "unreduced").contains(form) || in.isAt('=')) {
        throw in.error("cannot express the sharding '%s' of a mesh".formatted(form));
      }
      metadata(in);
      return new ShardText(form, null, List.of(), List.of(), -1, null);
    }
    List<List<NamedMesh.Part>> dims = new ArrayList<>();
    List<Integer> open = new ArrayList<>();
    in.list("[", "]", () -> dims.add(dim(in, mesh, dims.size(), open)));
    List<String> subgroups = new ArrayList<>();
    if (subgroup(in, "replicated")) {
      // Axes that split no dim do so anyway.
      in.list("{", "}", () -> mesh.part(in));
    }
    for (String kind : List.of("unreduced", "manual")) {
      if (subgroup(in, kind)) {
        if (!in.sees("{")) {
          throw in.error("cannot express the sharding %s=%s".formatted(kind, in.found()));
        }
        dims.add(in.list("{", "}", () -> mesh.part(in)));
        subgroups.add(kind);
      }
    }
    metadata(in);
    DeviceTiles tiles = mesh.tiles(in, dims);
    if (tiles.dims().size() > dims.size()) {
      subgroups.add("replicated");
    }
    return new ShardText(
        "devices",
        subgroups.equals(List.of("replicated")) ? tiles.withCopies() : tiles,
        subgroups,
        open,
        -1,
        null);
  }

  private static List<NamedMesh.Part> dim(Cursor in, NamedMesh mesh, int dim, List<Integer> open) {
    List<NamedMesh.Part> parts = new ArrayList<>();
    in.list(
        "{",
        "}",
        () -> {
          if (in.eat("?")) {
            return open.contains(dim) || open.add(dim);
          }
          return parts.add(mesh.part(in));
        });
    return parts;
  }

  private static boolean subgroup(Cursor in, String kind) {
    Cursor look = in.from(in.position());
    boolean here = look.eat(",") && look.eat(kind + "=");
    if (here) {
      in.expect(",");
      in.expect(kind + "=");
    }
    return here;
  }

  private static void metadata(Cursor in) {
    if (in.eat(",")) {
      in.expect("metadata=");
      in.value();
    }
    in.expect("}");
  }
}
