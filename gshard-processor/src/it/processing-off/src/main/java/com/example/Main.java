package com.example;

import io.gshard.runtime.Launcher;
import io.gshard.runtime.Mesh;

public final class Main {
  public static void main(String[] args) throws Exception {
    try (Mesh mesh = Mesh.local("")) {
      Launcher.load(Mlp.class, "Tiny", mesh);
    } catch (RuntimeException e) {
      System.out.println("SAID: " + e.getMessage());
    }
  }
}
