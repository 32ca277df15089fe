/** Compiles the model for sizes and a mesh that are chosen on the command line. */
package io.gshard.nmt.compile;
