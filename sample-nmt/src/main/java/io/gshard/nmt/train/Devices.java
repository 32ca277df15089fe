package io.gshard.nmt.train;

/** What a mesh is made of. */
public enum Devices {
  /** Virtual devices of this process, on generated Java. */
  LOCAL,

  /** XLA's devices, through a PJRT plugin for CPU. */
  PJRT,

  /** Devices of all processes that mpirun started, on generated Java. */
  MPI
}
