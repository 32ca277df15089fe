package io.gshard.pjrt;

/** How an array on the host becomes a buffer. */
public enum Transfer {
  /** It is copied to the device. */
  COPY(1),

  /**
   * The buffer is the host's memory where the plugin can have it so, as on CPUs; else it is copied.
   * Programs cannot update such a buffer in place.
   */
  SHARE(2);

  /** {@code PJRT_HostBufferSemantics}: immutable until the transfer is done, or for good. */
  private final int semantics;

  Transfer(int semantics) {
    this.semantics = semantics;
  }

  int semantics() {
    return semantics;
  }
}
