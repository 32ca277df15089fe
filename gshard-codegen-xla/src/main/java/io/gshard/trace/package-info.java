/** The engine that records what a program does as a graph. It computes nothing. */
package io.gshard.trace;
