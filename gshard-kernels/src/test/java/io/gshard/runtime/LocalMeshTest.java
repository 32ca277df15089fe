package io.gshard.runtime;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.tensor.DType;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers and segments: each device once, failures, parking, thousands of devices. */
@Timeout(30)
class LocalMeshTest {
  private static final Layout SMALL =
      new Layout(List.of(), List.of(), new Layout.Sizes(32, 32, 0, 0, 0, 0), Layout.Sizes.NONE);

  private static Program program(Consumer<Spmd> body) {
    return new Program() {
      @Override
      public String name() {
        return "train";
      }

      @Override
      public List<Binding> inputs() {
        return List.of();
      }

      @Override
      public List<Binding> outputs() {
        return List.of();
      }

      @Override
      public void run(Spmd spmd) {
        body.accept(spmd);
      }
    };
  }

  @Test
  void everyDeviceRunsEachSegmentOnce() {
    for (int workers : new int[] {1, 2, 3}) {
      for (int devices : new int[] {1, 2, 3, 8}) {
        try (LocalMesh mesh = new LocalMesh(MeshShape.parse("d=" + devices), workers)) {
          AtomicIntegerArray runs = new AtomicIntegerArray(devices);
          mesh.allocate(SMALL)
              .run(
                  program(
                      spmd -> {
                        for (int step = 0; step < 500; step++) {
                          spmd.each(device -> runs.incrementAndGet(device.id));
                        }
                      }));
          for (int i = 0; i < devices; i++) {
            assertThat(runs.get(i)).isEqualTo(500);
          }
        }
      }
    }
  }

  /** Parts cover all once, begin at grains, and share the device's memory but not its scratch. */
  @Test
  void workersShareTheKernelsOfFewDevices() {
    for (int workers : new int[] {1, 2, 3, 4, 7}) {
      for (int devices : new int[] {1, 2, 3}) {
        try (LocalMesh mesh = new LocalMesh(MeshShape.parse("d=" + devices), workers)) {
          for (int n : new int[] {0, 1, 10, 11, 64, 207}) {
            AtomicIntegerArray each = new AtomicIntegerArray(n + 1);
            AtomicIntegerArray once = new AtomicIntegerArray(n + 1);
            mesh.allocate(SMALL)
                .run(
                    program(
                        spmd -> {
                          spmd.each(device -> device.split(n, 10, part(device, each)));
                          spmd.once(device -> device.split(n, 10, part(device, once)));
                        }));
            for (int i = 0; i < n; i++) {
              assertThat(each.get(i)).isEqualTo(devices);
              assertThat(once.get(i)).isEqualTo(1);
            }
          }
        }
      }
    }
  }

  private static Device.Part part(Device whole, AtomicIntegerArray runs) {
    return (device, from, end) -> {
      assertThat(device.f32).isSameInstanceAs(whole.f32);
      assertThat(device.common).isSameInstanceAs(whole.common);
      assertThat(device.id).isEqualTo(whole.id);
      assertThat(from % 10).isEqualTo(0);
      for (int i = from; i < end; i++) {
        runs.incrementAndGet(i);
      }
    };
  }

  @Test
  void aFailingPartEndsTheRun() {
    try (LocalMesh mesh = new LocalMesh(MeshShape.parse("d=1"), 2)) {
      Spmd spmd = mesh.allocate(SMALL);
      DeviceException e =
          assertThrows(
              DeviceException.class,
              () ->
                  spmd.run(
                      program(
                          s ->
                              s.each(
                                  device ->
                                      device.split(
                                          9,
                                          1,
                                          (d, from, end) -> {
                                            if (end == 9) {
                                              throw new ArithmeticException("no end");
                                            }
                                          })))));
      assertThat(e)
          .hasMessageThat()
          .isEqualTo("device 0 failed in program 'train': java.lang.ArithmeticException: no end");
      spmd.run(program(s -> s.each(device -> device.split(2, 1, (d, from, end) -> {}))));
    }
  }

