/** The command line for HLO files, {@code bin/gshard-hlo}. */
package io.gshard.tool;
