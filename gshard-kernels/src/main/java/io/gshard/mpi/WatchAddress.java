package io.gshard.mpi;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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
   * A connection with rank 0, which knows then who speaks. The addresses share half of the timeout:
   * one that leads nowhere may not use up the time of the next.
   *
   * @throws MpiException if none of the addresses leads there
   */
  Socket connect(int rank, WatchLimits limits) {
    int patience = Math.toIntExact(Math.max(1, limits.timeout().toMillis() / 2 / hosts.size()));
    for (String host : hosts) {
      Optional<Socket> socket = connect(rank, host, patience);
      if (socket.isPresent()) {
        return socket.get();
      }
    }
    throw new MpiException(
        "rank %d cannot reach rank 0 at %s, port %d: the processes' machines must be able to connect"
            .formatted(rank, String.join(", ", hosts), port));
  }

  private Optional<Socket> connect(int rank, String host, int patience) {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(host, port), patience);
      socket.setTcpNoDelay(true);
      socket.getOutputStream().write((token + " " + rank + "\n").getBytes(StandardCharsets.UTF_8));
      socket.setSoTimeout(patience);
      if (answers(socket)) {
        socket.setSoTimeout(0);
        return Optional.of(socket);
      }
    } catch (IOException e) {
      // This address leads nowhere, or elsewhere.
    }
    closeQuietly(socket);
    return Optional.empty();
  }

  static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more, open or not.
    }
  }

  private boolean answers(Socket socket) throws IOException {
    byte[] expected = (token + "\n").getBytes(StandardCharsets.UTF_8);
    return Arrays.equals(socket.getInputStream().readNBytes(expected.length), expected);
  }
}
