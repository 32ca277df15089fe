package io.gshard.tool;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Verifier;
import io.gshard.hlo.text.HloParser;
import io.gshard.hlo.text.HloPrinter;
import io.gshard.sharding.Propagation;
import io.gshard.spmd.Partitioned;
import io.gshard.spmd.Partitioner;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How long it takes to read, verify, propagate, partition and print a module of 10,000
 * instructions, for few devices and for many, alternately: {@code bin/bench partition}. Prints one
 * JSON object a number of devices: medians, and the bytes allocated in the last round.
 */
public final class PartitionBenchmark {
  private static final int INSTRUCTIONS = 10_000;
  private static final int ROUNDS = 15;
  private static final int WARM_UP = 8;
  private static final List<Integer> DEVICES = List.of(8, 65_536);

  private PartitionBenchmark() {}

  public static void main(String[] arguments) throws IOException {
    List<String> texts = DEVICES.stream().map(PartitionBenchmark::module).toList();
    List<List<Double>> seconds = new ArrayList<>();
    long[] allocated = new long[texts.size()];
    int[] sizes = new int[texts.size()];
    texts.forEach(t -> seconds.add(new ArrayList<>()));
    for (int round = 0; round < WARM_UP + ROUNDS; round++) {
      for (int i = 0; i < texts.size(); i++) {
        long bytes = allocatedBytes();
        long start = System.nanoTime();
        sizes[i] = partition(texts.get(i));
        if (round >= WARM_UP) {
          seconds.get(i).add((System.nanoTime() - start) / 1e9);
        }
        allocated[i] = allocatedBytes() - bytes;
      }
    }
    try (JsonGenerator json = new JsonFactory().createGenerator(System.out)) {
      json.setRootValueSeparator(null);
      for (int i = 0; i < texts.size(); i++) {
        Collections.sort(seconds.get(i));
        json.writeStartObject();
        json.writeNumberField("devices", DEVICES.get(i));
        json.writeNumberField("instructions", INSTRUCTIONS);
        json.writeNumberField("partitioned_instructions", sizes[i]);
        json.writeNumberField("seconds_median", seconds.get(i).get(ROUNDS / 2));
        json.writeNumberField("allocated_bytes", allocated[i]);
        json.writeEndObject();
        json.writeRaw('\n');
      }
    }
  }

  private static int partition(String text) {
    HloModule module = HloParser.parse(text);
    Verifier.verify(module);
    Partitioned partitioned = Partitioner.run(Propagation.run(module));
    HloPrinter.print(partitioned.module());
    return partitioned.module().size();
  }

  private static long allocatedBytes() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  /** A deep perceptron, data along one axis of the mesh, its hidden dim along the other. */
  private static String module(int devices) {
    int model = 4;
    int data = devices / model;
    String rows = "f32[262144,1024]";
    String hidden = "f32[262144,4096]";
    StringBuilder text =
        new StringBuilder("HloModule deep, num_partitions=" + devices)
            .append("\n%sum { %a = f32[] parameter(0) %b = f32[] parameter(1)")
            .append(" ROOT %r = f32[] add(%a, %b) }\nENTRY %main {\n")
            .append(
                "%%x0 = %s parameter(0), sharding={devices=[%d,1,%d]<=[%d] last_tile_dim_replicate}\n"
                    .formatted(rows, data, model, devices))
            .append(
                "%%w = f32[1024,4096] parameter(1), sharding={devices=[1,%d,%d]<=[%d,%d]T(1,0) last_tile_dim_replicate}\n"
                    .formatted(model, data, data, model))
            .append(
                "%%v = f32[4096,1024] parameter(2), sharding={devices=[%d,1,%d]<=[%d,%d]T(1,0) last_tile_dim_replicate}\n"
                    .formatted(model, data, data, model))
            .append("%zero = f32[] constant(0)\n");
    String each =
        """
        %h@ = H dot(%x@, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0}
        %t@ = H tanh(%h@)
        %n@ = H negate(%t@)
        %m@ = H multiply(%t@, %n@)
        %o@ = R dot(%m@, %v), lhs_contracting_dims={1}, rhs_contracting_dims={0}
        %s@ = f32[262144] reduce(%o@, %zero), dimensions={1}, to_apply=%sum
        %b@ = R broadcast(%s@), dimensions={0}
        %u@ = R subtract(%o@, %b@)
        %q@ = f32[1024,262144] transpose(%u@), dimensions={1,0}
        %x# = R transpose(%q@), dimensions={1,0}
        """
            .replace("H ", hidden + " ")
            .replace("R ", rows + " ");
    int layers = (INSTRUCTIONS - 5) / 10;
    for (int layer = 0; layer < layers; layer++) {
      text.append(each.replace("@", "" + layer).replace("#", "" + (layer + 1)));
    }
    return text.append("ROOT %y = ")
        .append(rows)
        .append(" add(%x")
        .append(layers)
        .append(", %x0)\n}\n")
        .toString();
  }
}
