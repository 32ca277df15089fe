/**
 * The partitioner: from a program with shardings to the program that each device runs, with its
 * collectives and the report of what they send.
 */
package io.gshard.spmd;
