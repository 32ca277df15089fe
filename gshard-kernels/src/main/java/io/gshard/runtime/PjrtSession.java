package io.gshard.runtime;

import io.gshard.mesh.MeshShape;
import io.gshard.pjrt.CompileOptions;
import io.gshard.pjrt.PjrtBuffer;
import io.gshard.pjrt.PjrtClient;
import io.gshard.pjrt.PjrtExecutable;
import io.gshard.pjrt.Transfer;
import io.gshard.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * On PJRT's devices. A program is the StableHLO that lies beside the launcher's class; it is
 * compiled when it is first run. Variables stay on the devices; a program that updates them takes
 * their buffers (they are donated) and gives new ones.
 */
final class PjrtSession implements Session {
  private final MeshShape mesh;
  private final PjrtClient client;
  private final Class<?> launcher;
  private final Map<String, Binding> bindings = new HashMap<>();
  private final Map<String, List<PjrtBuffer>> variables = new HashMap<>();
  private final Map<String, PjrtExecutable> programs = new HashMap<>();

  PjrtSession(MeshShape mesh, PjrtClient client, Class<?> launcher, Layout layout) {
    this.mesh = mesh;
    this.client = client;
    this.launcher = launcher;
    for (List<Binding> group : List.of(layout.parameters(), layout.state())) {
      group.forEach(binding -> bindings.put(binding.name(), binding));
    }
  }

  @Override
  public void write(Binding variable, HostTensor value) {
    replace(variable.name(), upload(variable, value, Transfer.COPY));
  }

  @Override
  public HostTensor read(Binding variable) {
    return download(variable, variable(variable.name()));
  }

  /** A variable's buffers, by device; zero until something is written. */
  private List<PjrtBuffer> variable(String name) {
    return variables.computeIfAbsent(
        name,
        n -> upload(bindings.get(n), HostTensor.zeros(bindings.get(n).shape()), Transfer.COPY));
  }

  private void replace(String name, List<PjrtBuffer> buffers) {
    List<PjrtBuffer> old = variables.put(name, buffers);
    if (old != null) {
      old.forEach(PjrtBuffer::close);
    }
  }

  @Override
  public List<HostTensor> run(Program program, List<HostTensor> arguments) {
    PjrtExecutable executable = programs.computeIfAbsent(program.name(), this::compile);
    List<List<PjrtBuffer>> given = new ArrayList<>();
    List<List<PjrtBuffer>> uploaded = new ArrayList<>();
    List<List<PjrtBuffer>> results;
    try {
      for (String name : program.variables()) {
        given.add(variable(name));
      }
      for (int i = 0; i < arguments.size(); i++) {
        uploaded.add(upload(program.inputs().get(i), arguments.get(i), Transfer.SHARE));
      }
      given.addAll(uploaded);
      results = executable.run(byDevice(given), resultShapes(program));
    } finally {
      uploaded.forEach(buffers -> buffers.forEach(PjrtBuffer::close));
    }
    List<HostTensor> outputs = new ArrayList<>();
    int leaf = 0;
    for (Binding output : program.outputs()) {
      List<PjrtBuffer> buffers = leaf(results, leaf++);
      outputs.add(download(output, buffers));
      buffers.forEach(PjrtBuffer::close);
    }
    for (String updated : program.updates()) {
      replace(updated, leaf(results, leaf++));
    }
    return outputs;
  }

  private List<List<PjrtBuffer>> byDevice(List<List<PjrtBuffer>> byArgument) {
    List<List<PjrtBuffer>> turned = new ArrayList<>();
    for (int device = 0; device < mesh.devices(); device++) {
      turned.add(leaf(byArgument, device));
    }
    return turned;
  }

  private static List<PjrtBuffer> leaf(List<List<PjrtBuffer>> lists, int index) {
    return lists.stream().map(list -> list.get(index)).toList();
  }

  private List<Shape> resultShapes(Program program) {
    List<Shape> shapes = new ArrayList<>();
    program.outputs().forEach(output -> shapes.add(local(output)));
    program.updates().forEach(name -> shapes.add(local(bindings.get(name))));
    return shapes;
  }

  private Shape local(Binding binding) {
    return binding.sharding().local(mesh, binding.shape());
  }

  private PjrtExecutable compile(String program) {
    String resource = "/META-INF/gshard/%s/%s.mlir".formatted(launcher.getName(), program);
    try (InputStream in = launcher.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(
            "%s has no %s: compile the model with targets that include XLA"
                .formatted(launcher.getName(), resource));
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return client.compile(text, new CompileOptions(mesh.devices()));
    } catch (IOException e) {
      throw new IllegalStateException(resource + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Programs update variables in place: these are copied; what is only read is shared. */
  private List<PjrtBuffer> upload(Binding binding, HostTensor value, Transfer transfer) {
    Shape local = local(binding);
    Storage storage = Storage.of(local.type());
    Storage packed = Storage.packed(local.type());
    HostTensors.Shards shards = new HostTensors.Shards(binding.at(0), mesh);
    List<PjrtBuffer> buffers = new ArrayList<>();
    try {
      for (int device = 0; device < mesh.devices(); device++) {
        Object shard = storage.newArray(Math.toIntExact(local.elements()));
        shards.copyToDevice(device, value.data(), shard);
        Object bits = Storage.pack(local.type(), shard);
        buffers.add(
            client.upload(
                device, local, transfer, target -> target.copyFrom(packed.segment(bits))));
      }
    } catch (RuntimeException e) {
      buffers.forEach(PjrtBuffer::close);
      throw e;
    }
    return buffers;
  }

  private HostTensor download(Binding binding, List<PjrtBuffer> buffers) {
    Shape local = local(binding);
    Storage packed = Storage.packed(local.type());
    HostTensors.Shards shards = new HostTensors.Shards(binding.at(0), mesh);
    List<Integer> devices =
        IntStream.range(0, mesh.devices()).filter(shards::isFirstCopy).boxed().toList();
    Object whole = Storage.of(local.type()).newArray(Math.toIntExact(binding.shape().elements()));
    try (Arena arena = Arena.ofConfined()) {
      List<MemorySegment> found =
          devices.stream()
              .map(d -> arena.allocate(Math.max(1, local.bytes()), 64).asSlice(0, local.bytes()))
              .toList();
      PjrtBuffer.read(devices.stream().map(buffers::get).toList(), found);
      for (int i = 0; i < devices.size(); i++) {
        Object bits = packed.newArray(Math.toIntExact(local.elements()));
        packed.segment(bits).copyFrom(found.get(i));
        shards.copyToHost(devices.get(i), Storage.unpack(local.type(), bits), whole);
      }
    }
    return HostTensor.of(binding.shape(), whole);
  }

  @Override
  public void close() {
    variables.values().forEach(buffers -> buffers.forEach(PjrtBuffer::close));
    variables.clear();
    programs.values().forEach(PjrtExecutable::close);
    programs.clear();
  }
}
