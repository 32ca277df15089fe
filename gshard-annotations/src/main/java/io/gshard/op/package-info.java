/**
 * The operations: their attributes ({@link io.gshard.op.Op}), shapes ({@link
 * io.gshard.op.ShapeInference}) and gradients ({@link io.gshard.op.Vjp}), which tracing, eager mode
 * and the compiler share. How an op is computed stands elsewhere.
 */
package io.gshard.op;
