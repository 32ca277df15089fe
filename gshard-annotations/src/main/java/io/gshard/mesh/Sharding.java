package io.gshard.mesh;

import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * How one tensor is split over a mesh: for each tensor dim the mesh axes that split it, major
 * first. An empty list is a dim that every device holds whole. Axes that split no dim replicate the
 * tensor. Its size does not depend on the number of devices.
 *
 * <p>A dim of size n split in p parts gives each device ceil(n/p) elements; the last parts may be
 * short or empty, and what lies beyond the end is padding of unspecified value (paper, section
 * 3.3).
 *
 * <p>Prints as {@code [{expert}, {}, {data,model}]}.
 *
 * @param details what it says beyond that; most say nothing
 */
public record Sharding(List<List<String>> dims, ShardingDetails details) {

  /** Stands for the only axis of a mesh where the user named none. */
  public static final String ONLY_AXIS = "*";

  public Sharding {
    // A compilation makes hundreds of thousands of these, most of them whole or split once.
    List<List<String>> copies = new ArrayList<>(dims.size());
    Set<String> seen = null;
    for (List<String> axes : dims) {
      copies.add(List.copyOf(axes));
      for (String axis : axes) {
        if (seen == null) {
          seen = new HashSet<>();
        }
        if (!seen.add(axis)) {
          throw new IllegalArgumentException(
              "mesh axis " + axis + " is used twice: it can split one dim, once");
        }
      }
    }
    dims = List.copyOf(copies);
    for (String axis : details.subgroupAxes()) {
      for (List<String> axes : dims) {
        if (axes.contains(axis)) {
          throw new IllegalArgumentException(
              "mesh axis " + axis + " is used twice: it is manual or unreduced, and splits a dim");
        }
      }
    }
  }

  public Sharding(List<List<String>> dims) {
    this(dims, ShardingDetails.NONE);
  }

  public static Sharding replicated(int rank) {
    return new Sharding(Collections.nCopies(rank, List.of()));
  }

  /** One dim split over one axis. */
  public static Sharding split(int rank, int dim, String axis) {
    return replicated(rank).with(dim, List.of(axis));
  }

  public int rank() {
    return dims.size();
  }

  public List<String> axes(int dim) {
    return dims.get(dim);
  }

  public boolean isReplicated() {
    for (List<String> axes : dims) {
      if (!axes.isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** All axes that split some dim, in order of appearance. */
  public List<String> usedAxes() {
    List<String> used = new ArrayList<>();
    for (List<String> axes : dims) {
      used.addAll(axes);
    }
    return List.copyOf(used);
  }

  public Sharding with(int dim, List<String> axes) {
    List<List<String>> changed = new ArrayList<>(dims);
    changed.set(dim, axes);
    return new Sharding(changed, details);
  }

  public Sharding with(ShardingDetails other) {
    return other.equals(details) ? this : new Sharding(dims, other);
  }

  /** The split of the dims alone. */
  public Sharding plain() {
    return with(ShardingDetails.NONE);
  }

  /** This, with the devices in another order; null for their own. Copies have no order. */
  public Sharding ordered(DeviceOrder order) {
    DeviceOrder other = isReplicated() ? null : order;
    return Objects.equals(details.order(), other) ? this : with(details.withOrder(other));
  }

  /** The explicit order of devices, or null. */
  public DeviceOrder order() {
    return details.order();
  }

  /** Which part of a dim a device holds. */
  public int part(MeshShape mesh, int device, int dim) {
    return mesh.coordinate(stand(device), dims.get(dim));
  }

  /** The device in whose stead this one stands: itself, but for an explicit order of devices. */
  public int stand(int device) {
    return details.order() == null ? device : details.order().place(device);
  }

  /** The device that stands in this one's stead. */
  public int standIn(int device) {
    return details.order() == null ? device : details.order().device(device);
  }

  /** Into how many parts a dim is split. */
  public int parts(MeshShape mesh, int dim) {
    return mesh.size(dims.get(dim));
  }

  /** The shape that each device holds: every dim divided by its parts and rounded up. */
  public Shape local(MeshShape mesh, Shape global) {
    if (global.rank() != rank()) {
      throw new IllegalArgumentException(this + " has " + rank() + " dims, " + global + " has not");
    }
    List<Long> local = new ArrayList<>();
    for (int i = 0; i < rank(); i++) {
      local.add(Math.ceilDiv(global.dim(i), (long) parts(mesh, i)));
    }
    return global.withDims(local);
  }

  /** Details are rare: dims tell shardings apart well enough. */
  @Override
  public int hashCode() {
    return dims.hashCode();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < dims.size(); i++) {
      text.append(i == 0 ? "{" : ", {").append(String.join(",", dims.get(i))).append('}');
    }
    return text.append(']').append(details).toString();
  }
}
