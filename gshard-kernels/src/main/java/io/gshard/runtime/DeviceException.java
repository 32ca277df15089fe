package io.gshard.runtime;

/**
 * A device failed; the cause is its own exception. The other devices stopped at the end of the
 * segment.
 */
public final class DeviceException extends RuntimeException {
  private final int device;

  DeviceException(int device, String program, Throwable cause) {
    super("device " + device + " failed in program '" + program + "': " + cause, cause);
    this.device = device;
  }

  /** The lowest id of the devices that failed. */
  public int device() {
    return device;
  }
}
