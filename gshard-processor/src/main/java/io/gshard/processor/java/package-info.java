/**
 * The Java back end: from partitioned programs to the sources of launchers. The classes that
 * generated sources call are named here as text, never loaded.
 */
package io.gshard.processor.java;
