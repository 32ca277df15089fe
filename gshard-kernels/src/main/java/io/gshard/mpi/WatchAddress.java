package io.gshard.mpi;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Where rank 0 listens.
 *
 * @param token what a process of this job says first
 * @param hosts the addresses of its network interfaces
 */
record WatchAddress(String token, int port, List<String> hosts) {

  static WatchAddress here(String token, int port) {
    List<String> hosts = new ArrayList<>();
    try {
      for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
        if (network.isUp()) {
          // The way to itself comes last: on another machine it leads elsewhere.
          network
              .inetAddresses()
              .map(InetAddress::getHostAddress)
              .forEach(host -> hosts.add(isLoopback(network) ? hosts.size() : 0, host));
        }
      }
    } catch (SocketException e) {
      throw new MpiException("the addresses of this machine cannot be listed: " + e, e);
    }
    return new WatchAddress(token, port, hosts);
  }

  private static boolean isLoopback(NetworkInterface network) {
    try {
      return network.isLoopback();
    } catch (SocketException e) {
      return false;
    }
  }

  byte[] encode() {
    return (token + "\n" + port + "\n" + String.join("\n", hosts)).getBytes(StandardCharsets.UTF_8);
  }

  static WatchAddress decode(byte[] bytes) {
    List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
    return new WatchAddress(
        lines.get(0), Integer.parseInt(lines.get(1)), lines.subList(2, lines.size()));
  }

  /**
   * A connection with rank 0, which knows then who speaks.
   *
   * @throws MpiException if none of the addresses leads there
   */
  Socket connect(int rank, WatchLimits limits) {
    int patience = Math.toIntExact(limits.timeout().toMillis() / 2);
    for (String host : hosts) {
      Socket socket = new Socket();
      try {
        socket.connect(new InetSocketAddress(host, port), patience);
        socket.setTcpNoDelay(true);
        socket
            .getOutputStream()
            .write((token + " " + rank + "\n").getBytes(StandardCharsets.UTF_8));
        socket.setSoTimeout(patience);
        if (answers(socket)) {
          socket.setSoTimeout(0);
          return socket;
        }
        socket.close();
      } catch (IOException e) {
        continue;
      }
    }
    throw new MpiException(
        "rank %d cannot reach rank 0 at %s, port %d: the processes' machines must be able to connect"
            .formatted(rank, String.join(", ", hosts), port));
  }

  private boolean answers(Socket socket) throws IOException {
    byte[] expected = (token + "\n").getBytes(StandardCharsets.UTF_8);
    return java.util.Arrays.equals(socket.getInputStream().readNBytes(expected.length), expected);
  }
}
