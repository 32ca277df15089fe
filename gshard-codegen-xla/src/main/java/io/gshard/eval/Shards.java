package io.gshard.eval;

import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a global value into what each device holds, and puts it together again. Shards of uneven
 * dims are padded to ceil(dim/parts); the padding is junk on purpose, so that a program that looks
 * at it is caught.
 */
public final class Shards {
  private Shards() {}

  /** Shards by device id; padding is NaN, a large integer, or true. */
  public static List<Literal> split(Literal global, Sharding sharding, MeshShape mesh) {
    return split(
        global,
        sharding,
        mesh,
        global.isFloating() || global.isComplex() ? Double.NaN : 0x5a5a5a5aL);
  }

  /** Shards by device id, with a given value (converted to the element type) in the padding. */
  public static List<Literal> split(
      Literal global, Sharding sharding, MeshShape mesh, double padding) {
    Shape local = sharding.local(mesh, global.shape());
    List<Literal> shards = new ArrayList<>();
    for (int device = 0; device < mesh.devices(); device++) {
      Cells cells = new Cells(local);
      cells.fill(Literal.scalar(local.type(), padding));
      int id = device;
      Indices.forEach(
          local.dims(),
          index -> {
            long[] from = globalIndex(index, local, sharding, mesh, id);
            if (Indices.within(global.shape().dims(), from)) {
              cells.copy(
                  Indices.position(local.dims(), index),
                  global,
                  Indices.position(global.shape().dims(), from));
            }
          });
      shards.add(cells.literal());
    }
    return shards;
  }

  /**
   * The global value of shards by device id; padding is dropped.
   *
   * @throws IllegalArgumentException if the shards have not the shape that the sharding gives
   * @throws IllegalStateException if devices that should hold the same element hold different ones
   */
  public static Literal join(
      List<Literal> shards, Sharding sharding, MeshShape mesh, Shape global) {
    return join(
        shards,
        sharding,
        mesh,
        global,
        (first, second, to, found, at, shard, from) -> {
          throw new IllegalStateException(
              "devices %d and %d hold different values of element %s of %s by %s: %s and %s"
                  .formatted(
                      first,
                      second,
                      Arrays.toString(to),
                      global,
                      sharding,
                      found.literal().text(at),
                      shard.text(from)));
        });
  }

  /**
   * A global value, and how far the devices that hold copies of an element agree on it.
   *
   * @param value with the element of the first device that has it
   * @param differing how many copies differ from that, by any bit but NaN's
   * @param difference the greatest difference; NaN if one of two is NaN alone
   */
  public record Joined(Literal value, long differing, double difference) {}

  /** The global value of shards that may disagree. */
  public static Joined joinFirst(
      List<Literal> shards, Sharding sharding, MeshShape mesh, Shape global) {
    long[] differing = {0};
    double[] difference = {0};
    Literal value =
        join(
            shards,
            sharding,
            mesh,
            global,
            (first, second, to, found, at, shard, from) -> {
              differing[0]++;
              double here =
                  Math.max(
                      Math.abs(shard.real(from) - found.real(at)),
                      found.isComplex()
                          ? Math.abs(shard.imaginary(from) - found.imaginary(at))
                          : 0);
              difference[0] = Math.max(difference[0], here);
            });
    return new Joined(value, differing[0], difference[0]);
  }

  /** What to do where a device's copy of an element is not the first one's. */
  private interface Conflict {
    void found(int first, int second, long[] to, Cells result, long at, Literal shard, long from);
  }

  private static Literal join(
      List<Literal> shards, Sharding sharding, MeshShape mesh, Shape global, Conflict conflict) {
    Shape local = sharding.local(mesh, global);
    Cells result = new Cells(global);
    int[] owner = new int[Math.toIntExact(global.elements())];
    Arrays.fill(owner, -1);
    if (shards.size() != mesh.devices()) {
      throw new IllegalArgumentException(
          "%d shards on a mesh of %d devices".formatted(shards.size(), mesh.devices()));
    }
    for (int device = 0; device < shards.size(); device++) {
      Literal shard = shards.get(device);
      int id = device;
      if (!shard.shape().equals(local)) {
        throw new IllegalArgumentException(
            "device %d holds %s; a shard of %s by %s is %s"
                .formatted(device, shard.shape(), global, sharding, local));
      }
      Indices.forEach(
          local.dims(),
          index -> {
            long[] to = globalIndex(index, local, sharding, mesh, id);
            if (!Indices.within(global.dims(), to)) {
              return;
            }
            long at = Indices.position(global.dims(), to);
            long from = Indices.position(local.dims(), index);
            int first = owner[(int) at];
            if (first < 0) {
              result.copy(at, shard, from);
              owner[(int) at] = id;
            } else if (!same(shard, from, result, at)) {
              conflict.found(first, id, to, result, at, shard, from);
            }
          });
    }
    return result.literal();
  }

  private static boolean same(Literal shard, long from, Cells result, long at) {
    if (result.isComplex()) {
      return Double.compare(shard.real(from), result.real(at)) == 0
          && Double.compare(shard.imaginary(from), result.imaginary(at)) == 0;
    }
    return result.isFloating()
        ? Double.compare(shard.real(from), result.real(at)) == 0
        : shard.integer(from) == result.integer(at);
  }

  private static long[] globalIndex(
      long[] index, Shape local, Sharding sharding, MeshShape mesh, int device) {
    long[] global = index.clone();
    for (int i = 0; i < global.length; i++) {
      global[i] += sharding.part(mesh, device, i) * local.dim(i);
    }
    return global;
  }
}
