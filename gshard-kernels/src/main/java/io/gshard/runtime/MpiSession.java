package io.gshard.runtime;

import io.gshard.mpi.MpiJob;
import java.util.List;

/**
 * On the devices of several processes. When one cannot go on, the others would wait for it: so the
 * job ends with its reason.
 */
record MpiSession(LocalSession here, MpiJob job) implements Session {
  @Override
  public void write(Binding variable, HostTensor value) {
    try {
      here.write(variable, value);
    } catch (RuntimeException | Error e) {
      job.fail(e.toString());
      throw e;
    }
  }

  @Override
  public HostTensor read(Binding variable) {
    try {
      return here.read(variable);
    } catch (RuntimeException | Error e) {
      job.fail(e.toString());
      throw e;
    }
  }

  @Override
  public List<HostTensor> run(Program program, List<HostTensor> arguments) {
    try {
      return here.run(program, arguments);
    } catch (RuntimeException | Error e) {
      job.fail(e.toString());
      throw e;
    }
  }

  @Override
  public void close() {
    here.close();
  }
}
