package io.gshard.processor;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The processor's options, given to javac as {@code -Akey=value}. */
public enum Option {
  /**
   * More configs: {@code "Name: sizes; mesh; targets; rematerialize activations=bf16"}, several
   * joined by {@code |}. The name may say for which model: {@code Mlp/Name}. A mesh or targets that
   * are left out are those of {@code @Config}'s defaults.
   */
  CONFIG("gshard.config", ""),

  /**
   * A TPU topology, such as {@code v3:8x8}: configs of as many devices are compiled for it, and
   * must compile and fit. Needs gshard-kernels on the processor's path.
   */
  AOT("gshard.aot", ""),

  /** The name of a pass whose result is written beside the programs' HLO. */
  DEBUG("gshard.debug", ""),

  /** A file for a report in JSON: what each config took and sends. */
  REPORT("gshard.report", ""),

  /** From how many bytes a device a collective that nobody asked for is warned of. */
  WARN_BYTES("gshard.warnBytes", "1048576");

  private final String key;
  private final String standard;

  Option(String key, String standard) {
    this.key = key;
    this.standard = standard;
  }

  public String key() {
    return key;
  }

  /** Its value in these options, or the default. */
  public String in(Map<String, String> options) {
    String value = options.get(key);
    return value == null ? standard : value;
  }

  static Set<String> keys() {
    return Arrays.stream(values()).map(Option::key).collect(Collectors.toUnmodifiableSet());
  }
}
