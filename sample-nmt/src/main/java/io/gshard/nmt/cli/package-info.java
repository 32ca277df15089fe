/** The commands. They read options and print; the work is in the other packages. */
package io.gshard.nmt.cli;
