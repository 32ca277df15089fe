/**
 * XLA's PJRT C API, called through the Foreign Function and Memory API: plugins, clients, buffers,
 * compiled programs, and topologies to compile for without having them.
 */
package io.gshard.pjrt;
