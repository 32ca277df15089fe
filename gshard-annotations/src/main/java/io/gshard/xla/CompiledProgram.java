package io.gshard.xla;

import java.util.Map;

/**
 * What a compiler says about a program, for each device.
 *
 * @param argumentBytes of the arguments
 * @param outputBytes of the results, those in the place of arguments included
 * @param aliasBytes of the results that take the place of arguments
 * @param tempBytes of everything between
 * @param codeBytes of the program itself
 * @param properties the compiler's cost analysis, such as {@code flops}; empty if it has none
 */
public record CompiledProgram(
    long argumentBytes,
    long outputBytes,
    long aliasBytes,
    long tempBytes,
    long codeBytes,
    Map<String, Double> properties) {

  /** What a device must hold at once, as XLA sums it up. */
  public long totalBytes() {
    return argumentBytes + outputBytes - aliasBytes + tempBytes + codeBytes;
  }
}
