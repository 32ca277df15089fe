package io.gshard.mpi;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the processes of a job find rank 0, whatever else is on the network. */
class WatchConnectionTest {

  private static WatchLimits limits(double seconds) {
    Duration timeout = Duration.ofMillis(Math.round(1_000 * seconds));
    return new WatchLimits(timeout, timeout);
  }

  private static WatchServer server(int size, WatchLimits limits) {
    return WatchServer.open(size, limits, (reason, others) -> {}, () -> {});
  }

  @Test
  void addressesThatLeadNowhereLeaveTimeForTheNext() throws IOException {
    try (ServerSocket first = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
        ServerSocket second = silent("127.0.0.2", first.getLocalPort());
        ServerSocket third = silent("127.0.0.3", first.getLocalPort());
        ServerSocket fourth = silent("127.0.0.4", first.getLocalPort())) {
      Watch.daemon("answers", () -> answer(first));
      List<String> hosts =
          List.of(
              second.getInetAddress().getHostAddress(),
              third.getInetAddress().getHostAddress(),
              fourth.getInetAddress().getHostAddress(),
              "127.0.0.1");
      WatchLimits limits = limits(4);
      long start = System.nanoTime();
      try (Socket socket =
          new WatchAddress("token", first.getLocalPort(), hosts).connect(1, limits)) {
        assertThat(socket.getInetAddress().getHostAddress()).isEqualTo("127.0.0.1");
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(limits.timeout());
    }
  }

  /** Takes connections, as the system does for it, and never answers. */
  private static ServerSocket silent(String host, int port) throws IOException {
    return new ServerSocket(port, 5, InetAddress.getByName(host));
  }

  private static void answer(ServerSocket server) {
    try (Socket socket = server.accept()) {
      socket.getOutputStream().write("token\n".getBytes(StandardCharsets.UTF_8));
      int ignored = socket.getInputStream().read(new byte[100]);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void strangersHoldNobodyUp() throws Exception {
    WatchLimits limits = limits(8);
    WatchServer server = server(2, limits);
    WatchAddress address = server.address();
    try (Socket mute = new Socket("127.0.0.1", address.port());
        Socket liar = new Socket("127.0.0.1", address.port())) {
      liar.getOutputStream().write("hello 1\n".getBytes(StandardCharsets.UTF_8));
      Thread accepting = Thread.ofPlatform().daemon().start(server::accept);
      try (Socket socket =
          new WatchAddress(address.token(), address.port(), List.of("127.0.0.1"))
              .connect(1, limits)) {
        accepting.join(limits.timeout().toMillis());
        assertThat(accepting.isAlive()).isFalse();
        assertThat(socket.isConnected()).isTrue();
        assertThat(mute.isConnected()).isTrue();
      }
    }
  }

  @Test
  void ranksThatDoNotConnectAreNamed() {
    WatchServer server = server(3, limits(0.5));
    int port = server.address().port();
    assertThat(assertThrows(MpiException.class, server::accept))
        .hasMessageThat()
        .isEqualTo(
            "ranks [1, 2] did not connect to rank 0 at port %d within 0.5 s: the processes' machines must be able to connect"
                .formatted(port));
  }
}
