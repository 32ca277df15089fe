/** BLEU as sacreBLEU computes it. Knows text alone. */
package io.gshard.nmt.eval;
