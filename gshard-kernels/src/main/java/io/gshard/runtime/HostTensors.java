package io.gshard.runtime;

import io.gshard.collective.Block;
import io.gshard.collective.Collectives;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Between a global tensor on the host and its shards on the devices. A dim of size n split in p
 * parts gives each device ceil(n/p) elements; what lies beyond the end is zero on the devices.
 */
final class HostTensors {
  private HostTensors() {}

  /** Copies each device's part, padding with zeros. */
  static void scatter(HostTensor tensor, Binding binding, Spmd spmd) {
    Shards shards = new Shards(binding, spmd.mesh());
    Storage storage = Storage.of(binding.shape().type());
    spmd.transfer(
        binding.common(),
        device -> {
          Object arena = storage.arena(binding.memory(device));
          if (shards.isPadded(device.id)) {
            clear(arena, binding.offset(), shards.localElements);
          }
          shards.copyToDevice(device.id, tensor.data(), arena);
        });
  }

  /** The global tensor; of devices with the same part, one counts. */
  static HostTensor gather(Binding binding, Spmd spmd) {
    Shards shards = new Shards(binding, spmd.mesh());
    Storage storage = Storage.of(binding.shape().type());
    Object data = storage.newArray(Math.toIntExact(binding.shape().elements()));
    Map<Integer, List<Integer>> copies = new TreeMap<>();
    for (int id = 0; id < spmd.mesh().devices(); id++) {
      copies.computeIfAbsent(shards.part(id), part -> new ArrayList<>()).add(id);
    }
    spmd.gather(
        copies.values().stream()
            .map(
                devices ->
                    new Collectives.Part(
                        devices,
                        id -> storage.arena(binding.memory(spmd.device(id))),
                        shards.onDevice(devices.getFirst()),
                        shards.onHost(devices.getFirst())))
            .toList(),
        data);
    return HostTensor.of(binding.shape(), data);
  }

  private static void clear(Object arena, int at, int n) {
    for (int i = at; i < at + n; i++) {
      switch (arena) {
        case float[] x -> x[i] = 0;
        case int[] x -> x[i] = 0;
        case short[] x -> x[i] = 0;
        case byte[] x -> x[i] = 0;
        case long[] x -> x[i] = 0;
        case double[] x -> x[i] = 0;
        default -> throw new IllegalArgumentException("no arena: " + arena.getClass());
      }
    }
  }

  /** The geometry of one tensor's shards. */
  static final class Shards {
    private final Shape global;
    private final Sharding sharding;
    private final MeshShape mesh;
    private final int offset;
    private final int[] local;
    private final int[] globalStrides;
    private final int[] localStrides;
    final int localElements;

    Shards(Binding binding, MeshShape mesh) {
      this.global = binding.shape();
      this.sharding = binding.sharding();
      this.mesh = mesh;
      this.offset = binding.offset();
      Shape part = sharding.local(mesh, global);
      this.local = ints(part.dims().stream().mapToLong(Long::longValue).toArray());
      this.globalStrides = ints(global.strides());
      this.localStrides = ints(part.strides());
      this.localElements = Math.toIntExact(part.elements());
    }

    private static int[] ints(long[] values) {
      int[] result = new int[values.length];
      for (int i = 0; i < values.length; i++) {
        result[i] = Math.toIntExact(values[i]);
      }
      return result;
    }

    private int start(int device, int dim) {
      long start = (long) sharding.part(mesh, device, dim) * local[dim];
      return (int) Math.min(start, global.dim(dim));
    }

    /** The sizes of the part that is not padding. */
    private int[] real(int device) {
      int[] real = new int[local.length];
      for (int dim = 0; dim < local.length; dim++) {
        real[dim] = (int) Math.min(local[dim], global.dim(dim) - start(device, dim));
      }
      return real;
    }

    private int globalAt(int device) {
      int at = 0;
      for (int dim = 0; dim < local.length; dim++) {
        at += start(device, dim) * globalStrides[dim];
      }
      return at;
    }

    boolean isPadded(int device) {
      return !java.util.Arrays.equals(real(device), local);
    }

    /** The number of a device's part: devices with the same have the same. */
    int part(int device) {
      int part = 0;
      for (int dim = 0; dim < local.length; dim++) {
        part = part * sharding.parts(mesh, dim) + sharding.part(mesh, device, dim);
      }
      return part;
    }

    /** Where the part lies in a device's arena, without padding. */
    Block onDevice(int device) {
      return new Block(offset, real(device), localStrides);
    }

    /** Where the part belongs in the whole tensor. */
    Block onHost(int device) {
      return new Block(globalAt(device), real(device), globalStrides);
    }

    /**
     * Whether it is the one of all devices with the same part whose place is 0 on all axes that do
     * not split.
     */
    boolean isFirstCopy(int device) {
      return mesh.axes().stream()
          .allMatch(
              axis ->
                  sharding.usedAxes().contains(axis.name())
                      || mesh.coordinate(sharding.stand(device), axis.name()) == 0);
    }

    void copyToDevice(int device, Object host, Object arena) {
      Copies.copy(host, globalAt(device), real(device), globalStrides, arena, offset, localStrides);
    }

    void copyToHost(int device, Object arena, Object host) {
      Copies.copy(arena, offset, real(device), localStrides, host, globalAt(device), globalStrides);
    }
  }
}
