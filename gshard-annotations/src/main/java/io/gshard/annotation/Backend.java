package io.gshard.annotation;

/** What a {@link Config} is generated for. */
public enum Backend {
  /** Kernels in Java, which run in this JVM. */
  JAVA,
  /** HLO and StableHLO as resources. */
  XLA
}
