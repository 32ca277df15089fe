package io.gshard.conformance;

import io.gshard.tensor.Literal;
import java.util.List;

/** Something that carries out ops, to be compared with the reference evaluator. */
interface EngineUnderTest {

  /** Shown in test names. */
  String name();

  /**
   * The result of each case, in order; all at once, so that an engine may compile them together.
   */
  List<Literal> run(List<OpCase> cases);
}
