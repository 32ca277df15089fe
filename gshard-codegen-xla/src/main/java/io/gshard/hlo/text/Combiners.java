package io.gshard.hlo.text;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloOp;
import io.gshard.op.Combiner;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import java.util.Locale;

/** The scalar computations that HLO wants where our graph names a combiner. */
final class Combiners {
  private Combiners() {}

  /** Which combiner a computation of two scalars is; null if none. */
  static Combiner recognise(Computation computation) {
    return computation.combiner();
  }

  /** Whether a computation gives its second parameter, as a scatter that overwrites has it. */
  static boolean isPut(Computation computation) {
    return computation.instructions().size() == 2
        && computation.root().op() instanceof HloOp.Parameter(int index)
        && index == 1;
  }

  static String name(Combiner combiner, DType type) {
    return (combiner == null ? "put" : combiner.name().toLowerCase(Locale.ROOT))
        + "."
        + type.hloName();
  }

  /** The computation's text. */
  static String print(String name, Combiner combiner, DType type) {
    String scalar = type.hloName() + "[]";
    String root =
        combiner == null
            ? "  ROOT %y = " + scalar + " parameter(1)\n"
            : "  %y = "
                + scalar
                + " parameter(1)\n  ROOT %r = "
                + scalar
                + " "
                + combiner.name().toLowerCase(Locale.ROOT)
                + "(%x, %y)\n";
    return "%" + name + " {\n  %x = " + scalar + " parameter(0)\n" + root + "}\n\n";
  }

  static Literal identity(Combiner combiner, DType type) {
    return Literal.scalar(type, combiner.identity(type));
  }
}
