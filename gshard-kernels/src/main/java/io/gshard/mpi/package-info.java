/**
 * MPI through the JDK's Foreign Function and Memory API: the library, messages between processes,
 * and a watch that ends the job when a process is lost.
 */
package io.gshard.mpi;
