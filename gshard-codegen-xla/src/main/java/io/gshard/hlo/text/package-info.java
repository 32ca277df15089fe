/**
 * HLO text: {@link io.gshard.hlo.text.HloPrinter} writes what XLA's own tools read, {@link
 * io.gshard.hlo.text.HloParser} reads it back. Both go by one table of op formats, {@link
 * io.gshard.hlo.text.OpTable}: an op is added there, in one place.
 */
package io.gshard.hlo.text;
