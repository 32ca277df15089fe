/**
 * Reverse-mode gradients of traced graphs, loops included. The rule of each op is {@link
 * io.gshard.op.Vjp}'s; only the sweep and what it keeps from the forward pass is here.
 */
package io.gshard.autodiff;
