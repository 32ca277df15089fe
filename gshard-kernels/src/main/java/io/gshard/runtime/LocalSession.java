package io.gshard.runtime;

import java.util.ArrayList;
import java.util.List;

/** On the devices of this process, in generated Java. */
final class LocalSession implements Session {
  private final Spmd spmd;

  LocalSession(Spmd spmd) {
    this.spmd = spmd;
  }

  @Override
  public void write(Binding variable, HostTensor value) {
    HostTensors.scatter(value, variable, spmd);
  }

  @Override
  public HostTensor read(Binding variable) {
    return HostTensors.gather(variable, spmd);
  }

  @Override
  public List<HostTensor> run(Program program, List<HostTensor> arguments) {
    List<Binding> inputs = program.inputs();
    for (int i = 0; i < inputs.size(); i++) {
      HostTensors.scatter(arguments.get(i), inputs.get(i), spmd);
    }
    spmd.run(program);
    List<HostTensor> results = new ArrayList<>();
    for (Binding output : program.outputs()) {
      results.add(HostTensors.gather(output, spmd));
    }
    return results;
  }

  @Override
  public void close() {
    // The arrays go with the session.
  }
}
