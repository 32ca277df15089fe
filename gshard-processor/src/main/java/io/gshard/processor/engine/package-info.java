/** The engine {@code kernels}: generated Java, compiled in memory. */
package io.gshard.processor.engine;