  @Test
  void workersWakeUpAfterParking() throws Exception {
    try (LocalMesh mesh = new LocalMesh(MeshShape.parse("d=4"), 2)) {
      Spmd spmd = mesh.allocate(SMALL);
      for (int i = 0; i < 5; i++) {
        spmd.run(program(s -> s.each(device -> device.s32[0]++)));
        Thread.sleep(20);
      }
      assertThat(spmd.device(3).s32[0]).isEqualTo(5);
    }
  }

  @Test
  void aFailingDeviceEndsTheRunWithItsOwnException() {
    try (LocalMesh mesh = new LocalMesh(MeshShape.parse("d=8"), 2)) {
      Spmd spmd = mesh.allocate(SMALL);
      DeviceException e =
          assertThrows(
              DeviceException.class,
              () ->
                  spmd.run(
                      program(
                          s ->
                              s.each(
                                  device -> {
                                    if (device.id == 3 || device.id == 6) {
                                      throw new ArithmeticException("no " + device.id);
                                    }
                                  }))));
      assertThat(e)
          .hasMessageThat()
          .isEqualTo("device 3 failed in program 'train': java.lang.ArithmeticException: no 3");
      assertThat(e).hasCauseThat().isInstanceOf(ArithmeticException.class);
      assertThat(e.device()).isEqualTo(3);
      spmd.run(program(s -> s.each(device -> device.s32[1] = 7)));
      assertThat(spmd.device(7).s32[1]).isEqualTo(7);
    }
  }

  @Test
  void aFailingCollectiveEndsTheRun() {
    try (LocalMesh mesh = new LocalMesh(MeshShape.parse("d=8"), 2)) {
      Spmd spmd = mesh.allocate(SMALL);
      assertThrows(
          IndexOutOfBoundsException.class,
          () ->
              spmd.run(
                  program(s -> s.allReduce(Combiner.ADD, DType.F32, 0, 0, 5000, List.of("d")))));
      spmd.run(program(s -> s.each(device -> {})));
    }
  }

  @Test
  void thousandsOfDevices() {
    try (LocalMesh mesh = new LocalMesh(MeshShape.parse("data=2, expert=1024"))) {
      Spmd spmd = mesh.allocate(SMALL);
      spmd.run(
          program(
              s -> {
                s.each(device -> device.s32[0] = device.id);
                s.allReduce(Combiner.ADD, DType.S32, 0, 1, 1, List.of("data", "expert"));
                s.allReduce(Combiner.MAXIMUM, DType.S32, 0, 2, 1, List.of("expert"));
              }));
      assertThat(spmd.device(1).s32[1]).isEqualTo(2047 * 1024);
      assertThat(spmd.device(1023).s32[2]).isEqualTo(1023);
      assertThat(spmd.device(1024).s32[2]).isEqualTo(2047);
    }
  }

  @Test
  void aProgramCannotStartAnother() {
    try (LocalMesh mesh = new LocalMesh(MeshShape.parse("d=2"))) {
      Spmd spmd = mesh.allocate(SMALL);
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class,
              () -> spmd.run(program(s -> s.run(program(inner -> {})))));
      assertThat(e)
          .hasMessageThat()
          .isEqualTo("a program is running on this mesh: it cannot start another");
    }
  }

  @Test
  void aClosedMeshSaysSo() {
    LocalMesh mesh = new LocalMesh(MeshShape.parse("d=2"));
    Spmd spmd = mesh.allocate(SMALL);
    mesh.close();
    assertThat(assertThrows(IllegalStateException.class, () -> spmd.run(program(s -> {}))))
        .hasMessageThat()
        .isEqualTo("the mesh is closed");
  }

  @Test
  void scratchGrowsAndStays() {
    Scratch scratch = new Scratch();
    assertThat(scratch.f32(20)).hasLength(Scratch.BLOCK);
    assertThat(scratch.f32(20)).isSameInstanceAs(scratch.f32(20));
    assertThat(scratch.s32(9)).hasLength(Scratch.BLOCK);
    assertThat(scratch.pred(8)).hasLength(Scratch.BLOCK);
    assertThat(scratch.bf16(0)).hasLength(Scratch.BLOCK);
  }
}
