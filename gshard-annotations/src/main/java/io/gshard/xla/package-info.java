/** XLA as the compiler's tools reach it. */
package io.gshard.xla;
