/**
 * Eager mode: ops are computed as they are called, for tests and for a debugger. One device;
 * gradients by a tape of the same rules as the compiler's.
 */
package io.gshard.eager;
