package io.gshard.runtime;

import java.util.List;

/** A launcher's hold on a mesh: its variables on the devices, and the running of its programs. */
public interface Session extends AutoCloseable {

  /** Puts a whole tensor into a variable. */
  void write(Binding variable, HostTensor value);

  /** The whole tensor that is in a variable. */
  HostTensor read(Binding variable);

  /**
   * Runs a program.
   *
   * @param arguments of the shapes that the program's inputs have
   * @return one for each of the program's outputs
   * @throws DeviceException if a device failed
   */
  List<HostTensor> run(Program program, List<HostTensor> arguments);

  /** Gives the devices' memory free; the mesh stays open. */
  @Override
  void close();
}
