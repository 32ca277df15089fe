package io.gshard.tool;

import io.gshard.hlo.HloModule;
import io.gshard.stablehlo.StableHloPrinter;
import io.gshard.tensor.Literal;
import io.gshard.xla.Xla;
import java.util.List;

/** Runs programs on XLA, as StableHLO, on as many devices of this machine's processor. */
public final class PjrtEngine implements Engine {
  @Override
  public String name() {
    return "pjrt";
  }

  @Override
  public Loaded load(HloModule module) {
    Xla.Executable executable =
        Xla.find()
            .load(
                StableHloPrinter.print(module),
                module.mesh().devices(),
                module.entry().root().type().leaves());
    return new Loaded() {
      @Override
      public List<List<Literal>> run(List<List<Literal>> arguments) {
        return executable.run(arguments);
      }

      @Override
      public void close() {
        executable.close();
      }
    };
  }
}
