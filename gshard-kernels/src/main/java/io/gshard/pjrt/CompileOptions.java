package io.gshard.pjrt;

import java.io.ByteArrayOutputStream;

/**
 * XLA's {@code CompileOptionsProto}, as far as it is needed: one program for many partitions. Field
 * numbers are those of xla/pjrt/proto/compile_options.proto and xla/xla_data.proto.
 */
public record CompileOptions(int partitions) {
  private static final int EXECUTABLE_BUILD_OPTIONS = 3;
  private static final int DEVICE_ORDINAL = 1;
  private static final int NUM_REPLICAS = 4;
  private static final int NUM_PARTITIONS = 5;
  private static final int USE_SPMD_PARTITIONING = 6;
  private static final int DEVICE_ASSIGNMENT = 9;
  private static final int REPLICA_COUNT = 1;
  private static final int COMPUTATION_COUNT = 2;
  private static final int COMPUTATION_DEVICES = 3;

  /** The message's bytes. */
  byte[] serialize() {
    Message assignment =
        new Message().number(REPLICA_COUNT, 1).number(COMPUTATION_COUNT, partitions);
    for (int device = 0; device < partitions; device++) {
      Message ids = new Message();
      ids.message(1, new Message().varint(device));
      assignment.message(COMPUTATION_DEVICES, ids);
    }
    Message build =
        new Message()
            .number(DEVICE_ORDINAL, -1)
            .number(NUM_REPLICAS, 1)
            .number(NUM_PARTITIONS, partitions)
            .number(USE_SPMD_PARTITIONING, partitions > 1 ? 1 : 0)
            .message(DEVICE_ASSIGNMENT, assignment);
    return new Message().message(EXECUTABLE_BUILD_OPTIONS, build).bytes();
  }

  /** Protocol buffers' wire format: enough of it to write numbers and messages. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message varint(long value) {
      while ((value & ~0x7fL) != 0) {
        out.write((int) (value & 0x7f | 0x80));
        value >>>= 7;
      }
      out.write((int) value);
      return this;
    }

    Message number(int field, long value) {
      return varint((long) field << 3).varint(value);
    }

    Message message(int field, Message inner) {
      varint((long) field << 3 | 2).varint(inner.out.size());
      out.writeBytes(inner.bytes());
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
