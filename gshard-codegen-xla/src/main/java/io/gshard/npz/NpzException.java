package io.gshard.npz;

import java.io.IOException;

/** An array file that is damaged, or holds what has no element type here. */
public final class NpzException extends IOException {
  private static final long serialVersionUID = 1;

  NpzException(String message) {
    super(message);
  }
}
