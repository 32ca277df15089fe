/** Ops with computations on scalars, and convolutions, written in ops on whole arrays. */
package io.gshard.passes.regions;
