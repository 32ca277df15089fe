package io.gshard.spmd.cases;

import io.gshard.tensor.Literal;
import java.util.List;

/**
 * One generated module, annotated, with arguments.
 *
 * @param family the kind of op that it is about
 * @param text HLO, with shardings as a user would write them
 * @param arguments one literal for each parameter
 * @param judged for each result whether it is compared; random numbers are not
 */
record Case(
    long seed,
    String family,
    int devices,
    String text,
    List<Literal> arguments,
    List<Boolean> judged) {

  /** What a failure prints: all that is needed to see it again. */
  String label() {
    return "seed %d (%s, %d devices); again: mvn test -pl gshard-codegen-xla -am -Dtest=PartitionCasesTest -Dsurefire.failIfNoSpecifiedTests=false -Dcases.seed=%d%n%s"
        .formatted(seed, family, devices, seed, text);
  }
}
