/**
 * Tensors and what a user does with them. An {@link io.gshard.tensor.Engine} decides whether an op
 * is traced or computed; this package does neither.
 */
package io.gshard.tensor;
