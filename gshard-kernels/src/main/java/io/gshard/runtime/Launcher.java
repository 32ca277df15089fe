package io.gshard.runtime;

import io.gshard.mesh.MeshShape;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model that was compiled for one config, on a mesh: its parameters live on the devices, its
 * programs are run by name. For each config a generated class extends it and adds typed methods.
 */
public abstract class Launcher implements AutoCloseable {
  private final String name;
  private final MeshShape mesh;
  private final int rank;
  private final Session session;
  private final Map<String, Binding> variables = new LinkedHashMap<>();
  private final List<Binding> bindings;
  private final Map<String, Program> programs = new LinkedHashMap<>();
  private boolean closed;

  /**
   * @throws IllegalArgumentException if the mesh is not the one that the programs were compiled for
   */
  protected Launcher(
      String name, Mesh mesh, MeshShape compiledFor, Layout layout, List<Program> programs) {
    if (!mesh.shape().equals(compiledFor)) {
      throw new IllegalArgumentException(
          ("%s is compiled for the mesh '%s', found a mesh '%s': use Mesh.local(\"%s\"), or add a config"
                  + " for the other mesh")
              .formatted(name, compiledFor, mesh.shape(), compiledFor));
    }
    this.name = name;
    this.mesh = compiledFor;
    this.rank = mesh.rank();
    this.session = mesh.open(getClass(), layout);
    List<Binding> all = new ArrayList<>(layout.parameters());
    all.addAll(layout.state());
    this.bindings = List.copyOf(all);
    for (Binding binding : bindings) {
      variables.put(binding.name(), binding);
    }
    for (Program program : programs) {
      this.programs.put(program.name(), program);
    }
  }

  /**
   * The launcher of a model's config, found by the name of the class that the annotation processor
   * generates.
   *
   * @throws IllegalArgumentException if there is none, or the mesh does not fit it
   */
  public static Launcher load(Class<?> model, String config, Mesh mesh) {
    String simple = model.getSimpleName() + config;
    String generated =
        model.getPackageName().isEmpty() ? simple : model.getPackageName() + "." + simple;
    try {
      return Class.forName(generated, true, model.getClassLoader())
          .asSubclass(Launcher.class)
          .getConstructor(Mesh.class)
          .newInstance(mesh);
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(
          ("no generated program %s for config '%s' of %s: is the annotation processor enabled? (javac"
                  + " 23+ needs -processorpath or -proc:full)")
              .formatted(generated, config, model.getName()),
          e);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("cannot start " + generated + ": " + e.getCause(), e);
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new IllegalStateException(
          generated + " is not a launcher of this version of gshard: compile it again", e);
    }
  }

  public MeshShape mesh() {
    return mesh;
  }

  /** Model parameters by path, then the optimizer's state. */
  public List<Binding> parameters() {
    return bindings;
  }

  /**
   * Runs a program.
   *
   * @throws IllegalArgumentException if there is no such program or the arguments do not fit it
   * @throws DeviceException if a device failed
   */
  public List<Tensor> run(String program, List<? extends Tensor> arguments) {
    checkOpen();
    Program found = programs.get(program);
    if (found == null) {
      throw new IllegalArgumentException(
          "%s has no program '%s'; it has %s".formatted(name, program, programs.keySet()));
    }
    List<Binding> inputs = found.inputs();
    if (inputs.size() != arguments.size()) {
      throw new IllegalArgumentException(
          "%s.%s takes %d arguments (%s), found %d"
              .formatted(
                  name,
                  program,
                  inputs.size(),
                  String.join(", ", inputs.stream().map(Binding::name).toList()),
                  arguments.size()));
    }
    for (int i = 0; i < inputs.size(); i++) {
      Binding input = inputs.get(i);
      check("%s.%s: argument '%s'".formatted(name, program, input.name()), input, arguments.get(i));
    }
    return List.copyOf(session.run(found, arguments.stream().map(HostTensor::of).toList()));
  }

  /** Gives all parameters and state their first values, by the program {@code init}. */
  public void init(long seed) {
    run("init", List.of(HostTensor.scalar((int) (seed ^ seed >>> 32))));
  }

  /** A parameter's or state's value, whole. */
  public Tensor parameter(String path) {
    checkOpen();
    return session.read(variable(path));
  }

  public void parameter(String path, Tensor value) {
    checkOpen();
    Binding binding = variable(path);
    check(name + ": parameter '" + path + "'", binding, value);
    session.write(binding, HostTensor.of(value));
  }

  /** Writes all parameters and state; see {@link Checkpoint#write}. */
  public void save(Path file) {
    save(file, Map.of());
  }

  /**
   * Writes all parameters and state, with some texts (step, seed...). Of several processes, all
   * call it and the first writes.
   */
  public void save(Path file, Map<String, String> metadata) {
    checkOpen();
    Map<String, Shape> shapes = new LinkedHashMap<>();
    bindings.forEach(binding -> shapes.put(binding.name(), binding.shape()));
    if (rank == 0) {
      Checkpoint.write(file, metadata, shapes, path -> session.read(variables.get(path)));
    } else {
      bindings.forEach(session::read); // this process's part of each
    }
  }

  /**
   * Reads all parameters and state, saved on any mesh, and returns the texts that were saved with
   * them.
   *
   * @throws CheckpointException if the file is missing, damaged or of another model; nothing is
   *     changed then
   */
  public Map<String, String> load(Path file) {
    checkOpen();
    Checkpoint checkpoint = Checkpoint.open(file);
    bindings.forEach(binding -> checkpoint.require(binding.name(), binding.shape()));
    bindings.forEach(binding -> session.write(binding, checkpoint.tensor(binding.name())));
    return checkpoint.metadata();
  }

  private Binding variable(String path) {
    Binding binding = variables.get(path);
    if (binding == null) {
      throw new IllegalArgumentException(
          "%s has no parameter '%s'; it has %s".formatted(name, path, variables.keySet()));
    }
    return binding;
  }

  private static void check(String subject, Binding expected, Tensor found) {
    if (!found.shape().equals(expected.shape())) {
      throw new IllegalArgumentException(
          "%s: expected %s, found %s".formatted(subject, expected.shape(), found.shape()));
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException(name + " is closed");
    }
  }

  /** Gives the devices' memory free; the mesh stays open. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      session.close();
    }
  }
}
