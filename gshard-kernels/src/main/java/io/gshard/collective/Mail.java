package io.gshard.collective;

import io.gshard.collective.Transport.Message;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one collective moves: parts of arenas from here to here, to other processes, and from them.
 * All that goes to one process travels as one message. Sender and receiver name the parts in the
 * same order.
 */
final class Mail implements Round {
  private record Parcel(Object array, Block block) {
    long bytes() {
      return block.bytes(array);
    }
  }

  private record Packed(Parcel parcel, MemorySegment dense) {}

  private record LocalCopy(Object from, Block block, Object to, Block target) {}

  private final Sharing sharing;
  private final Staging staging;
  private final Map<Integer, List<List<Parcel>>> sent = new TreeMap<>();
  private final Map<Integer, List<List<Parcel>>> expected = new TreeMap<>();
  private final List<LocalCopy> copies = new ArrayList<>();
  private final List<Packed> arrivals = new ArrayList<>();

  Mail(Sharing sharing, Staging staging) {
    this.sharing = sharing;
    this.staging = staging;
  }

  void send(int process, Object array, Block block) {
    sent.computeIfAbsent(process, p -> new ArrayList<>()).add(List.of(new Parcel(array, block)));
  }

  /** The next part from a process goes to the same block of each of some arenas, at least one. */
  void expect(int process, List<Object> arrays, Block block) {
    expected
        .computeIfAbsent(process, p -> new ArrayList<>())
        .add(arrays.stream().map(array -> new Parcel(array, block)).toList());
  }

  void copy(Object from, Block block, Object to, Block target) {
    copies.add(new LocalCopy(from, block, to, target));
  }

  /** Sends, and meanwhile copies what stays here. */
  @Override
  public Pending start(Transport.Channel channel, int tag) {
    List<Packed> departures = new ArrayList<>();
    List<Message> out = messages(sent, departures);
    List<Message> in = messages(expected, arrivals);
    each(departures, packed -> packed.parcel.block.pack(packed.parcel.array, packed.dense));
    Pending pending = channel.start(tag, out, in);
    sharing.run(
        copies.size(),
        copies.stream().mapToLong(c -> c.block.elements()).sum(),
        () -> null,
        (none, i) -> {
          LocalCopy c = copies.get(i);
          c.block.copy(c.from, c.to, c.target);
        });
    return pending;
  }

  /** Puts what has come where it belongs. */
  @Override
  public void finish() {
    each(arrivals, packed -> packed.parcel.block.unpack(packed.parcel.array, packed.dense));
  }

  private interface Work {
    void run(Packed packed);
  }

  private void each(List<Packed> list, Work work) {
    sharing.run(
        list.size(),
        list.stream().mapToLong(packed -> packed.parcel.block.elements()).sum(),
        () -> null,
        (none, i) -> work.run(list.get(i)));
  }

  /** One message for each process that has a part; where each part lies in it. */
  private List<Message> messages(Map<Integer, List<List<Parcel>>> mail, List<Packed> packed) {
    List<Message> messages = new ArrayList<>();
    mail.forEach(
        (process, parts) -> {
          long bytes = parts.stream().mapToLong(part -> part.getFirst().bytes()).sum();
          if (bytes > 0) {
            MemorySegment message = staging.take(bytes);
            long at = 0;
            for (List<Parcel> part : parts) {
              long size = part.getFirst().bytes();
              MemorySegment dense = message.asSlice(at, size);
              part.forEach(parcel -> packed.add(new Packed(parcel, dense)));
              at += size;
            }
            messages.add(new Message(process, message));
          }
        });
    return messages;
  }
}
