/**
 * Layers, optimizers, schedules and random numbers, all written in {@link io.gshard.tensor.Ops}.
 * Nothing here is known to the compiler by name: what it can do, a user's module can.
 */
package io.gshard.nn;
