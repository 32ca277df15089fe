package io.gshard.spmd;

import io.gshard.hlo.Source;
import java.util.List;

/** What a partitioned program sends between devices, in program order. */
public record CommunicationReport(List<Collective> collectives) {
  public CommunicationReport {
    collectives = List.copyOf(collectives);
  }

  /**
   * One collective of the program.
   *
   * @param place where it stands
   * @param kind HLO's name, such as {@code all-to-all}
   * @param bytesPerDevice what one device sends each time it runs
   * @param source the user's line that needs it
   * @param tripCount how often it runs: 1 outside of loops, -1 where that is not known
   * @param requested whether a user's annotation asked for this resharding
   * @param reason one sentence for the user
   * @param whole the value that every device then holds whole, or null
   */
  public record Collective(
      Place place,
      String kind,
      List<String> axes,
      long bytesPerDevice,
      Source source,
      long tripCount,
      boolean requested,
      String reason,
      Whole whole) {
    public Collective {
      axes = List.copyOf(axes);
    }

    /** The same, standing elsewhere and running so often. */
    public Collective at(Place other, long trips) {
      return new Collective(
          other, kind, axes, bytesPerDevice, source, trips, requested, reason, whole);
    }
  }

  /** An instruction of the partitioned program, by its name and its computation's. */
  public record Place(String computation, String instruction) {}

  /**
   * A value that every device holds whole.
   *
   * @param bytes of all of it
   */
  public record Whole(String name, long bytes) {}

  /** The collectives that replicate a value which no annotation asked to replicate. */
  public List<Collective> replications() {
    return collectives.stream().filter(c -> c.whole() != null && !c.requested()).toList();
  }
}
